"""A small base that a test may change, and a database that can be made to refuse."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kb.articles import KnowledgeBase


@pytest.fixture
def copied(content: Path, tmp_path: Path) -> Path:
    """The folder of a base of some of the shipped articles."""
    folder = tmp_path / "content"
    (folder / "articles").mkdir(parents=True)
    for file in sorted((content / "articles").glob("21[78][0-9]-*.md")):
        shutil.copy(file, folder / "articles")
    for name in ("categories.yaml", "questions.yaml"):
        shutil.copy(content / name, folder)
    return folder


@pytest.fixture
def small(copied: Path) -> KnowledgeBase:
    """The base in that folder."""
    return KnowledgeBase.load(copied)


@pytest.fixture
def empty_url(postgres_url: str) -> str:
    """A PostgreSQL database without any index."""
    with psycopg.connect(postgres_url) as connection:
        for table in tables(connection):
            connection.execute(f'DROP TABLE "{table}"')
    return postgres_url


def tables(connection: psycopg.Connection) -> list[str]:
    """The tables of all generations in a database."""
    rows = connection.execute(
        "SELECT tablename FROM pg_tables WHERE tablename LIKE 'errordesk_search%'"
    )
    return [name for (name,) in rows.fetchall()]


@contextlib.contextmanager
def refused(url: str) -> Iterator[None]:
    """The server ends the connections to the database at ``url`` and takes no new ones."""
    server, _, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        try:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            yield
        finally:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
