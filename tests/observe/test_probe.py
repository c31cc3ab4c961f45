"""What the probe says of servers that fail in every layer, and that it is never fooled or held."""

from __future__ import annotations

import gzip
import ipaddress
import socket
import time
from pathlib import Path

import pytest

from kb.errors import BadURL, CredentialsInURL, TargetRefused
from kb.observe import Policy, Probe
from kb.observe.policy import is_public, parse_networks, parse_resolver
from kb.observe.target import parse_target
from tests.machine import Stopwatch
from tests.observe.certificates import Authority, issue, pem, server_context
from tests.observe.servers import Handler, over_tls, request, resetting, saying, serving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LOOPBACK = Policy(allow=parse_networks("127.0.0.0/8"))


def probe(url: str, **settings: object) -> dict[str, object]:
    return dict(Probe(LOOPBACK, deadline=1.0, requests=0, **settings).run(url).facts)  # type: ignore[arg-type]


def ask(handle: Handler) -> dict[str, object]:
    with serving(handle) as port:
        return probe(f"http://127.0.0.1:{port}/feed")


def test_a_good_server() -> None:
    facts = ask(saying(OK))
    assert facts["dns.outcome"] == "literal"
    assert facts["tcp.outcome"] == "ok"
    assert facts["tls.outcome"] == "none"
    assert facts["http.outcome"] == "ok"
    assert facts["http.status"] == 200
    assert facts["redirect.count"] == 0
    assert facts["vantage.differ"] is False


def test_a_closed_port_leaves_nothing_else_tried() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    facts = probe(f"http://127.0.0.1:{port}/")
    assert facts["tcp.outcome"] == "refused"
    assert facts["tls.outcome"] == "not_tried"
    assert facts["http.outcome"] == "not_tried"


def test_robots_and_browsers_are_told_apart() -> None:
    def handle(connection: socket.socket) -> None:
        browser = "Mozilla" in request(connection)
        connection.sendall(OK if browser else b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n")

    facts = ask(handle)
    assert facts["vantage.robot.status"] == 401
    assert facts["vantage.browser.status"] == 200
    assert facts["vantage.differ"] is True
    assert facts["http.status"] == 401


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (b"", "empty"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not_http"),
        (b"\x15\x03\x01\x00\x02\x02\x16", "tls_expected"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", "truncated"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "malformed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "malformed"),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "malformed"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
            "malformed",
        ),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Flood: y\r\n" * 20_000 + b"\r\n", "malformed"),
    ],
)
def test_a_broken_answer_has_a_name(answer: bytes, outcome: str) -> None:
    assert ask(saying(answer))["http.outcome"] == outcome


def test_a_reset_has_its_phase() -> None:
    def handle(connection: socket.socket) -> None:
        request(connection)
        resetting(connection)

    assert ask(handle)["http.outcome"] == "reset"


def test_a_slow_server_does_not_hold_the_probe() -> None:
    def drip(connection: socket.socket) -> None:
        request(connection)
        while True:
            connection.sendall(b"H")
            time.sleep(0.05)

    watch = Stopwatch()
    ask(drip)
    assert watch.elapsed() < 2.0


