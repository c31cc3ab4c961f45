"""Moving windows in the file that the processes of one server share, for the package ``limits``."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Final

from limits.storage import Storage
from limits.storage.base import MovingWindowSupport

from kb.shared import Database

# Uses older than the longest window that a rate can have are of no use to anybody.
_LONGEST_S: Final = 86_400


class SharedWindows(Storage, MovingWindowSupport):
    """Uses by key and time. Only what moving windows need is there."""

    STORAGE_SCHEME = None

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._database = Database(
            file,
            "CREATE TABLE IF NOT EXISTS uses (key TEXT, at REAL);"
            "CREATE INDEX IF NOT EXISTS uses_by_key ON uses (key, at)",
        )

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a file that cannot be used raises."""
        return sqlite3.Error

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count ``amount`` uses of ``key``, unless that makes more than ``limit``."""
        now = time.time()
        with self._database.writing() as database:
            # A use from the future was counted before the clock was put back: it would block its
            # key until the clock is there again.
            database.execute("DELETE FROM uses WHERE at < ? OR at > ?", (now - _LONGEST_S, now + 1))
            used = database.execute(
                "SELECT count(*) FROM uses WHERE key = ? AND at >= ?", (key, now - expiry)
            ).fetchone()[0]
            if used + amount > limit:
                return False
            database.executemany("INSERT INTO uses VALUES (?, ?)", [(key, now)] * amount)
        return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest use that still counts was, and how many count."""
        now = time.time()
        with self._database.writing() as database:
            oldest, used = database.execute(
                "SELECT min(at), count(*) FROM (SELECT at FROM uses WHERE key = ? AND at >= ?"
                " ORDER BY at DESC LIMIT ?)",
                (key, now - expiry, limit),
            ).fetchone()
        return (oldest if oldest is not None else now), used

    def check(self) -> bool:
        """Whether the file can be used."""
        try:
            with self._database.writing():
                return True
        except sqlite3.Error:
            return False

    def reset(self) -> int | None:
        """Forget all uses."""
        with self._database.writing() as database:
            return database.execute("DELETE FROM uses").rowcount

    def clear(self, key: str) -> None:
        """Forget the uses of one key."""
        with self._database.writing() as database:
            database.execute("DELETE FROM uses WHERE key = ?", (key,))

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Fixed windows are not counted here."""
        raise NotImplementedError

    def get(self, key: str) -> int:
        """Fixed windows are not counted here."""
        raise NotImplementedError

    def get_expiry(self, key: str) -> float:
        """Fixed windows are not counted here."""
        raise NotImplementedError
