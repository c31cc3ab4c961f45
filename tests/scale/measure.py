"""What one size of base costs, as numbers: the desk itself, and each search engine under it.

The base is loaded once; each engine is measured in a fork of that process, so that what it adds to
memory is its own. Times are of the processor, PostgreSQL's included: they do not depend on what
else the machine does, and on an idle one they are what the clock shows.
"""

from __future__ import annotations

import json
import logging
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from kb.articles import KnowledgeBase
from kb.desk import Desk, Query
from kb.search import Searcher, open_index
from kb.search.schema import BOOSTS
from kb.search.words import question_stems
from kb.settings import Settings

# An engine is given up where its build, as its largest one so far tells, would take longer.
BUILD_LIMIT_S = 330.0
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of many calls."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Cost:
    """One engine at one size: seconds to build, megabytes on disk and in memory, milliseconds."""

    engine: str
    articles: int
    build_s: float
    size_mb: float
    memory_mb: float
    scores: Times
    search: Times
    tops: list[list[int]]  # the first three articles for each question


@dataclass(frozen=True, slots=True)
class Base:
    """The desk without its index: seconds to read and to prepare, megabytes, milliseconds."""

    articles: int
    read_s: float
    start_s: float
    memory_mb: float
    ask: Times
    suggest: Times


def memory_mb() -> float:
    """The resident memory of this process."""
    text = Path("/proc/self/status").read_text(encoding="ascii")
    return int(text.partition("VmRSS:")[2].split()[0]) / 1024


class Server:
    """The processor time of a PostgreSQL server, read from the kernel; of none for an empty URL."""

    def __init__(self, url: str = "") -> None:
        self._url = url
        self._backends: list[int] = []
        self._parent = 0
        if url:
            with psycopg.connect(url) as connection:
                stat = Path(f"/proc/{connection.info.backend_pid}/stat").read_text("ascii")
            self._parent = int(stat.rpartition(")")[2].split()[1])

    def watch(self) -> None:
        """Count what serves this database from now on."""
        if self._url:
            with psycopg.connect(self._url) as connection:
                rows = connection.execute(
                    "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                    " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
                )
                self._backends = [pid for (pid,) in rows]

    def ended_s(self) -> float:
        """Seconds of all backends that have ended."""
        if not self._parent:
            return 0.0
        fields = Path(f"/proc/{self._parent}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")

    def serving_s(self) -> float:
        """Seconds of the watched ones."""
        spent = (Path(f"/proc/{pid}/schedstat").read_text("ascii") for pid in self._backends)
        return sum(int(text.split()[0]) for text in spent) / 1e9


def timed(calls: Sequence[Callable[[], object]], server: Server | None = None) -> Times:
    """The time of each call, the first tenth left out."""
    server = server or Server()
    took = []
    for number, call in enumerate(calls):
        if number == 1:
            server.watch()  # now that the first call has opened a connection
        began = time.process_time() + server.serving_s()
        call()
        took.append(1000 * (time.process_time() + server.serving_s() - began))
    took = sorted(took[len(took) // 10 :])
    return Times(statistics.median(took), took[int(0.95 * (len(took) - 1))])


def in_a_fork(work: Callable[[], Any]) -> Any:
    """What ``work`` gives, as JSON brings it over, done in a copy of this process."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            with os.fdopen(write, "w") as pipe:
                json.dump(work(), pipe)
        except BaseException as error:  # noqa: BLE001  # whatever it was, the parent says so
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            os._exit(1)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    if status:
        raise SystemExit("A measurement failed.")
    return json.loads(text)


def build_cost(base: KnowledgeBase, folder: Path, url: str) -> tuple[float, float]:
    """Seconds of building the index, and its megabytes."""
    server = Server(url if url.startswith("postgresql") else "")
    empty = _stored_mb(url, folder)
    began = time.process_time() + server.ended_s()
    open_index(base, folder, url=url).close()
    time.sleep(1)  # the server counts a backend when it has ended
    return time.process_time() + server.ended_s() - began, _stored_mb(url, folder) - empty


def engine_cost(
    base: KnowledgeBase, folder: Path, url: str, asked: Sequence[str], built: tuple[float, float]
) -> dict[str, Any]:
    """Memory and times of one engine whose index is built."""
    before = memory_mb()
    server = Server(url if url.startswith("postgresql") else "")
    engine = open_index(base, folder, url=url)
    boosts = tuple(BOOSTS.items())
    stems = [dict.fromkeys(question_stems(text), 1.0) for text in asked]
    scores = timed([partial(engine.scores, one, boosts) for one in stems], server)
    grown = memory_mb() - before
    searcher = Searcher(base, engine)
    tops: list[list[int]] = []

    def search(text: str) -> None:
        tops.append([hit.id for hit in searcher.search(text, 3, correct=False).hits])

    search_times = timed([partial(search, one) for one in asked], server)
    name = url.partition(":")[0]
    return asdict(Cost(name, len(base.published), *built, grown, scores, search_times, tops))


def desk_cost(
    base: KnowledgeBase, read_s: float, folder: Path, asked: Sequence[str]
) -> dict[str, Any]:
    """The whole desk, over tantivy."""
    engine = open_index(base, folder, url="tantivy:")
    began = time.process_time()
    desk = Desk(Settings(data=folder), base, Searcher(base, engine))
    start = time.process_time() - began
    ask = timed([partial(desk.ask, Query(one, probe=False)) for one in asked])
    typed = [text[:length] for text in asked for length in (3, 8)]
    suggest = timed([partial(desk.suggest, one) for one in typed])
    return asdict(Base(len(base.published), read_s, start, memory_mb(), ask, suggest))


def _stored_mb(url: str, folder: Path) -> float:
    if not url.startswith("postgresql"):
        return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    return row[0] / 1e6 if row else 0.0


def quiet() -> None:
    """Articles are not linted here, and their repeated conditions need no line each."""
    logging.disable(logging.ERROR)
