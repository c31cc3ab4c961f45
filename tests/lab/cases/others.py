"""More of connections, handshakes, redirects and messages, as strangers meet them."""

from __future__ import annotations

import gzip
import socket
import time

from tests.lab.case import Case, Certificate
from tests.lab.cases.products import page
from tests.observe.servers import request, resetting, saying

_OK = 'return 200 "<!doctype html><title>Shop</title><p>Welcome";'
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def _stall(connection: socket.socket) -> None:
    connection.recv(2048)
    connection.settimeout(12)
    while connection.recv(2048):
        pass


def _slow_head(connection: socket.socket) -> None:
    request(connection)
    for letter in _HEAD + b"X-Slow: yes\r\n" * 20:
        connection.sendall(bytes((letter,)))
        time.sleep(0.1)


def _reset_for_query(connection: socket.socket) -> None:
    if "?" in request(connection).split("\r\n", maxsplit=1)[0]:
        resetting(connection)
    else:
        connection.sendall(_HEAD + b"Content-Length: 14\r\n\r\n<p>Welcome</p>")


def _reset_for_robots(connection: socket.socket) -> None:
    if "Mozilla/" in request(connection):
        connection.sendall(_HEAD + b"Content-Length: 14\r\n\r\n<p>Welcome</p>")
    else:
        resetting(connection)


def _smtp(connection: socket.socket) -> None:
    connection.sendall(b"220 mail.example.org ESMTP Postfix\r\n")
    request(connection)
    connection.sendall(b"502 5.5.2 Error: command not recognized\r\n")


_BOMB = gzip.compress(b"\0" * 60_000_000)


def _case(name: str, layer: str, first: str, says: str = "what is this?", **more: object) -> Case:
    return Case(f"other-{name}", layer, first, says + " {url}", **more)  # type: ignore[arg-type]


def _tls(name: str, first: str, certificate: Certificate | None = None, **more: object) -> Case:
    more.setdefault("host", "site.test")
    more.setdefault("nginx", _OK)
    more |= {"scheme": "https", "certificate": certificate or Certificate()}
    return Case(f"other-tls-{name}", "tls", first, "what is this? {url}", **more)  # type: ignore[arg-type]


