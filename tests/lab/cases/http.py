"""Answers that say no: every status a person meets, from real servers."""

from __future__ import annotations

from tests.lab.case import Case
from tests.observe.servers import saying


def _raw(head: str, body: str = "", kind: str = "text/html") -> bytes:
    return (
        f"HTTP/1.1 {head}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def _case(name: str, first: str, says: str, nginx: str = "", **more: object) -> Case:
    return Case(f"http-{name}", "http", first, says + " {url}", nginx=nginx, **more)  # type: ignore[arg-type]


_DENY_ROBOTS = 'map $http_user_agent $@NAME@ { default 1; "~Mozilla/.*(Chrome|Firefox)" 0; }'


def _robots(name: str, status: str) -> dict[str, str]:
    variable = f"robot_{name}"
    return {
        "nginx": f'if (${variable}) {{ return {status}; }} return 200 "<p>Welcome</p>";',
        "nginx_http": _DENY_ROBOTS.replace("@NAME@", variable),
    }


CASES = (
    # 401 and 407
    _case("401-basic", "2173/no-credentials", "HTTP 401",
          'auth_basic "Staff"; auth_basic_user_file @FOLDER@/site/index.html;',
          named_by=(("curl", "WWW-Authenticate"),)),
    _case("401-digest", "2173/no-credentials", "401 Unauthorized",
          apache='<Location "/">\nAuthType Digest\nAuthName "Area"\nAuthUserFile /dev/null\n'
          "Require valid-user\n</Location>", named_by=(("curl", "WWW-Authenticate"),)),
    _case("401-negotiate", "2173/no-credentials", "HTTP 401", raw=saying(
        b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n"
        b"Content-Length: 0\r\n\r\n"), also=("2336/*",), named_by=(("curl", "WWW-Authenticate"),)),
    _case("401-bearer", "2173/*", "my API token is refused with 401", raw=saying(
        b'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm="api", error="invalid_token",'
        b' error_description="The access token expired"\r\nContent-Length: 0\r\n\r\n'),
        also=("2335/*",)),
    _case("401-two-challenges", "2173/no-credentials", "401", raw=saying(
        b'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer, Basic realm="api"\r\n'
        b"Content-Length: 0\r\n\r\n"), named_by=(("curl", "WWW-Authenticate"),)),
    _case("401-no-challenge", "2173/no-challenge", "HTTP 401", "return 401;"),
    _case("401-robots", "2173/automated-clients-refused", "our robot gets 401",
          **_robots("a", "401"), also=("2287/*",)),
    _case("407", "2180/site-answers-407", "407 Proxy Authentication Required", raw=saying(
        b'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="x"\r\n'
        b"Content-Length: 0\r\n\r\n")),
    # 403
    _case("403-robots", "2176/automated-clients-refused", "403 for our script only",
          **_robots("b", "403"), also=("2287/*",)),
    _case("403-address", "2176/refused-to-everybody", "403 Forbidden", "deny all;",
          path="/page.html", confirmed=False),
    _case("403-permission", "2176/refused-to-everybody", "403 Forbidden", "autoindex off;",
          path="/secret.html", confirmed=False),
    _case("403-no-index", "2292/*", "403 Forbidden on the folder", "autoindex off;",
          path="/empty/", also=("2176/folder-without-index",)),
    _case("403-no-index-apache", "2292/*", "forbidden", path="/empty/",
          apache='<Directory "@FOLDER@/site">\nOptions -Indexes\n</Directory>',
          also=("2176/folder-without-index",)),
    _case("403-rules", "2289/*", "403 when I search", path="/page.html?q=<script>alert(1)</script>"
          .replace("<", "%3C").replace(">", "%3E"),
          apache="SecRuleEngine On\nInclude /etc/modsecurity/crs/crs-setup.conf\n"
          "Include /usr/share/modsecurity-crs/rules/*.conf",
          also=("2176/query-refused",)),
    _case("403-referer", "2290/*", "our pictures are refused with 403", path="/page.html",
          nginx="valid_referers server_names 127.0.0.1; if ($invalid_referer) { return 403; }"),
    _case("403-haproxy", "2176/proxy-rule", "403 Forbidden", haproxy="http-request deny"),
    _case("403-challenge", "2288/*", "Just a moment", raw=saying(
        b"HTTP/1.1 403 Forbidden\r\nServer: cloudflare\r\ncf-mitigated: challenge\r\n"
        b"CF-RAY: 8a1b2c3d4e5f6a7b-FRA\r\nContent-Type: text/html\r\nContent-Length: 61\r\n\r\n"
        b"<!DOCTYPE html><title>Just a moment...</title><p>Checking</p>\n")),
    # 404 and its relatives
    _case("404", "2177/page-missing", "404 Not Found", "location / { }", path="/no-such-page"),
    _case("404-slash", "2177/trailing-slash", "404 although the page is there", path="/prices",
          nginx='location = /prices/ { return 200 "<p>Prices</p>"; } location / { return 404; }'),
    _case("404-case", "2177/letter-case", "404 for a link in our newsletter", path="/Page.html",
          nginx="location / { }"),
    _case("404-whole-site", "2177/whole-site-missing", "404 page not found", "return 404;",
          path="/shop"),
    _case("soft-404", "2293/*", "Google reports a soft 404", path="/old-offer",
          nginx='return 200 "<!doctype html><title>Not found</title><p>Page not found, sorry.";'),
    _case("default-page", "2294/*", "I see Welcome to nginx",
          nginx='return 200 "<!DOCTYPE html><html><head><title>Welcome to nginx!</title></head>'
          '<body><h1>Welcome to nginx!</h1><p>If you see this page, the nginx web server is '
          'successfully installed and working.</p></body></html>";'),
    _case("parked", "2295/*", "our site shows advertisements", raw=saying(_raw(
        "200 OK", "<!doctype html><title>shop.test</title><p>This domain is for sale! Buy this "
        "domain now.</p>"))),
    _case("listing", "2296/*", "I see Index of / instead of the page", "autoindex on;",
          path="/files/"),
    _case("listing-apache", "2296/*", "a list of files", apache="Options +Indexes", path="/files/"),
    _case("405-head", "2178/head-refused", "the uptime monitor gets 405",
          'if ($request_method = HEAD) { return 405; } return 200 "<p>Welcome</p>";'),
    _case("405-get", "2178/made-for-other-methods", "405 Method Not Allowed", raw=saying(
        b"HTTP/1.1 405 Method Not Allowed\r\nAllow: POST\r\nContent-Length: 0\r\n\r\n")),
    _case("406", "2179/*", "406 Not Acceptable", "return 406;"),
    _case("408", "2181/*", "408 Request Timeout", raw=saying(_raw("408 Request Timeout")),
          confirmed=False),
    _case("410", "2183/removed-on-purpose", "410 Gone", "location = /old { return 410; }",
          path="/old", confirmed=False),
    _case("411", "2184/*", "411 Length Required", raw=saying(_raw("411 Length Required")),
          confirmed=False),
    _case("413", "2186/*", "413 Request Entity Too Large when I upload a 5 MB picture",
          "client_max_body_size 1m; return 413;", confirmed=False),
    _case("414", "2187/*", "414 URI Too Long", apache="LimitRequestLine 300",
          path="/page.html?q=" + "a" * 600),
    _case("415", "2188/*", "415 Unsupported Media Type", "return 415;", confirmed=False),
    _case("416", "2189/*", "416 Range Not Satisfiable", "return 416;", confirmed=False),
    _case("425", "2194/*", "425 Too Early", raw=saying(_raw("425 Too Early")), confirmed=False),
    _case("426", "2195/*", "426 Upgrade Required", raw=saying(
        b"HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Content-Length: 0\r\n\r\n")),
    _case("429-seconds", "2197/wait-is-told", "429 Too Many Requests",
          "add_header Retry-After 120 always; return 429;", named_by=(("curl", "Retry-After"),)),
    _case("429-date", "2197/wait-is-told", "rate limited", raw=saying(
        b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: Fri, 31 Dec 2027 23:59:59 GMT\r\n"
        b"Content-Length: 0\r\n\r\n"), named_by=(("curl", "Retry-After"),)),
    _case("429-robots", "2197/robots-only", "429 for our robot", **_robots("c", "429"),
          also=("2287/*",)),
    _case("431", "2198/*", "431 Request Header Fields Too Large", "return 431;",
          confirmed=False),
    _case("451", "2199/*", "451 Unavailable For Legal Reasons", "return 451;"),
    # 5xx
    _case("500-debug", "2202/debug-page", "500 Internal Server Error", raw=saying(_raw(
        "500 Internal Server Error",
        "<!doctype html><html><head><title>NameError // Werkzeug Debugger</title></head><body>"
        "<h1>NameError</h1><p class='errormsg'>name 'x' is not defined</p><div class='traceback'>"
        "Traceback <em>(most recent call last)</em></div></body></html>")), also=("2300/*",)),
    _case("500-one-folder", "2202/one-directory", "500 Internal Server Error", path="/broken/page",
          apache='<Location "/broken">\nRedirect 500\n</Location>', also=("2202/only-this-page",)),
    _case("500-whole-site", "2202/whole-site", "500", "return 500;"),
    _case("500-tarpit", "2202/held-on-purpose", "500 after a long wait",
          haproxy="http-request tarpit deny_status 500 if TRUE"),
    _case("501", "2203/*", "501 Not Implemented", raw=saying(_raw("501 Not Implemented")),
          confirmed=False),
    _case("502-down", "2204/no-usable-answer", "502 Bad Gateway",
          "location / { proxy_pass http://127.0.0.1:@OTHER@; }"),
    _case("502-part", "2204/only-a-part", "502 Bad Gateway under /app", path="/app",
          nginx="location /app { proxy_pass http://127.0.0.1:@OTHER@; } location / { }"),
    _case("503-announced", "2205/announced-pause", "503 Service Unavailable",
          "add_header Retry-After 1800 always; return 503;", named_by=(("curl", "Retry-After"),)),
    _case("503-haproxy", "2205/no-server-left", "503 Service Unavailable No server is available",
          haproxy="default_backend nobody_@OTHER@", haproxy_global="backend nobody_@OTHER@"),
    _case("503-apache", "2205/*", "503 Service Unavailable",
          apache='ProxyPass "/" "http://127.0.0.1:@OTHER@/"'),
    _case("504", "2206/*", "504 Gateway Time-out",
          "location / { proxy_read_timeout 1s; proxy_pass http://127.0.0.1:@SILENT@; }"),
    _case("505", "2207/*", "505 HTTP Version Not Supported", raw=saying(
        _raw("505 HTTP Version Not Supported"))),
    _case("508", "2210/*", "508 Loop Detected", "return 508;", confirmed=False),
    _case("511", "2211/site-says-511", "511 Network Authentication Required", raw=saying(
        _raw("511 Network Authentication Required"))),
    *(
        _case(f"cloudflare-{status}", f"{solution}/*", f"Error code {status}", raw=saying(
            f"HTTP/1.1 {status} Origin\r\nServer: cloudflare\r\nCF-RAY: 8a1b2c3d4e5f6a7b-FRA\r\n"
            f"Content-Type: text/html\r\nContent-Length: 16\r\n\r\n<p>Error {status}</p>".encode()),
            confirmed=False)
        for status, solution in ((520, 2220), (521, 2221), (522, 2222), (523, 2223), (524, 2224),
                                 (525, 2225), (526, 2225), (530, 2226))
    ),
    # caches and policies
    _case("cached-error", "2311/*", "the error stays although it is repaired", raw=saying(
        b"HTTP/1.1 503 Service Unavailable\r\nAge: 5400\r\nX-Cache: HIT\r\nVia: 1.1 varnish\r\n"
        b"Content-Type: text/html\r\nContent-Length: 11\r\n\r\n<p>Down</p>"), also=("2205/*",)),
    _case("wrong-type", "2298/*", "the page shows its source text", raw=saying(_raw(
        "200 OK", "<!doctype html><html><head><title>x</title></head><body>Hello</body></html>",
        "text/plain"))),
    _case("wrong-charset", "2299/*", "umlauts are garbled", raw=saying(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 60\r\n\r\n"
        b"<!doctype html><title>Gr\xfc\xdfe</title><p>M\xfcnchen, K\xf6ln, B\xe4r...."
        b"</p>")),
    _case("frame-refused", "2304/*", "the page refuses to connect in our iframe",
          'add_header X-Frame-Options DENY; return 200 "<p>Welcome</p>";'),
    _case("cors-missing", "2302/no-header",
          "blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present", raw=saying(
              _raw("200 OK", '{"a": 1}', "application/json")), also=("2303/*",)),
    _case("cors-star-credentials", "2302/star-with-credentials",
          "CORS error with credentials: include", raw=saying(
              b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n"
              b"Access-Control-Allow-Credentials: true\r\nContent-Type: application/json\r\n"
              b"Content-Length: 2\r\n\r\n{}"), also=("2303/*",)),
)  # fmt: skip
