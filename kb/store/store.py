"""The store: one SQL database through SQLAlchemy, SQLite by default and PostgreSQL by URL.

It connects at the first use, so that a desk starts and answers while the database is away. What
must not be lost (feedback, reports) is written before the call returns, or StoreUnavailable says
that it was not; the log of questions is written behind the answer's back by one thread.
"""

from __future__ import annotations

import contextlib
import json
import logging
import queue
import threading
import weakref
from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TextIO

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError

from kb.databases import database_url
from kb.errors import ErrordeskError
from kb.store.migrate import migrate
from kb.store.records import (
    MAX_COMMENT,
    MAX_QUESTION,
    ContactRecord,
    Feedback,
    QuestionRecord,
    StoreUnavailable,
    new_key,
    now,
)
from kb.store.scrub import each_text, scrub, scrub_but_links
from kb.store.tables import CONTACTS, FEEDBACK, QUESTIONS, REPORTS, TABLES

_LOG = logging.getLogger(__name__)
QUEUE_SIZE: Final = 1_000
_COLUMNS: Final = tuple(field.name for field in fields(QuestionRecord))
_CHUNK: Final = 500
# How long a question waits for others to be written with: a transaction costs as much as an answer.
_GATHER_S: Final = 0.25


def open_store(url: str) -> Store:
    """The store at a database URL, such as ``sqlite:///file.db`` or ``postgresql+psycopg://…``.

    Raises ErrordeskError for a URL that no database could be at; it does not connect yet.
    """
    try:
        parsed = database_url(url)
        options: dict[str, Any] = {"pool_pre_ping": True}
        if parsed.get_backend_name() == "postgresql":
            options |= {
                "pool_size": 5,
                "max_overflow": 5,
                "pool_timeout": 2,
                # The last: how long a network that swallows everything is believed in.
                "connect_args": {
                    "connect_timeout": 2,
                    "options": "-c statement_timeout=5000",
                    "tcp_user_timeout": 5000,
                },
            }
        engine = create_engine(parsed, **options)
    except (ArgumentError, ImportError, ValueError) as error:
        raise ErrordeskError(f"ERRORDESK_DATABASE_URL cannot be used: {error}.") from None
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _sqlite)
    return Store(engine)


