"""Several errors in one paste: the one that names the cause comes first."""

from __future__ import annotations

import pytest

from kb.articles import KnowledgeBase
from kb.recognise import Lexicon, recognise

PYTHON = """Traceback (most recent call last):
  File "/a/urllib3/connection.py", line 198, in _new_conn
    sock = connection.create_connection(
ConnectionRefusedError: [Errno 111] Connection refused

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/a/urllib3/connectionpool.py", line 493, in _make_request
urllib3.exceptions.NewConnectionError: Failed to establish a new connection: [Errno 111] ...

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/fetch.py", line 3, in <module>
requests.exceptions.ConnectionError: HTTPConnectionPool(host='a.example', port=80): Max retries exceeded
"""
JAVA = """org.springframework.web.client.ResourceAccessException: I/O error on GET request
\tat org.springframework.web.client.RestTemplate.doExecute(RestTemplate.java:744)
Caused by: javax.net.ssl.SSLHandshakeException: PKIX path building failed
\tat java.base/sun.security.ssl.Alert.createSSLException(Alert.java:131)
Caused by: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target
"""
NGINX = """2026/01/01 12:00:00 [error] 7#7: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.1, server: a.example, request: "GET / HTTP/1.1", upstream: "http://127.0.0.1:3000/", host: "a.example"
192.0.2.1 - - [01/Jan/2026:12:00:00 +0000] "GET / HTTP/1.1" 502 157 "-" "curl/8"
"""


def first(base: KnowledgeBase, text: str) -> tuple[str, int | None]:
    hit = recognise(text, Lexicon.of(base), base.questions).identifiers[0]
    return hit.name, hit.solution


def solution_of(base: KnowledgeBase, name: str) -> int | None:
    return Lexicon.of(base).solution(name)


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        (PYTHON, "ECONNREFUSED"),
        (JAVA, "unable to find valid certification path to requested target"),
        ("curl: (60) SSL certificate problem: certificate has expired", "certificate has expired"),
        (
            'Get "https://a.example/": dial tcp: lookup a.example on 127.0.0.53:53: no such host',
            "no such host",
        ),
        ("request to https://a.example/ failed, reason: connect ECONNREFUSED 127.0.0.1:3000", "ECONNREFUSED"),
        ("npm ERR! code ENOTFOUND\nnpm ERR! network request to https://r.example failed", "ENOTFOUND"),
    ],
)  # fmt: skip
def test_the_root_of_a_chain_comes_first(text: str, same_as: str, base: KnowledgeBase) -> None:
    assert first(base, text)[1] == solution_of(base, same_as)


def test_a_proxy_s_own_trouble_comes_before_the_status_it_answers(base: KnowledgeBase) -> None:
    found = recognise(NGINX, Lexicon.of(base))
    assert "HTTP 502" in [hit.name for hit in found.identifiers]
    assert found.claims["upstream.problem"] == "refused"
    assert found.claims["claim.status"] == 502
    assert "tcp.outcome" not in found.claims  # the reader reached the proxy


def test_the_last_status_of_a_chain_counts(base: KnowledgeBase) -> None:
    text = "< HTTP/1.1 301 Moved Permanently\n< Location: /b\n<\n< HTTP/1.1 404 Not Found\n<\n"
    assert first(base, text)[0] == "HTTP 404"


def test_a_success_is_no_error(base: KnowledgeBase) -> None:
    found = recognise("< HTTP/1.1 200 OK\nbut the page is white", Lexicon.of(base))
    assert found.weak == {"HTTP 200"}


def test_an_error_tells_the_layers_it_reached(base: KnowledgeBase) -> None:
    claims = recognise("connect ECONNREFUSED 192.0.2.1:443", Lexicon.of(base)).claims
    assert claims["tcp.outcome"] == "refused"
    assert claims["tls.outcome"] == claims["http.outcome"] == "not_tried"
