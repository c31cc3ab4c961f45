"""Small files that the probe needs by the way (an issuer's certificate, a revocation list, a
robots.txt), fetched through the guard, capped and remembered for a while."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from kb.errors import BadURL, TargetRefused
from kb.observe.guard import Race, check_addresses
from kb.observe.http import Exchange, Request, exchange
from kb.observe.policy import Policy
from kb.observe.resolver import resolve
from kb.observe.target import parse_target

MAX_FILE: Final = 2_097_152
_MAX_ENTRIES: Final = 128
_FAILURES_FOR: Final = 60.0


@dataclass(slots=True)
class Fetcher:
    """Fetches http: URLs under one policy. Safe to use from several threads."""

    policy: Policy
    agent: str
    keep_s: float = 3600.0
    _kept: OrderedDict[str, tuple[float, bytes | None]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, url: str, deadline: float) -> bytes | None:
        """The file at ``url``, or None. Failures are remembered for a minute."""
        now = time.monotonic()
        with self._lock:
            kept = self._kept.get(url)
        if kept and kept[0] > now:
            return kept[1]
        answer = self.ask(url, deadline)
        data = answer.body if answer and answer.status == 200 and answer.outcome == "ok" else None
        with self._lock:
            self._kept[url] = (now + (self.keep_s if data else _FAILURES_FOR), data)
            self._kept.move_to_end(url)
            while len(self._kept) > _MAX_ENTRIES:
                self._kept.popitem(last=False)
        return data

    def ask(self, url: str, deadline: float, body: bytes = b"", kind: str = "") -> Exchange | None:
        """One exchange over plain HTTP, a POST when there is a ``body`` of the media type ``kind``.

        None when the URL is no http: URL, the guard refuses it or nothing can be reached. Plain
        HTTP is what these files are published by: what they hold is signed (RFC 5280, 4.2.2.1).
        """
        try:
            target = parse_target(url)
            if target.scheme != "http":
                return None
            resolution = resolve(target.host, self.policy, deadline)
            check_addresses(resolution.addresses, target.port, self.policy)
            race = Race(resolution.addresses, target.port, self.policy, deadline)
            connection = race.run()
            race.close()
        except (BadURL, TargetRefused, OSError):
            return None
        if connection is None:
            return None
        headers = [("User-Agent", self.agent), ("Accept", "*/*")]
        if body:
            headers.append(("Content-Type", kind))
        request = Request(
            target.authority, target.path, tuple(headers), "POST" if body else "GET", body
        )
        with connection:
            return exchange(connection, request, deadline, MAX_FILE)
