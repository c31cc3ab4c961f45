"""A server whose clock jumps, and one whose PostgreSQL is not there yet."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.faults.fault import ARTICLE, small_content
from tests.lab.databases import postgresql
from tests.lab.servers import free_ports, running

_FAKETIME = "/usr/lib/{machine}-linux-gnu/faketime/libfaketimeMT.so.1"


@contextlib.contextmanager
def _served(folder: Path, environment: dict[str, str], workers: int) -> Iterator[int]:
    small_content(folder)
    port = free_ports(1)[0]
    command = [str(Path(sys.executable).parent / "errordesk"), "serve", "--port", str(port)]
    values = {
        "ERRORDESK_CONTENT": str(folder / "content"),
        "ERRORDESK_DATA": str(folder / "data"),
        "ERRORDESK_DATABASE_URL": f"sqlite:///{folder / 'desk.db'}",
        **environment,
    }
    options = ["--workers", str(workers), "--threads", "4"]
    with running([*command, *options], folder, [port], environment=values, ready_s=60):
        yield port


def _ask(port: int, path: str, body: object = None) -> tuple[int, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    with contextlib.closing(connection):
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json"}
        connection.request("POST" if data else "GET", path, data, headers)
        response = connection.getresponse()
        response.read()
        return response.status, dict(response.getheaders())


def _feedback(port: int) -> tuple[int, dict[str, str]]:
    return _ask(port, "/api/v1/feedback", {"solution": 2173, "helpful": True})


def _jumping(folder: Path, workers: int) -> int:
    library = _FAKETIME.format(machine=os.uname().machine)
    assert Path(library).is_file(), "libfaketime is not installed: tools/install-packages"
    clock = folder / "clock"
    clock.write_text("+0\n")
    environment = {
        "LD_PRELOAD": library,
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",  # the workers' signs of life are times of files
    }
    stored = 0
    with _served(folder, environment, workers) as port:
        for jump in ("+0", "+1d", "-1d", "+400d", "-400d", "+0"):
            clock.write_text(f"{jump}\n")
            assert _ask(port, f"/solutions/{ARTICLE}")[0] == 200, f"{jump}: the article"
            question = {"text": f"HTTP 401 {jump}", "probe": False}
            assert _ask(port, "/api/v1/answers", question)[0] == 200, f"{jump}: an answer"
            status, headers = _feedback(port)
            stored += status == 201
            for _ in range(40):  # past the limit of 30 a minute
                status, headers = _feedback(port)
                stored += status == 201
                if status == 429:
                    break
            assert status == 429, f"{jump}: no limit any more, {status}"
            wait = int(headers["Retry-After"])
            assert wait <= 61, f"{jump}: blocked for {wait} s"
    return stored


def clock_jumps(folder: Path) -> str:
    """A day and a year ahead and back: all answers come, and no limit blocks for longer."""
    (folder / "one").mkdir()
    (folder / "two").mkdir()
    stored = _jumping(folder / "one", 1), _jumping(folder / "two", 2)
    return f"feedback stored: {stored[0]} with one process, {stored[1]} with two"


def postgresql_later(folder: Path) -> str:
    """It starts, answers and says what is not stored; once PostgreSQL is there it stores."""
    database = free_ports(1)[0]
    url = f"postgresql://desk@127.0.0.1:{database}/d"
    with _served(folder, {"ERRORDESK_DATABASE_URL": url}, 2) as port:
        assert _ask(port, f"/solutions/{ARTICLE}")[0] == 200
        assert _ask(port, "/health/ready")[0] == 200
        assert _feedback(port)[0] == 503
        with postgresql(database):
            start = time.monotonic()
            while _feedback(port)[0] != 201:
                assert time.monotonic() - start < 20, "it does not store although PostgreSQL is up"
                time.sleep(0.2)
            took = time.monotonic() - start
    return f"stored {took:.1f} s after PostgreSQL came"
