"""The typeahead finds what a walk through all phrases finds."""

from __future__ import annotations

import re

import pytest

from kb.articles import KnowledgeBase
from kb.search.typeahead import Typeahead


def _walked(base: KnowledgeBase, typed: str) -> list[int]:
    typed = typed.lower().strip().lstrip("#")
    ranked: dict[int, int] = {}
    for article in base.published:
        for item in base.in_all_languages(article):
            for phrase in (item.title, *article.identifiers, *item.symptoms):
                lowered = phrase.lower()
                words = [rf"(?<!\w){re.escape(word)}" for word in typed.split()]
                if str(article.id).startswith(typed) or lowered.startswith(typed):
                    ranked[article.id] = 0
                elif all(re.search(word, lowered) for word in words):
                    ranked.setdefault(article.id, 1)
    return sorted(ranked, key=lambda key: (ranked[key], key))[:8]


@pytest.fixture(scope="module")
def typeahead(base: KnowledgeBase) -> Typeahead:
    return Typeahead(base)


@pytest.mark.parametrize(
    "typed",
    [
        "217",
        "#2173",
        "h",
        "http 4",
        "Err_Cert",
        "login page",
        "zert",
        "error: 4",
        "(",
        "(7)",
        "zyx",
    ],
)
def test_it_finds_what_a_walk_finds(typeahead: Typeahead, base: KnowledgeBase, typed: str) -> None:
    assert [found.id for found in typeahead.suggest(typed)] == _walked(base, typed)


def test_nothing_typed_suggests_nothing(typeahead: Typeahead) -> None:
    assert typeahead.suggest(" # ") == ()
