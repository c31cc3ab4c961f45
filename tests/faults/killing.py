"""kill -9 at random moments: of indexing, and of storing feedback."""

from __future__ import annotations

import contextlib
import os
import random
import sqlite3
import time
from pathlib import Path

from sqlalchemy import create_engine, text

from kb.articles import KnowledgeBase
from kb.desk import Desk
from kb.search import open_index
from kb.store import Feedback, open_store
from tests.faults.fault import ARTICLE, killed_at, settings_for, small_content
from tests.lab.databases import postgresql

INDEXINGS = 100
SENDINGS = 50


def indexing(folder: Path) -> str:
    """Each time the article is new, the build is killed, and a reader looks."""
    file = small_content(folder) / "articles" / f"{ARTICLE}.md"
    settings = settings_for(folder)
    plain = file.read_text()
    start = time.monotonic()
    Desk.open(settings)
    took = time.monotonic() - start
    broken_off = 0
    for number in range(INDEXINGS):
        file.write_text(f"{plain}\n\nRevision number{number} of this article.\n")
        base = KnowledgeBase.load(settings.content)

        def build(base: KnowledgeBase = base) -> None:
            open_index(base, settings.data)

        killed_at(random.uniform(0, took), build)
        broken_off += not any(settings.data.glob(f"*{base.revision}"))
        found = Desk.open(settings).search(f"number{number} unauthorized")
        assert found.hits[0].id == 2173, f"after kill {number}: {found.hits[:1]}"
    left = [path.name for path in settings.data.iterdir()]
    assert len(left) <= 3, f"left behind: {left}"
    assert broken_off > INDEXINGS // 10, "hardly any kill hit the build"
    return f"{broken_off} of {INDEXINGS} kills hit the build"


def _sending(url: str) -> set[str]:
    """Kill senders at random moments; gives the keys that were called stored."""
    said: set[str] = set()
    open_store(url).check()  # the tables are there
    for number in range(SENDINGS):
        reading, writing = os.pipe()

        def send(number: int = number, out: int = writing) -> None:
            store = open_store(url)
            for count in range(1 << 30):
                key = f"key-{number:03}-{count:05}"
                for _ in range(2):
                    store.add_feedback(Feedback(2173, True, "x" * 200, key=key))
                    os.write(out, f"{key}\n".encode())

        killed_at(random.uniform(0.05, 0.5), send)
        os.close(writing)
        with os.fdopen(reading) as lines:
            said |= {line.strip() for line in lines if line.endswith("\n")}
    assert len(said) > SENDINGS, "hardly anything was stored before the kills"
    return said


def feedback_sqlite(folder: Path) -> str:
    """What was called stored is there, once, and the file is whole."""
    said = _sending(f"sqlite:///{folder / 'desk.db'}")
    with contextlib.closing(sqlite3.connect(folder / "desk.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        keys = [row[0] for row in database.execute("SELECT key FROM feedback")]
    assert said <= set(keys), f"lost: {sorted(said - set(keys))[:3]}"
    assert len(keys) == len(set(keys)), "stored twice"
    return f"{SENDINGS} kills, {len(said)} called stored, {len(keys)} there"


def feedback_postgresql(_folder: Path) -> str:
    """The same with PostgreSQL, whose server lives on."""
    with postgresql() as url:
        said = _sending(url)
        engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        with engine.connect() as connection:
            keys = [row[0] for row in connection.execute(text("SELECT key FROM feedback"))]
        engine.dispose()
    assert said <= set(keys), f"lost: {sorted(said - set(keys))[:3]}"
    assert len(keys) == len(set(keys)), "stored twice"
    return f"{SENDINGS} kills, {len(said)} called stored, {len(keys)} there"
