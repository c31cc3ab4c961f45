"""Facts of names, connections, handshakes and messages, each seen at a real server."""

from __future__ import annotations

import gzip
import socket
import ssl
import time
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zstandard
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from hypothesis import given
from hypothesis import strategies as st

from kb.facts import Facts
from kb.observe import Policy, Probe
from kb.observe.certificate import name_reason
from kb.observe.coding import decode
from kb.observe.head import parse_head
from kb.observe.page import fits, sniff
from kb.observe.policy import parse_networks
from tests.observe.certificates import Authority, issue, pem, server_context
from tests.observe.names import Script, answering, zone
from tests.observe.servers import Handler, over_tls, request, resetting, saying, serving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
BOTH = parse_networks("127.0.0.0/8,[::1]/128")


def look(url: str, *wanted: str, ca_file: Path | None = None, **policy: object) -> Facts:
    """Probe for the wanted facts alone."""
    allowed = Policy(allow=BOTH, **policy)  # type: ignore[arg-type]
    probe = Probe(allowed, deadline=2.0, ca_file=ca_file)
    return probe.run(url, wanted=lambda _: list(wanted)).facts


def ask(handle: Handler, *wanted: str) -> Facts:
    with serving(handle) as port:
        return look(f"http://127.0.0.1:{port}/Feed", *wanted)


# Names


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (zone({}), {"dns.outcome": "nxdomain", "dns.rcode": "NXDOMAIN",
                    "dns.parent_outcome": "nxdomain"}),
        (zone({"example.test": []}), {"dns.outcome": "nxdomain", "dns.parent_outcome": "nodata"}),
        (zone({"www.example.test": []}), {"dns.outcome": "nodata"}),
        (zone({"www.example.test": ["CNAME a.test.", "CNAME www.example.test."]}),
         {"dns.cname_loop": True, "dns.outcome": "nodata"}),
        (lambda n, k, cd: ("SERVFAIL", []),
         {"dns.outcome": "servfail", "dns.unvalidated_outcome": "servfail"}),
        (lambda n, k, cd: ("NOERROR", ["A 127.0.0.1"]) if cd and k == "A" else ("SERVFAIL", []),
         {"dns.outcome": "servfail", "dns.unvalidated_outcome": "ok"}),
        (lambda n, k, cd: ("NOERROR", [f"CNAME {'b' if n[0] == 'w' else 'www'}.example.test."])
         if k == "CNAME" else ("SERVFAIL", []), {"dns.cname_loop": True}),
        (lambda n, k, cd: ("REFUSED", []), {"dns.outcome": "refused"}),
    ],
)  # fmt: skip
def test_what_a_lookup_says(script: Script, expected: dict[str, object]) -> None:
    with answering(script) as resolver:
        facts = look(
            "http://www.example.test/", "dns.parent_outcome", "dns.unvalidated_outcome",
            "dns.cname_loop", resolver=resolver,
        )  # fmt: skip
    assert {name: facts.get(name) for name in expected} == expected
    assert facts["vantage.robot.failed_at"] == "dns"
    assert facts["tcp.outcome"] == "not_tried"


def test_a_resolver_says_why() -> None:
    with answering(lambda n, k, cd: ("NXDOMAIN 15", [])) as resolver:
        facts = look("http://blocked.test/", resolver=resolver)
    assert (facts["dns.outcome"], facts["dns.extended_error"]) == ("nxdomain", "blocked")


def test_a_name_server_that_is_older_than_edns() -> None:
    with answering(lambda n, k, cd: ("FORMERR", [])) as resolver:
        facts = look("http://old.test/", resolver=resolver)
    assert (facts["dns.outcome"], facts["dns.rcode"]) == ("error", "FORMERR")


def test_a_domain_that_nobody_has() -> None:
    with answering(zone({})) as resolver:
        facts = look("http://nobody.test/", "dns.parent_outcome", resolver=resolver)
    assert facts["dns.parent_outcome"] == "nxdomain"


def test_a_silent_resolver() -> None:
    with answering(lambda n, k, cd: ("SILENT", [])) as resolver:
        assert look("http://a.test/", resolver=resolver)["dns.outcome"] == "timeout"


# Connections


def listening(host: str, family: socket.AddressFamily, port: int = 0) -> socket.socket:
    return socket.create_server((host, port), family=family)


