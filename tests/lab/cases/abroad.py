"""Faults and sound sites as others set them up, written before a condition was looked at.

Nine labels were corrected afterwards: two causes were equally true, or the server did something else."""

from __future__ import annotations

import time

from flask import Flask, Response, make_response, redirect, request

from tests.lab.case import Case, Certificate
from tests.lab.cases.products import page
from tests.lab.cases.wild import _answer, _titled
from tests.observe.servers import saying

_JSON = "application/json"
_TEXT = "text/plain; charset=utf-8"
_SHOP = (
    "<!doctype html><html lang=en><head><meta charset=utf-8><title>Miller &amp; Daughters</title></head>"
    "<body><header><a href=/>Home</a> <a href=/hours>Hours</a></header><main><h1>Bicycle repairs</h1>"
    "<p>We mend bicycles of every make, usually on the same day. Bring yours before ten.</p></main></body></html>"
)


def _case(
    name: str, first: str, *also: str, says: str = "What is wrong here?", **more: object
) -> Case:
    return Case(f"abroad-{name}", "http", first, says + " {url}", also, **more)  # type: ignore[arg-type]


def _sound(name: str, **more: object) -> Case:
    return Case(f"abroad-{name}", "healthy", "", "Is anything wrong with {url}", **more)  # type: ignore[arg-type]


def _tls(name: str, first: str, certificate: Certificate, *also: str, **more: object) -> Case:
    more = {"scheme": "https", "certificate": certificate,
            "nginx": f"charset utf-8; return 200 '{_SHOP}';", **more}  # fmt: skip
    return Case(f"abroad-{name}", "tls", first, "What is wrong here? {url}", also, **more)  # type: ignore[arg-type]


def _dns(
    name: str, first: str, host: str, *zone: str, also: tuple[str, ...] = (), **more: object
) -> Case:
    more = {"nginx": f"return 200 '{_SHOP}';", **more}
    return Case(f"abroad-{name}", "dns", first, "What is wrong here? {url}", also, host=host,
                zone=zone, **more)  # type: ignore[arg-type]  # fmt: skip


def _flask(name: str) -> Flask:
    app = Flask(name)
    app.add_url_rule("/", "start", lambda: _SHOP)
    return app


def _portal() -> Flask:
    """A page behind a login, as a portal has it."""
    app = _flask("portal")

    @app.get("/reports/2026")
    def reports() -> Response:
        return redirect("/signin?next=/reports/2026")  # type: ignore[return-value]

    @app.get("/signin")
    def sign_in() -> str:
        return _titled(
            "Sign in", "<form method=post><input name=user><input type=password name=p></form>"
        )

    return app


def _choosy(*words: str, status: int = 403, body: str = "Forbidden") -> Flask:
    """Refuses whoever does not say that it is a browser."""
    app = Flask("choosy")

    @app.get("/")
    def start() -> Response:
        agent = request.headers.get("User-Agent", "").lower()
        if any(word in agent for word in words) or "mozilla" not in agent:
            return make_response(body, status)
        return make_response(_SHOP)

    return app


def _framework(missing: str, kind: str, status: int = 404, start: str = _SHOP) -> Flask:
    """A framework that answers unknown paths in its own words."""
    app = Flask("framework")
    app.add_url_rule("/", "start", lambda: start)

    @app.errorhandler(404)
    def unknown(_: object) -> Response:
        return Response(missing, status, content_type=kind)

    return app


def _slashes() -> Flask:
    app = _flask("slashes")
    app.add_url_rule("/about/", "about", lambda: _SHOP.replace("Bicycle", "About"))
    app.url_map.redirect_behavior = None  # type: ignore[attr-defined]
    app.url_map.strict_slashes = True
    app.url_map.redirect_defaults = False

    @app.get("/about")
    def without() -> tuple[str, int]:
        return "<h1>Not Found</h1>", 404

    return app


def _cases_matter() -> Flask:
    app = _flask("cases")
    app.add_url_rule("/docs/guide.html", "guide", lambda: _SHOP)
    return app


