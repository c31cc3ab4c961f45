"""The plan: what is asked after the first two vantages, how much of it, and what it shows."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import pytest

from kb.facts import REGISTRY, Facts
from kb.observe import Policy, Probe
from kb.observe.plan import TABLE
from kb.observe.policy import parse_networks
from kb.vocabulary import VANTAGES
from tests.observe.certificates import issue, server_context
from tests.observe.names import answering, zone
from tests.observe.servers import Handler, over_tls, request, serving

BOTH = parse_networks("127.0.0.0/8,[::1]/128")
Answer = tuple[int, str, str]  # status, header lines, body


class Site:
    """A site that answers by a rule and notes what it was asked."""

    def __init__(self, rule: Callable[[str, str, dict[str, str]], Answer]) -> None:
        self.rule = rule
        self.asked: list[str] = []
        self._lock = threading.Lock()

    def __call__(self, connection: socket.socket) -> None:
        first, *lines = request(connection).split("\r\n")
        if not first.endswith(" HTTP/1.1"):
            return  # a handshake of TLS, from the vantage of the other scheme
        method, path, _ = first.split(" ")
        headers = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in lines)
        }
        with self._lock:
            self.asked.append(f"{method} {path}")
        status, extra, body = self.rule(method, path, headers)
        head = f"HTTP/1.1 {status} X\r\nContent-Type: text/html\r\n{extra}\r\n"
        connection.sendall(head.encode() + (b"" if method == "HEAD" else body.encode()))


def look(
    handle: Handler, path: str, *wanted: str, requests: int = 8, host: str = "127.0.0.1"
) -> Facts:
    records = zone({"shop.test": ["A 127.0.0.1"], "www.shop.test": ["A 127.0.0.1"]})
    with serving(handle) as port, answering(records) as resolver:
        probe = Probe(Policy(allow=BOTH, resolver=resolver), deadline=2.0, requests=requests)
        url = f"http://{host}:{port}{path}"
        return probe.run(url, wanted=lambda _: list(wanted)).facts


def page(body: str = "<p>hello", status: int = 200, extra: str = "") -> Answer:
    return status, extra, body


@pytest.mark.parametrize(
    ("path", "wanted", "rule", "expected"),
    [
        ("/a", "vantage.head.status",
         lambda m, p, h: page(status=405 if m == "HEAD" else 200),
         {"vantage.head.status": 405, "http.status": 200, "vantage.head.same_body": None}),
        ("/a?q=<x>".replace("<x>", "1"), "vantage.no_query.status",
         lambda m, p, h: page(status=403 if "?" in p else 200),
         {"vantage.no_query.status": 200, "http.status": 403}),
        ("/a", "vantage.slash.status", lambda m, p, h: page(status=200 if p == "/a/" else 404),
         {"vantage.slash.status": 200, "http.status": 404}),
        ("/A/B", "vantage.lowercase.status",
         lambda m, p, h: page(status=200 if p == "/a/b" else 404),
         {"vantage.lowercase.status": 200}),
        ("/A/b%2Fc", "vantage.lowercase.status",
         lambda m, p, h: page(status=200 if p == "/a/b%2Fc" else 404),
         {"vantage.lowercase.status": 200}),
        ("/a/b", "vantage.random.same_body", lambda m, p, h: page("<p>not found"),
         {"vantage.random.status": 200, "vantage.random.same_body": True}),
        ("/a/b", "vantage.root.status", lambda m, p, h: page(status=200 if p == "/" else 500),
         {"vantage.root.status": 200, "vantage.root.same_body": True}),
        ("/a", "vantage.referer.status",
         lambda m, p, h: page(status=200 if "referer" in h else 403),
         {"vantage.referer.status": 200, "vantage.browser.status": 403}),
        ("/a", "vantage.language.status",
         lambda m, p, h: page(status=406 if h.get("accept") else 200),
         {"vantage.language.status": 200, "http.status": 406}),
        ("/a", "vantage.cookies.status",
         lambda m, p, h: page() if "sid=1" in h.get("cookie", "")
         else page(status=302, extra="Location: /a\r\nSet-Cookie: sid=1; Path=/\r\n"),
         {"vantage.cookies.status": 200, "vantage.cookies.outcome": "ok", "redirect.loop": True,
          "redirect.sets_cookie": True}),
        ("/a", "cors.preflight_status",
         lambda m, p, h: page(extra=f"Access-Control-Allow-Origin: {h['origin']}\r\n"
                              "Access-Control-Allow-Methods: get, PUT\r\n")
         if m == "OPTIONS" else page(extra="Access-Control-Allow-Credentials: true\r\n"),
         {"cors.preflight_status": 200, "cors.allow_origin": "", "cors.allow_credentials": True,
          "cors.preflight_allow_origin": "https://errordesk.example",
          "cors.allow_methods": ["GET", "PUT"], "cors.allow_headers": []}),
    ],
)  # fmt: skip
def test_a_vantage_shows_what_it_is_for(
    path: str,
    wanted: str,
    rule: Callable[[str, str, dict[str, str]], Answer],
    expected: dict[str, object],
) -> None:
    facts = look(Site(rule), path, wanted)
    assert {name: facts.get(name) for name in expected} == expected


def test_the_second_try() -> None:
    tries = iter([503, 503, 200, 200])
    site = Site(lambda m, p, h: page(status=next(tries, 200)))
    facts = look(site, "/", "vantage.again.status")
    assert (facts["http.status"], facts["vantage.again.status"]) == (503, 200)


def test_the_other_name_and_the_default_site() -> None:
    def rule(_method: str, _path: str, headers: dict[str, str]) -> Answer:
        host = headers["host"].partition(":")[0]
        return page(f"<p>{host}", 200 if host != "www.shop.test" else 404)

    facts = look(
        Site(rule), "/", "vantage.sibling.status", "vantage.address.same_body", host="shop.test"
    )
    assert facts["vantage.sibling.status"] == 404
    assert facts["vantage.address.status"] == 200
    assert facts["vantage.address.same_body"] is False
    assert facts["dns.scope"] == "public"  # the operator's own network


def test_the_other_scheme_keeps_an_explicit_port() -> None:
    site = Site(lambda m, p, h: page())
    facts = look(site, "/", "vantage.other_scheme.outcome", "vantage.head.status")
    assert facts["vantage.other_scheme.failed_at"] == "tls"


def test_a_refused_hop_is_told_from_a_failed_one() -> None:
    def rule(_method: str, path: str, _headers: dict[str, str]) -> Answer:
        where = "http://10.0.0.1/" if path == "/a" else "http://nobody.test/"
        return page(status=302, extra=f"Location: {where}\r\n")

    assert look(Site(rule), "/a")["vantage.robot.failed_at"] == "refused"
    facts = look(Site(rule), "/b")
    assert facts["vantage.robot.failed_at"] == "dns"
    assert facts["redirect.host_changed"] is True


def test_what_a_chain_lost() -> None:
    def rule(_method: str, path: str, _headers: dict[str, str]) -> Answer:
        return page() if path == "/" else page(status=301, extra="Location: /\r\n")

    facts = look(Site(rule), "/deep/page")
    assert facts["redirect.lost_path"] is True
    assert facts["redirect.permanent"] is True
    assert facts["redirect.host_changed"] is False


EVERYTHING = tuple(name for name in REGISTRY if name.startswith(("vantage.", "cors.", "http2.")))


def test_a_healthy_site_is_asked_little() -> None:
    site = Site(lambda m, p, h: page())
    look(site, "/a?b=1", *EVERYTHING)
    assert len(site.asked) <= 2 + 3 + 1  # the two, the allowance, robots.txt


def test_the_budget_holds() -> None:
    for requests in (0, 1, 4):
        site = Site(lambda m, p, h: page(status=403))
        look(site, "/A/b?c=1", *EVERYTHING, requests=requests)
        assert len(site.asked) <= 2 + requests + 1


def test_a_throttling_site_is_left_alone() -> None:
    site = Site(lambda m, p, h: page(status=429, extra="Retry-After: 60\r\n"))
    look(site, "/a?b=1", *EVERYTHING)
    assert len(site.asked) <= 2 + 2 + 1


def test_nothing_is_asked_that_makes_no_sense() -> None:
    site = Site(lambda m, p, h: page(status=404))
    facts = look(site, "/", "vantage.slash.status", "vantage.no_query.status",
                 "vantage.lowercase.status", "vantage.root.status", "vantage.sibling.status",
                 "vantage.http2.status", "tls.revocation", "dns.parent_outcome")  # fmt: skip
    assert len(site.asked) == 3
    assert not [name for name in facts if name.startswith(("vantage.slash", "vantage.sibling"))]


def test_every_fact_of_a_vantage_has_a_row() -> None:
    """A writer who reads any vantage in a condition gets it probed."""
    asked_always = ("robot", "browser")
    names = [f"vantage.{name}.status" for name in VANTAGES if name not in asked_always]
    names += [name for name in REGISTRY if name.startswith(("cors.", "http2."))]
    names += ["dns.unvalidated_outcome", "dns.parent_outcome", "tcp.idle", "tls.without_name",
              "tls.revocation"]  # fmt: skip
    for name in names:
        assert [row for row in TABLE if name.startswith(row.settles)], name


def h2_server(behave: Callable[[h2.connection.H2Connection, int], None]) -> Handler:
    """A server that speaks HTTP/2 where asked to, and HTTP/1.1 otherwise."""

    def handle(connection: socket.socket) -> None:
        assert isinstance(connection, ssl.SSLSocket)
        if connection.selected_alpn_protocol() != "h2":
            Site(lambda m, p, h: page())(connection)
            return
        peer = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        peer.initiate_connection()
        connection.sendall(peer.data_to_send())
        while data := connection.recv(65_536):
            with contextlib.suppress(h2.exceptions.ProtocolError):  # behind its own goodbye
                for event in peer.receive_data(data):
                    if isinstance(event, h2.events.RequestReceived):
                        behave(peer, event.stream_id)
            connection.sendall(peer.data_to_send())

    return handle


def well(peer: h2.connection.H2Connection, stream: int) -> None:
    peer.send_headers(stream, [(":status", "200"), ("content-type", "text/html")])
    peer.send_data(stream, b"<p>hello", end_stream=True)


@pytest.mark.parametrize(
    ("behave", "outcome", "error"),
    [
        (well, "ok", None),
        (lambda peer, stream: peer.reset_stream(stream, 7), "refused_stream", "REFUSED_STREAM"),
        (lambda peer, stream: peer.reset_stream(stream, 2), "stream_reset", "INTERNAL_ERROR"),
        (lambda peer, stream: peer.close_connection(11), "goaway", "ENHANCE_YOUR_CALM"),
    ],
)
def test_http2_is_asked_and_its_end_has_a_name(
    tmp_path: Path,
    behave: Callable[[h2.connection.H2Connection, int], None],
    outcome: str,
    error: str | None,
) -> None:
    context = server_context(tmp_path, issue("leaf"))
    context.set_alpn_protocols(["h2", "http/1.1"])
    with serving(over_tls(context, h2_server(behave))) as port:
        facts = (
            Probe(Policy(allow=BOTH), deadline=2.0)
            .run(f"https://127.0.0.1:{port}/", wanted=lambda _: ["http2.outcome"])
            .facts
        )
    assert facts["tls.alpn"] == "http/1.1"
    assert facts["http2.outcome"] == outcome
    assert facts.get("http2.error") == error
    if outcome == "ok":
        assert facts["vantage.http2.status"] == 200
        assert facts["vantage.http2.same_body"] is True


def test_http2_that_is_not_offered(tmp_path: Path) -> None:
    context = server_context(tmp_path, issue("leaf"))
    with serving(over_tls(context, Site(lambda m, p, h: page()))) as port:
        facts = (
            Probe(Policy(allow=BOTH), deadline=2.0)
            .run(f"https://127.0.0.1:{port}/", wanted=lambda _: ["http2.outcome"])
            .facts
        )
    assert facts["http2.outcome"] == "not_offered"


def test_without_a_question_the_usual_things_are_looked_at() -> None:
    site = Site(lambda m, p, h: page(status=500))
    with serving(site) as port:
        facts = Probe(Policy(allow=BOTH), deadline=2.0).run(f"http://127.0.0.1:{port}/a").facts
    assert {"vantage.again.status", "vantage.head.status", "vantage.root.status"} <= set(facts)
