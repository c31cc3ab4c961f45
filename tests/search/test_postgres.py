"""What is special where several machines share one index in PostgreSQL."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import psycopg
import pytest

from kb.articles import KnowledgeBase
from kb.desk import Desk, Query
from kb.errors import IndexUnavailable
from kb.search import Searcher, open_index
from kb.search.schema import BOOSTS
from kb.settings import Settings
from tests.search.conftest import refused, tables

FIELDS = tuple(BOOSTS.items())
QUESTION = "my script is told that it is not authorised"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries come soon."""
    monkeypatch.setattr("kb.search.postgresindex.RETRY_S", 0.1)


def test_one_of_several_machines_builds_and_all_find(
    tmp_path: Path, small: KnowledgeBase, empty_url: str
) -> None:
    written: list[int] = []
    found: list[int] = []

    def start() -> None:
        engine = open_index(small, tmp_path, lambda done, _all: written.append(done), empty_url)
        found.append(len(engine.scores({"401": 1.0}, FIELDS).ids))
        engine.close()

    machines = [threading.Thread(target=start) for _ in range(4)]
    for machine in machines:
        machine.start()
    for machine in machines:
        machine.join()
    assert sorted(written) == list(range(1, len(small.published) + 1))
    assert len(found) == 4
    assert len(set(found)) == 1


def test_a_database_without_an_encoding_is_searched(
    tmp_path: Path, small: KnowledgeBase, ascii_url: str
) -> None:
    searcher = Searcher(small, engine := open_index(small, tmp_path, url=ascii_url))
    assert searcher.search("my script is not authorised").hits[0].id == 2173
    assert searcher.lapses == 0
    assert engine.words()["password"]
    engine.close()


def test_a_build_that_ends_early_leaves_nothing(
    tmp_path: Path, small: KnowledgeBase, empty_url: str
) -> None:
    def killed(done: int, _all: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        open_index(small, tmp_path, killed, empty_url)
    with psycopg.connect(empty_url) as connection:
        assert tables(connection) == []
    engine = open_index(small, tmp_path, url=empty_url)
    assert len(engine.scores({"401": 1.0}, FIELDS).ids)
    engine.close()


def test_searching_goes_on_while_the_database_is_away(
    tmp_path: Path, small: KnowledgeBase, empty_url: str
) -> None:
    searcher = Searcher(small, engine := open_index(small, tmp_path, url=empty_url))
    whole = searcher.search(QUESTION)
    with refused(empty_url):
        without = searcher.search(QUESTION)
        assert searcher.lapses == 1
        assert without.hits[0].id == whole.hits[0].id == 2173  # the symptoms are in memory
    assert _becomes_whole(searcher)
    engine.close()


def test_a_start_without_the_database_is_a_start(
    tmp_path: Path, small: KnowledgeBase, empty_url: str
) -> None:
    with refused(empty_url):
        engine = open_index(small, tmp_path, url=empty_url)
        searcher = Searcher(small, engine)
        with pytest.raises(IndexUnavailable):
            engine.words()
        assert searcher.search(QUESTION).hits[0].id == 2173
        assert searcher.lapses == 1
    assert _becomes_whole(searcher)
    engine.close()


def _becomes_whole(searcher: Searcher) -> bool:
    """Whether a search has the engine's part again within some seconds."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        lapses = searcher.lapses
        searcher.search("password wrong")
        if searcher.lapses == lapses:
            return True
        time.sleep(0.05)
    return False


def test_an_answer_without_the_engine_is_not_kept(
    copied: Path, tmp_path: Path, empty_url: str
) -> None:
    question = Query("why does the picture not load", probe=False)
    settings = Settings(content=(copied,), data=tmp_path, search_url=empty_url)
    with refused(empty_url):
        desk = Desk.open(settings)
        assert desk.ask(question) is not desk.ask(question)
        desk.close()
    desk = Desk.open(settings)
    assert desk.ask(question) is desk.ask(question)
    desk.close()


def test_a_url_that_cannot_be_one_is_said(tmp_path: Path, small: KnowledgeBase) -> None:
    with pytest.raises(IndexUnavailable, match="SEARCH_URL"):
        open_index(small, tmp_path, url="postgresql://desk@127.0.0.1:port/d")