def _cookie_first() -> Flask:
    app = Flask("cookie")

    @app.get("/")
    def start() -> Response:
        if request.cookies.get("visit"):
            return make_response(_SHOP)
        answer = redirect("/")
        answer.set_cookie("visit", "1")
        return answer  # type: ignore[return-value]

    return app


def _back_and_forth() -> Flask:
    app = Flask("forth")

    @app.get("/shop")
    def shop() -> Response:
        return redirect("/shop/", 301)  # type: ignore[return-value]

    @app.get("/shop/")
    def slash() -> Response:
        return redirect("/shop", 301)  # type: ignore[return-value]

    return app


def _hops(count: int) -> Flask:
    app = Flask("hops")

    @app.get("/")
    @app.get("/<int:number>")
    def hop(number: int = 0) -> Response:
        if number == count:
            return make_response(_SHOP)
        return redirect(f"/{number + 1}", 301)  # type: ignore[return-value]

    return app


def _interface(status: int, options: int = 404) -> Flask:
    app = Flask("interface")

    @app.route("/v1/orders", methods=["GET", "OPTIONS"], provide_automatic_options=False)
    def orders() -> Response:
        if request.method == "OPTIONS":
            return Response("Not Found", options, content_type=_TEXT)
        return Response(
            '{"orders": []}' if status == 200 else '{"error": "boom"}', status, content_type=_JSON
        )

    app.add_url_rule("/", "start", lambda: _SHOP)
    return app


def _slow(seconds: float) -> Flask:
    app = Flask("slow")

    @app.get("/")
    def start() -> str:
        time.sleep(seconds)
        return _SHOP

    return app


def _stuck_in_cache() -> Flask:
    app = Flask("cache")

    @app.get("/price-list")
    def prices() -> Response:
        if request.query_string:
            return make_response(_SHOP)
        answer = make_response("<h1>404 Not Found</h1>", 404)
        answer.headers |= {
            "Age": "7340",
            "X-Cache": "HIT",
            "Via": "1.1 varnish",
            "Cache-Control": "max-age=86400",
        }
        return answer

    app.add_url_rule("/", "start", lambda: _SHOP)
    return app


def _head_refused() -> Flask:
    app = Flask("head")

    @app.route("/", methods=["GET", "HEAD"])
    def start() -> Response:
        if request.method == "HEAD":
            return Response(
                '{"detail":"Method Not Allowed"}', 405, {"Allow": "GET"}, content_type=_JSON
            )
        return make_response(_SHOP)

    return app


def _all_200(body: str) -> Flask:
    app = Flask("all")
    app.add_url_rule("/", "start", lambda: _SHOP)
    app.add_url_rule("/<path:rest>", "rest", lambda rest: body)
    return app


_SPA = (
    '<!doctype html><html lang="en"><head><meta charset="UTF-8"><title>Fleet</title>'
    '<script type="module" crossorigin src="/assets/index-4f2c.js"></script></head><body>'
    '<div id="app"></div></body></html>'
)
_MIXED = _SHOP.replace(
    "</main>",
    '<img src="http://img.example.org/a.jpg"><img src="http://img.example.org/b.jpg"></main>',
)
_SCRIPTED = _SHOP.replace(
    "</head>", '<script src="http://static.example.org/jquery.js"></script></head>'
)
_NAMES = ("127.0.0.1", "site.test")

