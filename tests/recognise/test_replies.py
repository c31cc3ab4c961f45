"""Free text as the answer to the question that was asked, in English and German."""

from __future__ import annotations

import pytest

from kb.articles import KnowledgeBase
from kb.recognise import Lexicon, recognise
from kb.recognise.replies import Unsure, reply

UNSURE = Unsure.UNSURE


def answered(base: KnowledgeBase, fact: str, text: str) -> object:
    question = next(item for item in base.questions if item.fact == f"reader.{fact}")
    labels = [
        (label, value)
        for (name, _), words in base.translations.questions.items()
        if name == question.fact
        for value, label in words.answers.items()
    ]
    found = recognise(text, Lexicon.of(base), base.questions)
    return reply(text, question, labels, plain=not (found.identifiers or found.urls))


@pytest.mark.parametrize(
    ("fact", "text", "value"),
    [
        ("clean_browser_works", "it opens there", True),
        ("clean_browser_works", "yes, on my phone it works", True),
        ("clean_browser_works", "Yes", True),
        ("clean_browser_works", "ja", True),
        ("clean_browser_works", "Dort öffnet sie sich", True),
        ("clean_browser_works", "am Handy geht es", True),
        ("clean_browser_works", "no", False),
        ("clean_browser_works", "Nein, derselbe Fehler", False),
        ("clean_browser_works", "no, it doesn't open there either", False),
        ("clean_browser_works", "yes, the same", False),
        ("clean_browser_works", "it does not work", False),
        ("clean_browser_works", "geht dort leider auch nicht", False),
        ("clean_browser_works", "öffnet sich nicht", False),
        ("clean_browser_works", "ohne Fehler", True),
        ("other_network_works", "yes, on my phone it works", True),
        ("other_network_works", "mit mobilen Daten geht es", True),
        ("other_network_works", "still the error", False),
        ("automated", "a script", True),
        ("automated", "no, it is my browser", False),
        ("automated", "Firefox", False),
        ("automated", "ein Skript", True),
        ("account", "it is new", "new"),
        ("account", "Ein neues", "new"),
        ("account", "it worked until yesterday", "maybe_suspended"),
        ("account", "I have none", "none"),
        ("others_affected", "only me", False),
        ("others_affected", "nur bei mir", False),
        ("others_affected", "alle sehen das", True),
        ("happens_always", "not every time", False),
        ("happens_always", "manchmal", False),
        ("clock_right", "no, it is one hour behind", False),
        ("clock_right", "die Uhr geht falsch", False),
        ("clock_right", "stimmt", True),
        ("credentials_sent", "without a password", False),
        ("role", "I run the site", "owner"),
        ("role", "Ich besuche die Website", "visitor"),
        ("vpn", "no VPN", False),
        ("cookies_allowed", "I block them", False),
        ("large_upload", "about 20 MB", True),
    ],
)
def test_a_reply_answers_the_question_that_was_asked(
    base: KnowledgeBase, fact: str, text: str, value: object
) -> None:
    assert answered(base, fact, text) == value


@pytest.mark.parametrize(
    "text",
    [
        "I don't know",
        "no idea",
        "not sure",
        "keine Ahnung",
        "Weiß ich leider nicht",
        "I can't test that right now",
        "Das kann ich gerade nicht prüfen",
        "?",
    ],
)
def test_not_knowing_is_understood(base: KnowledgeBase, text: str) -> None:
    assert answered(base, "clean_browser_works", text) is UNSURE


def test_what_follows_a_but_counts(base: KnowledgeBase) -> None:
    assert answered(base, "clean_browser_works", "not sure, but it opens on my phone") is True


@pytest.mark.parametrize(
    "text",
    [
        "No 'Access-Control-Allow-Origin' header is present on the requested resource.",
        "No such host is known",
        "no route to host",
        "Failed to load resource: the server responded with a status of 403",
        "https://example.com/works",
        "it is a WordPress shop",
        "What do you mean by that?",
    ],
)
def test_what_is_no_answer_is_not_taken_for_one(base: KnowledgeBase, text: str) -> None:
    assert answered(base, "clean_browser_works", text) is None


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("502, but it opens in my browser", {"reader.opens_in_browser": True}),
        ("502 and it doesn't open in my browser", {"reader.opens_in_browser": False}),
        ("403 although I am not using a VPN", {"reader.vpn": False}),
        ("503, not every time", {"reader.happens_always": False}),
        ("404 in der Firma, am Handy geht es", {"reader.clean_browser_works": True}),
    ],
)
def test_a_negation_turns_what_a_question_says(
    base: KnowledgeBase, text: str, known: dict[str, object]
) -> None:
    found = recognise(text, Lexicon.of(base), base.questions).reader
    assert {name: found.get(name) for name in known} == known
