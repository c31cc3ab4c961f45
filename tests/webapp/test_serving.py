"""``errordesk serve`` as operators run it: real processes, signals, new content, slow probes."""

from __future__ import annotations

import contextlib
import functools
import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.beside import beside
from tests.lab.servers import free_ports, running

ARTICLE = "2173-http-401-unauthorized"
PATH = f"/solutions/{ARTICLE}"
DEADLINE_S = 2
_OWN = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Server:
    """A running server and the folder that it reads."""

    port: int
    process: subprocess.Popen[bytes]
    article: Path
    log: Path

    def connect(self) -> http.client.HTTPConnection:
        """A connection to it."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def get(self, path: str = PATH) -> tuple[int, str]:
        """Status and text of a page, over a connection of its own."""
        with contextlib.closing(self.connect()) as connection:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()

    @contextlib.contextmanager
    def probe(self, port: int) -> Iterator[http.client.HTTPResponse]:
        """A stream of a probe of ``port``, its head read."""
        with contextlib.closing(self.connect()) as connection:
            connection.request("POST", "/ask/stream", f"q=HTTP+401+http://127.0.0.1:{port}/", _OWN)
            with connection.getresponse() as response:
                yield response

    def probed(self, port: int) -> str:
        """What a whole stream says."""
        with self.probe(port) as response:
            return response.read().decode()

    def workers(self) -> set[int]:
        """The processes that answer."""
        return {child.pid for child in psutil.Process(self.process.pid).children()}


@contextlib.contextmanager
def _serving(folder: Path, tmp_path: Path, *options: str) -> Iterator[Server]:
    port = free_ports(1)[0]
    work = tmp_path / "server"
    work.mkdir()
    command = [str(Path(sys.executable).parent / "errordesk"), "serve", "--port", str(port)]
    environment = {
        "ERRORDESK_CONTENT": str(folder),
        "ERRORDESK_DATA": str(tmp_path / "data"),
        "ERRORDESK_PROBE_ALLOW": "127.0.0.0/8",
        "ERRORDESK_PROBE_DEADLINE": str(DEADLINE_S),
        "ERRORDESK_PROBE_RATE": "1000/minute",
        "ERRORDESK_PROBE_TARGET_RATE": "1000/minute",
        "ERRORDESK_DATABASE_URL": "off",
    }
    with running(
        [*command, *options], work, [port], environment=environment, ready_s=60
    ) as process:
        yield Server(port, process, folder / "articles" / f"{ARTICLE}.md", work / "server.log")


@dataclass(frozen=True)
class Silent:
    """A site that takes connections and never says a word."""

    listener: socket.socket

    @property
    def port(self) -> int:
        """Where it is."""
        return int(self.listener.getsockname()[1])

    def visits(self) -> int:
        """How many connections came since the last call; they end."""
        count = 0
        self.listener.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                self.listener.accept()[0].close()
                count += 1
        return count


@pytest.fixture
def silent() -> Iterator[Silent]:
    """A silent site on loopback."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield Silent(listener)


