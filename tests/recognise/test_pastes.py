"""What tools print becomes facts: openssl s_client, dig, HAR files, logs, our own probe."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from kb.facts import FactValue
from kb.recognise import Lexicon, recognise
from kb.recognise.har import MAX_HAR

NOTHING = Lexicon(())


def seen(text: str) -> dict[str, FactValue]:
    facts = recognise(text, NOTHING).transcript
    return dict(facts or {})


def claims(text: str) -> dict[str, FactValue]:
    return dict(recognise(text, NOTHING).claims)


S_CLIENT = """CONNECTED(00000003)
depth=0 CN = shop.example
verify error:num=20:unable to get local issuer certificate
verify return:1
depth=0 CN = shop.example
verify error:num=21:unable to verify the first certificate
verify return:1
---
Certificate chain
 0 s:CN = shop.example
   i:C = US, O = Let's Encrypt, CN = R11
   a:PKEY: rsaEncryption, 2048 (bit); sigalg: RSA-SHA256
   v:NotBefore: Sep  1 00:00:00 2020 GMT; NotAfter: Nov 30 23:59:59 2020 GMT
---
New, TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384
Verify return code: 21 (unable to verify the first certificate)
"""


def test_s_client_tells_the_certificate_s_problem() -> None:
    facts = seen(S_CLIENT)
    assert facts["tls.outcome"] == "untrusted"
    assert facts["tls.problem"] == "incomplete_chain"
    assert facts["tls.verify_code"] == 21
    assert facts["tls.version"] == "TLSv1.3"
    assert facts["tls.subject"] == "shop.example"
    assert facts["tls.issuer"] == "R11"
    assert facts["tls.not_after"] == "2020-11-30T23:59:59+00:00"
    assert isinstance(facts["tls.days_left"], int)
    assert facts["tls.days_left"] < 0


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ("40B7:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:a.c:3:", "plain_http"),
        ("40B7:error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:a.c:1:", "failed"),
        ("write:errno=104", "reset"),
        ("write:errno=0", "closed"),
    ],
)  # fmt: skip
def test_s_client_tells_how_a_handshake_failed(error: str, outcome: str) -> None:
    text = f"CONNECTED(00000003)\n{error}\n---\nno peer certificate available\n---\n"
    assert seen(text)["tls.outcome"] == outcome


DIG = """; <<>> DiG 9.18 <<>> shop.example
;; ->>HEADER<<- opcode: QUERY, status: {}, id: 4711
;; QUESTION SECTION:
;shop.example.\t\tIN\tA

