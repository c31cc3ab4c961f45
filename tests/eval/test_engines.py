"""Whoever holds the index, people's questions find the same solutions."""

from __future__ import annotations

from pathlib import Path

from kb.articles import KnowledgeBase
from tests.eval.engines import SAME_FIRST, SAME_THREE, compare
from tests.eval.run import questions


def test_engines_agree(base: KnowledgeBase, index_folder: Path, postgres_url: str) -> None:
    urls = ("whoosh:", "tantivy:", postgres_url)
    for found in compare(base, index_folder, urls, questions()[::3]):
        assert found.first >= SAME_FIRST, found
        assert found.three >= SAME_THREE, found
        assert found.known >= SAME_FIRST, found