def _until(wanted: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not wanted():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


@contextlib.contextmanager
def _readers(server: Server, wrong: list[str]) -> Iterator[None]:
    """Two readers, one of them over one connection that stays open."""
    ending = threading.Event()

    def read(kept: bool) -> None:
        connection = server.connect()
        while not ending.is_set():
            try:
                connection.request("GET", PATH)
                response = connection.getresponse()
                response.read()
                if response.status != 200:
                    wrong.append(str(response.status))
            except (OSError, http.client.HTTPException) as error:
                wrong.append(repr(error))
            if not kept:
                connection.close()
        connection.close()

    with beside([functools.partial(read, kept) for kept in (True, False)], ending):
        yield


def test_new_content_is_served_without_a_failed_request(folder: Path, tmp_path: Path) -> None:
    with _serving(folder, tmp_path, "--workers", "2", "--threads", "4") as server:
        wrong: list[str] = []
        _until(lambda: len(server.workers()) == 2)
        former = server.workers()
        with _readers(server, wrong):
            text = server.article.read_text()
            server.article.write_text(text.replace("title: HTTP 401", "title: Renewed HTTP 401"))
            _until(lambda: "Renewed HTTP 401" in server.get()[1])
            _until(lambda: len(server.workers()) == 2 and not server.workers() & former)
        assert wrong == []
        # What is broken is not taken over: an article that was there stays.
        server.article.write_text("no article at all")
        _until(lambda: "the former stays" in server.log.read_text())
        status, page = server.get()
        assert status == 200
        assert "Renewed HTTP 401" in page
        assert ARTICLE in server.log.read_text()


def test_probes_leave_room_for_readers(folder: Path, tmp_path: Path, silent: Silent) -> None:
    with (
        _serving(
            folder, tmp_path, "--workers", "1", "--threads", "4", "--deadline", "60"
        ) as server,
        contextlib.ExitStack() as idle,
    ):
        # Connections on which nothing is asked hold no thread: these are ten times as many.
        for _ in range(40):
            idle.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        for _ in range(2):
            idle.enter_context(server.probe(silent.port))
        assert "Many probes are running" in server.probed(silent.port)
        for path in (PATH, "/search?q=unauthorized", "/ask?q=HTTP+401"):
            assert server.get(path)[0] == 200
        assert "Many probes are running" in server.probed(silent.port)  # they still wait
        for worker in server.workers():
            psutil.Process(worker).kill()


def test_connections_are_shared_between_the_workers(folder: Path, tmp_path: Path) -> None:
    with _serving(folder, tmp_path, "--workers", "2", "--threads", "4") as server:
        _until(lambda: len(server.workers()) == 2)
        with contextlib.ExitStack() as kept:
            for _ in range(16):  # as fast as one worker could take them all
                kept.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            _until(lambda: sum(map(_connections, server.workers())) == 16)
            assert min(map(_connections, server.workers())) >= 4


def _connections(worker: int) -> int:
    found = psutil.Process(worker).net_connections("tcp")
    return sum(connection.status == psutil.CONN_ESTABLISHED for connection in found)


def test_a_worker_that_is_killed_is_replaced(folder: Path, tmp_path: Path) -> None:
    with _serving(folder, tmp_path, "--workers", "2", "--threads", "4") as server:
        _until(lambda: len(server.workers()) == 2)
        killed = min(server.workers())
        psutil.Process(killed).kill()
        _until(lambda: len(server.workers()) == 2 and killed not in server.workers())
        assert {server.get()[0] for _ in range(20)} == {200}
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(15) == 0


def test_a_stop_finishes_streams_and_takes_no_new_ones(
    folder: Path, tmp_path: Path, silent: Silent
) -> None:
    with _serving(folder, tmp_path, "--workers", "1", "--threads", "4") as server:
        stopping = contextlib.ExitStack()
        stream = stopping.enter_context(server.probe(silent.port))
        server.process.send_signal(signal.SIGTERM)

        def refused() -> bool:
            try:
                socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
            except OSError:
                return True
            return False

        _until(refused, 5)
        with stopping:
            assert "event: answer" in stream.read().decode()
        assert server.process.wait(15) == 0


def test_a_taken_address_is_said_at_once(folder: Path, tmp_path: Path, silent: Silent) -> None:
    command = [str(Path(sys.executable).parent / "errordesk"), "serve", "--port", str(silent.port)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert "cannot be listened on" in done.stderr


def test_processes_share_what_probes_found(folder: Path, tmp_path: Path, silent: Silent) -> None:
    with _serving(folder, tmp_path, "--workers", "3", "--threads", "2") as server:
        assert "event: answer" in server.probed(silent.port)
        assert silent.visits() > 0
        for _ in range(9):  # whichever process answers: the result of the first is there
            assert "event: answer" in server.probed(silent.port)
        assert silent.visits() == 0
