"""How many probes one asker may start, and how many may run at once (a bulkhead)."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from kb.settings import Settings


class TooManyProbes(Exception):
    """The asker, or everybody together, asks for more probes than are allowed."""

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Gate:
    """A moving window per asker (in memory) around a semaphore for all."""

    def __init__(self, rate: str, concurrency: int) -> None:
        self._item: RateLimitItem = parse(rate)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._free = threading.BoundedSemaphore(concurrency)

    @classmethod
    def from_settings(cls, settings: Settings) -> Gate:
        """The gate as the operator configured it."""
        return cls(settings.probe_rate, settings.probe_concurrency)

    @contextlib.contextmanager
    def probing(self, asker: str) -> Iterator[None]:
        """Hold a place for one probe. Raises TooManyProbes at once rather than waiting."""
        if not self._limiter.hit(self._item, asker):
            reset = self._limiter.get_window_stats(self._item, asker).reset_time
            wait = max(1, round(reset - time.time()))
            raise TooManyProbes(
                f"That was many probes in a short time. The next one is possible in {wait} s; "
                "the answer below is from the text alone.",
                wait,
            )
        if not self._free.acquire(blocking=False):
            raise TooManyProbes(
                "Many probes are running right now. Ask again in a few seconds; the answer below "
                "is from the text alone.",
                5,
            )
        try:
            yield
        finally:
            self._free.release()