def test_a_bomb_is_cut() -> None:
    body = gzip.compress(b"\0" * 50_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"
    facts = ask(saying(head.encode() + body))
    assert isinstance(facts["http.body_bytes"], int)
    assert facts["http.body_bytes"] <= 262_144


def test_an_endless_body_is_cut() -> None:
    def pour(connection: socket.socket) -> None:
        request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    assert ask(pour)["http.outcome"] == "ok"


@pytest.mark.parametrize(
    ("location", "pattern"), [("/feed", "self"), ("/feed/", "slash"), ("/other", "other")]
)
def test_a_redirect_loop_is_named(location: str, pattern: str) -> None:
    def handle(connection: socket.socket) -> None:
        path = request(connection).split()[1]
        there = location if path == "/feed" else "/feed"
        connection.sendall(
            f"HTTP/1.1 302 Found\r\nLocation: {there}\r\nContent-Length: 0\r\n\r\n".encode()
        )

    facts = ask(handle)
    assert facts["redirect.loop"] is True
    assert facts["redirect.pattern"] == pattern


def test_a_redirect_without_location() -> None:
    facts = ask(saying(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"))
    assert facts["redirect.location_missing"] is True


def test_a_redirect_to_a_private_address_is_not_followed() -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n"
    facts = ask(saying(answer))
    assert facts["redirect.refused"] is True
    assert facts["http.status"] == 302


def test_a_challenge_is_read_and_cookies_are_not_kept() -> None:
    answer = (
        b'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="Staff"\r\n'
        b"Set-Cookie: session=secret\r\nContent-Length: 0\r\n\r\n"
    )
    with serving(saying(answer)) as port:
        result = Probe(LOOPBACK, deadline=1.0, requests=0).run(f"http://127.0.0.1:{port}/")
    assert result.facts["http.challenge_schemes"] == ["basic"]
    assert result.facts["http.realm"] == "Staff"
    assert "secret" not in repr(result)


def tls(
    folder: Path, leaf: Authority, *chain: Authority, root: Authority | None = None
) -> dict[str, object]:
    trusted = None
    if root:
        trusted = folder / "root.pem"
        trusted.write_bytes(pem(root))
    with serving(over_tls(server_context(folder, leaf, *chain), saying(OK))) as port:
        return probe(f"https://127.0.0.1:{port}/", ca_file=trusted)


def test_certificates_and_their_problems(tmp_path: Path) -> None:
    root = issue("Test Root", authority=True)
    middle = issue("Test Intermediate", root, authority=True)
    other = issue("Unknown Root", authority=True)
    with serving(saying(b"HTTP/1.1 200 OK\r\n\r\n" + pem(middle))) as port:
        aia = f"http://127.0.0.1:{port}/intermediate.crt"
        cases = {
            "none": (issue("good", middle), middle),
            "expired": (issue("old", root, days=(-90, -3)),),
            "not_yet_valid": (issue("early", root, days=(3, 90)),),
            "hostname_mismatch": (issue("wrong", root, names=("other.example",)),),
            "self_signed": (issue("alone"),),
            "private_root": (issue("private", other), other),
            "incomplete_chain": (issue("short", middle, issuer_url=aia),),
            "unknown_issuer": (issue("unknown", other),),
        }
        for problem, chain in cases.items():
            facts = tls(tmp_path, *chain, root=root)
            assert facts["tls.problem"] == problem
            assert facts["http.status"] == 200, problem
            assert facts["tls.chain_length"] == len(chain)
            assert facts["tls.chain_ordered"] is True


def test_https_to_a_plain_port() -> None:
    def handle(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    with serving(handle) as port:
        facts = probe(f"https://127.0.0.1:{port}/")
    assert facts["tls.outcome"] == "plain_http"
    assert facts["http.outcome"] == "not_tried"


REFUSED = [
    "http://127.0.0.1/", "http://localhost/", "http://10.1.2.3/", "http://172.16.0.1/",
    "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/",
    "http://0.0.0.0/", "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/",
    "http://[::127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[64:ff9b:1::1]/",
    "http://[2002:7f00:1::]/", "http://[2001::1]/", "http://[fe80::1]/", "http://[fc00::1]/",
    "http://[fec0::1]/", "http://[ff02::1]/", "http://224.0.0.1/", "http://255.255.255.255/",
    "http://192.0.0.192/", "http://168.63.129.16/", "http://198.18.0.1/", "http://203.0.113.1/",
    "http://240.0.0.1/", "http://a.localhost/", "http://8.8.8.8:22/",
]  # fmt: skip


@pytest.mark.parametrize("url", REFUSED)
def test_what_is_not_public_is_refused(url: str) -> None:
    facts = Probe(Policy(), deadline=1.0).run(url).facts
    assert facts["probe.outcome"] == "refused"
    assert "tcp.outcome" not in facts


@pytest.mark.parametrize(
    "url",
    [
        "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/",
        "http://127.0.0.1\\@8.8.8.8/", "http://exa mple.com/", "http://example.com:0/",
        "http://example.com:99999/", "ftp://example.com/", "file:///etc/passwd", "http:///x",
        "http://[fe80::1%25eth0]/", "http://example.com/\r\nX: y", "http://-a.example/",
        "gopher://127.0.0.1:70/", "http://", "http://０x7f.1/",
    ],
)  # fmt: skip
def test_what_is_no_proper_url_is_an_error(url: str) -> None:
    with pytest.raises(BadURL):
        parse_target(url)


def test_unicode_digits_are_an_address_and_refused() -> None:
    assert parse_target("http://①②⑦.⓪.⓪.①/").host == "127.0.0.1"


def test_credentials_are_refused_and_not_quoted() -> None:
    with pytest.raises(CredentialsInURL) as caught:
        parse_target("http://anna:geheim@example.com/")
    assert "geheim" not in str(caught.value)


def test_public_addresses_pass() -> None:
    assert is_public(ipaddress.ip_address("93.184.216.34"))
    assert is_public(ipaddress.ip_address("2606:2800:220:1::1"))
    Policy().check(ipaddress.ip_address("93.184.216.34"), 443)
    with pytest.raises(TargetRefused):
        Policy(only=True).check(ipaddress.ip_address("93.184.216.34"), 443)


def test_a_resolver_is_read() -> None:
    assert parse_resolver("127.0.0.1:5353") == ("127.0.0.1", 5353)
    assert parse_resolver("[::1]:5353") == ("::1", 5353)
    assert parse_resolver("::1") == ("::1", 53)
    assert parse_resolver("") is None
