"""Readers, askers and senders of feedback who do not stop, and what each of them got."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.beside import beside

ARTICLE = "/solutions/2173-http-401-unauthorized"
_PATHS = (ARTICLE, "/search?q=certificate+expired", "/ask?q=HTTP+401+from+our+robot", "/")


@dataclass
class Load:
    """Clients of one address. Every response but 200 counts as wrong, and so does none at all.

    ``cut`` are responses that began and did not end: whoever sent them was killed in between, and
    nobody in front can send the rest. They are counted apart.
    """

    port: int
    ending: threading.Event = field(default_factory=threading.Event)
    wrong: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    stored: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    phase: str = ""

    def _send(self, method: str, path: str, body: object = None, asker: str = "") -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            data = json.dumps(body).encode() if body is not None else None
            headers = {"Content-Type": "application/json"}
            if asker:
                headers["X-Forwarded-For"] = asker
            connection.request(method, path, data, headers)
            response = connection.getresponse()
            response.read()
            return response.status

    def reading(self) -> None:
        """Articles, search, questions."""
        question = {"text": "HTTP 401 from our robot", "probe": False}
        while not self.ending.is_set():
            for path in _PATHS:
                self._read("GET", path, None)
            self._read("POST", "/api/v1/answers", question)

    def _read(self, method: str, path: str, body: object) -> None:
        start = time.monotonic()
        try:
            status = self._send(method, path, body)
            if status != 200:
                self.wrong.append(f"{self.phase}: {path}: {status}")
        except http.client.IncompleteRead:
            self.cut.append(f"{self.phase}: {path}")
        except (OSError, http.client.HTTPException) as error:
            self.wrong.append(f"{self.phase}: {path}: {error!r}")
        self.times.append(time.monotonic() - start)

    def sending(self) -> None:
        """Feedback, each twice with its key, as browsers do that are not sure."""
        number = 0
        while not self.ending.is_set():
            number += 1
            key = str(uuid.uuid4())
            body = {"solution": 2173, "helpful": True, "key": key}
            for _ in range(2):
                try:
                    # Askers are limited; these are many.
                    status = self._send(
                        "POST", "/api/v1/feedback", body, f"198.51.100.{number % 250}"
                    )
                except (OSError, http.client.HTTPException):
                    self.unsure.add(key)
                    continue
                (self.stored if status in (200, 201) else self.refused).add(key)
            self.ending.wait(0.2)

    @contextlib.contextmanager
    def running(self, readers: int = 3, senders: int = 1) -> Iterator[None]:
        """Under load until the block ends."""
        jobs: list[Callable[[], None]] = [self.reading] * readers + [self.sending] * senders
        with beside(jobs, self.ending, 30):
            yield

    def report(self) -> str:
        """The sums, in one line."""
        times = sorted(self.times) or [0.0]
        return (
            f"{len(self.times)} requests, {len(self.wrong)} failed, {len(self.cut)} cut; "
            f"slowest {times[-1]:.1f} s, 95 % within {times[len(times) * 95 // 100]:.2f} s; "
            f"feedback: {len(self.stored)} stored, {len(self.refused - self.stored)} refused, "
            f"{len(self.unsure - self.stored - self.refused)} without an answer"
        )