def test_a_dead_address_beside_a_living_one() -> None:
    with (
        serving(saying(OK)) as port,
        answering(zone({"two.test": ["A 127.0.0.9", "A 127.0.0.1"]})) as resolver,
    ):
        facts = look(f"http://two.test:{port}/", resolver=resolver)
    assert facts["tcp.outcome"] == "ok"
    assert facts["tcp.dead_addresses"] == ["127.0.0.9"]
    assert facts["tcp.live_addresses"] == ["127.0.0.1"]
    assert facts["http.status"] == 200


def test_a_name_whose_ipv4_is_dead_is_probed_over_ipv6() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # kept, so that nobody else listens there
        port = held.getsockname()[1]
        names = zone({"six.test": ["A 127.0.0.1", "AAAA ::1"]})
        with listening("::1", socket.AF_INET6, port), answering(names) as resolver:
            facts = look(f"http://six.test:{port}/", "vantage.ipv4.outcome", resolver=resolver)
    assert facts["tcp.outcome"] == "ok"
    assert facts["tcp.address"] == "::1"
    assert (facts["tcp.ipv4.outcome"], facts["tcp.ipv6.outcome"]) == ("refused", "ok")
    assert facts["vantage.ipv4.failed_at"] == "tcp"


def silent(connection: socket.socket) -> None:
    connection.recv(65_536)


def speaking(connection: socket.socket) -> None:
    connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
    time.sleep(0.4)


def slamming(connection: socket.socket) -> None:
    resetting(connection)


@pytest.mark.parametrize(
    ("handle", "idle"),
    [(silent, "open"), (speaking, "banner"), (slamming, "reset"), (lambda _: None, "closed")],
)
def test_what_an_idle_connection_gets(handle: Handler, idle: str) -> None:
    facts = ask(handle, "tcp.idle")
    assert facts["tcp.idle"] == idle
    if idle == "banner":
        assert facts["tcp.banner"] == "SSH-2.0-OpenSSH_9.2"


# Messages


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"", {"http.outcome": "empty"}),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
         {"http.outcome": "truncated", "http.fault": "cut_body", "http.body_bytes": 3,
          "http.declared_bytes": 9, "http.phase": "body"}),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
         {"http.outcome": "truncated", "http.fault": "cut_chunk"}),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcde\r\n0\r\n\r\n",
         {"http.outcome": "malformed", "http.fault": "bad_chunk"}),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
         {"http.outcome": "malformed", "http.fault": "two_lengths", "http.status": 200}),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab",
         {"http.outcome": "ok", "http.fault": None}),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n"
         b"2\r\nab\r\n0\r\n\r\n",
         {"http.outcome": "ok", "http.fault": "length_and_chunked", "http.body_text": "ab"}),
        (b"HTTP/1.1 200 OK\r\nServer : x\r\nContent-Length: 2\r\n\r\nab",
         {"http.outcome": "ok", "http.fault": "bad_header", "http.server": "x"}),
        (b"HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 2\r\n\r\nab",
         {"http.outcome": "malformed", "http.fault": "bad_header", "http.body_text": "ab"}),
        (b"HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n",
         {"http.outcome": "ok", "http.fault": "status_out_of_range", "http.status": 999}),
        (b"HTTP/1.1 99 No\r\n\r\n",
         {"http.outcome": "malformed", "http.fault": "status_out_of_range"}),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
         {"http.outcome": "malformed", "http.fault": "unasked_switch", "http.status": 101}),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK, {"http.outcome": "ok", "http.status": 200}),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nplain text, no brotli at all",
         {"http.outcome": "malformed", "http.fault": "wrong_encoding"}),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\n\r\n" + zstandard.compress(b"hello"),
         {"http.outcome": "ok", "http.body_text": "hello"}),
        (b"HTTP/1.0 404\n\nno", {"http.outcome": "ok", "http.status": 404, "http.version": "1.0"}),
        (b"\x15\x03\x03\x00\x02\x02\x0a", {"http.outcome": "tls_expected", "http.phase": "head"}),
        (b"<html>hello", {"http.outcome": "not_http", "tcp.banner": "<html>hello"}),
    ],
)  # fmt: skip
def test_what_a_message_is(answer: bytes, expected: dict[str, object]) -> None:
    facts = ask(saying(answer))
    assert {name: facts.get(name) for name in expected} == expected


