"""Three processes behind haproxy, one PostgreSQL, one Redis: reading and answering never fail."""

from __future__ import annotations

import contextlib
import http.client
import json
import shutil
import signal
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from kb.desk import Desk
from kb.settings import Settings
from tests.lab.databases import postgresql, redis
from tests.lab.servers import free_ports, program, running

pytestmark = [pytest.mark.lab, pytest.mark.machines]
ARTICLE = "/solutions/2173-http-401-unauthorized"
_HAPROXY = """
defaults
  mode http
  timeout connect 1s
  timeout client 10s
  timeout server 10s
  retries 3
  option redispatch 1
  retry-on conn-failure empty-response
frontend desk
  bind 127.0.0.1:{front}
  default_backend apps
backend apps
  option httpchk GET /health/live
  {servers}
"""


@dataclass
class Load:
    """Readers, askers and senders of feedback; what each of them got."""

    port: int
    ending: threading.Event = field(default_factory=threading.Event)
    wrong: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    read: int = 0
    stored: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)

    def _send(self, method: str, path: str, body: object = None) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            data = json.dumps(body).encode() if body is not None else None
            connection.request(method, path, data, {"Content-Type": "application/json"})
            response = connection.getresponse()
            response.read()
            return response.status

    def reading(self) -> None:
        """Articles and answers, which must never fail."""
        question = {"text": "HTTP 401 from our robot", "probe": False}
        while not self.ending.is_set():
            for method, path, body in (
                ("GET", ARTICLE, None),
                ("POST", "/api/v1/answers", question),
            ):
                try:
                    status = self._send(method, path, body)
                    if status != 200:
                        self.wrong.append(f"{path}: {status}")
                except http.client.IncompleteRead:
                    self.cut.append(path)
                except (OSError, http.client.HTTPException) as error:
                    self.wrong.append(f"{path}: {error!r}")
                self.read += 1

    def sending(self) -> None:
        """Feedback, which is stored or refused; each key is sent twice."""
        while not self.ending.is_set():
            key = str(uuid.uuid4())
            for _ in range(2):
                try:
                    status = self._send(
                        "POST", "/api/v1/feedback", {"solution": 2173, "helpful": True, "key": key}
                    )
                except (OSError, http.client.HTTPException):
                    continue  # cut off in between: whoever sent it does not know, and sends again
                (self.stored if status in (200, 201) else self.refused).add(key)
            self.ending.wait(4.5)  # the limit is 30 a minute

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Under load until the block ends."""
        jobs: tuple[Callable[[], None], ...] = (self.reading, self.reading, self.sending)
        threads = [threading.Thread(target=job) for job in jobs]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.ending.set()
            for thread in threads:
                thread.join(20)


def test_reading_and_answering_never_fail(tmp_path: Path, index_folder: Path) -> None:
    Desk.open(Settings(data=index_folder))  # the index is there
    ports = free_ports(6)
    front, database, limits, *apps = ports
    with contextlib.ExitStack() as stack:
        holding = contextlib.ExitStack()
        stack.callback(holding.close)
        url = stack.enter_context(postgresql(database))
        for name in ("redis", "haproxy", "app0", "app1", "app2"):
            (tmp_path / name).mkdir()
        redis_url = holding.enter_context(redis(tmp_path / "redis", limits))
        environment = {
            "ERRORDESK_DATABASE_URL": url,
            "ERRORDESK_REDIS_URL": redis_url,
            "ERRORDESK_SECRET_KEY": "the same for all",
        }
        processes = []
        for number, port in enumerate(apps):
            data = tmp_path / f"app{number}" / "data"
            shutil.copytree(index_folder, data)
            command = [str(Path(sys.executable).parent / "errordesk"), "serve", "--port", str(port)]
            processes.append(
                stack.enter_context(
                    running(
                        [*command, "--threads", "8"],
                        tmp_path / f"app{number}",
                        [port],
                        environment={**environment, "ERRORDESK_DATA": str(data)},
                    )
                )
            )
        servers = "\n  ".join(
            f"server app{n} 127.0.0.1:{port} check inter 300ms fall 1 rise 1"
            for n, port in enumerate(apps)
        )
        config = tmp_path / "haproxy" / "haproxy.cfg"
        config.write_text(_HAPROXY.format(front=front, servers=servers))
        stack.enter_context(
            running([program("haproxy"), "-db", "-f", str(config)], tmp_path / "haproxy", [front])
        )
        load = Load(front)
        engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        with load.running():
            time.sleep(1)
            processes[0].kill()
            time.sleep(1.5)
            cut_by_kill = len(load.cut)
            holding.close()  # Redis goes away
            time.sleep(0.5)
            holding.enter_context(redis(tmp_path / "redis", limits))
            time.sleep(1)
            # PostgreSQL takes no new connection to this database and ends those that are open.
            admin_engine = create_engine(
                url.replace("postgresql:", "postgresql+psycopg:").removesuffix("/d") + "/postgres",
                isolation_level="AUTOCOMMIT",
            )
            with admin_engine.connect() as admin:
                admin.execute(text("alter database d allow_connections false"))
                admin.execute(
                    text("select pg_terminate_backend(pid) from pg_stat_activity where datname='d'")
                )
                time.sleep(5)
                admin.execute(text("alter database d allow_connections true"))
            admin_engine.dispose()
            time.sleep(4)
        assert load.wrong == []
        # What a killed process had begun to send nobody in front can send again: at most one
        # response for each of the two readers, at that one moment.
        assert len(load.cut) <= cut_by_kill <= 2
        assert load.read > 50
        assert load.stored
        assert load.refused, "PostgreSQL was away, and nobody was told"
        with engine.connect() as connection:
            keys = [row[0] for row in connection.execute(text("select key from feedback"))]
        engine.dispose()
        assert len(keys) == len(set(keys))
        assert load.stored <= set(keys)
        assert processes[0].wait(5) == -signal.SIGKILL
