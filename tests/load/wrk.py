"""wrk as a function: what to ask for, by how many clients, for how long; what came out."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.lab.servers import program

_SCRIPT = Path(__file__).with_name("report.lua")


@dataclass(frozen=True)
class Ask:
    """One kind of request; ``%d`` in ``path`` or ``body`` is another number each time."""

    name: str
    path: str
    body: str = ""
    port: int = 0  # of another server than ours


@dataclass(frozen=True)
class Found:
    """Milliseconds, requests a second, failures (no answer) and refusals (status 400 or more)."""

    p50_ms: float
    p95_ms: float
    rate: float
    requests: int
    failed: int
    refused: int


def wrk(port: int, ask: Ask, clients: int, seconds: int) -> Found:
    """Ask on ``clients`` connections at once, each again as soon as it has its answer."""
    method = "POST" if ask.body else "GET"
    done = subprocess.run(
        [
            *(program("wrk"), "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "20s"),
            *("-s", str(_SCRIPT), f"http://127.0.0.1:{ask.port or port}", "--"),
            *(method, ask.path, *([ask.body] if ask.body else [])),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    values = json.loads(done.stdout.strip().splitlines()[-1])
    return Found(
        values["p50"] / 1000,
        values["p95"] / 1000,
        values["requests"] / (values["us"] / 1e6),
        values["requests"],
        sum(values[name] for name in ("connect", "read", "write", "timeout")),
        values["status"],
    )
