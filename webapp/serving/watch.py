"""Noticing that a content folder changed, once whoever writes to it has finished."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

# How often the folder is looked at, and at most which share of the time is spent on it.
EVERY_S: Final = 2.0
MAX_SHARE: Final = 0.02


class ContentWatch:
    """Looks at names, sizes and times of all files, never inside them."""

    def __init__(self, folders: Iterable[Path], every_s: float = EVERY_S) -> None:
        self._folders = tuple(folders)
        self._every_s = every_s
        self._known = self._seen = self._look()
        self._next = time.monotonic() + every_s

    def changed(self) -> bool:
        """Whether a folder differs from what was last reported, and has come to rest.

        A change counts when two looks in a row see the same, so that a copy that is still running
        is not taken for the new content. Costs nothing between two looks.
        """
        start = time.monotonic()
        if start < self._next:
            return False
        seen = self._look()
        now = time.monotonic()
        self._next = now + max(self._every_s, (now - start) / MAX_SHARE)
        at_rest = seen == self._seen
        self._seen = seen
        if seen == self._known or not at_rest:
            return False
        self._known = seen
        return True

    def _look(self) -> int:
        return hash(tuple(sorted(seen for root in self._folders for seen in _files(str(root)))))


def _files(folder: str) -> Iterator[tuple[str, int, int, int]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir():
                    yield from _files(entry.path)
                else:
                    found = entry.stat()
                    yield entry.path, found.st_mtime_ns, found.st_size, found.st_ino
    except OSError:  # it went away while it was looked at: the next look tells
        yield folder, 0, 0, 0
