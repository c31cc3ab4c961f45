"""Where the reader's browser may be asked, under which policy, and what its measure means."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from kb.answer import Verdict
from kb.articles import KnowledgeBase
from kb.diagnose import Judge
from kb.facts import Facts, Source

_FINE = {
    "dns.outcome": "ok", "tcp.outcome": "ok", "tls.outcome": "ok", "http.outcome": "ok",
    "http.status": 200, "vantage.browser.status": 200, "vantage.browser.time_ms": 90.0,
    "http.headers": {"content-type": "text/html"}, "tcp.time_ms": 30.0, "http.ttfb_ms": 35.0,
    "tcp.address": "192.0.2.9",
}  # fmt: skip
_SILENT = {
    "dns.outcome": "ok", "tcp.outcome": "timeout", "tls.outcome": "not_tried",
    "http.outcome": "not_tried", "tcp.address": "192.0.2.9", "tcp.time_ms": 6000.0,
}  # fmt: skip
_NAMELESS = {
    "dns.outcome": "nxdomain", "dns.name": "intra.example", "tcp.outcome": "not_tried",
    "tls.outcome": "not_tried", "http.outcome": "not_tried",
}  # fmt: skip
_LOST = {"reader.browser_reached": False, "reader.browser_time_ms": 2100.0}
_AT_ONCE = {"reader.browser_reached": False, "reader.browser_time_ms": 3.0}
_GOT = {"reader.browser_reached": True, "reader.browser_time_ms": 80.0}


@pytest.mark.parametrize(
    ("seen", "measured", "first", "absent"),
    [
        (_FINE, _LOST, "2315/reached-from-here-not-by-your-browser", "2306/given-up-at-once"),
        (_FINE, _AT_ONCE, "2306/given-up-at-once", "2315/reached-from-here-not-by-your-browser"),
        (_SILENT, _GOT, "2315/reached-by-your-browser-not-from-here", "2241/no-answer"),
        (_NAMELESS, _GOT, "2315/name-known-to-your-browser-not-here", "2230/record-missing"),
        (_FINE, _GOT, "", "2315/reached-from-here-not-by-your-browser"),
        (_FINE | {"tls.outcome": "untrusted"}, _LOST, "", "2315/only-you"),
        (_SILENT, _LOST, "2241/no-answer", "2315/reached-by-your-browser-not-from-here"),
    ],
)  # fmt: skip
def test_both_connections_together_name_the_cause(
    seen: dict[str, object], measured: dict[str, object], first: str, absent: str,
    base: KnowledgeBase,
) -> None:  # fmt: skip
    facts = Facts(seen, Source.PROBE).merged(Facts(measured, Source.READER))
    confirmed = {
        f"{cause.solution}/{cause.id}"
        for cause in Judge(base.published).judge(facts)
        if cause.verdict is Verdict.CONFIRMED
    }
    assert absent not in confirmed
    assert not first or first in confirmed


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://shop.example/a?b=1", "https://shop.example;"),
        ("http://shop.example:8080/", "http://shop.example:8080;"),
        ("https://müller.example/", "https://xn--mller-kva.example;"),
        # A policy cannot name an address other than 127.0.0.1.
        ("http://192.0.2.9/", "http:;"),
        ("https://[2001:db8::1]:444/", "https:;"),
    ],
)
def test_the_frame_may_speak_to_the_asked_origin_alone(
    url: str, source: str, client: FlaskClient
) -> None:
    response = client.get("/reach", query_string={"url": url})
    policy = response.headers["Content-Security-Policy"]
    assert f"connect-src {source}" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    "url",
    ["", "javascript:alert(1)", "ftp://shop.example/", "https://anna:geheim@shop.example/",
     "https://shop.example; script-src *", "https://shop.example\n/", "https://*/", "https://*.example/"],
)  # fmt: skip
def test_no_policy_is_made_of_what_is_no_url(url: str, client: FlaskClient) -> None:
    response = client.get("/reach", query_string={"url": url})
    assert response.status_code == 400
    assert "connect-src 'self'" in response.headers["Content-Security-Policy"]


def test_pages_themselves_stay_closed(client: FlaskClient) -> None:
    page = client.get("/ask?q=is+it+down+https://shop.example/")
    assert "connect-src 'self';" in page.headers["Content-Security-Policy"]
    assert "Try it from my browser" in page.text
    assert "/reach?url=https%3A%2F%2Fshop.example%2F" in page.text
    assert "Try it from my browser" not in client.get("/ask?q=HTTP+401").text


@pytest.mark.parametrize("time", ["nan", "inf", "-inf", "soon"])
def test_a_measure_that_is_no_number_is_refused(time: str, client: FlaskClient) -> None:
    body = {"text": "is it down", "facts": {"reader.browser_time_ms": time}, "probe": False}
    assert client.post("/api/v1/answers", json=body).status_code == 400
