"""Words reach every engine as the same stems, however a person writes them."""

from __future__ import annotations

import pytest

from kb.search.schema import Stems
from kb.search.stems import spans_of, stems_of
from kb.search.words import question_stems


def test_the_index_has_the_stems_of_the_questions() -> None:
    text = "Logging in fails: İstanbul Ünïcode a an_b.c, the name server's time-out"
    assert [token.text for token in Stems()(text)] == stems_of(text)


@pytest.mark.parametrize(
    ("apart", "together"),
    [
        ("I cannot log in", "login"),
        ("it logs me out", "logout"),
        ("users get signed out", "logoff"),
        ("the call timed out", "timeout"),
        ("wrong name servers", "nameserver"),
        ("page not found", "notfound"),
        ("authorization is needed", "authorisation"),
        ("Zertifikat ungültig", "ungultig"),
        ("old certs", "certificate"),
    ],
)
def test_spellings_of_one_word_meet(apart: str, together: str) -> None:
    assert set(stems_of(together)) <= set(stems_of(apart))


def test_words_that_only_look_like_one_do_not() -> None:
    assert "login" not in stems_of("the log of nginx is in /var")
    assert "timeout" not in stems_of("out of time")


def test_spans_are_those_of_the_words() -> None:
    text = "Größe: the Certificates_2"
    assert [text[start:end] for _, start, end in spans_of(text)] == ["Größe", "Certificates"]


def test_filler_alone_is_still_a_question() -> None:
    assert question_stems("please help me") == ("pleas", "help", "me")
