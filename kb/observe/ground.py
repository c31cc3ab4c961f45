"""What all vantages of one probe share, and the manner in which one of them asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from kb.answer import Step
from kb.observe.fetch import Fetcher
from kb.observe.policy import Policy
from kb.observe.resolver import Resolution, resolve


@dataclass(slots=True)
class Ground:
    """What all vantages of one probe share: the policy, the lookups made, the time that is left."""

    policy: Policy
    ca_file: str
    fetcher: Fetcher
    started: float
    emit: Callable[[Step], None]
    _lookups: dict[str, Resolution] = field(default_factory=dict)
    _locks: dict[str, threading.Lock] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def lookup(self, host: str, deadline: float) -> Resolution:
        """One lookup a name and probe: whoever asks first asks for all. Raises TargetRefused."""
        with self._lock:
            lock = self._locks.setdefault(host, threading.Lock())
        with lock:
            if host not in self._lookups:
                self._lookups[host] = resolve(host, self.policy, deadline)
            return self._lookups[host]

    def step(
        self,
        vantage: str,
        layer: str,
        status: str,
        summary: str,
        began: float,
        detail: tuple[str, ...] = (),
    ) -> None:
        """Tell the observer of a step that ends now."""
        start = round((began - self.started) * 1000, 2)
        took = round((time.monotonic() - began) * 1000, 2)
        self.emit(Step(vantage, layer, status, summary, start, took, detail))


@dataclass(frozen=True, slots=True)
class Manner:
    """How a vantage asks: its request headers, and what it does otherwise than the robot."""

    name: str
    headers: tuple[tuple[str, str], ...]
    method: str = "GET"
    family: int | None = None
    cookies: bool = False
    http2: bool = False
    stays: bool = False  # follows no redirect to another host
    follows: bool = True  # follows redirects at all
