"""Certificates with every flaw, and handshakes that fail."""

from __future__ import annotations

import socket

from tests.lab.case import Case, Certificate
from tests.observe.servers import resetting

_OK = 'return 200 "<!doctype html><title>Shop</title><p>Welcome";'
_GOOD = Certificate()


def _cut(connection: socket.socket) -> None:
    connection.recv(1024)


def _reset_hello(connection: socket.socket) -> None:
    connection.recv(1024)
    resetting(connection)


def _case(
    name: str, first: str, says: str, certificate: Certificate | None = _GOOD, **more: object
) -> Case:
    more.setdefault("nginx", _OK)
    more.setdefault("host", "site.test")
    return Case(
        f"tls-{name}", "tls", first, says + " {url}", scheme="https", certificate=certificate,
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


CASES = (
    _case("expired", "2252/leaf-expired", "NET::ERR_CERT_DATE_INVALID",
          Certificate(days=(-90, -3)), named_by=(("curl", "expired"), ("sslyze", "expired"))),
    _case("not-yet-valid", "2253/*", "the certificate is not valid yet?",
          Certificate(days=(3, 90)), named_by=(("curl", "not yet valid"),)),
    _case("other-name", "2254/*", "NET::ERR_CERT_COMMON_NAME_INVALID",
          Certificate(names=("shop.example",)), also=("2254/default-certificate",),
          named_by=(("curl", "does not match|no alternative"),)),
    _case("www-not-covered", "2254/www-not-covered", "your connection is not private",
          Certificate(names=("covered.test",)), host="www.covered.test",
          zone=("www.covered IN A 127.0.0.1", "covered IN A 127.0.0.1")),
    _case("bare-not-covered", "2254/bare-domain-not-covered", "SSL_ERROR_BAD_CERT_DOMAIN",
          Certificate(names=("www.bare.test",)), host="bare.test",
          zone=("bare IN A 127.0.0.1", "www.bare IN A 127.0.0.1")),
    _case("wildcard-depth", "2254/wildcard-too-shallow", "certificate error",
          Certificate(names=("*.deep.test", "deep.test")), host="a.b.deep.test",
          zone=("a.b.deep IN A 127.0.0.1",)),
    _case("by-address", "2254/opened-by-address", "the certificate does not fit",
          Certificate(names=("site.test",)), host="127.0.0.1"),
    _case("no-names", "2254/no-names-at-all", "ERR_CERT_COMMON_NAME_INVALID",
          Certificate(names=())),
    _case("default-certificate", "2254/default-certificate", "wrong certificate is shown",
          Certificate(names=("other.test",)), host="unknown.test", also=("2254/name-missing",),
          zone=("unknown IN A 127.0.0.1",)),
    _case("self-signed", "2255/self-signed", "self signed certificate",
          Certificate(signer="self"), named_by=(("curl", "self.signed"), ("sslyze", "self"))),
    _case("private-root", "2257/private-root", "NET::ERR_CERT_AUTHORITY_INVALID",
          Certificate(signer="private", chain=("private",)),
          named_by=(("curl", "self.signed certificate in"),)),
    _case("unknown-issuer", "2257/unknown-issuer", "SEC_ERROR_UNKNOWN_ISSUER",
          Certificate(signer="private")),
    _case("incomplete", "2256/*", "curl: (60) unable to get local issuer certificate",
          Certificate(signer="middle", issuer_url="http://127.0.0.1:@AIA@/middle.der")),
    _case("out-of-order", "2256/out-of-order", "works in Chrome and not in Java",
          Certificate(signer="middle", chain=("root", "middle"))),
    _case("client-only", "2261/*", "certificate cannot be used for this purpose",
          Certificate(client_only=True)),
    _case("weak-key", "2260/*", "key too small", Certificate(rsa_bits=1024),
          nginx=_OK + "ssl_ciphers DEFAULT:@SECLEVEL=0;"),
    _case("old-version", "2266/*", "ERR_SSL_VERSION_OR_CIPHER_MISMATCH",
          nginx="ssl_protocols TLSv1 TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0; " + _OK,
          named_by=(("curl", "protocol version|unsupported protocol"),)),
    _case("no-common-cipher", "2267/*", "SSL_ERROR_NO_CYPHER_OVERLAP",
          nginx="ssl_protocols TLSv1.2; ssl_ciphers NULL-SHA256:AES128-SHA@SECLEVEL=0; " + _OK),
    _case("plain-port", "2268/*", "SSL routines: wrong version number", certificate=None,
          named_by=(("curl", "wrong version number"),)),
    _case("name-refused", "2270/*", "ERR_SSL_UNRECOGNIZED_NAME_ALERT",
          nginx="ssl_reject_handshake on;", named_by=(("curl", "unrecognized name"),)),
    _case("client-certificate", "2271/*", "400 No required SSL certificate was sent",
          nginx="ssl_verify_client on; ssl_client_certificate @CERT@; " + _OK,
          also=("2219/no-client-certificate",)),
    _case("client-certificate-alert", "2271/*", "ERR_BAD_SSL_CLIENT_AUTH_CERT", nginx="",
          apache="SSLVerifyClient require\nSSLVerifyDepth 2\nSSLCACertificateFile @CERT@"),
    _case("closed-in-handshake", "2272/*", "curl: (35) unexpected eof while reading", nginx="",
          raw=_cut, certificate=None),
    _case("reset-in-handshake", "2272/*", "PR_CONNECT_RESET_ERROR", nginx="", raw=_reset_hello,
          certificate=None),
    Case("tls-on-http", "tls", "2269/*", "The plain HTTP request was sent to HTTPS port {url}",
         certificate=_GOOD, nginx=_OK, host="site.test", also=("2219/plain-http-on-the-https-port",
                                                              "2174/*")),
    Case("tls-on-http-apache", "tls", "2269/*", "400 Bad Request {url}", host="site.test",
         certificate=_GOOD, apache="Options None"),
    _case("hsts-and-expired", "2252/leaf-expired", "I cannot click through the warning, HSTS",
          Certificate(days=(-90, -3)), also=("2262/*",),
          nginx='add_header Strict-Transport-Security "max-age=31536000" always; ' + _OK),
    _case("421", "2191/*", "421 Misdirected Request", nginx="", certificate=_GOOD,
          apache="Redirect 421 /"),
)  # fmt: skip
