"""What the processes of one desk tell each other for a while, in Redis or in a file.

Nothing here has to last. Whoever cannot reach it goes on alone.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

from kb.settings import BadSetting

SHARED: Final = "shared.db"
# How long a value is kept for whoever wants to compare with it, and how many a file has.
KEEP_S: Final = 3_600
MAX_KEPT: Final = 256
_LOG = logging.getLogger(__name__)


class Shared(Protocol):
    """Values by key that every process sees."""

    def get(self, key: str) -> tuple[float, bytes] | None:
        """Age in seconds and value; None where there is none. Raises whatever its client raises."""

    def put(self, key: str, value: bytes) -> None:
        """Keep a value. Raises whatever its client raises."""


def open_shared(redis_url: str, file: Path | None) -> Shared | None:
    """The place that the settings name; None where a process is alone. Raises BadSetting."""
    if redis_url:
        return SharedRedis(redis_url)
    return SharedFile(file) if file else None


class Database:
    """One SQLite file, opened at the first use in each process. Safe for several threads."""

    def __init__(self, file: Path, schema: str) -> None:
        self._file = file
        self._schema = schema
        self._lock = threading.Lock()
        self._open: sqlite3.Connection | None = None

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that no other process disturbs. Raises sqlite3.Error."""
        with self._lock:
            if self._open is None:
                self._open = self._connect()
            try:
                self._open.execute("BEGIN IMMEDIATE")
                yield self._open
                self._open.execute("COMMIT")
            except BaseException:
                self._open.close()  # which rolls back; a damaged file is found out at the next use
                self._open = None
                raise

    def _connect(self) -> sqlite3.Connection:
        opened = sqlite3.connect(
            self._file, timeout=1, isolation_level=None, check_same_thread=False
        )
        try:
            opened.execute("PRAGMA journal_mode = WAL")
            opened.execute("PRAGMA synchronous = OFF")  # what a power failure takes nobody misses
            opened.executescript(self._schema)
        except sqlite3.DatabaseError as error:
            opened.close()
            if not isinstance(error, sqlite3.OperationalError):  # it is no database any more
                _LOG.warning("%s is damaged and is made again.", self._file)
                self._file.unlink(missing_ok=True)
            raise
        return opened


class SharedFile:
    """Values in a SQLite file."""

    def __init__(self, file: Path) -> None:
        self._database = Database(
            file, "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, at REAL, value BLOB)"
        )

    def get(self, key: str) -> tuple[float, bytes] | None:
        """See Shared."""
        with self._database.writing() as database:
            row = database.execute("SELECT at, value FROM kept WHERE key = ?", (key,)).fetchone()
        # From the future: the clock was put back, and nobody knows how old it is.
        return (time.time() - row[0], row[1]) if row and row[0] <= time.time() else None

    def put(self, key: str, value: bytes) -> None:
        """See Shared."""
        with self._database.writing() as database:
            database.execute("REPLACE INTO kept VALUES (?, ?, ?)", (key, time.time(), value))
            database.execute(
                "DELETE FROM kept WHERE key NOT IN (SELECT key FROM kept ORDER BY at DESC LIMIT ?)",
                (MAX_KEPT,),
            )


class SharedRedis:
    """Values in Redis, which forgets them by its own clock."""

    def __init__(self, url: str) -> None:
        try:
            import redis  # noqa: PLC0415  # an optional extra

            self._client: Any = redis.Redis.from_url(
                url, socket_connect_timeout=1, socket_timeout=1
            )
        except (ImportError, ValueError) as error:
            raise BadSetting(f"ERRORDESK_REDIS_URL cannot be used: {error}.") from None

    def get(self, key: str) -> tuple[float, bytes] | None:
        """See Shared."""
        name = f"errordesk:{key}"
        value, left_ms = self._client.pipeline().get(name).pttl(name).execute()
        return (KEEP_S - left_ms / 1000, value) if value is not None else None

    def put(self, key: str, value: bytes) -> None:
        """See Shared."""
        self._client.set(f"errordesk:{key}", value, ex=KEEP_S)
