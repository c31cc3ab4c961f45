"""Redirects that go round, break off, or lead elsewhere."""

from __future__ import annotations

from tests.lab.case import Case, Certificate


def _case(name: str, first: str, says: str, nginx: str = "", **more: object) -> Case:
    return Case(f"redirect-{name}", "redirect", first, says + " {url}", nginx=nginx, **more)  # type: ignore[arg-type]


CASES = (
    _case("self", "2212/redirects-to-itself", "ERR_TOO_MANY_REDIRECTS", "return 302 $request_uri;",
          named_by=(("curl", "Maximum"),)),
    _case("ping-pong", "2212/*", "the page redirects too often", path="/a",
          nginx="location /a { return 302 /b; } location /b { return 302 /a; }"),
    _case("scheme", "2212/tls-ends-at-the-proxy", "redirected you too many times", scheme="https",
          host="site.test", certificate=Certificate(),
          nginx="listen 127.0.0.1:@PORT@ ssl; ssl_certificate @CERT@; ssl_certificate_key @KEY@; "
          "error_page 497 =302 https://site.test:@PORT@/; return 302 http://site.test:@PORT@/;",
          also=("2213/leads-to-http",)),
    _case("www", "2212/rules-contradict", "too many redirects", host="loop.test",
          zone=("loop IN A 127.0.0.1", "www.loop IN A 127.0.0.1"),
          nginx="if ($host = loop.test) { return 301 http://www.loop.test:@PORT@$request_uri; } "
          "return 301 http://loop.test:@PORT@$request_uri;"),
    _case("cookie", "2212/cookie-needed", "too many redirects",
          'if ($cookie_seen) { return 200 "<p>Welcome</p>"; } '
          'add_header Set-Cookie "seen=1; Path=/"; return 302 $request_uri;'),
    _case("no-location", "2215/location-missing", "a blank page", apache="",
          nginx="", raw=None, haproxy="http-request return status 302"),
    _case("bad-location", "2215/location-malformed", "ERR_INVALID_REDIRECT",
          'add_header Location "http://[::/x" always; return 302;'),
    _case("dead-host", "2215/target-takes-no-connection", "ERR_CONNECTION_REFUSED after a click",
          "return 302 http://127.0.0.1:@OTHER@/;", also=("2240/*", "2345/site-is-down")),
    _case("unknown-host", "2215/name-of-target-unknown", "not found after a click",
          "return 302 http://moved.nowhere.test/;", also=("2230/*",)),
    _case("inside", "2215/leads-inside", "times out after a click",
          "return 302 http://10.0.0.5/login;"),
    _case("to-http", "2213/leads-to-http", "not secure after the redirect", scheme="https",
          host="site.test", certificate=Certificate(),
          nginx="listen 127.0.0.1:@OTHER@; listen 127.0.0.1:@PORT@ ssl; ssl_certificate @CERT@; "
          "ssl_certificate_key @KEY@; if ($https) { return 301 http://site.test:@OTHER@/x; } "
          'return 200 "<p>Welcome</p>";'),
    _case("lost-path", "2213/*", "old links all go to the start page",
          path="/articles/one", nginx="location = / { } location = /index.html { } "
          "location / { return 301 /; }",
          also=("2293/sent-to-the-start-page",)),
    _case("login", "2214/login-wall", "our feed reader gets a login page", path="/feed",
          nginx='location /login { return 200 "<!doctype html><title>Sign in</title><form>'
          '<input name=user><input type=password name=p></form>"; } location / '
          "{ return 302 /login?next=$uri; }"),
)  # fmt: skip
