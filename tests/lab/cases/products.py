"""The same faults behind other products: lighttpd, Varnish, Squid, HAProxy, .htaccess, gateways."""

from __future__ import annotations

from tests.lab.case import Case
from tests.observe.servers import Handler, request, saying


def page(
    status: str, body: str, kind: str = "text/html; charset=utf-8", *fields: str, sub: str = ""
) -> Handler:
    """Answer every path with ``body``; below ``sub`` only, all else with a plain good page."""

    def answer(line: str, text: str, kind_: str, more: tuple[str, ...]) -> bytes:
        head = "".join(f"{field}\r\n" for field in more)
        data = text.encode()
        return (
            f"HTTP/1.1 {line}\r\n{head}Content-Type: {kind_}\r\nContent-Length: {len(data)}\r\n\r\n"
        ).encode() + data

    if not sub:
        return saying(answer(status, body, kind, fields))

    def handle(connection: object) -> None:
        asked = request(connection).split(" ")[1:2]  # type: ignore[arg-type]
        hit = bool(asked) and asked[0].startswith(sub)
        good = "<!doctype html><title>Garden tools</title><p>Spades and rakes since 1950.</p>"
        told = (
            answer(status, body, kind, fields)
            if hit
            else answer("200 OK" if asked == ["/"] else "404 Not Found",
                        good if asked == ["/"] else "<h1>Nothing here</h1>", kind, fields[:1])
        )  # fmt: skip
        connection.sendall(told)  # type: ignore[attr-defined]

    return handle


def _case(name: str, first: str, says: str = "what is wrong with", **more: object) -> Case:
    return Case(f"product-{name}", "http", first, says + " {url}", **more)  # type: ignore[arg-type]


_CUSTOM = (
    "<!doctype html><html><head><title>Oops!</title></head><body><h1>Oops!</h1>"
    "<p>Our gnomes are at work. Please call 555-0100.</p></body></html>"
)
_AGENTS = 'SetEnvIfNoCase User-Agent "bot|curl|python|wget|java" machine\n'