def test_a_slow_body_has_a_rate() -> None:
    def slow(connection: socket.socket) -> None:
        request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n")
        for _ in range(6):
            connection.sendall(b"x")
            time.sleep(0.12)

    rate = ask(slow)["http.body_rate"]
    assert isinstance(rate, float)
    assert 5 < rate < 12


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ("Content-Type: text/plain", b"<!DOCTYPE html><p>x",
         {"http.content_type": "text/plain", "http.sniffed_type": "text/html"}),
        ("Content-Type: text/html; charset=iso-8859-1", "<p>für".encode(),
         {"http.charset": "iso-8859-1", "http.charset_fits": False}),
        ("Content-Type: text/html; charset=utf-8", "<p>für".encode("latin-1") + b" x",
         {"http.charset_fits": False}),
        ("Content-Type: text/html", b"<html><meta charset='UTF-8'><p>f\xc3\xbcr",
         {"http.charset": "utf-8", "http.charset_fits": True, "http.body_text": "für"}),
        ("Age: 3600\r\nX-Cache: HIT from x", b"", {"http.age_s": 3600, "http.cache": "hit"}),
        ("CF-Cache-Status: STALE", b"", {"http.cache": "stale"}),
        ("Cache-Status: edge; fwd=miss", b"", {"http.cache": "miss"}),
        ("X-Frame-Options: SAMEORIGIN", b"", {"http.framing": "same_site"}),
        ("Content-Security-Policy: default-src 'self'; frame-ancestors 'none'", b"",
         {"http.framing": "nobody"}),
        ("Content-Security-Policy: frame-ancestors https://a.test", b"",
         {"http.framing": "listed"}),
        ("Strict-Transport-Security: max-age=63072000; includeSubDomains; preload", b"",
         {"http.hsts_max_age_s": 63072000, "http.hsts_preload": True}),
        ("Proxy-Status: edge.test; error=connection_refused", b"", {"upstream.problem": "refused"}),
        ("Proxy-Status: a, b; error=http_response_header_size", b"",
         {"upstream.problem": "header_too_big"}),
        ("Date: Tue, 15 Nov 1994 08:12:31 GMT\r\nAge: 7", b"", {"clock.skew_s": None}),
    ],
)  # fmt: skip
def test_what_a_head_says_of_its_body(head: str, body: bytes, expected: dict[str, object]) -> None:
    facts = ask(saying(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode() + body))
    assert {name: facts.get(name) for name in expected} == expected


def test_a_clock_that_is_wrong() -> None:
    facts = ask(saying(b"HTTP/1.1 200 OK\r\nDate: Tue, 15 Nov 1994 08:12:31 GMT\r\n\r\n"))
    skew = facts["clock.skew_s"]
    assert isinstance(skew, int)
    assert skew < -900_000_000


# Handshakes


def secure(
    folder: Path, context: ssl.SSLContext, *wanted: str, root: Authority | None = None,
    name: str = "127.0.0.1",
) -> Facts:  # fmt: skip
    trusted = None
    if root:
        trusted = folder / "root.pem"
        trusted.write_bytes(pem(root))
    with serving(over_tls(context, saying(OK))) as port:
        return look(f"https://{name}:{port}/", *wanted, ca_file=trusted)


def test_a_client_certificate_that_is_asked_for(tmp_path: Path) -> None:
    for mode, outcome in ((ssl.CERT_OPTIONAL, "ok"), (ssl.CERT_REQUIRED, None)):
        context = server_context(tmp_path, issue("leaf"))
        context.verify_mode = mode
        facts = secure(tmp_path, context)
        assert facts["tls.client_certificate_requested"] is True
        # In TLS 1.3 the refusal comes after the handshake: as an alert, or as a closed connection.
        assert facts["http.outcome"] in ((outcome,) if outcome else ("reset", "empty"))
    context = server_context(tmp_path, issue("leaf"))
    assert secure(tmp_path, context)["tls.client_certificate_requested"] is False


def test_a_client_certificate_that_is_required_in_tls_12(tmp_path: Path) -> None:
    context = server_context(tmp_path, issue("leaf"))
    context.verify_mode = ssl.CERT_REQUIRED
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    facts = secure(tmp_path, context)
    assert facts["tls.outcome"] == "failed"
    assert facts["tls.client_certificate_requested"] is True


