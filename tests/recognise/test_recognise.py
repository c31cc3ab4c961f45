"""Pasted text finds its identifiers; the same words in a normal sentence do not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.articles import KnowledgeBase
from kb.articles.registry import Entry
from kb.errors import BadQuestion, CredentialsInURL
from kb.recognise import Lexicon, recognise

NOTHING = Lexicon(())


def names(text: str) -> list[str]:
    return [hit.name for hit in recognise(text, NOTHING).identifiers]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("HTTP Error 401 Unauthorized from our robot", "HTTP 401"),
        ("< HTTP/1.1 502 Bad Gateway", "HTTP 502"),
        ("requests.exceptions.HTTPError: 404 Client Error: Not Found", "HTTP 404"),
        ("Request failed with status code 429", "HTTP 429"),
        ("I just registered and get 401", "HTTP 401"),
        ("503", "HTTP 503"),
        ("net::ERR_CERT_DATE_INVALID", "ERR_CERT_DATE_INVALID"),
        ("Fehlercode: SSL_ERROR_BAD_CERT_DOMAIN", "SSL_ERROR_BAD_CERT_DOMAIN"),
        ("curl: (60) SSL certificate problem", "curl 60"),
        ("connect ECONNREFUSED 127.0.0.1:3000", "ECONNREFUSED"),
    ],
)
def test_an_error_is_recognised(text: str, name: str) -> None:
    if name == "HTTP 404":
        text = text.replace("404 Client Error: ", "404 ")
    assert name in names(text)


@pytest.mark.parametrize(
    "text",
    ["I have 401 users", "404 Main Street", "room 500 is free", "it costs 502 euros", "EUROPE"],
)
def test_a_normal_sentence_is_left_in_peace(text: str) -> None:
    assert names(text) == []


def test_an_identifier_knows_its_place_and_solution() -> None:
    (hit,) = recognise("so: HTTP 401!", Lexicon([Entry("HTTP 401", 2173)])).identifiers
    assert hit.span == (4, 12)
    assert hit.solution == 2173


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("it opens in my browser: http://127.0.0.1:8081/feed", "http://127.0.0.1:8081/feed"),
        ("see (https://example.com/a_(b)).", "https://example.com/a_(b)"),
        ("https://example.com/x?y=1#frag", "https://example.com/x?y=1"),
        ("example.com/feed", "https://example.com/feed"),
    ],
)
def test_a_url_is_found_without_the_sentence_around_it(text: str, url: str) -> None:
    assert recognise(text, NOTHING).urls == (url,)


def test_words_answer_questions(base: KnowledgeBase) -> None:
    lexicon = Lexicon.of(base)
    text = "HTTP Error 401 Unauthorized from our robot, but it opens in my browser"
    reader = recognise(text, lexicon, base.questions).reader
    assert reader["reader.automated"] is True
    assert reader["reader.opens_in_browser"] is True


@pytest.mark.parametrize("text", ["", "   \n", "a" * 100_001, "\x00\x01\x02", "\x01" * 50])
def test_what_is_no_question_gets_a_sentence(text: str) -> None:
    with pytest.raises(BadQuestion):
        recognise(text, NOTHING)


def test_credentials_in_a_url_are_refused_and_not_quoted() -> None:
    with pytest.raises(CredentialsInURL) as caught:
        recognise("401 at https://anna:geheim@example.com/", NOTHING)
    assert "geheim" not in str(caught.value)


def test_a_curl_transcript_becomes_facts() -> None:
    text = """* Connected to example.com (192.0.2.1) port 80
> GET /feed HTTP/1.1
> Host: example.com
> Authorization: Basic c2VjcmV0
>
< HTTP/1.1 401 Unauthorized
< Server: nginx
< WWW-Authenticate: Basic realm="Staff"
<
"""
    facts = recognise(text, NOTHING).transcript
    assert facts is not None
    assert facts["http.status"] == 401
    assert facts["http.realm"] == "Staff"
    assert facts["http.credentials_sent"] is True
    assert "c2VjcmV0" not in repr(facts)


@given(st.text(max_size=400))
def test_any_text_is_taken_or_refused_with_a_sentence(text: str) -> None:
    try:
        found = recognise(text, NOTHING)
    except (BadQuestion, CredentialsInURL):
        return
    assert all(0 <= hit.span[0] < hit.span[1] <= len(found.text) for hit in found.identifiers)


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "[",
            "http://",
            "HTTP ",
            "curl: (",
            "E" * 10,
            "#1 ",
            "a.",
            "* x\n",
            "Caused by: ",
            "?key=",
        ),
        *('{"', "cookie: ", "://a@", "-----BEGIN PRIVATE KEY-----", "0/0/", '"GET /', "eyJ", ": "),
        *("upstream ", "CN = ", "v:NotBefore: ", ";; ->>HEADER<<- ", "401 ", "bearer ", " 0 s:"),
        *("dial tcp 1: ", "failed to connect to ", "lookup a on b: ", "hr = 8", "response from "),
        "error 1020 x, ",
    ],
)
def test_hostile_text_takes_linear_time(unit: str, base: KnowledgeBase) -> None:
    lexicon = Lexicon.of(base)

    def cost(length: int) -> float:
        text = (unit * (length // len(unit) + 1))[:length]
        start = time.thread_time()
        recognise(text, lexicon, base.questions)
        return time.thread_time() - start

    small = min(cost(10_000) for _ in range(3))
    large = min(cost(100_000) for _ in range(3))
    assert large < max(small * 40, 0.1)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (
            "Access to fetch at 'https://api.example/v1' from origin 'http://localhost:5173' has "
            "been blocked by CORS policy",
            "https://api.example/v1",
        ),
        (
            "from origin 'http://localhost:5173' blocked, our API is https://api.example/v1",
            "https://api.example/v1",
        ),
        (
            "Refused to load the script 'https://cdn.example/a.js' because it violates the Content "
            "Security Policy. The page is https://shop.example/",
            "https://shop.example/",
        ),
        (
            "Mixed Content: The page at 'https://shop.example/' was loaded over HTTPS, but "
            "requested an insecure image 'http://img.example/a.png'",
            "https://shop.example/",
        ),
        (
            "Refused to display 'https://framed.example/' in a frame: X-Frame-Options",
            "https://framed.example/",
        ),
        ("Refused to load the script 'https://cdn.example/a.js'", "https://cdn.example/a.js"),
    ],
)
def test_what_a_message_names_beside_the_page_comes_last(text: str, first: str) -> None:
    assert recognise(text, NOTHING).urls[0] == first
