"""Good pages that look like faults, and the faults that they look like."""

from __future__ import annotations

import json

from tests.lab.case import Case
from tests.lab.cases.products import page

_JSON = "application/json"
_LONG = "<p>Plain words about gardens and tools for everybody who has some.</p>" * 30


def _case(name: str, first: str, says: str = "is it up?", **more: object) -> Case:
    return Case(f"trap-{name}", "http", first, says + " {url}", **more)  # type: ignore[arg-type]


def _good(name: str, title: str, body: str) -> Case:
    text = f"<!doctype html><html lang=en><head><title>{title}</title></head><body>{body}</body></html>"
    return _case(name, "", raw=page("200 OK", text))


def _bad(name: str, first: str, says: str, status: str, title: str, body: str, *fields: str,
         also: tuple[str, ...] = ()) -> Case:  # fmt: skip
    text = f"<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>"
    return _case(name, first, says, also=also, raw=page(status, text, "text/html", *fields))


CASES = (
    # an error page with 200, and a band of that name
    _good("band", "Error - band from Oslo", "<h1>Error</h1><p>New record. The server of the fan club is open."),
    _good("toys", "Oops!", "<h1>Oops! Toys</h1><p>Balls and kites from five euros."),
    _bad("caught", "2202/error-page-with-status-200", "checkout fails", "200 OK", "Oops!",
         "<h1>Oops!</h1><p>An unexpected error occurred. We have been told."),
    # maintenance as a state and as a trade
    _good("lifts", "Maintenance - Smith Elevators", "<h1>Maintenance</h1><p>We look after your lift twice a year."),
    _good("museum", "Under Construction | City Museum", "<p>An exhibition on bridges. Until May, 9 euros."),
    _bad("pause", "2205/maintenance-with-status-200", "orders stopped", "200 OK", "Wartungsarbeiten",
         "<h1>Wartungsarbeiten</h1><p>Wir sind bald wieder da."),
    # an expired domain and a text about it
    _good("domain-advice", "My domain has expired, what now?", "<h1>My domain has expired</h1><p>Renew it at the "
          "registrar, or buy this domain when it is for sale.</p>" + _LONG),
    # a filter's page and a text about it
    _good("filter-advice", "How web filters work", "<p>FortiGuard Intrusion Prevention shows a page called Web "
          "Filter Violation when a category is blocked.</p>" + _LONG),
    # a text about keys, and keys that were not sent
    _case("key-advice", "", raw=page("200 OK", json.dumps({"docs": "missing api key means 401"}), _JSON)),
    _case("credentials-403", "2335/no-key-sent", "403 from the API", path="/api/me/", raw=page(
        "403 Forbidden", '{"detail":"Authentication credentials were not provided."}', _JSON, sub="/api/")),
    _case("allowance-ends", "", path="/a", raw=page(
        "200 OK", '{"a":1}', _JSON, "X-RateLimit-Limit: 60", "X-RateLimit-Remaining: 0")),
    _case("api-no-route", "2177/api-route-unknown", "404 from our backend", path="/api/users", raw=page(
        "404 Not Found", '{"statusCode":404,"message":"Cannot GET /api/users"}', _JSON)),
    _case("no-route", "2335/gateway-has-no-such-route", "404", raw=page(
        "404 Not Found", '{"message":"no Route matched with those values"}', _JSON, "Server: kong/3.4")),
    # PHP's warnings, and a lesson that has PHP in it
    _bad("php-warning", "2300/php-shows-errors", "strange lines on top", "200 OK", "Shop",
         "<br />\n<b>Warning</b>:  Undefined variable $user in <b>/srv/head.php</b> on line <b>12</b><br />"),
    _case("php-lesson", "", path="/lesson.txt", raw=page(
        "200 OK", "How to write PHP\n\n<?php echo 'hi'; ?>\n", "text/plain; charset=utf-8")),
    # databases
    _case("refused-database", "2350/does-not-answer", "500", raw=page(
        "500 Internal Server Error", '{"error":"connect ECONNREFUSED 127.0.0.1:5432"}', _JSON)),
    _bad("pending-migration", "2350/table-missing", "after deployment", "500 Internal Server Error",
         "Action Controller: Exception caught", "<h1>ActiveRecord::PendingMigrationError</h1><p>Migrations are "
         "pending."),
    # platforms
    _bad("not-connected", "2349/name-unknown-to-the-platform", "our domain", "404 Not Found",
         "Error ConnectYourDomain", "<h1>Looks like this domain isn't connected to a website yet</h1>",
         "Server: Pepyaka"),
    _bad("suspended", "2349/account-suspended", "503", "503 Service Unavailable",
         "503 Service Temporarily Unavailable", "<p>This site is currently suspended. Please contact the hosting "
         "provider."),
    _bad("points-to-itself", "2228/points-at-cloudflare", "Error 1000", "403 Forbidden",
         "DNS points to prohibited IP | shop.example | Cloudflare", "<h1>Error 1000</h1><p>DNS points to "
         "prohibited IP", "Server: cloudflare", "CF-RAY: 1-FRA"),
    _bad("verifying", "2288/check-for-everybody", "bot check", "200 OK", "Verifying your browser",
         "<h1>Verifying your browser before accessing</h1>", also=("2288/program-meets-a-check",)),
    # other bodies
    _case("archive", "", path="/a.tar.gz", nginx="location / { default_type application/gzip; return 200 'x'; }"),
    _case("grpc-fine", "", path="/a.B/C", nginx="location / { default_type application/grpc-web+proto; "
          "add_header grpc-status 0; return 200 'hi'; }"),
)  # fmt: skip
