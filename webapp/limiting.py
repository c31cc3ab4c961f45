"""How many probes an asker may start, a target may get, and how many run at once (a bulkhead)."""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import logging
import secrets
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import urlsplit

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from kb.settings import BadSetting, Settings
from webapp.windows import SharedWindows

_LOG = logging.getLogger(__name__)
# How long a counter that does not answer is left alone before it is asked again.
RETRY_S: Final = 5.0
# By how much a clock may be corrected without anybody noticing.
PUT_BACK_S: Final = 2.0
# What one asker may send us to keep: feedback and reports together.
KEEP_RATE: Final = "30/minute"
# Tries to log in: of one network, and of all together, since each costs memory and time.
LOGIN_RATE: Final = "10/15 minutes"
ALL_LOGINS_RATE: Final = "60/minute"


class TooManyProbes(Exception):
    """The asker, the target, or everybody together gets more probes than are allowed."""

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Counter:
    """A moving window per key: in memory, or where several processes share it, in Redis or a file.

    While that is away each process counts for itself: the site goes on, and the limits with it.
    """

    def __init__(self, redis_url: str = "", shared: Path | None = None) -> None:
        self._memory = MemoryStorage()
        self._own = MovingWindowRateLimiter(self._memory)
        self._clock = time.time() - time.monotonic()
        self._shared: MovingWindowRateLimiter | None = None
        self._again = 0.0
        if redis_url:
            options = {"socket_connect_timeout": 1, "socket_timeout": 1}
            try:
                storage = storage_from_string(redis_url, **options)
            except Exception as error:  # noqa: BLE001  # whatever the client of Redis raises
                raise BadSetting(f"ERRORDESK_REDIS_URL cannot be used: {error}.") from None
            if not isinstance(storage, Storage):  # an async one is not meant here
                raise BadSetting("ERRORDESK_REDIS_URL takes a redis:// URL.")
            self._shared = MovingWindowRateLimiter(storage)
        elif shared is not None:
            self._shared = MovingWindowRateLimiter(SharedWindows(shared))

    def wait_for(self, item: RateLimitItem, key: str) -> int:
        """Count one use; 0 when it is within the limit, else the seconds until the next may be."""
        if self._shared is not None and time.monotonic() >= self._again:
            try:
                return _hit(self._shared, item, key)
            except Exception as error:  # noqa: BLE001  # whatever the client of Redis raises
                self._again = time.monotonic() + RETRY_S
                _LOG.warning(
                    "the shared limits do not answer (%s): counting here", type(error).__name__
                )
        clock = time.time() - time.monotonic()
        if clock < self._clock - PUT_BACK_S:
            # Uses would seem to lie in the future, and block until the clock is there again.
            self._memory.reset()
        self._clock = clock
        return _hit(self._own, item, key)


def _hit(limiter: MovingWindowRateLimiter, item: RateLimitItem, key: str) -> int:
    if limiter.hit(item, key):
        return 0
    return max(1, round(limiter.get_window_stats(item, key).reset_time - time.time()))


class Watcher(Protocol):
    """Who counts what the gate does."""

    def refused(self, limit: str) -> None:
        """A limit (``asker``, ``target``, ``busy``, ``keeping``, ``login``) refused something."""

    def running(self, change: int) -> None:
        """A probe began (1) or ended (-1)."""


class Unwatched:
    """Nobody counts."""

    def refused(self, limit: str) -> None:
        """Nothing."""

    def running(self, change: int) -> None:
        """Nothing."""


class Gate:
    """Moving windows per asker and per target around a semaphore for all."""

    watcher: Watcher = Unwatched()

    def __init__(self, counter: Counter, asker: str, target: str, concurrency: int) -> None:
        self._counter = counter
        self._asker: RateLimitItem = parse(asker)
        self._target: RateLimitItem = parse(target)
        self._keep: RateLimitItem = parse(KEEP_RATE)
        self._login: RateLimitItem = parse(LOGIN_RATE)
        self._all_logins: RateLimitItem = parse(ALL_LOGINS_RATE)
        self._free = threading.BoundedSemaphore(concurrency)
        # Askers are counted under a keyed hash: no address is kept, here or in Redis.
        self._salt = secrets.token_bytes(16)

    @classmethod
    def from_settings(cls, settings: Settings) -> Gate:
        """The gate as the operator configured it. Raises BadSetting."""
        try:
            gate = cls(
                Counter(settings.redis_url, settings.shared),
                settings.probe_rate,
                settings.probe_target_rate,
                settings.probe_concurrency,
            )
        except ValueError:
            raise BadSetting(
                "ERRORDESK_PROBE_RATE and ERRORDESK_PROBE_TARGET_RATE take a rate such as "
                "20/minute."
            ) from None
        if settings.secret_key:
            gate._salt = settings.secret_key.encode()
        return gate

    def keeping(self, asker: str) -> int:
        """Count one sending of something to keep; 0, or the seconds until the next may come."""
        return self._count("keeping", self._keep, f"keep:{self._anonymous(asker)}")

    def login(self, asker: str) -> int:
        """Count one try to log in; 0, or the seconds until the next may come."""
        key = f"login:{self._anonymous(_neighbourhood(asker))}"
        return self._count("login", self._login, key) or self._count(
            "login", self._all_logins, "login"
        )

    def _count(self, limit: str, item: RateLimitItem, key: str) -> int:
        wait = self._counter.wait_for(item, key)
        if wait:
            self.watcher.refused(limit)
        return wait

    def _anonymous(self, asker: str) -> str:
        return hashlib.blake2b(asker.encode(), key=self._salt[:64], digest_size=16).hexdigest()

    @contextlib.contextmanager
    def probing(self, asker: str, url: str) -> Iterator[None]:
        """Hold a place for one probe. Raises TooManyProbes at once rather than waiting."""
        key = self._anonymous(asker)
        wait = self._count("asker", self._asker, f"asker:{key}")
        if wait:
            raise TooManyProbes(
                f"That was many probes in a short time. The next one is possible in {wait} s; "
                "the answer below is from the text alone.",
                wait,
            )
        wait = self._count("target", self._target, f"target:{_host(url)}")
        if wait:
            raise TooManyProbes(
                "This site was probed often just now, and we spare it. The next probe is possible "
                f"in {wait} s; the answer below is from the text alone.",
                wait,
            )
        if not self._free.acquire(blocking=False):
            self.watcher.refused("busy")
            raise TooManyProbes(
                "Many probes are running right now. Ask again in a few seconds; the answer below "
                "is from the text alone.",
                5,
            )
        self.watcher.running(1)
        try:
            yield
        finally:
            self.watcher.running(-1)
            self._free.release()


def _neighbourhood(asker: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 one: whoever has one address of it has them all."""
    try:
        address = ipaddress.ip_address(asker)
    except ValueError:
        return asker
    if address.version == 4:
        return asker
    return str(ipaddress.ip_network((address, 64), strict=False))


def _host(url: str) -> str:
    try:
        return (urlsplit(url).netloc or "?").lower()[:255]
    except ValueError:
        return "?"
