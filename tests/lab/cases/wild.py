"""Faults that were set up before anybody looked at a condition: what strangers run."""

from __future__ import annotations

import gzip
import json
import socket

from flask import Flask, Response, make_response

from tests.lab.case import Case, Certificate
from tests.lab.cases.products import page
from tests.observe.servers import Handler, saying

_OK = 'return 200 "<!doctype html><title>Tea</title><p>Fine teas from small gardens";'
_XML = "application/xml"
_TEXT = "text/plain; charset=utf-8"
_JSON = "application/json"


def _case(name: str, first: str, says: str = "what is wrong with", **more: object) -> Case:
    return Case(f"wild-{name}", "http", first, says + " {url}", **more)  # type: ignore[arg-type]


def _tls(name: str, first: str, says: str, certificate: Certificate, **more: object) -> Case:
    more = {"nginx": _OK, "scheme": "https", "certificate": certificate, **more}
    return Case(f"wild-{name}", "tls", first, says + " {url}", **more)  # type: ignore[arg-type]


def _answer(head: str, body: bytes) -> Handler:
    """One answer whatever is asked, its body as bytes."""
    return saying(
        f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
        + body
    )


def _speaking(first: bytes) -> Handler:
    """A server that speaks before it is asked."""

    def handle(connection: socket.socket) -> None:
        connection.sendall(first)
        connection.settimeout(2)
        connection.recv(1_000)

    return handle


