"""A server whose clock jumps, and one whose PostgreSQL is not there yet."""

from __future__ import annotations

import contextlib
import http.client
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from tests.faults.fault import ARTICLE, settings_for, small_content
from tests.lab.databases import postgresql
from tests.lab.servers import free_ports, running
from webapp import create_app

_DAY_S = 86_400


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


def _jumping(folder: Path, shared: Path | None) -> int:
    client = create_app(settings_for(folder, shared=shared)).test_client()
    plain = time.time
    stored = 0
    for days in (0, 1, 0, 400, 0, -400, 0):
        with mock.patch.object(time, "time", lambda days=days: plain() + days * _DAY_S):
            assert client.get(f"/solutions/{ARTICLE}").status_code == 200, f"{days}: the article"
            question = {"text": f"HTTP 401 {days}", "probe": False}
            assert client.post("/api/v1/answers", json=question).status_code == 200, days
            codes = []
            for _ in range(40):  # past the limit of 30 a minute
                response = client.post("/api/v1/feedback", json={"solution": 2173, "helpful": True})
                codes.append(response.status_code)
                if response.status_code == 429:
                    break
            assert codes[-1] == 429, f"{days} days: no limit any more"
            wait = int(response.headers["Retry-After"])
            assert wait <= 61, f"{days} days: blocked for {wait} s"
            stored += codes.count(201)
    return stored


def clock_jumps(folder: Path) -> str:
    """A day and a year ahead and back: all answers come, and no limit blocks for longer."""
    small_content(folder)
    stored = _jumping(folder, None), _jumping(folder, folder / "shared.db")
    return f"feedback stored: {stored[0]} with limits in memory, {stored[1]} in a file"


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
