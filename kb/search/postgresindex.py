"""The engine for many machines with one base: PostgreSQL's full-text search (extra
``errordesk[postgresql]``).

A generation is a table named by the content's revision, made in one transaction by whoever holds an
advisory lock: a table with that name is whole by construction, as a folder is for the engines in
files. Machines with older content go on reading their own table.

PostgreSQL finds and ranks coarsely. Its rank does not know how rare a word is in all articles, so
the best of them come with their counts of words, and BM25F is computed here.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import threading
import time
import weakref
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Float,
    Select,
    Text,
    any_,
    bindparam,
    cast,
    create_engine,
    func,
    literal,
    select,
)
from sqlalchemy import Engine as Database
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, REAL, TSQUERY, TSVECTOR
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from kb.articles import KnowledgeBase
from kb.databases import database_url
from kb.errors import IndexUnavailable
from kb.search.engine import CANDIDATES, Boosts, Progress, Scores
from kb.search.postgresbuild import FIELDS, LABELS, Generation, build, quoted

_LOG = logging.getLogger(__name__)
# Stems are matched from the rarest on until they stand in this many articles together; the others
# only count in what was found. It bounds the work of a question in a large base.
MATCHED: Final = 4_000
RETRY_S: Final = 5.0  # a database that did not answer is left alone for so long
_LEVEL: Final = 1.5  # stems that differ in worth by less than this factor are ranked together
_K: Final = 1.2  # the constants of BM25, as the other engines have them
_B: Final = 0.75


def open_database(
    base: KnowledgeBase, url: str, progress: Progress | None = None
) -> PostgresEngine:
    """The index of this content in the database at ``url``, built first where it is missing.

    One machine builds while the others wait for it. Where the database is away, the engine says so
    at each question until it is back; a thread builds then. Raises IndexUnavailable for what
    waiting does not help.
    """
    try:
        parsed = database_url(url)
        building = create_engine(parsed, poolclass=NullPool, connect_args={"connect_timeout": 5})
        asking = create_engine(
            parsed,
            isolation_level="AUTOCOMMIT",  # nothing is written, and two round trips are saved
            pool_pre_ping=True,
            pool_size=5,
            max_overflow=10,
            pool_timeout=2,
            connect_args={"connect_timeout": 2, "options": "-c statement_timeout=5000 -c jit=off"},
        )
    except (ArgumentError, ImportError, ValueError) as error:
        raise IndexUnavailable(f"ERRORDESK_SEARCH_URL cannot be used: {error}.") from None
    _own_after_fork(asking)
    engine = PostgresEngine(asking, Generation.of(base))
    try:
        build(building, base, progress)
    except OperationalError as error:
        _LOG.warning("The search index in PostgreSQL is to be opened later: %s", _said(error))
        threading.Thread(
            target=engine.build_later, args=(building, base), name="index", daemon=True
        ).start()
    except SQLAlchemyError as error:
        raise IndexUnavailable(
            f"The search index in PostgreSQL cannot be built: {_said(error)}."
        ) from None
    return engine


def _own_after_fork(database: Database) -> None:
    """Processes that are forked open connections of their own: two on one would mix answers up."""
    held = weakref.ref(database)

    def forget() -> None:
        found = held()
        if found is not None:
            found.dispose(close=False)

    os.register_at_fork(after_in_child=forget)


class PostgresEngine:
    """One generation in a database. See :class:`kb.search.engine.Engine`."""

    def __init__(self, database: Database, generation: Generation) -> None:
        self._database = database
        self._generation = generation
        self._statement = _statement(generation)
        self._average: tuple[float, ...] = ()
        self._count = 0
        self._away_until = 0.0
        self._closed = threading.Event()

    def scores(self, weights: Mapping[str, float], boosts: Boosts) -> Scores:
        """BM25F of the best articles."""
        with self._asking() as connection:
            if not self._average:
                self._measure(connection)
            spread = self._spread(connection, weights)
            if not spread:
                return Scores.of({})
            levels = _levels(
                {stem: weights[stem] * self._rarity(n) for stem, (n, _) in spread.items()}
            )
            found = connection.execute(
                self._statement,
                {
                    "matched": _any(_rarest({stem: n for stem, (n, _) in spread.items()})),
                    "labels": _labels(boosts),
                    "values": [value * len(stems) for value, stems in levels],
                    "queries": [_any(stems) for _, stems in levels],
                    "stems": list(spread),
                },
            ).all()
        places = [(FIELDS.index(field), boost) for field, boost in boosts]
        worth = {
            (stem, place): weights[stem] * boost * self._rarity(by_field[place])
            for stem, (_, by_field) in spread.items()
            for place, boost in places
        }
        scores: dict[int, float] = {}
        for key, lengths, counts in found:
            score = 0.0
            for stem, by_field in counts.items():
                for place, _ in places:
                    if count := by_field[place]:
                        norm = 1 - _B + _B * lengths[place] / (self._average[place] or 1)
                        score += worth[stem, place] * count * (_K + 1) / (count + _K * norm)
            if score:
                scores[key] = score
        return Scores.of(scores)

    def words(self) -> Mapping[str, int]:
        """The words with the number of articles that each stands in."""
        with self._asking() as connection:
            return {row[0]: row[1] for row in connection.execute(select(self._generation.words))}

    def close(self) -> None:
        """Let go of the connections."""
        self._closed.set()
        self._database.dispose()

    def build_later(self, database: Database, base: KnowledgeBase) -> None:
        """Try to build every few seconds until the database takes it or the engine is closed."""
        while not self._closed.wait(RETRY_S):
            try:
                build(database, base, None)
            except SQLAlchemyError:
                continue
            _LOG.warning("The search index in PostgreSQL is open now.")
            return

    def _measure(self, connection: Connection) -> None:
        lengths = self._generation.articles.c.lengths
        averages: list[Any] = [
            func.coalesce(func.avg(lengths[place + 1]), 0) for place in range(len(FIELDS))
        ]
        row = tuple(connection.execute(select(func.count(), *averages)).one())
        self._count = int(row[0])
        self._average = tuple(map(float, row[1:]))

    def _rarity(self, n: int) -> float:
        return math.log(1 + (self._count - n + 0.5) / (n + 0.5))

    def _spread(
        self, connection: Connection, stems: Iterable[str]
    ) -> dict[str, tuple[int, list[int]]]:
        """In how many articles each of the stems stands, at all and by field."""
        table = self._generation.stems
        chosen = select(table).where(table.c.stem == any_(bindparam("stems", type_=ARRAY(Text))))
        return {
            stem: (n, by_field)
            for stem, n, by_field in connection.execute(chosen, {"stems": list(stems)})
        }

    @contextlib.contextmanager
    def _asking(self) -> Iterator[Connection]:
        """A connection. Raises IndexUnavailable, at once where the database was away just now."""
        if time.monotonic() < self._away_until:
            raise IndexUnavailable("The search index in PostgreSQL is not to be had right now.")
        try:
            with self._database.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            self._away_until = time.monotonic() + RETRY_S
            _LOG.warning("the search index in PostgreSQL does not answer: %s", _said(error))
            raise IndexUnavailable(
                "The search index in PostgreSQL is not to be had right now."
            ) from None


def _said(error: SQLAlchemyError) -> str:
    """The first line of what the driver said: neither the statement nor the words asked for."""
    said = str(getattr(error, "orig", None) or type(error).__name__)
    return said.strip().splitlines()[0].rstrip(".")


def _statement(generation: Generation) -> Select[Any]:
    """The best articles with the length of each field and the counts of the asked stems."""
    articles = generation.articles
    empty = literal({}, JSONB)
    # What is added to a vector makes PostgreSQL unpack a long one once, not once a rank.
    found = (
        select(articles.c.id, articles.c.stems.op("||")(cast("", TSVECTOR)).label("stems"))
        .where(articles.c.stems.op("@@")(cast(bindparam("matched", type_=Text), TSQUERY)))
        .offset(0)
        .subquery("found")
    )
    groups = (
        func.unnest(
            bindparam("values", type_=ARRAY(Float)),
            cast(bindparam("queries", type_=ARRAY(Text)), ARRAY(TSQUERY)),
        )
        .table_valued("value", "query", name="level")
        .render_derived()
    )
    labels = cast(bindparam("labels", type_=ARRAY(Float)), ARRAY(REAL))
    rank = select(
        func.sum(groups.c.value * func.ts_rank(labels, found.c.stems, groups.c.query))
    ).scalar_subquery()
    best = select(found.c.id).order_by(rank.desc()).limit(CANDIDATES).subquery("best")
    stem = func.unnest(bindparam("stems", type_=ARRAY(Text))).column_valued("stem")
    counted = (
        select(
            articles.c.id,
            articles.c.lengths,
            articles.c.counts.op("||")(empty).label("counts"),
        )
        .join(best, best.c.id == articles.c.id)
        .offset(0)
        .subquery("counted")
    )
    counts = (
        select(func.jsonb_object_agg(stem, counted.c.counts[stem]))
        .where(counted.c.counts.has_key(stem))
        .scalar_subquery()
    )
    return select(counted.c.id, counted.c.lengths, func.coalesce(counts, empty))


def _any(stems: Iterable[str]) -> str:
    return " | ".join(map(quoted, stems))


def _rarest(spread: Mapping[str, int]) -> list[str]:
    """The stems to match: the rarest, then others while all stand in few articles together."""
    chosen: list[str] = []
    matched = 0
    for stem in sorted(spread, key=lambda stem: (spread[stem], stem)):
        matched += spread[stem]
        if chosen and matched > MATCHED:
            break
        chosen.append(stem)
    return chosen


def _levels(worth: Mapping[str, float]) -> list[tuple[float, list[str]]]:
    """The stems in groups of nearly the same worth, with it, so that there are few ranks."""
    groups: dict[int, list[str]] = defaultdict(list)
    for stem, value in worth.items():
        groups[round(math.log(value, _LEVEL))].append(stem)
    return [(_LEVEL**level, stems) for level, stems in groups.items()]


def _labels(boosts: Boosts) -> list[float]:
    """The boosts as the weights of the labels D, C, B and A, 1 at most."""
    by_label = dict.fromkeys("DCBA", 0.0)
    for field, boost in boosts:
        by_label[LABELS[field]] = max(boost, by_label[LABELS[field]])
    most = max(by_label.values())
    return [boost / most for boost in by_label.values()]
