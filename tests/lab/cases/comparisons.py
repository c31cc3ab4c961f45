"""What works in one way and not in another."""

from __future__ import annotations

import itertools
import socket

from tests.lab.case import Case
from tests.observe.servers import Handler, request


def _flapping() -> Handler:
    turns = itertools.count()

    def handle(connection: socket.socket) -> None:
        request(connection)
        good = next(turns) >= 2  # it wakes up after the first two requests
        status = "200 OK" if good else "500 Internal Server Error"
        body = b"<p>Welcome to the shop</p>" if good else b"<p>Sorry</p>"
        connection.sendall(
            f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
            .encode() + body
        )  # fmt: skip

    return handle


CASES = (
    Case("only-robots", "comparison", "2318/*", "people see an error, Google does not {url}",
         nginx='if ($browser_d) { return 403; } return 200 "<p>All the words</p>";',
         nginx_http='map $http_user_agent $browser_d { default 0; "~Mozilla/.*Chrome" 1; }',
         also=("2287/*",)),
    Case("without-query", "comparison", "2289/*", "the link from the newsletter is refused {url}",
         path="/page.html?utm_source=news",
         nginx='if ($args ~ "utm_") { return 403; }', also=("2176/query-refused",)),
    Case("only-www", "comparison", "2236/*", "works with www only {url}", host="pair.test",
         zone=("www.pair IN A 127.0.0.1", "pair IN A 127.0.0.98"),
         nginx='return 200 "<p>Welcome</p>";', also=("2240/*",)),
    Case("flapping", "comparison", "2316/*", "the first time it fails, after a reload it works {url}", raw=_flapping(),
         also=("2202/*", "2287/*", "2318/*")),
    Case("other-site", "comparison", "2297/*", "somebody else's page comes under our name {url}",
         confirmed=False, host="ours.test", zone=("ours IN A 127.0.0.1",),
         nginx='return 200 "<!doctype html><title>Bike repairs</title><p>Another firm entirely";'),
    Case("healthy", "comparison", "", "is it down? {url}",
         nginx='return 200 "<!doctype html><title>Shop</title><p>Welcome to the shop";'),
    Case("healthy-page", "comparison", "", "{url}", path="/page.html", nginx="location / { }"),
    Case("folder-without-slash", "comparison", "2292/this-folder-has-none", "{url}",
         path="/files", nginx="autoindex off;"),
)  # fmt: skip