def _allowance() -> Flask:
    app = Flask("allowance")

    @app.get("/repos/a")
    def used_up() -> Response:
        answer = make_response({"message": "slow down"}, 403)
        answer.headers |= {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0"}
        return answer

    return app


def _titled(title: str, body: str) -> str:
    return f"<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>"


_TEA = "<!doctype html><title>Tea</title><p>Hello, fine teas from small gardens</p>" * 9
_STAPLE = "ssl_stapling on; ssl_stapling_file @STAPLE@; " + _OK
_S3 = '<?xml version="1.0" encoding="UTF-8"?><Error><Code>{}</Code><Message>{}</Message></Error>'

CASES = (
    # stapled OCSP answers, nginx
    _tls("must-staple", "2344/must-staple-and-no-staple", "Firefox refuses, Chrome does not",
         Certificate(must_staple=True)),
    _tls("must-staple-old", "2344/must-staple-and-no-staple",
         "MOZILLA_PKIX_ERROR_REQUIRED_TLS_FEATURE_MISSING",
         Certificate(must_staple=True, staple="old"), nginx=_STAPLE),
    _tls("staple-old", "2344/staple-out-of-date", "SEC_ERROR_OCSP_OLD_RESPONSE", Certificate(staple="old"), nginx=_STAPLE),
    _tls("staple-revoked", "2259/revoked", "SEC_ERROR_REVOKED_CERTIFICATE",
         Certificate(must_staple=True, staple="revoked"), nginx=_STAPLE),
    _tls("staple-good", "", "is it up?", Certificate(must_staple=True, staple="good"), nginx=_STAPLE),
    # other certificates
    _tls("valid-too-long", "2261/valid-for-too-long", "NET::ERR_CERT_VALIDITY_TOO_LONG",
         Certificate(days=(-1, 800))),
    _tls("sent-twice", "", "is it up?", Certificate(signer="middle", chain=("middle", "middle"))),
    _tls("one-more-sent", "", "is it up?", Certificate(signer="middle", chain=("middle", "private"))),
    _tls("ingress-default", "2255/product-default", "NET::ERR_CERT_AUTHORITY_INVALID",
         Certificate(names=("ingress.local",), signer="self",
                     subject="Kubernetes Ingress Controller Fake Certificate")),
    _tls("client-wanted", "2271/asked-and-refused", "403", Certificate(),
         nginx="ssl_verify_client optional_no_ca; if ($ssl_client_verify != SUCCESS) { return 403; } "
         f"location / {{ {_OK} }}"),
    _tls("client-wanted-apache", "2271/no-certificate-sent", "403", Certificate(), nginx="",
         apache="SSLCACertificateFile @FOLDER@/tls/root.pem\n<Location />\nSSLVerifyClient require\n"
         "</Location>"),
    _tls("plain-to-tls-backend", "2269/proxy-speaks-plain", "400 The plain HTTP request was sent to HTTPS port",
         Certificate(), nginx="location / { proxy_pass http://127.0.0.1:@OTHER@; }",
         nginx_http="server { listen 127.0.0.1:@OTHER@ ssl; ssl_certificate @CERT@; "
         "ssl_certificate_key @KEY@; return 200 hi; }",
         also=("2219/plain-http-on-the-https-port",)),
    _tls("haproxy-no-name", "2270/name-without-a-site", "ERR_SSL_UNRECOGNIZED_NAME_ALERT",
         Certificate(), host="elsewhere.test", nginx="", zone=("elsewhere IN A 127.0.0.1",),
         haproxy="http-request return status 200 content-type text/html string hi", bind="strict-sni"),
    # bodies that are not what they are called
    _case("packed-twice", "2278/packed-and-not-said", "garbage characters on our page", raw=_answer(
        "200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip",
        gzip.compress(gzip.compress(_TEA.encode())))),
    _case("packed-unsaid", "2278/packed-and-not-said", "gibberish in every browser", raw=_answer(
        "200 OK\r\nContent-Type: text/html; charset=utf-8", gzip.compress(_TEA.encode()))),
    _case("php-downloads", "2298/php-is-not-run", "the browser downloads index.php", path="/index.php",
          nginx="location / { default_type application/octet-stream; return 200 \"<?php echo 1; ?>\"; }"),
    _case("php-shown", "2298/php-is-not-run", "visitors see code", path="/index.php",
          nginx="location / { return 200 \"<?php include 'head.php'; ?><h1>Hello</h1>\"; }"),
    _case("wasm-type", "2298/file-of-another-type", "Incorrect response MIME type", path="/a.wasm",
          raw=_answer("200 OK\r\nContent-Type: application/octet-stream", b"\0asm\1\0\0\0" + bytes(50))),
    _case("page-as-download", "2298/told-to-download", "link opens a download", path="/index.html",
          nginx="location / { add_header Content-Disposition 'attachment; filename=index.html'; "
          f"{_OK} }}"),
    _case("grpc-inside", "2217/grpc-error-inside", "UNIMPLEMENTED", path="/pkg.Service/Get",
          nginx="location / { default_type application/grpc; add_header grpc-status 12; return 200; }"),
    _case("http2-only", "2246/only-http2", "curl: (1) Received HTTP/0.9 when not allowed", raw=saying(
        bytes.fromhex("000006040000000000000300000064") + bytes.fromhex("0000080700000000000000000000000001"))),
    _case("mysql-port", "2246/speaks-first", "garbage on the database port",
          raw=_speaking(b"J\0\0\0\x0a8.0.35\0\x1f\0\0\0abcdefgh\0\xff\xf7\xff\2\0\xff\xdf\x15" + bytes(11))),
    # applications
    _case("rails-hosts", "2174/host-unknown", "after moving the app to a new domain", raw=page(
        "403 Forbidden", _titled("Action Controller: Exception caught",
        "<header><h1>Blocked hosts: shop.example</h1></header><h2>To allow requests to these hosts, add "
        "the following to your environment configuration:</h2><pre>config.hosts</pre>"))),
    _case("nextcloud-hosts", "2174/host-unknown", "nextcloud 400", raw=page(
        "400 Bad Request", _titled("Nextcloud", "<h2>Access through untrusted domain</h2><p>Please "
        "contact your administrator.</p>"))),
    _case("fpm-no-script", "2337/script-not-found-by-fpm", "only File not found.", path="/index.php",
          nginx="add_header X-Powered-By PHP/8.2.7 always; location / { return 404 'File not found.\n'; }"),
    _case("fpm-ending", "2337/ending-refused-by-fpm", "Access denied.", path="/info.html",
          nginx="add_header X-Powered-By PHP/8.2.7 always; location / { return 403 'Access denied.\n'; }"),
    _case("table-missing", "2350/table-missing", "500", path="/db/", also=("2300/django-debug",), raw=page(
        "500 Internal Server Error", _titled("OperationalError at /db/",
        "<h1>OperationalError at /db/</h1><pre>no such table: auth_user</pre><p>django/db/backends connect"
        "</p><p>You’re seeing this error because you have <code>DEBUG = True</code></p>"), sub="/db/")),
    _case("maintenance-200", "2205/maintenance-with-status-200", "monitor says up, people say down",
          nginx='return 200 "<!doctype html><title>Under maintenance</title><h1>Back in an hour</h1>";'),
    _case("error-200", "2202/error-page-with-status-200", "orders fail", path="/order", raw=page(
        "200 OK", _titled("Error", "<h1>Something went wrong</h1><p>An internal error occurred.</p>"),
        sub="/order")),
    _case("gateway-login", "2176/login-wanted", "my script gets HTML instead of JSON", path="/api/data",
          raw=page("403 Forbidden", _titled("Sign In", '<form action="/oauth2/start"><button>Sign in '
                   "with OpenID Connect</button></form>"))),
    _case("network-filter", "2308/filter-page-shown", "work laptop: Web Page Blocked!", raw=page(
        "403 Forbidden", _titled("Web Filter Violation", "<h1>FortiGuard Intrusion Prevention - Access "
        "Blocked</h1><p>Category: Games</p>"))),
    _case("varnish-program", "2205/cannot-serve-now", "503 VCL failed", varnish="return (fail);"),
    # interfaces
    _case("allowance", "2197/said-with-another-status", "403 in our build", path="/repos/a",
          app=_allowance()),
    _case("gateway-route", "2335/gateway-has-no-such-route", "403", path="/prod/order", raw=page(
        "403 Forbidden", '{"message":"Missing Authentication Token"}', _JSON,
        "x-amzn-ErrorType: MissingAuthenticationTokenException")),
    _case("anonymous", "2335/no-key-sent", "403 from the cluster", raw=page(
        "403 Forbidden", json.dumps({"kind": "Status", "status": "Failure", "code": 403,
        "message": 'forbidden: User "system:anonymous" cannot get path "/"'}), _JSON)),
    _case("socket-io", "2174/websocket-address", "400", path="/socket.io/", raw=page(
        "400 Bad Request", '{"code":0,"message":"Transport unknown"}', _JSON)),
    _case("websocket", "2174/websocket-address", "400 when I open the live feed", path="/ws",
          nginx="add_header Sec-WebSocket-Version 13 always; location / { return 400 'Bad Request'; }"),
    _case("signature", "2335/signature-differs", "SignatureDoesNotMatch", path="/f.zip?X-Amz-Signature=a",
          raw=page("403 Forbidden", _S3.format("SignatureDoesNotMatch", "The request signature we "
                   "calculated does not match."), _XML, "Server: AmazonS3")),
    _case("link-over", "2290/link-has-expired", "download link stopped working",
          path="/f.zip?X-Amz-Signature=a", raw=page(
        "403 Forbidden", _S3.format("AccessDenied", "Request has expired"), _XML, "Server: AmazonS3")),
    # platforms
    _case("blob-not-public", "2349/storage-refuses", "409 from blob storage", path="/c/f.png", raw=page(
        "409 Public access is not permitted", _S3.format("PublicAccessNotPermitted", "Public access is "
        "not permitted on this storage account."), _XML)),
    _case("tunnel-offline", "2349/app-does-not-run", "my webhook address died", raw=page(
        "404 Not Found", _titled("ngrok", "The endpoint a.example is offline. (ERR_NGROK_3200)"),
        "text/html", "ngrok-error-code: ERR_NGROK_3200")),
    _case("app-stopped", "2349/app-does-not-run", "403", raw=page(
        "403 Site Disabled", _titled("Microsoft Azure Web App - Error 403",
        "<h1>Error 403 - This web app is stopped.</h1>"))),
    _case("nothing-deployed", "2349/name-unknown-to-the-platform", "site not found", raw=page(
        "404 Not Found", _titled("Site Not Found", "<h2>Why am I seeing this?</h2><p>You haven't deployed an "
        "app yet.</p><a href='https://firebase.google.com/docs/hosting/'>Firebase Hosting</a>"))),
    _case("plan-disabled", "2175/hosting-suspended", "402", also=("2349/limit-of-the-plan",), raw=page("402 Payment Required", "Payment required\n\nDEPLOYMENT_DISABLED", _TEXT,
                   "Server: Vercel", "X-Vercel-Error: DEPLOYMENT_DISABLED")),
    _case("tunnel-1033", "2226/tunnel-not-connected", "Error 1033", raw=page(
        "530 <none>", "error code: 1033", _TEXT, "Server: cloudflare", "CF-RAY: 8a1b-FRA")),
    _case("limited-1015", "2227/rate-limited", "my crawler", raw=page(
        "429 Too Many Requests", "error code: 1015", _TEXT, "Server: cloudflare", "CF-RAY: 8a1b-FRA")),
    _case("pool-stopped", "2343/pool-stopped", "Service Unavailable", raw=page(
        "503 Service Unavailable", "<HTML><HEAD><TITLE>Service Unavailable</TITLE></HEAD><BODY><h2>Service "
        "Unavailable</h2><hr><p>HTTP Error 503. The service is unavailable.</p></BODY></HTML>",
        "text/html", "Server: Microsoft-HTTPAPI/2.0")),
    _case("core-start", "2343/core-app-does-not-start", "HTTP Error 500.30", raw=page(
        "500 Internal Server Error", _titled("IIS 500.30 Error", "<h3>HTTP Error 500.30 - ASP.NET Core app "
        "failed to start</h3>"), "text/html", "Server: Microsoft-IIS/10.0")),
    _case("traffic-used-up", "2200/traffic-used-up", "my homepage", raw=page(
        "509 Bandwidth Limit Exceeded", _titled("509 Bandwidth Limit Exceeded", "Bandwidth Limit Exceeded"))),
    _case("overloaded", "2200/overloaded", "529", path="/v1/x", raw=page(
        "529 Site is overloaded", '{"error":{"type":"overloaded_error"}}', _JSON)),
    _case("disk-full", "2209/server-full", "507", path="/dav/", nginx="return 507 'Insufficient Storage';"),
    _case("locked", "2193/locked", "423 Locked", path="/dav/a.docx", raw=page(
        "423 Locked", '<?xml version="1.0"?><d:error xmlns:d="DAV:"><d:lock-token-submitted/></d:error>',
        _XML, sub="/dav/")),
    _case("not-modified", "2216/not-modified-unasked", "blank page", raw=saying(
        b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nServer: nginx\r\nConnection: close\r\n\r\n')),
    _case("part-unasked", "2217/part-unasked", "only a part of the page arrives", raw=_answer(
        "206 Partial Content\r\nContent-Type: text/html\r\nContent-Range: bytes 0-79/5000",
        b"<!doctype html><title>T</title>".ljust(80, b"x"))),
    _case("reset-content", "2217/nothing-to-show", "nothing happens", nginx="return 205;"),
    _case("query-long", "2187/query-too-long", "414", path="/?" + "q" * 3_000,
          nginx=f"large_client_header_buffers 2 1k; location / {{ {_OK} }}"),
    _case("registration-over", "2295/registration-expired", "what is this on our domain", raw=page(
        "200 OK", _titled("tea.example - This domain has expired", "<h1>This domain has expired</h1><p>Renew "
        "now.</p>"))),
    _case("hosting-placeholder", "2294/hosting-placeholder", "SORRY!", raw=page(
        "200 OK", _titled("Default Web Site Page", "<h1>SORRY!</h1><p>If you are the owner of this website, "
        "please contact your hosting provider.</p>"))),
    _case("hoster-firewall", "2179/firewall-rule", "Not Acceptable when I save a post",
          also=("2289/known-block-page",), path="/wp-admin/post.php", raw=page(
        "406 Not Acceptable", "<head><title>Not Acceptable!</title></head><body><h1>Not Acceptable!</h1><p>This "
        "error was generated by Mod_Security.</p></body></html>", sub="/wp-admin/")),
    _case("block-with-200", "2289/known-block-page", "a page instead of JSON", path="/api/x?q=1", raw=page(
        "200 OK", _titled("Request Rejected", "The requested URL was rejected. Please consult with your "
        "administrator. Your support ID is: 123"), sub="/api/")),
    _case("anubis", "2288/program-meets-a-check", "our monitoring gets a strange page",
          also=("2288/check-for-everybody",), raw=page("200 OK", _titled("Making sure you&#39;re not a bot!",
          '<script src="/.within.website/x/cmd/anubis/static/js/main.mjs"></script>'))),
    _case("old-asset", "2348/file-answered-with-page", "Uncaught SyntaxError: Unexpected token '<'",
          path="/static/main.abc.js", nginx='return 200 "<!doctype html><html lang=en><head><title>App</title>'
          "<script type=module src=/a.js></script></head><body><div id=root></div></body></html>\";"),
    _case("browser-signature", "2176/automated-clients-refused", "Python urllib: HTTP Error 403: Forbidden",
          also=("2227/browser-signature",), nginx="default_type text/plain; add_header CF-RAY 8a1b-FRA always; "
          "if ($http_user_agent ~* 'bot|curl|python') { return 403 'error code: 1010'; } "
          f"location / {{ {_OK} }}"),
    # healthy
    _case("domain-shop", "", "is our shop reachable?", raw=page(
        "200 OK", _titled("Buy domain names", "<h1>Find your domain</h1>" + "<p>Names with the badge “This "
        "domain is for sale” can be bought here. Parking is free with every name.</p>" * 9))),
    _case("chunk-extension", "", "is it up?", raw=saying(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"26;a=b\r\n<!doctype html><title>a</title><p>hell\r\n0\r\nX-T: 1\r\n\r\n")),
    _case("early-hints", "", "is it slow?", raw=saying(
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\n"
        b"Content-Type: text/html\r\nContent-Length: 38\r\n\r\n<!doctype html><title>a</title><p>hell")),
    _case("status-page", "", "is it up?", raw=page(
        "200 OK", _titled("All systems operational", "<h2>Past incidents</h2><p>502 Bad Gateway for some "
        "users - resolved.</p><p>503 Service Unavailable in planned maintenance - completed.</p>" * 5))),
)  # fmt: skip
