"""One suite that every search engine passes, Whoosh, tantivy and a real PostgreSQL."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from kb.articles import KnowledgeBase
from kb.search import Engine, Searcher, open_index
from kb.search.engine import CANDIDATES, Boosts, Progress
from kb.search.schema import BOOSTS
from kb.search.stems import stems_of
from tests.search.conftest import tables

FIELDS = tuple(BOOSTS.items())


class Side:
    """One engine with its storage."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.written: list[int] = []
        self._opened: list[Engine] = []

    def open(self, base: KnowledgeBase) -> Engine:
        """The engine for ``base``; ``written`` tells how many articles it wrote."""
        self.written.clear()
        progress: Progress = lambda done, _all: self.written.append(done)  # noqa: E731
        engine = open_index(base, self.folder, progress, self.url)
        self._opened.append(engine)
        return engine

    def close(self) -> None:
        for engine in self._opened:
            engine.close()

    def damage(self) -> None:
        """Make what is stored unreadable, behind the engine's back."""
        if self.url.startswith("postgresql"):
            with psycopg.connect(self.url) as connection:
                for table in tables(connection):
                    if not table.endswith(("_stems", "_words")):
                        connection.execute(f'DROP TABLE "{table}"')
            return
        for file in self.folder.rglob("*"):
            if file.is_file():
                file.write_bytes(b"damaged")


@pytest.fixture(params=["whoosh", "tantivy", "postgresql"])
def side(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Side]:
    url = f"{request.param}:"
    if request.param == "postgresql":
        url = request.getfixturevalue("empty_url")
    side = Side(url, tmp_path / "data")
    yield side
    side.close()


def _change(folder: Path) -> KnowledgeBase:
    article = folder / "articles" / "2173-http-401-unauthorized.md"
    article.write_text(
        article.read_text().replace(
            "## What it means", "## What it means\n\nXylophone. ошибка ½ ﷺ", 1
        )
    )
    return KnowledgeBase.load(folder)


def _scores(engine: Engine, weights: dict[str, float], boosts: Boosts = FIELDS) -> dict[int, float]:
    found = engine.scores(weights, boosts)
    return dict(zip(found.ids.tolist(), found.values.tolist(), strict=True))


def _best(scores: dict[int, float]) -> int:
    return max(scores, key=lambda key: scores[key])


def test_the_rare_word_in_the_title_wins(side: Side, small: KnowledgeBase) -> None:
    engine = side.open(small)
    scores = _scores(engine, {"401": 1.0, "unauthor": 1.0, "page": 0.2})
    assert _best(scores) == 2173
    assert all(score > 0 for score in scores.values())
    assert _scores(engine, {"zyxwv": 1.0}) == {}


def test_weights_and_boosts_count(side: Side, small: KnowledgeBase) -> None:
    engine = side.open(small)
    both = {"401": 1.0, "certif": 0.01}, {"401": 0.01, "certif": 1.0}
    tops = {_best(_scores(engine, weights)) for weights in both}
    assert len(tops) == 2
    titled = _scores(engine, {"401": 1.0}, (("title", 1.0),))
    written = _scores(engine, {"401": 1.0}, (("body", 1.0),))
    assert set(titled) < set(written)


def test_a_common_word_gives_as_many_as_promised(side: Side, small: KnowledgeBase) -> None:
    engine = side.open(small)
    assert len(_scores(engine, {"mean": 1.0})) >= min(CANDIDATES, len(small.published))


def test_words_are_known_as_they_are_written(side: Side, small: KnowledgeBase) -> None:
    words = side.open(small).words()
    assert words["password"] > words["unauthorized"] > 0
    assert "pasword" not in words


def test_threads_that_ask_at_once_get_the_same_as_one_alone(
    side: Side, small: KnowledgeBase
) -> None:
    alone = side.open(small)
    stems = [stem for word in sorted(alone.words()) for stem in stems_of(word)][::16]
    expected = {stem: _scores(alone, {stem: 1.0}) for stem in stems}
    engine = side.open(small)

    def differing(seed: int) -> list[str]:
        shuffled = random.Random(seed).sample(stems, len(stems))
        return [s for s in shuffled if _scores(engine, {s: 1.0}) != expected[s]]

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(differing, range(8))) == [[]] * 8
    finally:
        sys.setswitchinterval(interval)


def test_the_search_is_the_same_for_every_engine(side: Side, small: KnowledgeBase) -> None:
    searcher = Searcher(small, side.open(small))
    result = searcher.search("my script is told that it is not authorised")
    assert result.hits[0].id == 2173
    assert result.hits[0].marks
    assert searcher.search("pasword wrong").did_you_mean == "password wrong"
    assert searcher.search("zyxwv").hits == ()


def test_a_second_start_writes_nothing(side: Side, copied: Path) -> None:
    base = KnowledgeBase.load(copied)
    side.open(base)
    assert len(side.written) == len(base.published)
    side.open(base)
    assert side.written == []


def test_only_what_changed_is_written_and_the_old_state_still_reads(
    side: Side, copied: Path
) -> None:
    old = side.open(KnowledgeBase.load(copied))
    changed = _change(copied)
    new = side.open(changed)
    assert side.written == [1]
    added = dict.fromkeys(stems_of("xylophone"), 1.0)
    assert list(_scores(new, added)) == [2173]
    assert list(_scores(new, dict.fromkeys(stems_of("ошибка ½ ﷺ'\\"), 1.0))) == [2173]
    assert _scores(old, added) == {}
    assert "xylophone" in new.words()


def test_what_is_deleted_is_not_found(side: Side, copied: Path) -> None:
    whole = KnowledgeBase.load(copied)
    side.open(whole)
    first = whole.published[0]
    (copied / first.path).unlink()
    engine = side.open(KnowledgeBase.load(copied))
    assert side.written == []
    assert first.id not in _scores(engine, {"server": 1.0, "http": 1.0, "error": 1.0})


# Whoosh leaves the damaged file to the garbage collector when it cannot read it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_is_damaged_is_built_again(side: Side, copied: Path) -> None:
    base = KnowledgeBase.load(copied)
    side.open(base).close()
    side.damage()
    engine = side.open(base)
    assert len(side.written) == len(base.published)
    assert _scores(engine, {"server": 1.0})