CASES = (
    # authentication and refusals
    _case("basic-any", "2173/no-credentials", nginx='satisfy any; deny all; auth_basic "Members"; '
          "auth_basic_user_file /dev/null; location / { try_files /index.html =404; }"),
    _case("digest-and-basic", "2173/no-credentials", raw=page(
        "401 Unauthorized", "<h1>Authorization Required</h1>", "text/html", 'WWW-Authenticate: Digest '
        'realm="cam", nonce="4f2c", qop="auth", algorithm=MD5', 'WWW-Authenticate: Basic realm="cam"')),
    _case("api-401", "2173/no-challenge", "2173/no-credentials", path="/api/me", raw=page(
        "401 Unauthorized", '{"success":false,"message":"Unauthenticated."}', _JSON, sub="/api")),
    _case("wordpress-rest", "2173/no-challenge", "2173/no-credentials", path="/wp-json/wp/v2/users", raw=page(
        "401 Unauthorized", '{"code":"rest_cannot_access","message":"Only authenticated users can access '
        'the REST API.","data":{"status":401}}', _JSON, sub="/wp-json")),
    _case("login-wall", "2214/login-wall", path="/reports/2026", app=_portal()),
    _case("browsers-only", "2176/automated-clients-refused", app=_choosy("bot", "python", "curl", "http")),
    _case("browsers-only-503", "2205/robots-only", app=_choosy("bot", "python", "curl", status=503,
          body="Service Unavailable")),
    _case("browsers-only-406", "2179/robots-refused", app=_choosy("bot", "python", "curl", status=406,
          body="Not Acceptable")),
    _case("deny-all", "2176/refused-to-everybody", "2176/access-rule", nginx="deny all;"),
    _case("require-ip", "2176/refused-to-everybody", "2176/access-rule",
          apache="<Location />\nRequire ip 10.0.0.0/8\n</Location>"),
    _case("no-index-apache", "2292/this-folder-has-none", "2176/folder-without-index", path="/empty/",
          apache="<Directory @FOLDER@/site/empty>\nOptions -Indexes\n</Directory>"),
    _case("no-index-nginx", "2292/this-folder-has-none", "2176/folder-without-index", path="/empty/",
          nginx="index index.html;"),
    _case("post-only", "2178/made-for-other-methods", path="/graphql", raw=page(
        "405 Method Not Allowed", '{"errors":[{"message":"GET requests are not supported"}]}', _JSON,
        "Allow: POST", sub="/graphql")),
    _case("monitor-head", "2178/head-refused", says="our uptime monitor reports 405 Method Not Allowed for",
          app=_head_refused()),
    _case("legal", "2199/blocking-party-named", raw=page(
        "451 Unavailable For Legal Reasons", "<h1>Unavailable For Legal Reasons</h1>", "text/html",
        'Link: <https://court.example.org/>; rel="blocked-by"')),
    # not found
    _case("fastapi", "2177/page-missing", "2177/api-route-unknown", path="/api/v2/users", app=_framework(
        '{"detail":"Not Found"}', _JSON, start='{"message":"hello"}')),
    _case("express", "2177/page-missing", "2177/api-route-unknown", path="/abuot", app=_framework(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n</head>\n"
        "<body>\n<pre>Cannot GET /abuot</pre>\n</body>\n</html>\n", "text/html; charset=utf-8")),
    _case("whitelabel", "2177/page-missing", "2177/api-route-unknown", path="/customer", app=_framework(
        "<html><body><h1>Whitelabel Error Page</h1><p>This application has no explicit mapping for /error, so "
        "you are seeing this as a fallback.</p><div>There was an unexpected error (type=Not Found, status=404)."
        "</div></body></html>", "text/html")),
    _case("slash", "2177/trailing-slash", path="/about", app=_slashes()),
    _case("capitals", "2177/letter-case", path="/Docs/Guide.html", app=_cases_matter()),
    _case("traefik", "2177/whole-site-missing", "2177/site-unknown", "2349/name-unknown-to-the-platform", raw=page(
        "404 Not Found", "404 page not found\n", _TEXT, "X-Content-Type-Options: nosniff")),
    _case("soft-spanish", "2293/error-page-says-200", path="/oferta", app=_all_200(_titled(
        "Página no encontrada", "<h1>¡Vaya! Página no encontrada</h1><p>La página que busca no existe.</p>"))),
    _case("api-gets-page", "2293/api-path-gets-the-page", path="/api/orders", app=_all_200(_SPA)),
    _case("gone", "2183/removed-on-purpose", path="/summer-sale", raw=page(
        "410 Gone", "<h1>Gone</h1><p>This offer has ended.</p>", sub="/summer-sale")),
    # limits and failures
    _case("limit-retry", "2197/wait-is-told", "2197/limited-at-once", raw=page(
        "429 Too Many Requests", "Too many requests, please try again later.", "text/html; charset=utf-8",
        "RateLimit-Policy: 100;w=900", "RateLimit: limit=100, remaining=0, reset=900", "Retry-After: 900")),
    _case("limit-bare", "2197/limited-at-once", "2197/automated-clients", raw=page(
        "429 Too Many Requests", '{"error":"Rate limit exceeded"}', _JSON)),
    _case("pause-date", "2205/announced-pause", raw=page(
        "503 Service Unavailable", _titled("Service", "<h1>We are updating our system</h1>"), "text/html",
        "Retry-After: Fri, 01 Jan 2100 00:00:00 GMT")),
    _case("no-server", "2205/no-server-left", haproxy="default_backend abroad_none",
          haproxy_global="backend abroad_none\n  balance roundrobin\n"),
    _case("gateway-down", "2204/*", nginx="location / { proxy_pass http://127.0.0.1:1; }"),
    _case("gateway-slow", "2206/*", nginx="location / { proxy_read_timeout 1s; proxy_pass http://127.0.0.1:@SILENT@; }"),
    _case("envoy", "2205/*", "2204/*", raw=page(
        "503 Service Unavailable", "upstream connect error or disconnect/reset before headers. reset reason: "
        "connection failure", "text/plain", "Server: envoy")),
    _case("google-balancer", "2204/*", raw=page(
        "502 Bad Gateway", "<html><head><title>502 Server Error</title></head><body text=#000000><h1>Error: "
        "Server Error</h1><h2>The server encountered a temporary error and could not complete your request.<p>"
        "Please try again in 30 seconds.</h2></body></html>", "text/html; charset=UTF-8", "Via: 1.1 google")),
    _case("php-fatal", "2202/debug-page", "2300/php-shows-errors", raw=page(
        "500 Internal Server Error", "<br />\n<b>Fatal error</b>:  Uncaught Error: Call to undefined function "
        "get_offers() in /var/www/html/index.php:12\nStack trace:\n#0 {main}\n  thrown in "
        "<b>/var/www/html/index.php</b> on line <b>12</b><br />", "text/html; charset=UTF-8", "X-Powered-By: PHP/8.3.1")),
    _case("ignition", "2202/debug-page", "2300/php-shows-errors", raw=page(
        "500 Internal Server Error", "<!DOCTYPE html><html><head><title>🧨 Undefined variable $total</title></head>"
        "<body><script>window.ignite = {report: {\"message\":\"Undefined variable $total\","
        "\"exception_class\":\"ErrorException\",\"application_path\":\"/srv/app\"}}</script></body></html>")),
    _case("critical-error", "2202/whole-site", "2202/server-broke", raw=page(
        "500 Internal Server Error", _titled("WordPress › Error", '<div class="wp-die-message"><p>There has been a '
        "critical error on this website.</p></div>"))),
    _case("tomcat-trace", "2202/debug-page", "2300/other-framework", path="/app/list", raw=page(
        "500", "<!doctype html><html lang=\"en\"><head><title>HTTP Status 500 – Internal Server Error</title></head><body>"
        "<h1>HTTP Status 500 – Internal Server Error</h1><p><b>Type</b> Exception Report</p><p><b>Exception</b></p><pre>"
        "java.lang.NullPointerException\n\tcom.acme.ListServlet.doGet(ListServlet.java:31)\n</pre><h3>Apache Tomcat/9.0.70"
        "</h3></body></html>", "text/html;charset=utf-8", sub="/app")),
    _case("wp-database", "2350/*", raw=page(
        "500 Internal Server Error", _titled("Database Error", "<h1>Error establishing a database connection</h1>"))),
    _case("german-database", "2350/*", raw=page(
        "200 OK", _titled("Fehler", "<h1>Datenbankfehler</h1><p>Verbindung zur Datenbank konnte nicht hergestellt "
        "werden.</p>"))),
    _case("maintenance-italian", "2205/*", raw=page(
        "503 Service Unavailable", _titled("Sito in manutenzione", "<h1>Torniamo presto</h1>"))),
    # redirects
    _case("cookie-first", "2212/cookie-needed", app=_cookie_first()),
    _case("slash-loop", "2212/rules-contradict", path="/shop", app=_back_and_forth()),
    _case("seven-hops", "2213/too-many-hops", app=_hops(7)),
    _case("to-old-name", "2215/name-of-target-unknown", nginx="return 301 https://shop-before.test/;"),
    _case("to-inside", "2215/leads-inside", nginx="return 302 http://10.20.0.5:8080/app;"),
    _case("to-suspended", "2349/account-suspended", app=_all_200(_titled("Account Suspended",
          "<h1>Account Suspended</h1><p>This Account has been suspended. Contact your hosting provider for more "
          "information.</p>")), path="/cgi-sys/suspendedpage.cgi"),
    # policies of browsers
    _case("cors-plain", "2302/no-header", path="/v1/orders", app=_interface(200), says="Access to fetch at this from "
          "origin 'http://localhost:5173' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is "
          "present on the requested resource."),
    _case("cors-500", "2302/error-without-header", "2202/*", "2302/no-header", path="/v1/orders", app=_interface(500), says="has been "
          "blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."),
    _case("preflight-404", "2303/options-refused", "2302/no-header", path="/v1/orders", app=_interface(200), says="has been blocked "
          "by CORS policy: Response to preflight request doesn't pass access control check: It does not have HTTP ok "
          "status."),
    _case("frame-same", "2304/only-the-same-site", raw=page("200 OK", _SHOP, "text/html; charset=utf-8",
          "X-Frame-Options: SAMEORIGIN"), says="Refused to display this in a frame because it set 'X-Frame-Options' to "
          "'sameorigin'."),
    _case("csp", "2305/source-not-listed", raw=page("200 OK", _SHOP.replace("</head>", '<script src="https://cdn.example.org/'
          'a.js"></script></head>'), "text/html; charset=utf-8", "Content-Security-Policy: default-src 'self'; script-src 'self'"),
          says="Refused to load the script 'https://cdn.example.org/a.js' because it violates the following Content "
          "Security Policy directive: \"script-src 'self'\"."),
    _tls("mixed-pictures", "2301/other-parts", Certificate(), nginx=f"charset utf-8; return 200 '{_MIXED}';"),
    _tls("mixed-script", "2301/scripts-and-styles", Certificate(), nginx=f"charset utf-8; return 200 '{_SCRIPTED}';"),
    # bodies
    _case("latin-header", "2299/header-says-another-encoding", says="strange letters on", raw=_answer(
        "200 OK\r\nContent-Type: text/html; charset=iso-8859-1", _titled("Café Zürich", "<p>Frühstück für Gäste, "
        "crème brûlée à la carte, große Öfen</p>").encode())),
    _case("no-charset", "2299/no-encoding-declared", says="strange letters on", raw=_answer(
        "200 OK\r\nContent-Type: text/html", _titled("Café Zürich", "<p>Frühstück für Gäste, crème brûlée, große Öfen"
        "</p>").encode("windows-1252"))),
    _case("style-is-page", "2348/file-answered-with-page", "2298/*", "2293/*", path="/css/site.css", says="the design is broken, the console complains about the MIME type of",
          app=_all_200(_SPA)),
    _case("cut-short", "2276/*", raw=saying(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 9000\r\n\r\n" + _SHOP.encode())),
    _case("chunk-broken", "2277/*", raw=saying(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nxyz\r\n")),
    _case("two-lengths", "2280/lengths-contradict", raw=saying(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\nhello")),
    _case("odd-header", "2279/bad-header-line", raw=saying(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX Powered By Us\r\nContent-Length: 5\r\n\r\nhello")),
    _case("says-nothing", "2244/closed-after-request", "2244/closed-at-once", raw=saying(b"")),
    _case("slow", "2284/slow-application", app=_slow(4.5)),
    # somebody else's page
    _case("welcome", "2294/fresh-server", "2294/nothing-uploaded", raw=page(
        "200 OK", "<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n</head>\n<body>\n<h1>Welcome to "
        "nginx!</h1>\n<p>If you see this page, the nginx web server is successfully installed and\nworking. Further "
        "configuration is required.</p>\n</body>\n</html>", "text/html", "Server: nginx/1.24.0 (Ubuntu)")),
    _case("for-sale-german", "2295/for-sale", raw=page(
        "200 OK", _titled("tee.example steht zum Verkauf", "<h1>Die Domain tee.example steht zum Verkauf</h1><p>Jetzt "
        "Angebot abgeben. Sedo Domain Parking</p>"))),
    _case("listing", "2296/list-of-a-folder", path="/files/", nginx="autoindex on;"),
    _case("python-listing", "2296/private-files-in-the-list", "2296/development-server", raw=page(
        "200 OK", "<!DOCTYPE HTML>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Directory listing for /"
        "</title>\n</head>\n<body>\n<h1>Directory listing for /</h1>\n<hr>\n<ul>\n<li><a href=\".git/\">.git/</a></li>\n"
        "<li><a href=\"app.py\">app.py</a></li>\n</ul>\n<hr>\n</body>\n</html>", "text/html; charset=utf-8",
        "Server: SimpleHTTP/0.6 Python/3.12.3")),
    # checks, search engines, caches, platforms
    _case("check-503", "2288/check-for-everybody", "2288/program-meets-a-check", raw=page(
        "503 Service Temporarily Unavailable", _titled("DDoS-Guard", "<h1>Checking your browser before accessing tea.example"
        "</h1><noscript>Please enable JavaScript and cookies</noscript><script src=/.well-known/ddos-guard/js-challenge/"
        "index.js></script>"), "text/html", "Server: ddos-guard")),
    _case("not-listed", "2318/told-not-to-index", says="Google does not list our page", raw=page(
        "200 OK", _SHOP, "text/html; charset=utf-8", "X-Robots-Tag: noindex, nofollow")),
    _case("robots-file", "2318/robots-file-forbids", says="Googlebot cannot crawl", nginx="location = /robots.txt { "
          "default_type text/plain; return 200 'User-agent: *\nDisallow: /\n'; } location / { "
          f"charset utf-8; return 200 '{_SHOP}'; }}"),
    _case("cached-404", "2311/*", path="/price-list", app=_stuck_in_cache()),
    _case("websocket", "2195/websocket-address", path="/live", raw=page(
        "426 Upgrade Required", "Upgrade Required", _TEXT, "Upgrade: websocket", "Connection: Upgrade", sub="/live")),
    _case("cloudflare-block", "2227/firewall-rule", "2289/block-page-for-everybody", raw=page(
        "403 Forbidden", _titled("Attention Required! | Cloudflare", "<h1>Sorry, you have been blocked</h1><h2>You are unable "
        "to access tea.example</h2><p>This website is using a security service to protect itself from online attacks.</p>"
        "<span>Cloudflare Ray ID: 8f2c</span>"), "text/html; charset=UTF-8", "Server: cloudflare", "CF-RAY: 8f2c-FRA")),
    _case("aws-balancer", "2229/balancer-without-targets", raw=page(
        "503 Service Temporarily Unavailable", "<html>\n<head><title>503 Service Temporarily Unavailable</title></head>\n"
        "<body>\n<center><h1>503 Service Temporarily Unavailable</h1></center>\n</body>\n</html>", "text/html",
        "Server: awselb/2.0")),
    _case("cloudfront", "2229/cloudfront-cannot-reach-the-origin", raw=page(
        "502 Bad Gateway", _titled("ERROR: The request could not be satisfied", "<h1>502 ERROR</h1><h2>The request could "
        "not be satisfied.</h2>CloudFront wasn't able to connect to the origin. We can't connect to the server for this app "
        "or website at this time.<pre>Generated by cloudfront (CloudFront)</pre>"), "text/html", "Server: CloudFront",
        "X-Cache: Error from cloudfront", "Via: 1.1 x.cloudfront.net (CloudFront)")),
    _case("dyno", "2349/app-does-not-run", raw=page(
        "503 Service Unavailable", _titled("Application Error", '<iframe src="//www.herokucdn.com/error-pages/application-error'
        '.html"></iframe>'), "text/html; charset=utf-8", "Server: Heroku")),
    _case("pages", "2177/site-unknown", "2349/name-unknown-to-the-platform", raw=page(
        "404 Not Found", _titled("Site not found · GitHub Pages", "<h1>404</h1><p><strong>There isn't a GitHub Pages site "
        "here.</strong></p>"), "text/html; charset=utf-8", "Server: GitHub.com")),
    _case("bucket", "2349/*", raw=page(
        "404 Not Found", '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchBucket</Code><Message>The specified '
        "bucket does not exist</Message><BucketName>tea</BucketName></Error>", "application/xml", "Server: AmazonS3")),
    _case("graphql-200", "2217/*", "2202/error-page-with-status-200", path="/graphql", says="the list stays empty, no error in the network tab, status 200:",
          raw=page("200 OK", '{"errors":[{"message":"Internal server error","extensions":{"code":"INTERNAL_SERVER_ERROR"}}],'
                   '"data":null}', _JSON, sub="/graphql")),
    # TLS
    _tls("expired", "2252/leaf-expired", Certificate(days=(-93, -3), signer="middle", chain=("middle",))),
    _tls("starts-later", "2253/starts-later", Certificate(days=(3, 93)), "2253/not-yet-valid"),
    _tls("hoster-name", "2254/*", Certificate(names=("*.hosting-company.test", "hosting-company.test")), host="site.test"),
    _tls("bare-missing", "2254/bare-domain-not-covered", Certificate(names=("www.velo.test",)), "2236/certificate-missing-here",
         host="velo.test", zone=("velo IN A 127.0.0.1", "www.velo IN A 127.0.0.1")),
    _tls("two-deep", "2254/wildcard-too-shallow", Certificate(names=("*.velo2.test", "velo2.test")), host="a.b.velo2.test",
         zone=("velo2 IN A 127.0.0.1", "*.velo2 IN A 127.0.0.1", "a.b.velo2 IN A 127.0.0.1")),
    _tls("leaf-alone", "2256/only-leaf-sent", Certificate(signer="middle", issuer_url="http://127.0.0.1:@AIA@/m.der"),
         "2256/chain-incomplete"),
    _tls("company-root", "2257/private-root", Certificate(signer="private", chain=("private",)), "2257/unknown-issuer"),
    _tls("own-signature", "2255/self-signed", Certificate(names=("site.test",), signer="self", subject="site.test"), host="site.test"),
    _tls("small-key", "2260/key-too-small", Certificate(rsa_bits=1024), nginx=f"ssl_ciphers DEFAULT@SECLEVEL=0; return 200 '{_SHOP}';"),
    _case("no-tls-there", "2268/wrong-scheme-for-the-port", scheme="https", nginx="listen 127.0.0.1:@PORT@; return 200 hi;"),
    _case("http-to-tls", "2269/https-missing-in-the-address", "2219/plain-http-on-the-https-port", "2174/*",
          certificate=Certificate(), nginx="return 200 hi;"),
    # DNS
    _dns("shop-builder", "2235/target-gone", "store.test", "store IN CNAME stores.shop-builder.test."),
    _dns("text-only", "2232/no-address-record", "news.test", 'news IN TXT "v=spf1 -all"', "news IN MX 10 ns.test."),
    _dns("inside", "2237/private-address", "nas.test", "nas IN A 192.168.178.20"),
    _dns("two-one-dead", "2240/some-addresses-refuse", "duo.test", "duo IN A 127.0.0.1", "duo IN A 127.0.0.77"),
    _dns("only-www-there", "2236/record-missing-here", "velo3.test", "www.velo3 IN A 127.0.0.1", also=("2230/*", "2232/*")),
    _dns("not-there", "2230/domain-gone", "nothere.test"),
    _dns("campaign-over", "2235/target-gone", "promo.test", "promo IN CNAME promo.campaigns.example.com.test."),
    # sound
    _sound("api", nginx="default_type application/json; return 200 '{\"error\":null,\"status\":\"ok\",\"items\":[]}';"),
    _sound("about-errors", raw=page("200 OK", _titled("How to fix a 404", "<h1>How to fix a 404 Not Found</h1>" + "<p>If a "
           "page is not found, look at the address. A 502 Bad Gateway is another matter.</p>" * 8))),
    _sound("captcha-form", raw=page("200 OK", _SHOP.replace("</main>", "<form><input name=mail><div class=g-recaptcha "
           "data-sitekey=x></div></form><script src='https://www.google.com/recaptcha/api.js'></script></main>"))),
    _sound("login-start", raw=page("200 OK", _titled("Sign in to Fleet", "<form method=post><input name=u><input type=password "
           "name=p><button>Sign in</button></form>"))),
    _sound("japanese-meta", raw=_answer("200 OK\r\nContent-Type: text/html", ('<!doctype html><html lang=ja><head><meta charset='
           '"shift_jis"><title>お茶の店</title></head><body><p>' + "静かな庭のお茶をお届けします。" * 20 + "</p></body></html>").encode("shift_jis"))),
    _sound("to-language", app=_hops(1)),
    _sound("tiny", nginx="default_type text/plain; return 200 OK;"),
    _sound("code-in-post", raw=page("200 OK", _titled("PHP basics", "<h1>PHP basics</h1><pre>&lt;?php echo 'Fatal error'; ?&gt;</pre>"
           + "<p>Write this into index.php and open it.</p>" * 6))),
    _sound("domain-blog", raw=page("200 OK", _titled("On names", "<h1>My first name was for sale</h1>" + "<p>I bought this domain for "
           "little money. Parking it would have been dull.</p>" * 6))),
    _sound("contract", raw=page("200 OK", _titled("Wartung und Service", "<h1>Wartungsvertrag</h1>" + "<p>Wir warten Ihre Heizung "
           "jedes Jahr. Im Notfall kommen wir sofort.</p>" * 6))),
    _sound("strict-headers", raw=page("200 OK", _SHOP, "text/html; charset=utf-8", "X-Frame-Options: DENY",
           "Content-Security-Policy: default-src 'self'", "Permissions-Policy: camera=()", "Referrer-Policy: no-referrer",
           "Cross-Origin-Resource-Policy: same-origin", "X-Robots-Tag: max-image-preview:large")),
    _sound("pdf", raw=_answer("200 OK\r\nContent-Type: application/pdf\r\nContent-Disposition: inline", b"%PDF-1.7\n" + b"x" * 3000)),
    _sound("sitemap", path="/sitemap.xml", raw=page("200 OK", '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/'
           'sitemap/0.9"><url><loc>https://tea.example/</loc></url></urlset>', "application/xml")),
    _sound("consent", raw=page("200 OK", _SHOP.replace("<header>", "<div role=dialog>We use cookies. <button>Accept all</button>"
           "<button>Reject</button></div><header>"))),
    _sound("two-addresses", host="twins.test", zone=("twins IN A 127.0.0.1",), nginx=f"charset utf-8; return 200 '{_SHOP}';"),
    _tls("sound-chain", "", Certificate(signer="middle", chain=("middle",)), nginx=f"charset utf-8; add_header Strict-Transport-Security "
         f"'max-age=31536000'; return 200 '{_SHOP}';"),
)  # fmt: skip