CASES = (
    # lighttpd
    _case("lighttpd-basic", "2173/no-credentials", "401",
          lighttpd='auth.backend = "plain"\nauth.backend.plain.userfile = "@FOLDER@/none"\n'
          'auth.require = ("" => ("method" => "basic", "realm" => "Stock", "require" => "valid-user"))'),
    _case("lighttpd-folder", "2292/this-folder-has-none", "forbidden", path="/empty/",
          lighttpd='dir-listing.activate = "disable"', also=("2176/folder-without-index",)),
    _case("lighttpd-listing", "2296/*", "a list of files", path="/files/",
          lighttpd='dir-listing.activate = "enable"'),
    _case("lighttpd-404", "2177/page-missing", "404", path="/nothing.html",
          lighttpd='dir-listing.activate = "disable"'),
    _case("lighttpd-robots", "2176/automated-clients-refused", "403 for our script",
          path="/page.html",
          lighttpd='$HTTP["user-agent"] =~ "(?i)(bot|curl|python)" { url.access-deny = ("") }'),
    _case("lighttpd-loop", "2212/*", "too many redirects",
          lighttpd='url.redirect = ("^/(.*)" => "/$1")'),
    _case("lighttpd-gateway", "2205/*", "503 from lighttpd",
          lighttpd='proxy.server = ("" => (("host" => "127.0.0.1", "port" => @OTHER@)))'),
    # Varnish and Squid
    _case("varnish-down", "2205/no-server-left", "503 Backend fetch failed", varnish="return(pass);"),
    _case("varnish-refuses", "2176/refused-to-everybody", "Error 403 Forbidden",
          varnish='return(synth(403, "Forbidden"));', confirmed=False),
    _case("varnish-limits", "2197/*", "429",
          varnish='return(synth(429)); --- set resp.http.Retry-After = "30"; return(deliver);'),
    _case("squid-denied", "2176/*", "403 access denied", squid="http_access deny on@PORT@",
          confirmed=False),
    _case("squid-unreachable", "2204/*", "it does not answer:", also=("2205/*",),
          squid="cache_peer 127.0.0.1 parent @OTHER@ 0 no-query originserver name=o@PORT@\n"
          "cache_peer_access o@PORT@ allow on@PORT@\nnever_direct allow on@PORT@\n"
          "http_access allow on@PORT@"),
    # Apache with .htaccess-like rules
    _case("apache-address", "2176/refused-to-everybody", "403 Forbidden", confirmed=False,
          apache='<Location "/">\nRequire ip 10.1.2.0/24\n</Location>'),
    _case("apache-agents", "2176/automated-clients-refused", "403 only for our importer",
          path="/page.html",
          apache=_AGENTS + '<Location "/">\n<RequireAll>\nRequire all granted\n'
          'Require not env machine\n</RequireAll>\n</Location>\nErrorDocument 403 "' +
          "Automated access is not welcome here" + '"'),
    _case("apache-rewrite-agents", "2176/automated-clients-refused", "our crawler is forbidden",
          apache="RewriteEngine On\nRewriteCond %{HTTP_USER_AGENT} (bot|curl) [NC]\n"
          "RewriteRule ^ - [F]"),
    _case("apache-gone", "2183/*", "410", path="/old/page", apache="RedirectMatch 410 ^/old/"),
    _case("apache-folder-htaccess", "2202/one-directory", "500 Internal Server Error",
          path="/files/one.txt", apache='<Location "/files">\nRedirect 500\n</Location>',
          also=("2202/only-this-page",)),
    _case("apache-proxy-slow", "2204/*", "502 Proxy Error",
          apache='ProxyPass "/" "http://127.0.0.1:@SILENT@/" timeout=1', also=("2204/*",)),
    _case("apache-basic-folder", "2173/no-credentials", "a password is wanted", path="/files/",
          apache='<Location "/files">\nAuthType Basic\nAuthName "Partners"\n'
          "AuthBasicProvider file\nAuthUserFile /dev/null\nRequire valid-user\n</Location>"),
    _case("apache-hotlink", "2290/*", "pictures 403", path="/page.html",
          apache="RewriteEngine On\nRewriteCond %{HTTP_REFERER} !^https?://127\\.0\\.0\\.1 [NC]\n"
          "RewriteRule \\.html$ - [F]"),
    # HAProxy
    _case("haproxy-login", "2173/no-credentials", "401", haproxy="http-request auth realm Panel"),
    _case("haproxy-429", "2197/limited-at-once", "429 Too Many Requests",
          haproxy="http-request deny deny_status 429"),
    _case("haproxy-dead", "2205/no-server-left", "503",
          haproxy="default_backend dead_@OTHER@",
          haproxy_global="backend dead_@OTHER@\n  server one 127.0.0.1:@OTHER@ check inter 200ms fall 1"),
    _case("haproxy-slow", "2206/*", "504", haproxy="default_backend slow_@OTHER@",
          haproxy_global="backend slow_@OTHER@\n  server one 127.0.0.1:@SILENT@"),
    _case("haproxy-garbled", "2205/*", "503", haproxy="default_backend h2_@OTHER@",
          haproxy_global="backend h2_@OTHER@\n  server one 127.0.0.1:@SILENT@ proto h2",
          also=("2206/*",)),
    _case("haproxy-silent", "2284/*", "it loads and loads", haproxy="http-request silent-drop",
          also=("2244/*", "2242/*", "2286/*")),
    # nginx as strangers configure it
    _case("nginx-branded-502", "2204/*", "502", path="/app/",
          nginx="error_page 502 503 504 /50x.html; location = /50x.html { return 502 '<h1>Sorry</h1>'; } "
          "location /app/ { proxy_pass http://127.0.0.1:@OTHER@; } location / { }"),
    _case("nginx-branded-404", "2177/page-missing", "404", path="/lost/thing",
          nginx="error_page 404 /missing; location = /missing { internal; "
          f"return 404 '{_CUSTOM}'; }} location / {{ try_files $uri $uri/index.html =404; }}"),
    _case("nginx-404-as-200", "2293/*", "soft 404 in the search console", path="/lost/thing",
          nginx="error_page 404 =200 /missing; location = /missing { internal; "
          "return 200 '<!doctype html><title>404</title><p>This page could not be found.</p>'; }"
          " location / { try_files $uri =404; }"),
    _case("nginx-sub-path", "2173/no-credentials", "asks for a password", path="/wp-admin/",
          nginx='location /wp-admin/ { auth_basic "wp"; auth_basic_user_file /dev/null; } location / { }'),
    _case("nginx-robots-page", "2176/automated-clients-refused", "403 in Python, fine in Firefox",
          nginx=f"if ($http_user_agent !~ Mozilla) {{ return 403 '{_CUSTOM}'; }} location / {{ }}"),
    _case("nginx-robots-503", "2205/robots-only", "503 for the feed reader",
          nginx="if ($http_user_agent ~* (bot|crawl|curl)) { return 503; } location / { }"),
    _case("nginx-maintenance", "2205/cannot-serve-now", "503 we are down",
          nginx=f"error_page 503 @down; location @down {{ return 503 '{_CUSTOM}'; }} location / {{ return 503; }}"),
    _case("nginx-limit", "2197/*", "429 Too Many Requests", nginx_http="limit_req_zone $binary_remote_addr "
          "zone=slow_@PORT@:1m rate=1r/m;",
          nginx="limit_req zone=slow_@PORT@; limit_req_status 429; location / { }"),
    _case("nginx-limit-default", "2205/*", "503 now and then", confirmed=False, nginx_http="limit_req_zone $binary_remote_addr "
          "zone=slower_@PORT@:1m rate=1r/m;", nginx="limit_req zone=slower_@PORT@; location / { }",
          also=("2205/*", "2202/*")),
    _case("nginx-cookies", "2198/*", "400 Bad Request, Request Header Or Cookie Too Large",
          confirmed=False, also=("2174/*", "2212/*"),
          nginx="".join(f'add_header Set-Cookie "c{n}={"v" * 3000}; Path=/";' for n in range(4))
          + "location = / { return 302 /in; } location /in { return 200 'welcome'; }"),
    _case("nginx-vhost", "2294/*", "I see another page than ours", host="newshop.test",
          zone=("newshop IN A 127.0.0.1",),
          nginx='server_name _; return 200 "<!DOCTYPE html><html><head><title>Welcome to nginx!</title>'
          '</head><body><h1>Welcome to nginx!</h1></body></html>";'),
    # gateways and platforms, as they answer
    _case("caddy-502", "2204/no-usable-answer", "502", raw=page("502 Bad Gateway", "", "text/plain", "Server: Caddy")),
    _case("caddy-404", "2177/*", "404", path="/x", raw=page("404 Not Found", "", "text/plain", "Server: Caddy")),
    _case("traefik-404", "2177/*", "404 page not found", raw=page(
        "404 Not Found", "404 page not found\n", "text/plain; charset=utf-8", "X-Content-Type-Options: nosniff")),
    _case("traefik-502", "2204/no-usable-answer", "Bad Gateway",
          raw=page("502 Bad Gateway", "Bad Gateway", "text/plain")),
    _case("envoy-503", "2205/no-server-left", "no healthy upstream", raw=page(
        "503 Service Unavailable", "no healthy upstream", "text/plain", "server: envoy")),
    _case("envoy-reset", "2205/*", "upstream connect error", raw=page(
        "503 Service Unavailable", "upstream connect error or disconnect/reset before headers. reset reason: "
        "connection failure", "text/plain", "server: istio-envoy")),
    _case("ingress-404", "2177/site-unknown", "default backend - 404", raw=page(
        "404 Not Found", "default backend - 404", "text/plain"), also=("2177/whole-site-missing",)),
    _case("elb-503", "2229/*", "503 Service Temporarily Unavailable", raw=page(
        "503 Service Temporarily Unavailable", "<html>\r\n<head><title>503 Service Temporarily Unavailable"
        "</title></head>\r\n<body>\r\n<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n"
        "</body>\r\n</html>\r\n", "text/html", "Server: awselb/2.0")),
    _case("cloudfront-403", "2229/cloudfront-refuses", "The request could not be satisfied", raw=page(
        "403 Forbidden", "<HTML><HEAD><TITLE>ERROR: The request could not be satisfied</TITLE></HEAD><BODY>"
        "<H1>403 ERROR</H1><H2>The request could not be satisfied.</H2><HR>Request blocked.<BR>"
        "<PRE>Generated by cloudfront (CloudFront)\nRequest ID: abc==</PRE></BODY></HTML>", "text/html",
        "Server: CloudFront", "X-Cache: Error from cloudfront"), also=("2289/*",)),
    _case("iis-listing", "2341/*", "403.14 Forbidden", path="/docs/", raw=page(
        "403 Forbidden", "<html><head><title>IIS 10.0 Detailed Error - 403.14 - Forbidden</title></head>"
        "<body><div class='content-container'><h3>HTTP Error 403.14 - Forbidden</h3><h4>The Web server is "
        "configured to not list the contents of this directory.</h4></div></body></html>", "text/html",
        "Server: Microsoft-IIS/10.0"), also=("2176/folder-without-index", "2292/iis-says-so")),
    _case("iis-404", "2342/*", "404 - File or directory not found", path="/a.aspx", raw=page(
        "404 Not Found", '<html><head><title>404 - File or directory not found.</title></head><body><div id='
        '"header"><h1>Server Error</h1></div><div id="content"><h2>404 - File or directory not found.</h2>'
        "<h3>The resource you are looking for might have been removed.</h3></div></body></html>", "text/html",
        "Server: Microsoft-IIS/8.5", sub="/a"), also=("2177/*",)),
    _case("tomcat-404", "2177/*", "HTTP Status 404", path="/app", raw=page(
        "404 ", "<!doctype html><html lang=en><head><title>HTTP Status 404 – Not Found</title></head><body>"
        "<h1>HTTP Status 404 – Not Found</h1><p><b>Message</b> The requested resource [/app] is not available"
        "</p><h3>Apache Tomcat/9.0.70</h3></body></html>", sub="/app")),
    _case("tomcat-default", "2294/*", "I see the Tomcat page", raw=page(
        "200 OK", "<!DOCTYPE html><html lang=en><head><title>Apache Tomcat/10.1.5</title></head><body><h2>If "
        "you're seeing this, you've successfully installed Tomcat. Congratulations!</h2></body></html>")),
    _case("debian-default", "2294/*", "It works", raw=page(
        "200 OK", "<!DOCTYPE html><html><head><title>Apache2 Debian Default Page: It works</title></head>"
        "<body><p>This is the default welcome page used to test the correct operation</p></body></html>")),
    _case("iis-default", "2294/*", "a blue picture instead of our site", raw=page(
        "200 OK", "<!DOCTYPE html><html><head><title>IIS Windows Server</title></head><body>"
        "<a href='http://go.microsoft.com/'><img src='iisstart.png' alt='IIS'></a></body></html>")),
    # Hosting platforms and databases, by the pages that they publish.
    _case("cpanel-suspended", "2349/account-suspended", "where is our site", raw=page(
        "200 OK", "<html><head><title>Account Suspended</title></head><body><h1>This Account has been "
        "suspended.</h1><p>Contact your hosting provider for more information.</p></body></html>")),
    _case("heroku-crashed", "2349/app-does-not-run", "app is down", raw=page(
        "503 Service Unavailable", "<!DOCTYPE html><html><head><title>Application Error</title></head><body>"
        "<iframe src='//www.herokucdn.com/error-pages/application-error.html'></iframe></body></html>",
        "text/html", "Server: Heroku", "Via: 1.1 vegur")),
    _case("fastly-unknown", "2349/name-unknown-to-the-platform", "my domain gives an error", raw=page(
        "500 Domain Not Found", "<html><head><title>Fastly error: unknown domain shop.example</title></head><body>"
        "<p>Fastly error: unknown domain: shop.example. Please check that this domain has been added to a "
        "service.</p></body></html>", "text/html", "Server: Varnish", "X-Served-By: cache-fra-1")),
    _case("vercel-unknown", "2349/name-unknown-to-the-platform", "404 after the deployment", raw=page(
        "404 Not Found", "The deployment could not be found on Vercel.\n\nDEPLOYMENT_NOT_FOUND\n",
        "text/plain; charset=utf-8", "Server: Vercel", "X-Vercel-Error: DEPLOYMENT_NOT_FOUND")),
    _case("s3-denied", "2349/storage-refuses", "access denied on our pictures", raw=page(
        "403 Forbidden", '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message>'
        "</Error>", "application/xml", "Server: AmazonS3")),
    _case("s3-no-key", "2349/storage-has-no-such-object", "picture does not load", path="/img/a.png", raw=page(
        "404 Not Found", '<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Key>img/a.png</Key></Error>',
        "application/xml", "Server: AmazonS3")),
    _case("wordpress-database", "2350/does-not-answer", "blog is down", raw=page(
        "500 Internal Server Error", "<!DOCTYPE html><html><head><title>Database Error</title></head><body>"
        "<h1>Error establishing a database connection</h1></body></html>")),
    _case("database-full", "2350/too-many-connections", "shop breaks at noon", raw=page(
        "500 Internal Server Error", "<p>PDOException: SQLSTATE[HY000] [1040] Too many connections</p>")),
    _case("database-login", "2350/login-refused", "error since the move", raw=page(
        "500 Internal Server Error", "<p>SQLSTATE[HY000] [1045] Access denied for user 'web'@'10.0.0.4' "
        "(using password: YES)</p>")),
    _case("django-host", "2174/host-unknown", "400 after the deployment", raw=page(
        "400 Bad Request", "<html><head><title>DisallowedHost at /</title></head><body><pre>Invalid HTTP_HOST "
        "header: 'shop.example'. You may need to add 'shop.example' to ALLOWED_HOSTS.</pre></body></html>")),
    _case("vite-host", "2174/host-unknown", "works on localhost, not through the tunnel", raw=page(
        "403 Forbidden", 'Blocked request. This host ("shop.example") is not allowed. To allow this host, add '
        '"shop.example" to `server.allowedHosts` in vite.config.js.', "text/plain"), also=("2176/*",)),
)  # fmt: skip
