"""Errors of applications: JSON APIs, and the pages of the usual frameworks."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask, Response, redirect
from werkzeug.debug import DebuggedApplication

from tests.lab.case import Case
from tests.lab.cases.products import page

_JSON = "application/json"


def _json(status: str, body: dict[str, Any], *fields: str, kind: str = _JSON) -> Any:
    return page(status, json.dumps(body), kind, *fields)


def _case(name: str, first: str, says: str = "what is wrong with", **more: object) -> Case:
    return Case(f"app-{name}", "http", first, says + " {url}", **more)  # type: ignore[arg-type]


def _broken() -> Any:
    app = Flask("broken")

    @app.get("/")
    def start() -> str:
        raise RuntimeError("the warehouse is empty")

    app.config["PROPAGATE_EXCEPTIONS"] = True
    # Without the PIN, because nobody should be able to type one.
    return DebuggedApplication(app, evalex=False)


def _shop() -> Any:
    app = Flask("shop")

    @app.get("/")
    def start() -> str:
        return "<!doctype html><title>Shop</title><p>Everything for bees and their keepers.</p>"

    @app.get("/prices")
    def prices() -> str:
        return "<!doctype html><title>Prices</title><p>Honey 5, wax 3.</p>"

    @app.get("/account")
    def account() -> Any:
        return redirect("/accounts/login/?next=/account")

    @app.get("/accounts/login/")
    def login() -> str:
        return (
            "<!doctype html><title>Log in</title><form method=post><input name=username>"
            "<input type=password name=password><button>Log in</button></form>"
        )

    @app.get("/report")
    def report() -> Any:
        raise RuntimeError("division")

    @app.post("/contact")
    def contact() -> str:
        return "thanks"

    @app.get("/members")
    def members() -> Response:
        return Response(
            "<!doctype html><title>Sign in</title><form><input type=password name=p></form>", 401
        )

    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.logger.disabled = True
    return app


def _origin(value: str) -> Any:
    return _json("200 OK", {"a": 1}, f"Access-Control-Allow-Origin: {value}", "Vary: Origin")


_CORS = "fetch fails: blocked by CORS policy at"

CASES = (
    _case("json-401-bearer", "2173/no-credentials", "API says 401", raw=_json(
        "401 Unauthorized", {"error": "missing bearer token"}, 'WWW-Authenticate: Bearer realm="v2"')),
    _case("json-401-scope", "2173/token-rejected", "401", raw=_json(
        "401 Unauthorized", {"error": "insufficient_scope"},
        'WWW-Authenticate: Bearer scope="orders:read", error="insufficient_scope"'),
          also=("2335/*",)),
    _case("json-401-bare", "2173/no-challenge", "401 Unauthorized", raw=_json(
        "401 Unauthorized", {"message": "Unauthenticated."})),
    _case("json-403", "2176/refused-to-everybody", "403", confirmed=False, raw=_json(
        "403 Forbidden", {"detail": "You do not have permission to perform this action."})),
    _case("json-404", "2177/*", "404 from the API", path="/v1/nothing", raw=_json(
        "404 Not Found", {"error": "not found"})),
    _case("json-400", "2174/application-refuses", "400", raw=_json(
        "400 Bad Request", {"type": "about:blank", "title": "Missing parameter q", "status": 400},
        kind="application/problem+json")),
    _case("json-409", "2182/*", "409 Conflict", raw=_json(
        "409 Conflict", {"error": "a user of this name already exists"})),
    _case("json-422", "2192/fields-named", "422", raw=_json(
        "422 Unprocessable Entity", {"detail": [{"loc": ["query", "q"], "msg": "field required"}]})),
    _case("json-429", "2197/*", "429", raw=_json(
        "429 Too Many Requests", {"message": "API rate limit exceeded"}, "Retry-After: 17",
        "RateLimit-Remaining: 0")),
    _case("json-500", "2202/*", "500", raw=_json(
        "500 Internal Server Error", {"message": "Internal server error"})),
    _case("json-503", "2205/*", "503", raw=_json("503 Service Unavailable", {"status": "starting"})),
    _case("json-200-error", "2217/error-inside-the-json", "our program reads an error from", raw=_json(
        "200 OK", {"ok": False, "error": "not_authed"})),
    # frameworks
    _case("express-404", "2177/*", "Cannot GET /x", path="/x", raw=page(
        "404 Not Found", '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error'
        "</title>\n</head>\n<body>\n<pre>Cannot GET /x</pre>\n</body>\n</html>\n", "text/html; charset=utf-8",
        "X-Powered-By: Express", sub="/x")),
    _case("express-500", "2202/*", "500", raw=page(
        "500 Internal Server Error", "<!DOCTYPE html><html lang=en><head><title>Error</title></head><body>"
        "<pre>TypeError: Cannot read properties of undefined<br> &nbsp; &nbsp;at /srv/app.js:7:9<br> &nbsp; at "
        "Layer.handle (/srv/node_modules/express/lib/router/layer.js:95:5)</pre></body></html>",
        "text/html; charset=utf-8", "X-Powered-By: Express"), also=("2300/*",)),
    _case("django-404", "2177/page-missing", "Not Found", path="/shop/x/", raw=page(
        "404 Not Found", "\n<!doctype html>\n<html lang=en>\n<head>\n  <title>Not Found</title>\n</head>\n"
        "<body>\n  <h1>Not Found</h1><p>The requested resource was not found on this server.</p>\n</body>\n"
        "</html>\n", "text/html; charset=utf-8", "X-Frame-Options: DENY", sub="/shop")),
    _case("django-500", "2202/*", "Server Error (500)", raw=page(
        "500 Internal Server Error", "<!doctype html><html lang=en><head><title>Server Error (500)</title>"
        "</head><body><h1>Server Error (500)</h1><p></p></body></html>")),
    _case("django-host", "2174/*", "Bad Request (400)", raw=page(
        "400 Bad Request", "<!doctype html><html lang=en><head><title>Bad Request (400)</title></head>"
        "<body><h1>Bad Request (400)</h1><p></p></body></html>")),
    _case("laravel-419", "2201/reading-gets-419", "419 Page Expired", raw=page(
        "419 unknown status", "<!DOCTYPE html><html lang=en><head><title>Page Expired</title></head><body>"
        '<div class="code">419</div><div class="message">Page Expired</div></body></html>')),
    _case("laravel-503", "2205/*", "503 Be right back", raw=page(
        "503 Service Unavailable", "<!DOCTYPE html><html><head><title>Service Unavailable</title></head><body>"
        "<div>503</div><div>Service Unavailable</div></body></html>")),
    _case("rails-500", "2202/*", "We're sorry, but something went wrong", raw=page(
        "500 Internal Server Error", "<!DOCTYPE html><html><head><title>We're sorry, but something went wrong "
        "(500)</title></head><body><h1>We're sorry, but something went wrong.</h1></body></html>",
        "text/html", "X-Request-Id: 7f3a")),
    _case("spring-404", "2177/*", "Whitelabel Error Page", path="/admin", raw=page(
        "404 ", "<html><body><h1>Whitelabel Error Page</h1><p>This application has no explicit mapping for "
        "/error, so you are seeing this as a fallback.</p><div>There was an unexpected error (type=Not Found, "
        "status=404).</div></body></html>", "text/html;charset=UTF-8", sub="/admin")),
    _case("aspnet-yellow", "2300/*", "Server Error in '/' Application", raw=page(
        "500 Internal Server Error", "<!DOCTYPE html><html><head><title>Runtime Error</title></head><body>"
        "<span><h1>Server Error in '/' Application.<hr></h1><h2><i>Runtime Error</i></h2></span></body></html>",
        "text/html", "Server: Microsoft-IIS/10.0", "X-AspNet-Version: 4.0.30319"), also=("2343/*", "2202/*")),
    _case("werkzeug-debugger", "2202/debug-page", "500", app=_broken(), also=("2300/*",)),
    _case("flask-slash", "2177/trailing-slash", "404", path="/prices/", app=_shop()),
    _case("flask-404", "2177/page-missing", "404", path="/honey", app=_shop()),
    _case("flask-500", "2202/only-this-page", "500 for one report", path="/report", app=_shop()),
    _case("flask-405", "2178/made-for-other-methods", "405", path="/contact", app=_shop()),
    _case("flask-login", "2214/login-wall", "we get a login page", path="/account", app=_shop()),
    _case("flask-401-form", "2173/no-challenge", "401", path="/members", app=_shop()),
    # CORS, as developers of APIs do it
    _case("cors-other", "2302/other-origin-allowed", _CORS, raw=_origin("https://www.elsewhere.example"),
          also=("2303/*",)),
    _case("cors-two", "2302/several-values", _CORS, raw=_origin("https://a.example, https://b.example"),
          also=("2303/*",)),
    _case("cors-slash", "2302/no-valid-origin", _CORS, raw=_origin("https://a.example/"),
          also=("2303/*",)),
    _case("cors-null", "2302/*", _CORS, raw=_origin("null"), also=("2303/*",)),
    _case("cors-on-500", "2202/*", _CORS, raw=_json(
        "500 Internal Server Error", {"error": "x"}), also=("2303/*", "2302/*")),
    _case("cors-not-asked", "", "is the API up?", raw=_json("200 OK", {"a": 1})),
)  # fmt: skip
