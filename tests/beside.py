"""Threads that work beside a block until it ends."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence


@contextlib.contextmanager
def beside(
    jobs: Sequence[Callable[[], None]], ending: threading.Event, patience_s: float | None = None
) -> Iterator[None]:
    """Run each job in a thread; at the end ``ending`` is set, and each is waited for.

    ``patience_s`` bounds the wait for each thread.
    """
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ending.set()
        for thread in threads:
            thread.join(patience_s)
