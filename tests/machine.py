"""How long a busy machine kept this process from the processor, so that tests can leave it out."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path


class Stopwatch:
    """Seconds since it was made, without those in which our threads stood in the run queue.

    Linux counts the latter for each thread (``schedstat``, second number, nanoseconds;
    https://www.kernel.org/doc/html/latest/scheduler/sched-stats.html). Where it does not, the plain
    time counts.
    """

    def __init__(self) -> None:
        self._queued = _queued()
        self._started = time.monotonic()

    def elapsed(self) -> float:
        took = time.monotonic() - self._started
        waited = sum(max(0, now - self._queued.get(task, 0)) for task, now in _queued().items())
        return took - min(took, waited / 1e9)


def _queued() -> dict[str, int]:
    waits = {}
    for path in Path("/proc/self/task").glob("*/schedstat"):
        with contextlib.suppress(OSError):  # the thread has ended
            waits[path.parent.name] = int(path.read_text().split()[1])
    return waits
