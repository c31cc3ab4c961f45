"""Whether slow targets slow the site: searches while probes of silent servers run, and without."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import os
import socket
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from kb.desk import Desk
from kb.settings import Settings
from tests.beside import beside
from tests.lab.servers import free_port, running

ASKERS = 50
_SEARCHES = 150
_ROUNDS = 3
_WORDS = (
    "certificate expired", "connection refused", "password again and again", "502 gateway",
    "page not found", "too many redirects", "works in the browser only", "slow download",
)  # fmt: skip
_PATIENCE_S = 30.0


def bulkhead(folder: Path) -> None:
    """Print the p95 of searches beside fifty askers: with the defaults, and with room for all."""
    Desk.open(Settings(data=folder / "data"))  # the servers find their index built
    print(f"\nSearches beside {ASKERS} people who have silent servers probed (goal: p95 2 times)")
    _measure(folder, "the default bulkhead", [], {})
    _measure(folder, f"{ASKERS} probes at once", ["--threads", "128"], {"PROBE_CONCURRENCY": "64"})


def _measure(folder: Path, name: str, options: list[str], settings: dict[str, str]) -> None:
    port = free_port()
    command = [str(Path(sys.executable).parent / "errordesk"), "serve", "--port", str(port)]
    environment = {
        "ERRORDESK_DATA": str(folder / "data"),
        "ERRORDESK_DATABASE_URL": "off",
        "ERRORDESK_PROBE_ALLOW": "127.0.0.0/8",
        "ERRORDESK_PROBE_RATE": "100000/minute",
        "ERRORDESK_PROBE_TARGET_RATE": "100000/minute",
        "PATH": os.environ["PATH"],
        **{f"ERRORDESK_{setting}": value for setting, value in settings.items()},
    }
    quiet, loaded = [], []
    serving = running([*command, *options], folder, [port], environment=environment, ready_s=60)
    with _silent() as target, serving:
        _searches(port)
        for _ in range(_ROUNDS):
            quiet.append(_searches(port))
            with _asking(port, target) as probes:
                loaded.append(_searches(port))
            at_once, refused = probes.most, probes.refused
    before, after = statistics.median(quiet), statistics.median(loaded)
    print(
        f"  {name:24}{before * 1000:8.2f} ms alone, {after * 1000:8.2f} ms beside"
        f"{after / before:8.2f} times ({at_once} waited at once, {refused} turned away)"
    )


@contextlib.contextmanager
def _silent() -> Iterator[int]:
    """A server whose kernel takes connections and whose program never looks at them."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(4096)
        yield int(listener.getsockname()[1])


def _searches(port: int) -> float:
    """The p95 of some searches, one after the other, in seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
    times = []
    for words in itertools.islice(itertools.cycle(_WORDS), _SEARCHES):
        # A number makes it a search that nobody made before.
        text = f"{words} {time.monotonic_ns() % 100_000}".replace(" ", "+")
        began = time.perf_counter()
        connection.request("GET", f"/api/v1/search?q={text}")
        assert connection.getresponse().read()
        times.append(time.perf_counter() - began)
    connection.close()
    return statistics.quantiles(times, n=20)[-1]


class _Probes:
    """People who ask for a probe, again and again; how many waited at once."""

    def __init__(self, port: int, target: int) -> None:
        self.port, self.target = port, target
        self.waiting = self.most = self.refused = 0
        self.over = threading.Event()
        self._lock = threading.Lock()
        self._turns = itertools.count()

    def ask(self) -> None:
        """One person, until it is over; who is turned away comes back when told."""
        while not self.over.is_set():
            body = {"text": f"is it down? http://127.0.0.1:{self.target}/{next(self._turns)}"}
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE_S)
            with self._lock:
                self.waiting += 1
                self.most = max(self.most, self.waiting)
            connection.request(
                "POST", "/api/v1/answers", json.dumps(body), {"Content-Type": "application/json"}
            )
            response = connection.getresponse()
            pause = int(response.headers.get("Retry-After", "0"))
            connection.close()
            with self._lock:
                self.waiting -= 1
                self.refused += response.status == 429
            if pause:
                self.over.wait(pause)


@contextlib.contextmanager
def _asking(port: int, target: int) -> Iterator[_Probes]:
    probes = _Probes(port, target)
    with beside([probes.ask] * ASKERS, probes.over):
        time.sleep(1)
        probes.most = 0  # how many wait once the first ones have been turned away
        yield probes
