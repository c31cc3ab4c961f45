"""Faults of a third blind round, set up before anybody looked at a condition, worth keeping."""

from __future__ import annotations

import gzip
import socket
import zlib

from tests.lab.case import Case, Certificate
from tests.lab.cases.products import page
from tests.observe.servers import Handler, request, saying

_WORDS = "<h1>Looms</h1><p>Hand looms since 1921, made of beech and of patience.</p>"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
_OK = 'return 200 "<!doctype html><title>Looms</title><p>Hand looms of beech";'
_TEMPORARY = "503 Service Unavailable"


def _page(title: str, body: str, head: str = "") -> str:
    return (
        f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    )


def _case(name: str, first: str, says: str = "what is wrong with", **more: object) -> Case:
    return Case(f"stranger-{name}", "http", first, says + " {url}", **more)  # type: ignore[arg-type]


def _good(name: str, **more: object) -> Case:
    return Case(f"stranger-good-{name}", "healthy", "", "is it up? {url}", **more)  # type: ignore[arg-type]


def _tls(name: str, first: str, says: str, **more: object) -> Case:
    more = {"scheme": "https", "host": "site.test", "certificate": Certificate(), **more}
    return Case(f"stranger-{name}", "tls", first, says + " {url}", **more)  # type: ignore[arg-type]


