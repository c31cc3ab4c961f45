"""``make load``: what the server does under load, against named peers in the same run.

``python -m tests.load [SECONDS] [--write]``; ``--write`` puts the table into docs/operating.md.
Exits with 1 when a request failed, or memory grew.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import os
import socket
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil

from kb.articles import KnowledgeBase
from kb.desk import Desk
from kb.settings import Settings, shipped_content
from tests.bench.app import EMPTY
from tests.beside import beside
from tests.conftest import ROOT
from tests.lab.ours import serving_app
from tests.lab.servers import free_ports, nginx, running
from tests.load.dokuwiki import dokuwiki, page_of
from tests.load.wrk import Ask, Found, wrk

ARTICLE = "/solutions/2173-http-401-unauthorized"
CLIENTS = (1, 8, 64)
THREADS = 16
MINUTE_S = 60
MANY = 50_000
MAX_GROWTH = 1.1
BEGIN, END = "<!-- load -->", "<!-- /load -->"
_API = "/api/v1/answers"


def _slow_site(_environ: object, start: object) -> list[bytes]:
    start("200 OK", [("Content-Type", "text/html")])  # type: ignore[operator]
    return [b"<title>A site</title><p>Nothing is wrong."]


@contextlib.contextmanager
def _server(folder: Path, workers: int) -> Iterator[tuple[int, int]]:
    """The server with its empty view; port and process."""
    port = free_ports(1)[0]
    environment = {
        "PYTHONPATH": str(ROOT),
        "ERRORDESK_DATA": str(folder / "data"),
        "ERRORDESK_DATABASE_URL": f"sqlite:///{folder / 'desk.db'}",
        "ERRORDESK_LOG": "off",
        "ERRORDESK_PROBE_ALLOW": "127.0.0.0/8",
        "ERRORDESK_PROBE_RATE": "1000000/minute",
        "ERRORDESK_PROBE_TARGET_RATE": "1000000/minute",
    }
    Desk.open(Settings(data=folder / "data"))
    command = [sys.executable, "-m", "tests.bench.app", str(port), str(workers), str(THREADS)]
    with running(command, folder, [port], environment=environment, ready_s=60) as process:
        yield port, process.pid


def _page(port: int) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    with contextlib.closing(connection):
        connection.request("GET", ARTICLE)
        return connection.getresponse().read()


@contextlib.contextmanager
def _static(folder: Path, page: bytes) -> Iterator[int]:
    """The same article as a file of nginx, packed by it as our page is."""
    port = free_ports(1)[0]
    folder.chmod(0o755)  # nginx reads as another user
    (folder / "static").mkdir()
    (folder / "static" / "page.html").write_bytes(page)
    http_block = (
        f"gzip on; gzip_types text/html;server {{ listen 127.0.0.1:{port}; root {folder}/static; }}"
    )
    with nginx(folder, http_block, port):
        yield port


@contextlib.contextmanager
def _slow_probes(port: int, number: int) -> Iterator[None]:
    """Readers who probe a site that never says a word, again and again."""
    ending = threading.Event()
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as silent:
        site = silent.getsockname()[1]

        def probe(name: int) -> None:
            count = 0
            while not ending.is_set():
                count += 1
                body = f"q=HTTP+401+http://127.0.0.1:{site}/{name}/{count}"
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                headers = {
                    "Sec-Fetch-Site": "same-origin",
                    "Content-Type": "application/x-www-form-urlencoded",
                }
                with contextlib.closing(connection):
                    connection.request("POST", "/ask/stream", body, headers)
                    connection.getresponse().read()
                ending.wait(0.2)

        with beside([functools.partial(probe, n) for n in range(number)], ending):
            yield


def _memory(master: int) -> int:
    """Bytes that the workers have for themselves or share, as the kernel divides them (PSS)."""
    return sum(child.memory_full_info().pss for child in psutil.Process(master).children())


def _row(name: str, found: list[Found], base: list[Found]) -> str:
    cells = [
        f"{f.p50_ms:.1f} / {f.p95_ms:.1f} ms, {f.rate:.0f}/s"
        + (f", {f.refused * 100 // max(f.requests, 1)} % refused" if f.refused else "")
        + (f", **{f.failed} failed**" if f.failed else "")
        for f in found
    ]
    ratio = found[0].p50_ms / base[0].p50_ms
    return f"| {name} | " + " | ".join(cells) + f" | {ratio:.1f} |"


def measure(folder: Path, seconds: int) -> tuple[list[str], int]:
    """The lines of the report and the number of failures."""
    workers = len(os.sched_getaffinity(0))
    failures = 0
    with _server(folder, workers) as (port, master), serving_app(_slow_site) as site:
        articles = KnowledgeBase.load(shipped_content()).published
        with (
            _static(folder, _page(port)) as static,
            dokuwiki(folder / "wiki", articles) as wiki,
        ):
            probed = (
                f'{{"text": "HTTP 401 http://127.0.0.1:{site}/%d", "probe": true, "fresh": true}}'
            )
            asks = [
                Ask("empty Flask view", EMPTY),
                Ask("the article as a file of nginx", "/page.html", port=static),
                Ask("the article in DokuWiki", page_of(2173), port=wiki),
                Ask("article", ARTICLE),
                Ask(
                    "search in DokuWiki, words never seen",
                    "/doku.php?do=search&q=certificate+expired+%d",
                    port=wiki,
                ),
                Ask("search, words never seen", "/search?q=certificate+expired+%d"),
                Ask(
                    "answer, asked the first time",
                    _API,
                    '{"text": "HTTP 401 from our robot %d", "probe": false}',
                ),
                Ask(
                    "answer, asked again",
                    _API,
                    '{"text": "HTTP 401 from our robot", "probe": false}',
                ),
                Ask("answer with a probe of a local site", _API, probed),
            ]
            for ask in asks:  # nothing is measured cold
                wrk(port, ask, 8, 2)
            found = {ask.name: [wrk(port, ask, n, seconds) for n in CLIENTS] for ask in asks}
        base = found["empty Flask view"]
        head = "| | " + " | ".join(f"{n} client{'s' * (n > 1)}" for n in CLIENTS)
        lines = [f"{head} | p50 to the empty view's |", "|---" * (len(CLIENTS) + 2) + "|"]
        lines += [_row(name, values, base) for name, values in found.items()]
        failures += sum(f.failed for values in found.values() for f in values)
        failures += sum(f.refused for n, v in found.items() if "probe" not in n for f in v)
        with _slow_probes(port, workers * THREADS):
            reading = wrk(port, Ask("", ARTICLE), 64, MINUTE_S // 2)
            searching = wrk(port, Ask("", "/search?q=refused+%d"), 64, MINUTE_S // 2)
        wrong = sum(f.failed + f.refused for f in (reading, searching))
        failures += wrong
        lines += [
            "",
            f"64 clients for {MINUTE_S} s, articles and then searches, while "
            f"{workers * THREADS} readers probe a site that never answers: "
            f"{reading.requests + searching.requests} requests, {wrong} failed, p95 "
            f"{reading.p95_ms:.0f} and {searching.p95_ms:.0f} ms.",
        ]
        before = _memory(master)
        done = 0
        while done < MANY:
            for path in (ARTICLE, "/search?q=expired+%d", "/ask?q=HTTP+401+%d"):
                done += wrk(port, Ask("", path), 8, max(seconds, 5)).requests
        after = _memory(master)
        failures += after > before * MAX_GROWTH
        lines += [
            "",
            f"Memory of the {workers} processes: {before / 1e6:.0f} MB before and "
            f"{after / 1e6:.0f} MB after {done} further articles, searches and answers.",
        ]
    ratios = statistics.median(
        a.p50_ms / e.p50_ms for a, e in zip(found["article"], base, strict=True)
    )
    lines += [f"An article costs {ratios:.2f} times the empty view (median of the three columns)."]
    return lines, failures


def _write(lines: list[str], seconds: int) -> None:
    file = ROOT / "docs" / "operating.md"
    text = file.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    made = f"Made by `python -m tests.load {seconds} --write`."
    file.write_text(f"{before}{BEGIN}\n{made}\n\n" + "\n".join(lines) + f"\n{END}{after}")


def main() -> int:
    """Measure and print; gives the exit code."""
    given = [text for text in sys.argv[1:] if text.isdigit()]
    seconds = int(given[0]) if given else 5
    with tempfile.TemporaryDirectory(prefix="errordesk-load-") as name:
        lines, failures = measure(Path(name), seconds)
    print("\n".join(lines))
    if "--write" in sys.argv:
        _write(lines, seconds)
    print(f"{failures} failures." if failures else "Nothing failed, memory is flat.")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
