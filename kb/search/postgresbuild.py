"""Building a generation in PostgreSQL: its tables, in one transaction, by one machine."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from psycopg import sql
from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    any_,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
    true,
)
from sqlalchemy import Engine as Database
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR, array

from kb.article import Article
from kb.articles import KnowledgeBase
from kb.search.engine import Progress
from kb.search.generation import document
from kb.search.schema import BOOSTS, VERSION
from kb.search.stems import stems_of

# Any constant will do, as long as every process of this project takes the same one.
_LOCK: Final = 7_401_217_4
KEPT: Final = 2
# Machines that are still to be restarted read an older generation for so long.
GRACE: Final = timedelta(days=1)
FIELDS: Final = tuple(BOOSTS)
# A vector has four labels for five fields; those that share one have the same boost.
LABELS: Final = {"title": "A", "symptoms": "A", "identifiers": "B", "headings": "C", "body": "D"}
_SHOWN: Final = 12  # positions of one stem; more of them change no rank
_LAST: Final = 16_383  # the highest position of a vector
_VOCABULARY: Final = re.compile(r"[A-Za-z]{3,}")

_METADATA: Final = MetaData()
PUBLISHED: Final = Table(
    "errordesk_search",
    _METADATA,
    Column("revision", Text, primary_key=True),
    Column("published", DateTime(timezone=True), nullable=False),
)


@dataclass(frozen=True, slots=True)
class Generation:
    """The tables of one revision: articles with their vectors, how many articles have a stem, and
    the words as they are written."""

    revision: str
    articles: Table
    stems: Table
    words: Table

    @classmethod
    def of(cls, base: KnowledgeBase) -> Generation:
        """The generation of ``base``, named by the form of the index and the state of the content,
        whether its tables exist or not."""
        return cls.named(f"{VERSION}_{base.revision}")

    @classmethod
    def named(cls, revision: str) -> Generation:
        """The generation with this name."""
        name = f"errordesk_search_{revision}"
        metadata = MetaData()
        articles = Table(
            name,
            metadata,
            Column("id", Integer, primary_key=True, autoincrement=False),
            Column("digest", Text, nullable=False),
            Column("lengths", ARRAY(Integer), nullable=False),  # in stems, by field
            Column("counts", JSONB, nullable=False),  # stem to its count in each field
            Column("stems", TSVECTOR, nullable=False),  # what is matched
        )
        return cls(
            revision,
            articles,
            Table(
                f"{name}_stems",
                metadata,
                Column("stem", Text, primary_key=True),
                Column("articles", Integer, nullable=False),
                Column("by_field", ARRAY(Integer), nullable=False),
            ),
            Table(
                f"{name}_words",
                metadata,
                Column("word", Text, primary_key=True),
                Column("articles", Integer, nullable=False),
            ),
        )

    @property
    def tables(self) -> tuple[Table, ...]:
        """All of them."""
        return (self.articles, self.stems, self.words)


def build(database: Database, base: KnowledgeBase, progress: Progress | None) -> None:
    """Make the generation of ``base`` if it is missing.

    Raises what SQLAlchemy raises.
    """
    generation = Generation.of(base)
    with database.begin() as connection:
        if not _whole(connection, generation):
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
            if not _whole(connection, generation):  # unless another machine has built it meanwhile
                _build(connection, base, generation, progress)
    with database.begin() as connection:
        _prune(connection, generation.revision)


def _whole(connection: Connection, generation: Generation) -> bool:
    there = set(inspect(connection).get_table_names())
    return all(table.name in there for table in generation.tables)


def _build(
    connection: Connection,
    base: KnowledgeBase,
    generation: Generation,
    progress: Progress | None,
) -> None:
    PUBLISHED.create(connection, checkfirst=True)
    generation.articles.metadata.drop_all(connection)  # what is left of a damaged one
    former = _newest(connection, generation.revision)
    generation.articles.metadata.create_all(connection)
    wanted = {article.id: article for article in base.published}
    kept: list[int] = []
    if former is not None:
        rows = connection.execute(select(former.articles.c.id, former.articles.c.digest))
        kept = [
            key for key, digest in rows if key in wanted and base.digest_of(wanted[key]) == digest
        ]
        connection.execute(
            insert(generation.articles).from_select(
                [column.name for column in generation.articles.columns],
                select(former.articles).where(former.articles.c.id == any_(kept)),  # type: ignore[arg-type]
            )
        )
    changed = [article for key, article in wanted.items() if key not in frozenset(kept)]
    _copy(
        connection,
        generation.articles,
        (
            _row(base, article, number, len(changed), progress)
            for number, article in enumerate(changed, 1)
        ),
    )
    Index(
        f"{generation.articles.name}_gin", generation.articles.c.stems, postgresql_using="gin"
    ).create(connection)
    each = func.jsonb_each(generation.articles.c.counts).table_valued(
        Column("key", Text), Column("value", JSONB)
    )
    spread = [
        func.count().filter(each.c.value[place].astext != "0") for place in range(len(FIELDS))
    ]
    connection.execute(
        insert(generation.stems).from_select(
            [column.name for column in generation.stems.columns],
            select(each.c.key, func.count(), array(spread))
            .select_from(generation.articles.join(each, true()))
            .group_by(each.c.key),
        )
    )
    _copy(connection, generation.words, _vocabulary(base).items())
    connection.execute(delete(PUBLISHED).where(PUBLISHED.c.revision == generation.revision))
    connection.execute(
        insert(PUBLISHED).values(revision=generation.revision, published=datetime.now(UTC))
    )
    for table in generation.tables:
        connection.execute(text(f"ANALYZE {table.name}"))


def _copy(connection: Connection, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
    """Load rows with COPY, several times as fast as INSERT."""
    columns = [sql.Identifier(column.name) for column in table.columns]
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(columns)
    )
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(command) as copy:
        for row in rows:
            copy.write_row(row)


def _row(
    base: KnowledgeBase, article: Article, number: int, count: int, progress: Progress | None
) -> tuple[int, str, list[int], str, str]:
    fields = document(base, article)
    stems = [stems_of(fields[field]) for field in FIELDS]
    if progress:
        progress(number, count)
    lengths = [len(words) for words in stems]
    return article.id, fields["digest"], lengths, json.dumps(_counts(stems)), _vector(stems)


def _counts(stems: Sequence[Sequence[str]]) -> dict[str, list[int]]:
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * len(FIELDS))
    for place, words in enumerate(stems):
        for stem in words:
            counts[stem][place] += 1
    return counts


def _vector(stems: Sequence[Sequence[str]]) -> str:
    """The text form of a vector: each stem with its positions, labelled by field."""
    places: dict[str, list[str]] = defaultdict(list)
    position = 0
    for field, words in zip(FIELDS, stems, strict=True):
        for stem in words:
            position = min(position + 1, _LAST)
            if len(places[stem]) < _SHOWN:
                places[stem].append(f"{position}{LABELS[field]}")
    return " ".join(f"{quoted(stem)}:{','.join(found)}" for stem, found in places.items())


def quoted(stem: str) -> str:
    """A stem as PostgreSQL reads it in vectors and queries, whatever characters it has."""
    doubled = stem.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"


def _vocabulary(base: KnowledgeBase) -> Counter[str]:
    found: Counter[str] = Counter()
    for article in base.published:
        written = document(base, article)["words"]
        found.update({word.lower() for word in _VOCABULARY.findall(written)})
    return found


def _newest(connection: Connection, but: str) -> Generation | None:
    ordered = select(PUBLISHED.c.revision).order_by(PUBLISHED.c.published.desc())
    for (revision,) in connection.execute(ordered):
        generation = Generation.named(revision)
        if (
            revision != but
            and revision.startswith(f"{VERSION}_")
            and _whole(connection, generation)
        ):
            return generation
    return None


def _prune(connection: Connection, current: str) -> None:
    """Drop the generations that nobody can need any more."""
    ordered = (
        select(PUBLISHED)
        .where(PUBLISHED.c.revision != current)
        .order_by(PUBLISHED.c.published.desc())
    )
    for revision, published in connection.execute(ordered).all()[KEPT - 1 :]:
        if datetime.now(UTC) - published > GRACE:
            Generation.named(revision).articles.metadata.drop_all(connection)
            connection.execute(delete(PUBLISHED).where(PUBLISHED.c.revision == revision))