def _sends(**onward: str) -> Handler:
    """Pages that send on to one another: by path, what their head holds."""

    def handle(connection: socket.socket) -> None:
        path = request(connection).split(" ")[1].lstrip("/") or "start"
        body = _page("One moment", "", onward.get(path, "")).encode()
        connection.sendall(_HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    return handle


def _cookie_by_page(connection: socket.socket) -> None:
    """Sends to itself once, to see whether its cookie comes back."""
    known = "Cookie: seen" in request(connection)
    refresh = "" if known else '<meta http-equiv="refresh" content="0; url=/">'
    body = _page("Looms", _WORDS if known else "", refresh).encode()
    field = b"" if known else b"Set-Cookie: seen=1\r\n"
    connection.sendall(_HEAD + field + b"Content-Length: %d\r\n\r\n" % len(body) + body)


def _without_head(connection: socket.socket) -> None:
    """A route for GET alone, as FastAPI and Tornado make it."""
    if request(connection).startswith("HEAD"):
        connection.sendall(b"HTTP/1.1 405 Method Not Allowed\r\nAllow: GET\r\n\r\n")
    else:
        body = _page("Looms", _WORDS).encode()
        connection.sendall(_HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)


def _packed(coding: str, body: bytes) -> Handler:
    head = _HEAD + f"Content-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    return saying(head + body)


def _cached_404(connection: socket.socket) -> None:
    """A cache that kept a 404 of this one address; the page exists again."""
    path = request(connection).split(" ")[1]
    body = _page("Looms", _WORDS).encode()
    if path == "/new":
        connection.sendall(b"HTTP/1.1 404 Not Found\r\nAge: 812\r\nX-Cache: HIT\r\n"
                           b"Content-Type: text/html\r\nContent-Length: 4\r\n\r\nnone")  # fmt: skip
    else:
        connection.sendall(_HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)


def _deflated(text: str) -> bytes:
    """Without zlib's wrapper, as some servers understand "deflate"."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    return squeeze.compress(text.encode()) + squeeze.flush()


_LOOMS = _page("Looms", _WORDS)
_LATIN = _page("Käse", "<p>Käse, Öl und Brötchen für alle</p>" * 5).encode()
_POLICY = ("Content-Security-Policy: default-src 'self'",)

CASES = (
    # pages that send on
    _case("meta-loop", "2212/page-sends-in-circles", "the page reloads for ever",
          raw=_sends(start='<meta http-equiv="Refresh" content="0;URL=/">')),
    _case("script-loop", "2212/page-sends-in-circles", "it flickers and never shows anything", path="/de",
          raw=_sends(de='<script>window.location.replace("/en");</script>',
                     en='<script>window.location.href = "/de";</script>')),
    _good("cookie-by-page", raw=_cookie_by_page),
    _good("board", raw=page("200 OK", _page("Departures", "<p>10:04 Track 3, 10:12 Track 5</p>",
                                            '<meta http-equiv=refresh content="5">'))),
    # names, addresses, handshakes
    Case("stranger-dns-cut", "dns", "2233/long-answer-lost", "cannot be resolved {url}", host="many.test",
         zone=tuple(f"many IN A 127.0.1.{number}" for number in range(1, 101))),
    _case("one-family", "2245/other-answer-by-family", "404 for some of us", host="dual.test",
          listen=("127.0.0.1", "::1"), zone=("dual IN A 127.0.0.1", "dual IN AAAA ::1"),
          nginx='if ($server_addr = "::1") { return 404; } ' + _OK, also=("2177/*", "2316/*")),
    _tls("weak-dh", "2267/dh-key-too-small", "dh key too small", certificate=Certificate(rsa_bits=2048),
         nginx="ssl_protocols TLSv1.2; ssl_ciphers DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0; "
         "ssl_dhparam @FOLDER@/tls/dh1024.pem; " + _OK),
    _tls("tls13-client", "2271/*", "ERR_BAD_SSL_CLIENT_AUTH_CERT", also=("2219/no-client-certificate",),
         nginx="ssl_protocols TLSv1.3; ssl_verify_client on; ssl_client_certificate @CERT@; " + _OK),
    Case("stranger-good-tls13", "healthy", "", "is it up? {url}", scheme="https", host="site.test",
         certificate=Certificate(), nginx="ssl_protocols TLSv1.3; " + _OK),
    # redirects
    _case("path-glued", "2215/name-of-target-unknown", "after the move", path="/old/new.test",
          host="site.test", apache="Redirect permanent /old/ http://", also=("2230/*",)),
    # other products' pages
    _case("front-door", "2289/known-block-page", "blocked", also=("2176/*",), raw=page(
        "403 Forbidden", "<html><head><title>403 - Forbidden</title></head><body>The request is blocked."
        "</body></html>", "text/html", "X-Azure-Ref: 20240101T000000Z-abc")),
    _case("wordfence", "2289/known-block-page", "503 for me alone", also=("2205/*",), raw=page(
        _TEMPORARY, _page("Your access to this site has been limited by the site owner",
                          "<h1>Your access to this service has been limited. (HTTP response code 503)</h1>"
                          "<p>Generated by Wordfence at Mon</p>"))),
    _case("fortiweb", "2289/known-block-page", "500 when I send the form", raw=page(
        "500 Internal Server Error", _page("Web Page Blocked", "<h1>Web Page Blocked!</h1><p>The page cannot "
        "be displayed. Please contact the administrator.</p><p>Attack ID: 20000008</p>"))),
    _case("fresh-and-403", "2294/fresh-server", "403", also=("2292/*",), raw=page(
        "403 Forbidden", _page("HTTP Server Test Page powered by: Rocky Linux", "<h1>HTTP Server Test Page</h1>"
        "<p>This page is used to test the proper operation of an HTTP server.</p>"))),
    _case("maintenance-es", "2205/maintenance-with-status-200", "no abre", raw=page(
        "200 OK", _page("Sitio en mantenimiento", "<h1>Sitio en mantenimiento</h1><p>Volvemos pronto.</p>"))),
    _case("maintenance-ja", "2205/maintenance-with-status-200", "?", raw=page(
        "200 OK", _page("メンテナンス中", "<h1>ただいまメンテナンス中です</h1><p>しばらくお待ちください。</p>"))),
    _case("database-php", "2350/does-not-answer", "white page with text", also=("2300/*",), raw=page(
        "200 OK", "<br />\n<b>Fatal error</b>:  Uncaught PDOException: SQLSTATE[HY000] [2002] Connection "
        "refused in /srv/a.php:3 thrown in <b>/srv/a.php</b> on line <b>3</b><br />")),
    _case("database-fr", "2350/does-not-answer", "le site est en panne", also=("2202/*",), raw=page(
        "500 Internal Server Error", _page("Erreur", "<h1>Erreur lors de la connexion à la base de données"
                                           "</h1>"))),
    # bodies and policies
    _case("latin-said", "2299/header-says-another-encoding", "strange letters", raw=saying(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=iso-8859-1\r\n"
        b"Content-Length: %d\r\n\r\n" % len(_LATIN) + _LATIN)),
    _case("404-kept", "2311/error-from-cache", "404, and the page is there", path="/new", raw=_cached_404,
          also=("2177/trailing-slash",)),
    _case("inline", "2305/inline-code", "Refused to execute inline script", raw=page(
        "200 OK", _page("Looms", "<script>start()</script>" + _WORDS), "text/html", *_POLICY)),
    # a fourth round
    _case("maintenance-de", "2205/maintenance-with-status-200", "nur ein Satz zu sehen", raw=page(
        "200 OK", _page("Wartungsarbeiten", "<h1>Wir sind bald zurück</h1><p>Bis morgen früh.</p>"))),
    _case("maintenance-cs", "2205/maintenance-with-status-200", "?", raw=page(
        "200 OK", _page("Probíhá údržba", "<h1>Probíhá údržba</h1><p>Brzy jsme zpět.</p>"))),
    _case("proxy-manager", "2294/*", "my photos are gone", raw=page(
        "200 OK", _page("Default Site", "<h1>Congratulations!</h1><p>You've successfully started the Nginx Proxy "
                        "Manager.</p>"))),
    _case("frame-by-site", "2304/only-the-same-site",
          "Refused to display in a frame because it set 'X-Frame-Options' to 'sameorigin'", raw=page(
              "200 OK", _LOOMS, "text/html", "X-Frame-Options: SAMEORIGIN")),
    # sites that look strange and work
    _good("incidents", raw=page("200 OK", _page("Incidents", "<h1>Incidents</h1><p>Monday: could not connect to "
          "the database, too many connections. Resolved.</p>"))),
    _good("get-alone", raw=_without_head),
    _good("about-walls", raw=page("200 OK", _page("Firewalls", "<p>Incapsula incident ID, Request Rejected and "
          "Sucuri WebSite Firewall - Access Denied are what visitors see. We tune rules.</p>"))),
    _good("about-databases", raw=page("200 OK", _page("PHP errors", "<p>Warning: Undefined variable, and "
          "SQLSTATE[HY000] [1040] Too many connections: what they mean.</p>"))),
    _good("packed-twice-and-said", raw=_packed("gzip, gzip", gzip.compress(gzip.compress(_LOOMS.encode())))),
    _good("raw-deflate", raw=_packed("deflate", _deflated(_LOOMS))),
    _good("bare-line-feeds", raw=saying(b"HTTP/1.1 200 OK\nContent-Type: text/html\nConnection: close\n\n"
                                        + _LOOMS.encode())),
    _good("same-length-twice", raw=saying(_HEAD + b"Content-Length: %d\r\n" % len(_LOOMS) * 2 + b"\r\n"
                                          + _LOOMS.encode())),
)  # fmt: skip
