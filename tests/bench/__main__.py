"""``make bench``: ratios against named baselines in the same run; nothing fails on a time."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from kb.articles import KnowledgeBase
from kb.desk import Desk
from kb.search import open_index
from kb.settings import Settings, shipped_content
from tests.bench.bulkhead import bulkhead
from tests.bench.measure import Work, medians, report
from tests.bench.probes import probes
from tests.lab.servers import free_port, running

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "HTTP Error 401 Unauthorized from our robot, but it opens in my browser"


def answers(folder: Path) -> None:
    """An answer without a probe against an empty Flask view, on the same server."""
    Desk.open(Settings(data=folder / "data"))  # so that the server starts with an index
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.app", str(port), "1", "4"]
    environment = {
        "PYTHONPATH": str(ROOT),
        "ERRORDESK_DATA": str(folder / "data"),
        "ERRORDESK_DATABASE_URL": f"sqlite:///{folder / 'desk.db'}",
    }
    with running(command, folder, [port], environment=environment):
        connection = http.client.HTTPConnection("127.0.0.1", port)

        def ask(path: str, text: str, counted: bool = False) -> Work:
            number = 0

            def work() -> None:
                nonlocal number
                number += 1
                # A text that nobody asked before, so that no cache can answer.
                body = json.dumps({"text": f"{text} {number}" if counted else text, "probe": False})
                connection.request(
                    "POST", path, body.encode(), {"Content-Type": "application/json"}
                )
                assert connection.getresponse().read() is not None

            return work

        found = medians(
            {
                "empty Flask view": ask("/empty", ""),
                "answer, asked the first time": ask("/api/v1/answers", QUESTION, counted=True),
                "answer, asked again": ask("/api/v1/answers", QUESTION),
            },
            300,
            20,
        )
        connection.close()
    report("An answer without a probe", found, "empty Flask view", "3 times, 1.5 when asked again")


def index(folder: Path) -> None:
    """Building the whole index against reading the articles it is made of."""
    numbers = iter(range(1_000))

    def load() -> KnowledgeBase:
        return KnowledgeBase.load(shipped_content())

    base = load()
    found = medians(
        {
            "parsing all articles": load,
            "building the index": lambda: open_index(base, folder / f"index-{next(numbers)}"),
        },
        3,
        0,
    )
    report(f"The index of {len(base.published)} articles", found, "parsing all articles", "none")


def start() -> None:
    """The command's start against an empty Python program."""

    def run(*arguments: str) -> Work:
        return lambda: subprocess.run(arguments, check=True, capture_output=True)

    found = medians(
        {
            "python -c pass": run(sys.executable, "-c", "pass"),
            "errordesk --version": run(str(Path(sys.executable).parent / "errordesk"), "--version"),
        },
        20,
    )
    report("The start of the command", found, "python -c pass", "5 times")


def second_start(folder: Path) -> None:
    """Opening the desk when the index is there already."""
    settings = Settings(data=folder / "data")
    Desk.open(settings)
    found = medians(
        {
            "parsing all articles": lambda: KnowledgeBase.load(shipped_content()),
            "opening the desk": lambda: Desk.open(settings),
        },
        5,
    )
    report("A second start", found, "parsing all articles", "2 seconds in all")


def main() -> None:
    """Run all benchmarks."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        answers(folder)
        index(folder)
        second_start(folder)
        start()
        probes(folder)
        bulkhead(folder)


if __name__ == "__main__":
    main()