CASES = (
    # connections
    _case("backlog", "tcp", "2241/no-answer", "ERR_CONNECTION_TIMED_OUT", backlog_full=True,
          named_by=(("curl", "timed out"),)),
    _case("smtp", "tcp", "2246/*", "a strange reply", raw=_smtp, also=("2279/*",)),
    _case("reset-query", "tcp", "2242/request-content-reset", "reset when I search",
          path="/find?q=select+*+from+users", raw=_reset_for_query),
    _case("reset-robots", "tcp", "2242/automated-clients-reset", "our script is cut off",
          raw=_reset_for_robots, also=("2287/*",)),
    _case("slow-head", "tcp", "2284/*", "it never comes", raw=_slow_head, also=("2285/*", "2286/*")),
    _case("six-only", "tcp", "2240/port-refused", "refused", host="::1", port="closed"),
    _case("one-of-three-dead", "tcp", "2240/some-addresses-refuse", "fails sometimes",
          host="three.test", nginx=_OK, zone=("three IN A 127.0.0.1", "three IN A 127.0.0.97",
                                              "three IN A 127.0.0.96")),
    _case("plain-on-haproxy-tls", "tls", "2244/*", "nothing comes back", host="site.test",
          certificate=Certificate(), haproxy="http-request return status 200",
          also=("2269/*",)),
    # handshakes
    _tls("chain-expired", "2252/chain-expired", Certificate(signer="old", chain=("old",))),
    _tls("wrong-intermediate", "2256/wrong-intermediate",
         Certificate(signer="middle", chain=("private",), issuer_url="http://127.0.0.1:@AIA@/m.der"),
         also=("2256/*",)),
    _tls("expired-haproxy", "2252/leaf-expired", Certificate(days=(-400, -35)), nginx="",
         haproxy="http-request return status 200 content-type text/html string hello"),
    _tls("expired-apache", "2252/leaf-expired", Certificate(days=(-370, -1)), nginx="",
         apache="Options None"),
    _tls("self-signed-other-name", "2255/*", Certificate(names=("localhost",), signer="self"),
         also=("2254/*", "2297/*")),
    _tls("private-chain", "2257/*", Certificate(signer="private", names=("site.test",)), nginx="",
         apache="Options None"),
    _tls("expired-and-other-name", "2252/*", Certificate(names=("old.example",), days=(-90, -2)),
         also=("2254/*", "2297/*")),
    _tls("tls10-other-ciphers", "2266/*", nginx="ssl_protocols TLSv1; "
         "ssl_ciphers AES256-SHA:AES128-SHA:@SECLEVEL=0; " + _OK),
    _case("tls-stalls", "tls", "2273/*", raw=_stall, scheme="https"),
    _case("tls-plain-apache", "tls", "2268/*", apache="Options None", scheme="https"),
    _case("tls-plain-lighttpd", "tls", "2268/*", scheme="https",
          lighttpd='dir-listing.activate = "disable"'),
    _tls("mixed", "2301/*", nginx='return 200 "<!doctype html><title>x</title><script src='
         'http://cdn.example/a.js></script><img src=http://cdn.example/a.png><p>Words";'),
    # redirects
    _case("slash-loop", "redirect", "2212/rules-contradict", "too many redirects", path="/shop",
          nginx="location = /shop { return 301 /shop/; } location = /shop/ { return 301 /shop; }"),
    _case("relative", "redirect", "", "is it up?", path="/a/b",
          nginx="location = /a/b { return 302 ../page.html; } location / { }"),
    _case("missing-location", "redirect", "2215/location-missing", "blank page",
          raw=page("301 Moved Permanently", "")),
    _case("307-dead", "redirect", "2215/target-takes-no-connection", "refused after the click",
          nginx="return 307 http://127.0.0.1:@OTHER@/form;", also=("2240/*",)),
    _case("to-private", "redirect", "2215/leads-inside", "hangs after login",
          nginx="return 302 http://192.168.1.20:8080/app;"),
    _case("to-missing", "redirect", "2215/target-has-no-page", "404 after the move", path="/shop/one",
          nginx="location = /shop/one { return 301 /store/uno; } location = / { } location / { return 404; }",
          also=("2177/*",)),
    _case("login-loop", "redirect", "2212/login-circle", "the login goes round", path="/my",
          nginx="location = /my { return 302 /login; } location = /login { return 302 /my; }"),
    # messages
    _case("bomb", "message", "2278/*", "the program runs out of memory", also=("2281/*", "2276/*"),
          raw=saying(_HEAD + f"Content-Encoding: gzip\r\nContent-Length: {len(_BOMB)}\r\n\r\n".encode()
                     + _BOMB)),
    _case("deflate-lie", "message", "2278/*", "cannot decode", raw=saying(
        _HEAD + b"Content-Encoding: br\r\nContent-Length: 14\r\n\r\n<p>Welcome</p>")),
    _case("cut-json", "message", "2276/*", "unexpected end of JSON", raw=saying(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{\"items\": [")),
    _case("negative-length", "message", "2279/*", "invalid answer", also=("2280/*",), raw=saying(
        _HEAD + b"Content-Length: -5\r\n\r\n<p>Welcome</p>")),
    _case("half-status", "message", "2279/*", "invalid answer", also=("2246/*",), raw=saying(
        b"HTTP/1.1 banana\r\nContent-Length: 0\r\n\r\n")),
    _case("empty-404", "message", "2177/*", "404", path="/q", raw=page("404 Not Found", "")),
    _case("retry-date", "message", "2205/announced-pause", "503", raw=page(
        "503 Service Unavailable", "<p>Back soon</p>", "text/html",
        "Retry-After: Fri, 31 Dec 2027 23:59:59 GMT")),
    # names
    _case("alias-to-missing", "dns", "2235/target-gone", "gone", host="docs.test",
          zone=("docs IN CNAME pages.hosting-gone.test.",)),
    _case("aliases-chain", "dns", "2235/*", "gone", host="one.test",
          zone=("one IN CNAME two-x", "two-x IN CNAME three-x.nowhere.test.")),
    _case("only-txt", "dns", "2232/no-address-record", "no address", host="txtonly.test",
          zone=('txtonly IN TXT "v=spf1 -all"',)),
    _case("link-local", "dns", "2237/*", "only at home", host="nas.test", zone=("nas IN A 169.254.3.4",)),
    _case("lan-six", "dns", "2237/*", "only at home", host="box.test", zone=("box IN AAAA fd00::12",)),
)  # fmt: skip
