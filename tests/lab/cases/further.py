"""HTTP/2 that breaks, revoked certificates, old ciphers, preflights, limits of connections."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions

from tests.lab.case import Case, Certificate
from tests.observe.servers import Handler, request

_OK = 'return 200 "<!doctype html><title>Shop</title><p>Welcome";'
_PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 14\r\n\r\n<p>Welcome</p>"
_CORS = "add_header Access-Control-Allow-Origin"
_JSON = 'default_type application/json; return 200 "{}";'
_PREFLIGHT = (
    "blocked by CORS policy: Response to preflight request doesn't pass access control check"
)
Behaviour = Callable[[h2.connection.H2Connection, int], None]


def _over_http2(behave: Behaviour) -> Handler:
    """A server that answers over HTTP/1.1, and ends what is asked over HTTP/2."""

    def handle(connection: socket.socket) -> None:
        if not isinstance(connection, ssl.SSLSocket) or connection.selected_alpn_protocol() != "h2":
            request(connection)
            connection.sendall(_PAGE)
            return
        peer = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        peer.initiate_connection()
        connection.sendall(peer.data_to_send())
        while data := connection.recv(65_536):
            with contextlib.suppress(h2.exceptions.ProtocolError):  # behind its own goodbye
                for event in peer.receive_data(data):
                    if isinstance(event, h2.events.RequestReceived) and event.stream_id:
                        behave(peer, event.stream_id)
            connection.sendall(peer.data_to_send())

    return handle


def _ending(code: h2.errors.ErrorCodes) -> Handler:
    return _over_http2(lambda peer, stream: peer.reset_stream(stream, code))


def _leaving(code: h2.errors.ErrorCodes) -> Handler:
    return _over_http2(lambda peer, _: peer.close_connection(code, last_stream_id=0))


def _http2(name: str, first: str, says: str, raw: Handler) -> Case:
    certificate = Certificate(alpn=("h2", "http/1.1"))
    return Case(f"further-http2-{name}", "message", first, says + " {url}", scheme="https",
                certificate=certificate, raw=raw)  # fmt: skip


def _tls(name: str, first: str, says: str, certificate: Certificate, nginx: str = _OK) -> Case:
    return Case(f"further-tls-{name}", "tls", first, says + " {url}", scheme="https",
                certificate=certificate, nginx=nginx, also=("2344/really-revoked",))  # fmt: skip


def _cors(
    name: str, first: str, nginx: str, says: str = _PREFLIGHT, also: tuple[str, ...] = ()
) -> Case:
    return Case(f"further-cors-{name}", "policy", first, says + " {url}", nginx=nginx, also=also)


CASES = (
    _http2("refused-stream", "2282/told-to-slow-down",
           "curl: (92) HTTP/2 stream 1 was not closed cleanly: REFUSED_STREAM (err 7)",
           _ending(h2.errors.ErrorCodes.REFUSED_STREAM)),
    _http2("stream-error", "2282/stream-ended-with-an-error", "ERR_HTTP2_PROTOCOL_ERROR",
           _ending(h2.errors.ErrorCodes.INTERNAL_ERROR)),
    _http2("wants-11", "2282/wants-http11", "ERR_HTTP_1_1_REQUIRED",
           _ending(h2.errors.ErrorCodes.HTTP_1_1_REQUIRED)),
    _http2("goaway", "2282/connection-ended-with-goaway",
           "http2: server sent GOAWAY and closed the connection",
           _leaving(h2.errors.ErrorCodes.INTERNAL_ERROR)),
    _http2("calm", "2282/told-to-slow-down", "goaway received, ENHANCE_YOUR_CALM",
           _leaving(h2.errors.ErrorCodes.ENHANCE_YOUR_CALM)),
    _tls("revoked", "2259/revoked", "NET::ERR_CERT_REVOKED", Certificate(revoked=True)),
    _tls("old-ciphers", "2267/only-outdated-algorithms", "ERR_SSL_VERSION_OR_CIPHER_MISMATCH",
         Certificate(rsa_bits=2048),
         "ssl_protocols TLSv1.2; ssl_ciphers AES128-SHA:AES256-SHA:@SECLEVEL=0; " + _OK),
    _cors("preflight-405", "2303/options-refused",
          f"if ($request_method = OPTIONS) {{ return 405; }} {_CORS} * always; {_JSON}"),
    _cors("preflight-login", "2303/options-refused",
          f"if ($request_method = OPTIONS) {{ return 401; }} {_CORS} * always; {_JSON}"),
    _cors("preflight-redirect", "2303/preflight-redirected",
          f"if ($request_method = OPTIONS) {{ return 301 /v2/; }} {_CORS} * always; {_JSON}"),
    _cors("preflight-bare", "2303/no-permission-in-it",
          "location / { if ($request_method = OPTIONS) { add_header Allow GET; return 204; } "
          f"{_CORS} * always; {_JSON} }}"),
    _cors("two-values", "2302/several-values", f'{_CORS} "*, https://shop.example" always; {_JSON}',
          "The 'Access-Control-Allow-Origin' header contains multiple values, CORS"),
    _cors("other-origin", "2302/other-origin-allowed",
          f"{_CORS} https://app.shop.example always; {_JSON}",
          "CORS: the 'Access-Control-Allow-Origin' header has a value that is not equal to the "
          "supplied origin"),
    _cors("no-origin", "2302/no-valid-origin", f"{_CORS} app.shop.example always; {_JSON}",
          "CORS policy: the header contains the invalid value"),
    _cors("error-page", "2202/*", "default_type application/json; return 500;",
          "No 'Access-Control-Allow-Origin' header is present, CORS", also=("2302/*", "2303/*")),
    Case("further-connection-limit", "http", "2205/limit-or-overload", path="/long.html",
         says="sometimes 503 Service Temporarily Unavailable, a reload helps {url}",
         nginx="limit_conn one 1; limit_rate 6000; location / { }",
         nginx_http="limit_conn_zone $binary_remote_addr$server_port zone=one:1m;"),
)  # fmt: skip
