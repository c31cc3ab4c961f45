"""The search finds, suggests and corrects."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.articles import KnowledgeBase
from kb.search import Searcher, open_index


@pytest.fixture(scope="module")
def searcher(base: KnowledgeBase, index_folder: Path) -> Searcher:
    return Searcher(base, open_index(base, index_folder))


def test_people_s_words_find_the_article_with_its_passage(searcher: Searcher) -> None:
    result = searcher.search("my script is told that it is not authorised")
    assert result.hits[0].id == 2173
    hit = result.hits[0]
    assert hit.marks
    assert all(hit.passage[start:end].strip() for start, end in hit.marks)


def test_words_that_nobody_wrote_find_nothing(searcher: Searcher) -> None:
    assert searcher.search("zyxwv").hits == ()


def test_a_misspelled_word_is_corrected(searcher: Searcher) -> None:
    assert searcher.search("pasword wrong").did_you_mean == "password wrong"


def test_typing_suggests(searcher: Searcher) -> None:
    assert searcher.suggest("217")[0].id == 2173
    assert searcher.suggest("http 401")[0].id == 2173
    assert searcher.suggest("") == ()


def test_what_a_kill_left_behind_is_no_index(small: KnowledgeBase, tmp_path: Path) -> None:
    (tmp_path / "building-killed").mkdir(parents=True)
    (tmp_path / "building-killed" / "_MAIN_1.toc").write_bytes(b"half")
    assert Searcher(small, open_index(small, tmp_path)).search("password").hits
