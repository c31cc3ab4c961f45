"""A model's nearness is one part of the score, and what a question of another subject is told."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from kb.articles import KnowledgeBase
from kb.search import Searcher, open_index
from kb.search.arrays import Floats, np
from kb.search.semantic import WordModel
from kb.settings import BadSetting, Settings


class _Near:
    """A model to which one article means what everybody asks."""

    def __init__(self, base: KnowledgeBase, article_id: int) -> None:
        self._near = np.array([float(item.id == article_id) for item in base.published])

    def near(self, text: str) -> Floats:
        return self._near


def test_what_is_near_in_meaning_comes_before_what_shares_words(
    base: KnowledgeBase, index_folder: Path
) -> None:
    text = "the padlock is struck through"
    plain = Searcher(base, open_index(base, index_folder)).search(text)
    last = plain.hits[-1].id
    found = Searcher(base, open_index(base, index_folder), semantic=_Near(base, last)).search(text)
    assert found.hits[0].id == last != plain.hits[0].id


def test_the_model_finds_what_is_said_in_other_words(base: KnowledgeBase) -> None:
    near = WordModel(base).near("the website's security document ran out last night")
    assert len(near) == len(base.published)
    assert base.published[int(near.argmax())].id == 2252  # an expired certificate
    assert near.max() <= 1


def test_a_base_without_articles_has_nothing_near(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    assert WordModel(KnowledgeBase.load((tmp_path,))).near("expired").size == 0


def test_what_nothing_is_like_finds_nothing(base: KnowledgeBase, index_folder: Path) -> None:
    searcher = Searcher(base, open_index(base, index_folder), semantic=WordModel(base))
    assert not searcher.search("xqzv").hits
    assert searcher.search("encryption credentials lapsed").hits


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("the shop is slow", True),
        ("padlock crossed out", True),
        ("Website not loading with www prefix", True),
        ("email bounces", False),
        ("how do I bake a cake", False),
    ],
)
def test_a_short_question_is_known_by_what_is_meant(
    text: str, known: bool, base: KnowledgeBase, index_folder: Path
) -> None:
    searcher = Searcher(base, open_index(base, index_folder), semantic=WordModel(base))
    assert searcher.search(text).answers is known


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("cerificate expird", "certificate expired"),
        ("conection refsed", "connection refused"),
        ("how do I bake a cake", None),
    ],
)
def test_a_better_spelling_is_one_that_says_more(
    text: str, better: str | None, base: KnowledgeBase, index_folder: Path
) -> None:
    assert Searcher(base, open_index(base, index_folder)).search(text).did_you_mean == better


def test_what_shares_a_word_only_is_no_result(base: KnowledgeBase, index_folder: Path) -> None:
    hits = Searcher(base, open_index(base, index_folder)).search("docker pull", limit=40).hits
    assert hits[0].score * 0.4 <= hits[-1].score
    assert len(hits) < 10


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("my printer is offline", False),
        ("the printer's own page says that the certificate has expired", True),
    ],
)
def test_a_word_of_another_subject_makes_an_answer_less_sure(
    text: str, known: bool, base: KnowledgeBase, index_folder: Path
) -> None:
    assert Searcher(base, open_index(base, index_folder)).search(text).answers is known


def test_the_model_is_in_use_where_it_is_installed() -> None:
    assert Settings.from_environment({}).semantic is (find_spec("wordllama") is not None)
    assert not Settings.from_environment({"ERRORDESK_SEMANTIC": "off"}).semantic
    with pytest.raises(BadSetting):
        Settings.from_environment({"ERRORDESK_SEMANTIC": "perhaps"})
