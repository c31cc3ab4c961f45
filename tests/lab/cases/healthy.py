"""Sites on which nothing is wrong, in many flavours: nothing may be confirmed."""

from __future__ import annotations

import gzip
from typing import Any

import brotli
from flask import Flask, Response, redirect, request

from tests.lab.case import Case, Certificate
from tests.lab.cases.products import page

_PAGE = (
    "<!doctype html><html lang=en><head><title>Orchard</title></head><body><h1>Apples and pears</h1>"
    "<p>We grow forty old kinds. Visit us on Saturdays, the gate is open from nine.</p></body></html>"
)
_SPA = (
    "<!doctype html><html lang=en><head><title>Planner</title><script type=module src=/app.js></script>"
    "</head><body><div id=root></div><noscript>You need to enable JavaScript to run this app."
    "</noscript></body></html>"
)


def _coded() -> Any:
    app = Flask("coded")

    @app.get("/")
    def start() -> Response:
        wanted = request.headers.get("Accept-Encoding", "")
        if "br" in wanted:
            return Response(
                brotli.compress(_PAGE.encode()), headers={"Content-Encoding": "br"},
                content_type="text/html; charset=utf-8",
            )  # fmt: skip
        if "gzip" in wanted:
            return Response(
                gzip.compress(_PAGE.encode()), headers={"Content-Encoding": "gzip"},
                content_type="text/html; charset=utf-8",
            )  # fmt: skip
        return Response(_PAGE)

    return app


def _plain() -> Any:
    app = Flask("plain")

    @app.get("/")
    def start() -> str:
        return _PAGE

    @app.get("/ping")
    def ping() -> tuple[str, int]:
        return "", 204

    @app.get("/stream")
    def stream() -> Response:
        return Response((f"<p>Line {n} of the diary</p>" for n in range(50)), mimetype="text/html")

    @app.get("/moved")
    def moved() -> Any:
        return redirect("/#apples", 301)

    @app.get("/session")
    def session() -> Response:
        return Response(_PAGE, headers={"Set-Cookie": "visit=1; HttpOnly; SameSite=Lax; Path=/"})

    return app


def _case(name: str, **more: object) -> Case:
    more.setdefault("says", "is it down? {url}")
    return Case(f"healthy-{name}", "healthy", "", **more)  # type: ignore[arg-type]


CASES = (
    _case("to-www", host="orchard.test", zone=("orchard IN A 127.0.0.1", "www.orchard IN A 127.0.0.1"),
          nginx="if ($host = orchard.test) { return 301 http://www.orchard.test:@PORT@$request_uri; } "
          f"return 200 '{_PAGE}';"),
    _case("api", raw=page("200 OK", '{"status":"up","items":[]}', "application/json")),
    _case("login-page", path="/login", raw=page(
        "200 OK", "<!doctype html><title>Sign in</title><form method=post><input name=user>"
        "<input type=password name=pass><button>Sign in</button></form>")),
    _case("single-page-app", path="/boards/7", raw=page("200 OK", _SPA)),
    _case("large", raw=page("200 OK", _PAGE + "<p>More words about apples.</p>" * 40_000)),
    _case("coded", app=_coded()),
    _case("chunked", path="/stream", app=_plain()),
    _case("no-content", path="/ping", app=_plain()),
    _case("fragment", path="/moved", app=_plain()),
    _case("cookie", path="/session", app=_plain()),
    _case("tls", scheme="https", host="site.test", certificate=Certificate(), nginx=f"return 200 '{_PAGE}';"),
    _case("tls-http2", scheme="https", host="site.test", certificate=Certificate(),
          nginx="listen 127.0.0.1:@PORT@ ssl http2; ssl_certificate @CERT@; ssl_certificate_key @KEY@; "
          f"return 200 '{_PAGE}';"),
    _case("tls-address", scheme="https", certificate=Certificate(), nginx=f"return 200 '{_PAGE}';"),
    _case("tls-wildcard", scheme="https", host="a.wild.test", certificate=Certificate(names=("*.wild.test",)),
          zone=("a.wild IN A 127.0.0.1",), nginx=f"return 200 '{_PAGE}';"),
    _case("tls-chain", scheme="https", host="site.test",
          certificate=Certificate(signer="middle", chain=("middle",)), nginx=f"return 200 '{_PAGE}';"),
    _case("tls-optional-client", scheme="https", host="site.test", certificate=Certificate(), nginx="",
          apache="SSLVerifyClient optional_no_ca"),
    _case("tls-soon-over", scheme="https", host="site.test", certificate=Certificate(days=(-80, 5)),
          nginx=f"return 200 '{_PAGE}';"),
    _case("tls-haproxy", scheme="https", host="site.test", certificate=Certificate(),
          haproxy=f'http-request return status 200 content-type text/html string "{_PAGE}"'),
    _case("hsts", scheme="https", host="site.test", certificate=Certificate(),
          nginx=f"add_header Strict-Transport-Security max-age=63072000; return 200 '{_PAGE}';"),
    _case("cached", raw=page("200 OK", _PAGE, "text/html", "Age: 300", "X-Cache: HIT",
                             "Cache-Control: public, max-age=3600")),
    _case("proxied", haproxy=f'http-request return status 200 content-type text/html string "{_PAGE}"'),
    _case("lighttpd", path="/page.html", lighttpd='dir-listing.activate = "disable"'),
    _case("apache-slash", path="/files", apache="Options +Indexes\nDirectoryIndex one.txt"),
    _case("article-about-errors", path="/help/404", raw=page(
        "200 OK", "<!doctype html><html><head><title>What does 404 mean?</title></head><body><h1>What does 404 "
        "mean?</h1><p>A server says Not Found when a page is missing. Just a moment... is what a challenge "
        "says, and Welcome to nginx! is a default page.</p></body></html>", sub="/help/404")),
    _case("maintenance-notice", raw=page(
        "200 OK", "<!doctype html><title>Shop</title><p>On Sunday we are closed for maintenance.</p>")),
    _case("text-file", path="/files/one.txt", nginx="location / { }"),
    _case("only-names", host="site.test", nginx=f"server_name site.test; return 200 '{_PAGE}';"),
)  # fmt: skip
