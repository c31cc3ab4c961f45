"""Secrets never pass the door: not into the recognition, nor the answer, nor its facts."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.desk import Desk, Query
from kb.recognise import Lexicon, recognise
from kb.recognise.har import read_har
from kb.recognise.secrets import REMOVED, remove_secrets
from kb.settings import Settings

NOTHING = Lexicon(())
SECRET = "q7Rt9xW2kLm4ZpV8sN3b"

# Where people paste a secret; every one still shows what tells something about the error.
PLACES = [
    ("> Authorization: Basic {}", "Authorization: Basic"),
    ("authorization: Bearer {}", "Bearer"),
    ("X-Api-Key: {}", "X-Api-Key"),
    ("'Authorization': 'Bearer {}',", "Bearer"),
    ("Cookie: session={}; theme=dark", "Cookie"),
    ("< Set-Cookie: sid={}; Path=/; SameSite=None", "SameSite=None"),
    ("GET /feed?page=2&access_token={}&x=1 HTTP/1.1", "page=2"),
    ("https://s3.example/a?X-Amz-Signature={}", "X-Amz-Signature"),
    ("curl -u anna:{} https://example.com/", "-u anna:"),
    ("curl --user 'anna:{}' https://example.com/", "https://example.com/"),
    ("see\nhttps://anna:{}@example.com/feed", "example.com/feed"),
    ('{{"user": "anna", "password": "{}"}}', '"user": "anna"'),
    ("DB_PASSWORD={}", "DB_PASSWORD"),
    ("//registry.npmjs.org/:_authToken={}", "registry.npmjs.org"),
    ("client_secret: {}", "client_secret"),
    ("token ghp_{} was refused", "was refused"),
    ("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n401", "401"),
]


@pytest.mark.parametrize(("place", "kept"), PLACES)
def test_a_secret_is_removed_and_its_surroundings_stay(place: str, kept: str) -> None:
    shown = remove_secrets(place.format(SECRET))
    assert SECRET not in shown
    assert kept in shown
    assert REMOVED in shown


SAMPLES = json.loads((Path(__file__).parent / "data" / "secrets.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["name"])
def test_each_sample_comes_out_as_written_down(sample: dict[str, str]) -> None:
    """The browser's script is held to the same samples (tests/browser/test_paste.py)."""
    assert remove_secrets(sample["text"]) == sample["expected"]


def test_a_har_without_its_secrets_is_still_a_har() -> None:
    (text,) = [sample["text"] for sample in SAMPLES if sample["name"] == "HAR"]
    assert SECRET in text
    shown = remove_secrets(text)
    assert SECRET not in shown
    assert read_har(shown)[0]["http.status"] == 401


@given(
    st.sampled_from([place for place, _ in PLACES]),
    st.from_regex(r"[A-Za-z0-9]{20,40}[0-9A-Z]", fullmatch=True),
    st.text(st.sampled_from("abc \n.:{}[]()'\"&=?/"), max_size=60),
    st.text(st.sampled_from("abc \n.:{}[]()'\"&=?/"), max_size=60),
)
def test_no_secret_of_a_known_form_survives(
    place: str, secret: str, before: str, after: str
) -> None:
    text = f"{before}\n{place.format(secret)}\n{after}"
    shown = remove_secrets(text)
    assert secret not in shown


@given(st.text(max_size=300))
def test_removing_twice_changes_nothing_more(text: str) -> None:
    once = remove_secrets(text)
    assert remove_secrets(once) == once


@pytest.mark.parametrize(
    "text",
    [
        "my password is not accepted, 401",
        'HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic realm="Staff"',
        "Proxy-Authenticate: Negotiate",
        "the token expired yesterday",
        "basic authentication fails",
        "SSL_ERROR_BAD_CERT_DOMAIN on https://example.com/?page=2",
        "key too small",
        "error code: 1020",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert remove_secrets(text) == text


def test_neither_answer_nor_ticket_shows_a_secret(index_folder: Path) -> None:
    desk = Desk.open(Settings(data=index_folder))
    text = "\n".join(place.format(SECRET) for place, _ in PLACES) + "\n< HTTP/1.1 401 Unauthorized"
    answer = desk.ask(Query(text, probe=False))
    assert SECRET not in json.dumps(answer.to_json())


def test_positions_are_those_of_the_text_without_secrets() -> None:
    found = recognise(f"Authorization: Bearer {SECRET}\n< HTTP/1.1 401 Unauthorized", NOTHING)
    (hit,) = found.identifiers
    start, end = hit.span
    assert re.search("401", found.text[start:end])
