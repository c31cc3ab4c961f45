"""Words reach every engine as the same stems."""

from __future__ import annotations

from kb.articles import KnowledgeBase
from kb.search.schema import ANALYZER
from kb.search.words import stems_of


def test_stems_are_those_of_the_analyzer(base: KnowledgeBase) -> None:
    for text in [*(article.body for article in base.published[:40]), "İstanbul Ünïcode a an_b.c"]:
        assert stems_of(text) == [token.text for token in ANALYZER(text)]