def _sqlite(connection: Any, _record: object) -> None:
    """Write-ahead logging lets readers go on while one writes; wait for a writer, do not fail."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA busy_timeout = 5000")
    cursor.close()


def _scrubbed(record: QuestionRecord) -> dict[str, Any]:
    row = {name: getattr(record, name) for name in _COLUMNS}
    return row | {"text": scrub(record.text)[:MAX_QUESTION]}


def _restored(column: Column[Any], values: dict[str, Any]) -> Any:
    """A column's value out of a backup's row. A column that may be empty may be missing: the backup
    is older than it. Raises KeyError for any other, ValueError for a date that is none."""
    if column.nullable:
        return values.get(column.name)
    value = values[column.name]
    return datetime.fromisoformat(value) if str(column.type) == "DATETIME" else value


class Store:
    """Feedback, questions, reports and contacts. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        weakref.finalize(self, engine.dispose)  # whoever drops a store has closed it
        self._ready = False
        self._lock = threading.Lock()
        self._pending: queue.Queue[QuestionRecord | None] = queue.Queue(QUEUE_SIZE)
        self._writer: threading.Thread | None = None
        self._hurry = threading.Event()
        self.dropped = 0

    @contextlib.contextmanager
    def _begin(self) -> Iterator[Connection]:
        """A transaction on a migrated database. Raises StoreUnavailable."""
        try:
            if not self._ready:
                with self._lock:
                    if not self._ready:
                        self._prepare()
            with self._engine.begin() as connection:
                yield connection
        except IntegrityError:
            raise
        except (SQLAlchemyError, OSError) as error:
            _LOG.warning("the database does not take it: %s", type(error).__name__)
            raise StoreUnavailable(
                "This could not be stored, because the database is not to be had right now. "
                "Please try again later."
            ) from None

    def _prepare(self) -> None:
        database = self._engine.url.database
        if self._engine.dialect.name == "sqlite" and database and database != ":memory:":
            Path(database).parent.mkdir(parents=True, exist_ok=True)
        with self._engine.begin() as connection:
            migrate(connection)
        self._ready = True

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction to read sums in. Raises StoreUnavailable."""
        with self._begin() as connection:
            yield connection

    def check(self) -> None:
        """Raise StoreUnavailable unless the database answers now."""
        with self._begin() as connection:
            connection.execute(select(1))

    def add_feedback(self, feedback: Feedback) -> bool:
        """Store it; False when its key was stored before. Raises StoreUnavailable."""
        clean = replace(
            feedback,
            comment=scrub(feedback.comment)[:MAX_COMMENT],
            question=scrub(feedback.question)[:MAX_QUESTION],
        )
        return self._insert_once(FEEDBACK, asdict(clean))

    def add_contact(self, contact: ContactRecord) -> bool:
        """Count that somebody went on to ask a person; False when its key was counted before.

        Raises StoreUnavailable.
        """
        values = asdict(contact)
        values["solutions"] = " ".join(str(number) for number in contact.solutions[:20])
        return self._insert_once(CONTACTS, values)

    def contact_delivered(self, key: str) -> bool:
        """Whether a message with this key went out already. Raises StoreUnavailable."""
        with self._begin() as connection:
            return bool(
                connection.execute(
                    select(CONTACTS.c.delivered).where(CONTACTS.c.key == key)
                ).scalar()
            )

    def mark_delivered(self, key: str) -> None:
        """Note that the message of a counted contact went out. Raises StoreUnavailable."""
        with self._begin() as connection:
            connection.execute(update(CONTACTS).where(CONTACTS.c.key == key).values(delivered=True))

    def _insert_once(self, table: Any, values: dict[str, Any]) -> bool:
        try:
            with self._begin() as connection:
                connection.execute(insert(table).values(values))
        except IntegrityError:
            return False
        return True

    def log_question(self, record: QuestionRecord) -> None:
        """Queue it for the log; never waits and never fails. Dropped, and counted, when full."""
        with self._lock:
            if self._writer is None:
                self._writer = threading.Thread(target=self._write, name="questions", daemon=True)
                self._writer.start()
        try:
            self._pending.put_nowait(record)
        except queue.Full:
            self.dropped += 1

    def _write(self) -> None:
        closing = False
        while not closing:
            taken = [self._pending.get()]
            if taken != [None]:
                self._hurry.wait(_GATHER_S)
            with contextlib.suppress(queue.Empty):
                while len(taken) < _CHUNK:
                    taken.append(self._pending.get_nowait())
            closing = None in taken
            batch = [_scrubbed(record) for record in taken if record is not None]
            try:
                if batch:
                    with self._begin() as connection:
                        connection.execute(insert(QUESTIONS), batch)
            except (StoreUnavailable, IntegrityError):
                self.dropped += len(batch)
            except Exception:  # noqa: BLE001  # the log goes on, whatever one batch of it does
                _LOG.exception("some questions could not be logged")
                self.dropped += len(batch)
            for _ in taken:
                self._pending.task_done()

    @property
    def waiting(self) -> int:
        """How many questions wait to be written."""
        return self._pending.qsize()

    def flush(self) -> None:
        """Wait until every queued question is written or dropped."""
        if self._writer is not None:
            self._hurry.set()
            self._pending.join()
            self._hurry.clear()

    def close(self) -> None:
        """Write what is queued and let go of the connections."""
        if self._writer is not None:
            self._hurry.set()
            self._pending.put(None)
            self._writer.join(10)
            self._writer = None
            self._hurry.clear()
        self._engine.dispose()

    def save_report(self, answer: dict[str, Any], days: int, token: str = "") -> str:
        """Keep a shared answer for ``days``; gives the token of its link.

        A ``token`` of the sender's makes a repeated sending the same report.
        """
        token = token or new_key()
        created = now()
        values = {
            "token": token,
            "created": created,
            "expires": created + timedelta(days=days),
            "answer": json.dumps(each_text(answer, scrub_but_links), ensure_ascii=False),
        }
        self._insert_once(REPORTS, values)
        return token

    def report(self, token: str) -> dict[str, Any] | None:
        """The shared answer, or None when there is none or it has expired."""
        with self._begin() as connection:
            text = connection.execute(
                select(REPORTS.c.answer).where(REPORTS.c.token == token, REPORTS.c.expires > now())
            ).scalar()
        return json.loads(text) if text else None

    def prune(self, days: int) -> int:
        """Delete what is older than ``days`` and what has expired; gives the number of rows."""
        limit = now() - timedelta(days=days)
        removed = 0
        with self._begin() as connection:
            for table in (FEEDBACK, QUESTIONS, CONTACTS):
                removed += connection.execute(delete(table).where(table.c.created < limit)).rowcount
            removed += connection.execute(
                delete(REPORTS).where(REPORTS.c.expires <= now())
            ).rowcount
        return removed

    def backup(self, file: TextIO) -> int:
        """Write every row as a JSON line, from one consistent snapshot; gives the number."""
        rows = 0
        with self._begin() as connection:
            for table in TABLES:
                for row in connection.execute(select(table)).mappings():
                    values = {
                        k: v.isoformat() if isinstance(v, datetime) else v for k, v in row.items()
                    }
                    file.write(json.dumps([table.name, values], ensure_ascii=False) + "\n")
                    rows += 1
        return rows

    def restore(self, file: TextIO) -> int:
        """Add the rows of a backup that are not there yet, all or none; gives how many were added.

        Raises ErrordeskError for a file that is no backup.
        """
        tables = {table.name: table for table in TABLES}
        added = 0
        with self._begin() as connection:
            for number, line in enumerate(file, start=1):
                try:
                    name, values = json.loads(line)
                    table = tables[name]
                    row = {column.name: _restored(column, values) for column in table.columns}
                except (ValueError, KeyError, TypeError):
                    raise ErrordeskError(
                        f"Line {number} is no row of a backup; nothing was restored."
                    ) from None
                key = next(iter(table.primary_key.columns))
                there = connection.execute(
                    select(func.count()).select_from(table).where(key == row[key.name])
                ).scalar()
                if not there:
                    connection.execute(insert(table).values(row))
                    added += 1
        return added