def test_the_key_the_order_and_the_missing_issuer(tmp_path: Path) -> None:
    root = issue("Root", authority=True)
    middle = issue("Middle", root, authority=True)
    other = issue("Other", root, authority=True)
    facts = secure(
        tmp_path, server_context(tmp_path, issue("leaf", middle), other, middle), root=root
    )
    assert (facts["tls.key"], facts["tls.key_bits"]) == ("EC 256", 256)
    assert facts["tls.signature_hash"] == "sha256"
    assert facts["tls.problem"] == "none"
    assert facts["tls.chain_ordered"] is False
    # What is sent twice or behind the path is in nobody's way.
    leaf = issue("leaf", middle)
    for chain in ((leaf, middle), (middle, middle), (middle, other)):
        facts = secure(tmp_path, server_context(tmp_path, leaf, *chain), root=root)
        assert facts["tls.chain_ordered"] is True
    alone = secure(tmp_path, server_context(tmp_path, issue("leaf", middle)), root=root)
    assert alone["tls.missing_issuer"] == "Middle"


def test_the_certificate_without_a_name(tmp_path: Path) -> None:
    default = server_context(tmp_path, issue("default"))
    (tmp_path / "named").mkdir()
    named = server_context(tmp_path / "named", issue("named", names=("localhost",)))

    def choose(connection: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
        if name:
            connection.context = named

    for callback, expected in ((choose, "other"), (None, "same")):
        default.sni_callback = callback
        facts = secure(tmp_path, default, "tls.without_name", name="localhost")
        assert facts["tls.without_name"] == expected


def test_a_revoked_certificate(tmp_path: Path) -> None:
    root = issue("Root", authority=True)
    now = datetime.now(UTC)
    lists: dict[str, bytes] = {}

    def publish(connection: socket.socket) -> None:
        request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + lists["crl"])

    with serving(publish) as port:
        leaf = issue("leaf", root, crl_url=f"http://127.0.0.1:{port}/root.crl")
        for revoked, expected in ((False, "good"), (True, "revoked")):
            builder = (
                x509.CertificateRevocationListBuilder()
                .issuer_name(root.certificate.subject)
                .last_update(now)
                .next_update(now + timedelta(days=1))
            )
            if revoked:
                builder = builder.add_revoked_certificate(
                    x509.RevokedCertificateBuilder()
                    .serial_number(leaf.certificate.serial_number)
                    .revocation_date(now)
                    .build()
                )
            signed = builder.sign(root.key, hashes.SHA256())
            lists["crl"] = signed.public_bytes(serialization.Encoding.DER)
            facts = secure(
                tmp_path, server_context(tmp_path, leaf, root), "tls.revocation", root=root
            )
            assert facts["tls.revocation"] == expected
            assert facts["tls.problem"] == ("revoked" if revoked else "none")


@pytest.mark.parametrize(
    ("names", "host", "reason"),
    [
        (["example.com"], "example.com", ""),
        (["*.example.com"], "www.example.com", ""),
        (["*.example.com"], "a.b.example.com", "wildcard_depth"),
        (["*.example.com"], "example.com", "www_only"),
        (["www.example.com"], "example.com", "www_only"),
        (["example.com"], "www.example.com", "apex_only"),
        (["other.test"], "example.com", "other_name"),
        (["example.com"], "192.0.2.1", "address"),
        (["192.0.2.1"], "192.0.2.1", ""),
        ([], "example.com", "no_names"),
    ],
)
def test_how_names_miss_a_host(names: list[str], host: str, reason: str) -> None:
    assert name_reason(names, host) == reason


# Readers of hostile bytes never raise


@given(st.binary(max_size=2_000))
def test_any_head_is_read(raw: bytes) -> None:
    head = parse_head(raw)
    assert head.fatal or 100 <= head.status <= 999
    head = parse_head(b"HTTP/1.1 200 OK\r\n" + raw)
    assert head.status == 200
    assert head.framing().endswith(b"\r\n\r\n")


@given(st.binary(max_size=500), st.sampled_from(["utf-8", "latin-1", "zlib", "idna", "utf-16"]))
def test_any_body_is_looked_at(body: bytes, charset: str) -> None:
    sniff(body)
    assert fits(body, charset) in (True, False)


@given(st.binary(max_size=5_000), st.sampled_from(["gzip", "deflate"]))
def test_what_was_packed_is_unpacked(body: bytes, coding: str) -> None:
    packed = gzip.compress(body) if coding == "gzip" else zlib.compress(body)
    assert decode(packed, [coding], 10_000) == body
    assert decode(packed[:-1], [coding], 10_000) in (body, body[:-1]) or len(body) < 20