{}
;; Query time: 12 msec
;; SERVER: 192.0.2.53#53(192.0.2.53) (UDP)
"""


@pytest.mark.parametrize(
    ("status", "answer", "outcome", "addresses"),
    [
        ("NOERROR", "shop.example.\t300\tIN\tA\t192.0.2.1\n", "ok", ["192.0.2.1"]),
        ("NXDOMAIN", "", "nxdomain", None),
        ("SERVFAIL", "", "servfail", None),
        ("NOERROR", "", None, []),
    ],
)
def test_dig_tells_the_name(
    status: str, answer: str, outcome: str | None, addresses: list[str] | None
) -> None:
    facts = seen(DIG.format(status, answer))
    assert facts.get("dns.outcome") == outcome
    assert facts.get("dns.a") == addresses
    assert facts["dns.resolver"] == "192.0.2.53"


def test_nslookup_and_host_tell_the_name() -> None:
    assert seen("** server can't find nope.example: NXDOMAIN")["dns.outcome"] == "nxdomain"
    assert seen("Host nope.example not found: 2(SERVFAIL)")["dns.outcome"] == "servfail"


def entry(url: str, status: int, **more: Any) -> dict[str, Any]:
    request = {
        "method": "GET",
        "url": url,
        "headers": [{"name": "Authorization", "value": "Bearer q7Rt9xW2kLm4ZpV8"}],
    }
    response = {"status": status, "statusText": "", "headers": [{"name": "Server", "value": "x"}]}
    return {"request": request, "response": response, **more}


def har(*entries: dict[str, Any]) -> str:
    return json.dumps({"log": {"version": "1.2", "entries": list(entries)}})


def test_a_har_tells_of_the_entry_that_failed() -> None:
    text = har(
        entry("https://a.example/", 200, _resourceType="document"),
        entry("https://a.example/api?access_token=q7Rt9xW2kLm4ZpV8", 503, _resourceType="xhr"),
        entry("https://a.example/logo.png", 200, _resourceType="image"),
    )
    found = recognise(text, NOTHING)
    assert found.transcript is not None
    assert found.transcript["http.status"] == 503
    assert found.transcript["http.credentials_sent"] is True
    assert found.urls[0].startswith("https://a.example/api")
    assert [hit.name for hit in found.identifiers] == ["HTTP 503"]
    start, end = found.identifiers[0].span
    assert found.text[start:end] == "HTTP 503"
    assert "q7Rt9xW2kLm4ZpV8" not in repr(found)


def test_a_har_without_an_answer_tells_the_browser_s_error() -> None:
    text = har(entry("https://a.example/", 0, _error="net::ERR_CONNECTION_REFUSED"))
    assert "net::ERR_CONNECTION_REFUSED" in recognise(text, NOTHING).text


def test_a_har_of_two_megabytes_takes_little_time() -> None:
    one = entry("https://a.example/x", 404)
    text = har(*[one] * (MAX_HAR // (len(json.dumps(one)) + 2) - 2))
    began = time.thread_time()
    recognise(text, NOTHING)
    assert time.thread_time() - began < 4


@pytest.mark.parametrize(
    "text", ['{"log": {"entries": 3}}', '{"log": {"entries": [{"a"', "{" * 900]
)
def test_what_looks_like_a_har_and_is_none_is_harmless(text: str) -> None:
    assert recognise(text, NOTHING).transcript is None


def test_a_pasted_probe_gives_its_facts_again() -> None:
    text = json.dumps(
        {
            "facts": {
                "dns": {"outcome": "ok"},
                "http": {"status": 502, "outcome": "ok", "nonsense": 1},
                "reader": {"method": "POST"},
            },
            "observations": [],
        }
    )
    facts = seen(text)
    assert (facts["dns.outcome"], facts["http.status"]) == ("ok", 502)
    assert not [name for name in facts if name.startswith("reader.") or "nonsense" in name]


NGINX = (
    "2026/01/01 12:00:00 [error] 7#7: *1 {} while reading response header from upstream, "
    'client: 192.0.2.1, request: "GET / HTTP/1.1", upstream: "http://127.0.0.1:3000/"'
)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (NGINX.format("connect() failed (111: Connection refused)"), "refused"),
        (NGINX.format("upstream timed out (110: Connection timed out)"), "timeout"),
        (NGINX.format("upstream prematurely closed connection"), "closed"),
        (NGINX.format("upstream sent too big header"), "header_too_big"),
        ("[proxy:error] AH00957: HTTP: attempt to connect to 127.0.0.1:80 (*) failed (111)", "refused"),
        (
            "haproxy[1]: 192.0.2.1:4 [01/Jan/2026:12:00:00.0] web app/s1 0/0/-1/-1/3001 503 212 - - "
            'SC-- 1/1/0/0/3 0/0 "GET / HTTP/1.1"',
            "refused",
        ),
        ("connect ECONNREFUSED 127.0.0.1:3000", None),
    ],
)  # fmt: skip
def test_a_proxy_s_log_tells_what_the_server_behind_did(text: str, problem: str | None) -> None:
    assert claims(text).get("upstream.problem") == problem


@pytest.mark.parametrize(
    ("text", "client"),
    [
        ("curl: (7) Failed to connect to example.com port 80", "curl"),
        ("Error: connect ECONNREFUSED 127.0.0.1:3000", "node"),
        ("requests.exceptions.SSLError: HTTPSConnectionPool", "python"),
        ("Get https://x.example: dial tcp 192.0.2.1:443: connect: connection refused", "go"),
        ("javax.net.ssl.SSLHandshakeException: PKIX path building failed", "java"),
        ("net::ERR_CONNECTION_RESET", "chrome"),
        ("npm ERR! code ENOTFOUND", "npm"),
        ("fatal: unable to access 'https://git.example/': SSL certificate problem", "git"),
        ("the page is white", None),
    ],
)
def test_a_message_names_its_program(text: str, client: str | None) -> None:
    assert claims(text).get("claim.client") == client


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("> POST /login HTTP/1.1\n> Host: x\n< HTTP/1.1 405 No", "POST"),
        ('"DELETE /item/3 HTTP/1.1" 403 0', "DELETE"),
        ("curl -X PUT https://x.example/ gives 405", "PUT"),
        ("I post every day and get 404", None),
    ],
)
def test_a_message_names_its_method(text: str, method: str | None) -> None:
    assert claims(text).get("claim.method") == method


CURL = """* Connected to shop.example.com (203.0.113.10) port 443
> GET /feed HTTP/1.1
> Host: shop.example.com
> Authorization: Basic c2VjcmV0
>
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Basic realm="Staff"
"""


@pytest.mark.parametrize(
    "text",
    [
        CURL,
        "".join(f"> {line}\n" for line in CURL.splitlines()),
        "Anna wrote:\n" + "".join(f"> > {line}\n" for line in CURL.splitlines()),
        "".join(f"    {line}\n" for line in CURL.splitlines()),
        CURL.replace("HTTP/1.1 401", "\x1b[1mHTTP/1.1\x1b[0m 401"),
    ],
    ids=["as it is", "quoted", "quoted twice", "indented", "coloured"],
)
def test_a_transcript_is_read_through_quotes_indentation_and_colours(text: str) -> None:
    found = recognise(text, Lexicon(()))
    assert found.transcript is not None
    assert found.transcript["http.status"] == 401
    assert found.transcript["http.realm"] == "Staff"
    assert found.transcript["http.credentials_sent"] is True
    assert "c2VjcmV0" not in found.text
