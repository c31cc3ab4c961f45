"""The index finds, suggests and corrects, and survives being half built or damaged."""

from __future__ import annotations

import shutil
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


def test_a_second_start_reuses_the_index(base: KnowledgeBase, tmp_path: Path) -> None:
    written: list[int] = []
    open_index(base, tmp_path, lambda done, _total: written.append(done))
    first = len(written)
    open_index(base, tmp_path, lambda done, _total: written.append(done))
    assert first == len(base.published)
    assert len(written) == first


def test_only_changed_articles_are_written_again(content: Path, tmp_path: Path) -> None:
    folder = tmp_path / "content"
    shutil.copytree(content, folder)
    data = tmp_path / "data"
    open_index(KnowledgeBase.load(folder), data)
    article = next((folder / "articles").glob("2173-*.md"))
    article.write_text(
        article.read_text().replace("## What it means", "## What it means\n\nXylophone.", 1)
    )
    changed = KnowledgeBase.load(folder)
    written: list[int] = []
    index = open_index(changed, data, lambda done, _total: written.append(done))
    assert written == [1]
    assert Searcher(changed, index).search("xylophone").hits[0].id == 2173


# Whoosh leaves the damaged file to the garbage collector when it cannot read it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_damaged_index_is_built_again(base: KnowledgeBase, tmp_path: Path) -> None:
    open_index(base, tmp_path)
    (generation,) = tmp_path.glob("index-*")
    for file in generation.iterdir():
        file.write_bytes(b"damaged")
    assert Searcher(base, open_index(base, tmp_path)).search("password").hits


def test_what_a_kill_left_behind_is_no_index(base: KnowledgeBase, tmp_path: Path) -> None:
    (tmp_path / "building-killed").mkdir(parents=True)
    (tmp_path / "building-killed" / "_MAIN_1.toc").write_bytes(b"half")
    assert Searcher(base, open_index(base, tmp_path)).search("password").hits
