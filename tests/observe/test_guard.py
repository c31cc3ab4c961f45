"""Nothing that is not allowed is ever connected to, however it is spelled or reached."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb.errors import BadURL, CredentialsInURL, TargetRefused
from kb.observe import Policy, Probe
from kb.observe.fetch import Fetcher
from kb.observe.policy import is_public, parse_deny, parse_networks
from kb.observe.target import parse_target
from tests.observe.certificates import issue, pem, server_context
from tests.observe.names import answering, zone
from tests.observe.servers import over_tls, request, saying, serving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LOOPBACK = parse_networks("127.0.0.1/32")

# Private, special or translated addresses, in the spellings that resolvers and libraries take.
SPELLINGS = [
    "http://127.0.0.1/", "http://127.0.0.1./", "http://127.1/", "http://127.0.1/",
    "http://2130706433/", "http://017700000001/", "http://0x7f000001/", "http://0x7f.0.0.1/",
    "http://0177.0.0.1/", "http://0177.0.0.0x1/", "http://127.0.0.1.nip.invalid.0x7f/",
    "http://[::1]/", "http://[0:0:0:0:0:0:0:1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/", "http://[0:0:0:0:0:ffff:127.0.0.1]/", "http://[::127.0.0.1]/",
    "http://[64:ff9b::127.0.0.1]/", "http://[64:ff9b::a00:1]/", "http://[64:ff9b:1::1]/",
    "http://[2002:7f00:1::]/", "http://[2002:a00:1::1]/", "http://[2001:0:7f00:1::]/",
    "http://[2001:db8::1]/", "http://[fe80::1]/", "http://[fe80::1%25lo]/", "http://[fe80::1%lo]/",
    "http://[fc00::1]/", "http://[fd00:ec2::254]/", "http://[fec0::1]/", "http://[ff02::1]/",
    "http://[3fff::1]/", "http://[5f00::1]/", "http://[100::1]/",
    "http://169.254.169.254/latest/meta-data/", "http://[::ffff:169.254.169.254]/",
    "http://100.100.100.200/", "http://192.0.0.192/", "http://168.63.129.16/", "http://0/",
    "http://0.0.0.0/", "http://10.0.0.1/", "http://172.31.255.255/", "http://192.168.0.1/",
    "http://255.255.255.255/", "http://224.0.0.251/", "http://240.0.0.1/", "http://198.18.0.1/",
    "http://192.88.99.1/", "http://localhost/", "http://LOCALHOST/", "http://localhost./",
    "http://x.localhost/", "http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/", "http://127．0．0．1/",
    "http://１２７.0.0.1/", "http://127%2e0%2e0%2e1/", "http://%31%32%37.0.0.1/",
    "http://127.0.0.1%00.example.com/", "http://example.com\\@127.0.0.1/",
    "http://127.0.0.1\\@example.com/", "http://example.com#@127.0.0.1:22/",
    "http://user:pass@127.0.0.1/", "http://127.0.0.1@example.com/", "http://@127.0.0.1/",
    "http://example.com:80@127.0.0.1/", "http:///127.0.0.1/", "http:127.0.0.1/",
    "http:/127.0.0.1/", "http:\\\\127.0.0.1\\", "//127.0.0.1/", "http://127.0.0.1\t/",
    "http://127.0.0\t.1/", "http://127.0.0.1\n/", "http://ex\r\nHost: 127.0.0.1/",
    "http://127.0.0.1 /", " http://127.0.0.1/", "http://127.0.0.1:80:80/", "http://127.0.0.1:+80/",
    "http://127.0.0.1:0x50/", "http://127.0.0.1:８０/", "http://[127.0.0.1]/", "http://[::1/",
    "http://::1/", "http://[::1]x/", "http://[v1.x]/", "file:///etc/passwd", "gopher://127.0.0.1/",
    "dict://127.0.0.1:11211/", "ftp://127.0.0.1/", "jar:http://127.0.0.1!/", "data:text/html,x",
    "http://8.8.8.8:22/", "http://8.8.8.8:25/", "http://8.8.8.8:6379/", "https://8.8.8.8:0/",
    "http://8.8.8.8:65536/", "http://8.8.8.8:-1/",
]  # fmt: skip


@pytest.mark.parametrize("url", SPELLINGS)
def test_no_spelling_gets_through(url: str) -> None:
    try:
        facts = Probe(Policy(resolver=("127.0.0.1", 9)), deadline=0.5).run(url).facts
    except BadURL:
        return
    # A name that is none of an address is looked up (here in vain), never connected to.
    assert facts["probe.outcome"] == "refused" or facts["dns.outcome"] in ("error", "timeout")
    assert facts.get("tcp.outcome", "not_tried") == "not_tried"


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001::1"]
)
def test_the_public_internet_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def test_credentials_are_never_quoted() -> None:
    with pytest.raises(CredentialsInURL) as caught:
        parse_target("https://anna:geheim@example.com/")
    assert "geheim" not in str(caught.value)


@contextlib.contextmanager
def watched() -> Iterator[tuple[int, list[str]]]:
    """A server on loopback that notes what it is asked: it stands for the inner network."""
    seen: list[str] = []

    def handle(connection: socket.socket) -> None:
        seen.append(request(connection))
        connection.sendall(OK)

    with serving(handle) as port:
        yield port, seen


def test_a_name_with_a_private_address_is_refused_and_its_dns_facts_stay() -> None:
    records = {"inner.test": ["A 10.0.0.7"], "mixed.test": ["A 8.8.8.8", "A 127.0.0.1"],
               "alias.test": ["CNAME deep.test.", "A 192.168.1.1"]}  # fmt: skip
    with answering(zone(records)) as resolver:
        probe = Probe(Policy(resolver=resolver), deadline=1.0)
        facts = {name: probe.run(f"http://{name}/").facts for name in records}
    for name, scope in (("inner.test", "private"), ("mixed.test", "mixed")):
        assert facts[name]["probe.refusal"] == "address"
        assert facts[name]["dns.outcome"] == "ok"
        assert facts[name]["dns.scope"] == scope
    assert facts["alias.test"]["dns.cname"] == ["deep.test"]
    assert facts["alias.test"]["probe.outcome"] == "refused"


def test_rebinding_leads_nowhere_else() -> None:
    """The second answer of a name never counts: the checked address is the one connected to."""
    answers = iter(["127.0.0.1"] + ["127.0.0.2"] * 50)

    def flips(_name: str, kind: str, _unchecked: bool) -> tuple[str, list[str]]:
        return "NOERROR", [f"A {next(answers)}"] if kind == "A" else []

    with watched() as (port, seen), answering(flips) as resolver:
        policy = Policy(allow=LOOPBACK, resolver=resolver)
        facts = Probe(policy, deadline=1.0, requests=0).run(f"http://flip.test:{port}/x").facts
    assert facts["tcp.address"] == "127.0.0.1"
    assert facts["http.status"] == 200
    assert seen
    with pytest.raises(TargetRefused):
        policy.check(ipaddress.ip_address("127.0.0.2"), port)


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.2:{port}/", "//127.0.0.2:{port}/", "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.2]:{port}/", "http://inner.test:{port}/", "http://10.0.0.1/",
        "http://user:x@127.0.0.1:{port}/", "http://127.0.0.2:{port}\\@127.0.0.1:{port}/",
        "http://2130706434:{port}/", "file:///etc/passwd", "http://169.254.169.254/",
    ],
)  # fmt: skip
def test_redirects_to_private_places_are_not_followed(location: str) -> None:
    with (
        watched() as (inner, seen),
        answering(zone({"inner.test": ["A 127.0.0.2"]})) as resolver,
    ):
        there = location.format(port=inner).encode()
        answer = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + there + b"\r\n\r\n"
        with serving(saying(answer)) as port:
            policy = Policy(allow=LOOPBACK, resolver=resolver)
            facts = (
                Probe(policy, deadline=1.0, requests=0).run(f"http://127.0.0.1:{port}/start").facts
            )
    assert facts["redirect.refused"] or facts["redirect.location_missing"]
    assert facts["http.status"] == 302
    assert not seen


def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    with watched() as (proxy, seen), serving(saying(OK)) as port:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy}")
        facts = Probe(Policy(allow=LOOPBACK), deadline=1.0).run(f"http://127.0.0.1:{port}/").facts
    assert facts["http.status"] == 200
    assert not seen


def test_an_issuer_url_does_not_lead_inside(tmp_path: Path) -> None:
    """AIA of a hostile certificate names an address that the policy closes."""
    root = issue("Root", authority=True)
    trusted = tmp_path / "root.pem"
    trusted.write_bytes(pem(root))
    middle = issue("Middle", root, authority=True)
    with watched() as (inner, seen):
        for host in ("127.0.0.2", "[::1]", "169.254.169.254", "localhost"):
            leaf = issue("leaf", middle, issuer_url=f"http://{host}:{inner}/ca.crt")
            with serving(over_tls(server_context(tmp_path, leaf), saying(OK))) as port:
                policy = Policy(allow=parse_networks("127.0.0.1/32"), ports=frozenset({443}))
                probe = Probe(policy, deadline=1.0, ca_file=trusted)
                facts = probe.run(f"https://127.0.0.1:{port}/").facts
            assert facts["tls.problem"] == "unknown_issuer" or host == "localhost"
    assert not [text for text in seen if "ca.crt" in text and "localhost" not in text]
    assert Fetcher(Policy(), "x").get(f"http://127.0.0.1:{inner}/ca.crt", 1e12) is None


def test_the_operator_can_deny_hosts_and_networks() -> None:
    networks, hosts = parse_deny("198.51.100.0/24, *.shop.test , [2606:4700::]/32")
    policy = Policy(deny_networks=networks, deny_hosts=hosts, resolver=("127.0.0.1", 9))
    for url in ("http://shop.test/", "http://www.shop.test/", "http://198.51.100.9/",
                "http://[2606:4700::1]/"):  # fmt: skip
        facts = Probe(policy, deadline=0.5).run(url).facts
        assert facts["probe.refusal"] == "opted_out"
    with answering(zone({})) as resolver:
        probe = Probe(replace(policy, resolver=resolver), deadline=0.5)
        assert probe.run("http://workshop.test/").facts["dns.outcome"] == "nxdomain"


@pytest.mark.parametrize(
    ("robots", "refused"),
    [
        (b"User-agent: ErrordeskBot\nDisallow: /\n", True),
        (b"User-agent: ErrordeskBot\nDisallow: /private\n", False),
        (b"User-agent: *\nDisallow: /\n", False),
    ],
)
def test_a_site_can_opt_out_by_name(robots: bytes, refused: bool) -> None:
    asked: list[str] = []

    def handle(connection: socket.socket) -> None:
        path = request(connection).split(" ")[1]
        asked.append(path)
        body = robots if path == "/robots.txt" else b"page"
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + body)

    with serving(handle) as port:
        probe = Probe(Policy(allow=LOOPBACK), deadline=1.0, requests=0)
        first = probe.run(f"http://127.0.0.1:{port}/page").facts
        before = len(asked)
        second = probe.run(f"http://127.0.0.1:{port}/page").facts
    outcome = "refused" if refused else "done"
    assert (first["probe.outcome"], second["probe.outcome"]) == (outcome, outcome)
    assert asked.count("/robots.txt") == 1
    assert (len(asked) == before) is refused
