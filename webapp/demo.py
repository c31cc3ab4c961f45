"""A few deliberately faulty sites on loopback, to see the whole product without a network."""

from __future__ import annotations

import base64
import contextlib
import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kb.settings import Settings

HOST = "127.0.0.1"
Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True, slots=True)
class FaultySite:
    """One site: what its owner would say of it, and how it answers.

    ``certificate`` is (names, first day, last day) counted from today, or None for plain HTTP.
    ``answer`` is None where nothing listens at all.
    """

    label: str
    complaint: str
    path: str
    answer: Answer | None
    certificate: tuple[tuple[str, ...], int, int] | None = None


def _send(request: BaseHTTPRequestHandler, status: int, text: str = "", **headers: str) -> None:
    body = text.encode()
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.send_header("Content-Type", "text/html; charset=utf-8")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(body)


def _robots_refused(request: BaseHTTPRequestHandler) -> None:
    if "Mozilla/" in request.headers.get("User-Agent", ""):
        _send(request, 200, "<title>News</title><p>All the news.</p>")
    else:
        _send(request, 401, "<title>401</title><p>Not for you.</p>")


def _password_wanted(request: BaseHTTPRequestHandler) -> None:
    wanted = "Basic " + base64.b64encode(b"demo:demo").decode()
    if request.headers.get("Authorization") == wanted:
        _send(request, 200, "<title>Staff</title><p>Welcome.</p>")
    else:
        _send(request, 401, WWW_Authenticate='Basic realm="Staff only"')


def _good(request: BaseHTTPRequestHandler) -> None:
    _send(request, 200, "<title>Shop</title><p>Everything is fine.</p>")


def _loop(request: BaseHTTPRequestHandler) -> None:
    _send(request, 302, Location="/home" if request.path == "/" else "/")


def _maintenance(request: BaseHTTPRequestHandler) -> None:
    _send(request, 503, "<title>Back soon</title><p>We are updating.</p>", Retry_After="1800")


def _slash(request: BaseHTTPRequestHandler) -> None:
    if request.path == "/prices/":
        _send(request, 200, "<title>Prices</title><p>Good ones.</p>")
    else:
        _send(request, 404, "<title>Not found</title><p>Nothing here.</p>")


def _silent(request: BaseHTTPRequestHandler) -> None:
    request.close_connection = True


SITES: tuple[FaultySite, ...] = (
    FaultySite(
        "A robot that is refused",
        "HTTP Error 401 Unauthorized from our robot, but it opens in my browser:",
        "/feed",
        _robots_refused,
    ),
    FaultySite("A page with a password", "I get a 401 from", "/staff", _password_wanted),
    FaultySite(
        "An expired certificate",
        "The browser says the connection is not private:",
        "/",
        _good,
        ((HOST, "localhost"), -90, -3),
    ),
    FaultySite(
        "A certificate for another name",
        "NET::ERR_CERT_COMMON_NAME_INVALID at",
        "/",
        _good,
        (("shop.example", "www.shop.example"), -3, 90),
    ),
    FaultySite("A shop that is down", "Our shop does not open any more:", "/", None),
    FaultySite("A page that never arrives", "ERR_TOO_MANY_REDIRECTS at", "/", _loop),
    FaultySite("A site in maintenance", "503 Service Unavailable:", "/", _maintenance),
    FaultySite("A link without its slash", "404 although the page is there:", "/prices", _slash),
    FaultySite("A server that hangs up", "It says empty reply:", "/", _silent),
)


class _Authority:
    """A certificate authority that lives as long as the demo."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Errordesk demo")])
        constraints = x509.BasicConstraints(ca=True, path_length=0)
        builder = self._builder(self._name, self._key.public_key(), -365, 365)
        self.certificate = builder.add_extension(constraints, critical=True).sign(
            self._key, hashes.SHA256()
        )

    def _builder(self, subject: x509.Name, key: Any, first: int, last: int) -> Any:
        today = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(today + timedelta(days=first))
            .not_valid_after(today + timedelta(days=last))
        )

    def context(self, names: tuple[str, ...], first: int, last: int, file: Path) -> ssl.SSLContext:
        """A server's context with a fresh certificate for ``names``, written to ``file``."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        general = [_general_name(name) for name in names]
        leaf = (
            self._builder(subject, key.public_key(), first, last)
            .add_extension(x509.SubjectAlternativeName(general), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + leaf.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A visitor who hangs up is no news here."""


def _handler(answer: Answer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        server_version = "demo"
        timeout = 10

        def do_GET(self) -> None:
            answer(self)

        def do_HEAD(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            """The demo's own log stays quiet."""

    return Handler


@contextlib.contextmanager
def faulty_sites(folder: Path, settings: Settings) -> Iterator[Settings]:
    """Run :data:`SITES`; gives ``settings`` with them as examples and nothing else to probe.

    ``folder`` takes the certificates.
    """
    authority = _Authority()
    root = folder / "demo-root.pem"
    root.write_bytes(authority.certificate.public_bytes(serialization.Encoding.PEM))
    examples: list[tuple[str, str]] = []
    with contextlib.ExitStack() as stack:
        for number, site in enumerate(SITES):
            server = _Server((HOST, 0), _handler(site.answer or _good))
            scheme = "http"
            if site.certificate:
                names, first, last = site.certificate
                context = authority.context(names, first, last, folder / f"demo-{number}.pem")
                server.socket = context.wrap_socket(
                    server.socket, server_side=True, do_handshake_on_connect=False
                )
                scheme = "https"
            if site.answer is None:
                server.server_close()
            else:
                thread = threading.Thread(target=server.serve_forever, daemon=True)
                thread.start()
                stack.callback(server.server_close)
                stack.callback(server.shutdown)
            url = f"{scheme}://{HOST}:{server.server_port}{site.path}"
            examples.append((site.label, f"{site.complaint} {url}"))
        yield replace(
            settings,
            probe_allow="127.0.0.0/8",
            probe_only=True,
            probe_ca_file=str(root),
            examples=tuple(examples),
        )
