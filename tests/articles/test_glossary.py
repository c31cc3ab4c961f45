"""Questions in another language, read word by word in English."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.articles import KnowledgeBase
from kb.articles.glossary import Glossary, parse_glossary
from kb.desk import Desk, Query
from kb.errors import ContentError
from kb.settings import Settings

SMALL = """
words:
  page: [seite, Seiten]
  slow: [träge]
  "error message": [fehlermeldung]
filler: [der, für]
"""


@pytest.fixture(scope="module")
def desk(index_folder: Path) -> Desk:
    """The desk over the shipped content, without the word model."""
    return Desk.open(Settings(data=index_folder))


def test_known_words_become_english_and_the_rest_stays() -> None:
    glossary = parse_glossary(SMALL)
    assert glossary.translated("Seite TRÄGE, nginx 502") == "page slow, nginx 502"
    assert glossary.translated("fehlermeldung-seite der x").split() == [
        "error", "message", "page", "x",
    ]  # fmt: skip
    assert glossary.translated("Page slow") == "Page slow"


def test_umlauts_may_be_written_as_two_letters() -> None:
    glossary = parse_glossary(SMALL)
    assert glossary.translated("traege") == glossary.translated("träge") == "slow"
    assert glossary.translated("fuer") == ""


def test_a_later_folder_says_it_otherwise() -> None:
    both = parse_glossary(SMALL).merged(Glossary({"seite": "leaf"}))
    assert both.translated("Seite träge") == "leaf slow"


@pytest.mark.parametrize(
    "text",
    [
        "- seite",
        "words: [seite]",
        "words: {page: seite}",
        "words: {page: [eine seite]}",
        "words: {",
    ],
)
def test_a_broken_glossary_says_what_one_is(text: str) -> None:
    with pytest.raises(ContentError) as caught:
        parse_glossary(text, "glossary.de.yaml")
    assert "glossary.de.yaml" in str(caught.value)


def test_no_word_of_the_shipped_glossary_is_an_english_one(base: KnowledgeBase) -> None:
    for article in base.published:
        for text in (article.title, article.summary, *(cause.title for cause in article.causes)):
            assert base.glossary.translated(text) == text


@pytest.mark.parametrize(
    ("question", "solution"),
    [
        ("Seite nur ohne www erreichbar", 2236),
        ("Webseite lädt ewig", 2284),
        ("Webseite laedt ewig", 2284),
        ("Umlaute werden falsch angezeigt", 2299),
        ("Bilder werden auf meiner Seite nicht angezeigt seit https", 2301),
        ("Kunden können im Shop nicht bezahlen, wenn sie einen Werbeblocker haben", 2306),
        ("Im Hotel-WLAN kommt keine Anmeldeseite", 2309),
        ("Der Server startet nicht, Port bereits belegt", 2247),
        ("Seite zeigt nur eine Liste von Ordnern", 2296),
        ("Die Seite geht mal und mal nicht", 2316),
    ],
)
def test_a_german_question_finds_what_nobody_translated(
    desk: Desk, question: str, solution: int
) -> None:
    answer = desk.ask(Query(question, probe=False))
    assert answer.known
    assert answer.solutions[0].id == solution


def test_a_german_question_is_not_spelled_in_english(desk: Desk) -> None:
    answer = desk.ask(Query("Wie koche ich Nudeln ohne Deckel", probe=False))
    assert not answer.known
    assert answer.did_you_mean is None
