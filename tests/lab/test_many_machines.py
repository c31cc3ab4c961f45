"""Three machines behind haproxy, one PostgreSQL, one Redis: reading and answering never fail.

``make machines`` runs it. The front's configuration is the one in deploy/.
"""

from __future__ import annotations

import contextlib
import http.client
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from sqlalchemy import Engine, create_engine, text

from kb.desk import Desk
from kb.settings import Settings
from tests.conftest import ROOT
from tests.lab.databases import postgresql, redis
from tests.lab.load import ARTICLE, Load
from tests.lab.servers import free_ports, program, running

ADDRESSES = ("127.0.0.2", "127.0.0.3", "127.0.0.4")
pytestmark = [
    pytest.mark.lab,
    pytest.mark.machines,
    pytest.mark.timeout(400),
    pytest.mark.allow_hosts(["127.0.0.1", *ADDRESSES]),
]
OUTAGE_S = 20
WORKERS = 2
_NAME = ARTICLE.rpartition("/")[2]


@dataclass
class Machine:
    """One machine: an address, a copy of the content, an index of its own."""

    address: str
    port: int
    folder: Path
    environment: dict[str, str]
    pid: int = 0

    @contextlib.contextmanager
    def up(self) -> Iterator[None]:
        """Serving until the block ends."""
        command = [str(Path(sys.executable).parent / "errordesk"), "serve"]
        options = ["--host", self.address, "--port", str(self.port)]
        with running(
            [*command, *options, "--workers", str(WORKERS), "--threads", "8"],
            self.folder,
            [self.port],
            self.address,
            self.environment,
            ready_s=60,
        ) as process:
            self.pid = process.pid
            yield

    def kill(self) -> None:
        """kill -9 for every process at once, as a power failure does."""
        master = psutil.Process(self.pid)
        for process in (master, *master.children(recursive=True)):
            process.kill()

    def kill_worker(self) -> None:
        """kill -9 for one of the processes that answer."""
        master = psutil.Process(self.pid)
        _until(lambda: len(master.children()) == WORKERS)
        master.children()[0].kill()

    def renew(self, title: str) -> None:
        """New content: the article gets another title."""
        file = self.folder / "content" / "articles" / f"{_NAME}.md"
        lines = file.read_text().splitlines(keepends=True)
        file.write_text(
            "".join(f"title: {title}\n" if line.startswith("title:") else line for line in lines)
        )

    def page(self) -> str:
        """The article, asked without the front."""
        connection = http.client.HTTPConnection(self.address, self.port, timeout=20)
        with contextlib.closing(connection):
            connection.request("GET", ARTICLE)
            return connection.getresponse().read().decode()


def _until(wanted: Callable[[], bool], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not wanted():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)


@contextlib.contextmanager
def _away(url: str) -> Iterator[None]:
    """PostgreSQL takes no new connection to this database and ends those that are open."""
    admin_engine = create_engine(
        url.replace("postgresql:", "postgresql+psycopg:").removesuffix("/d") + "/postgres",
        isolation_level="AUTOCOMMIT",
    )
    with admin_engine.connect() as admin:
        admin.execute(text("alter database d allow_connections false"))
        admin.execute(
            text("select pg_terminate_backend(pid) from pg_stat_activity where datname='d'")
        )
        yield
        admin.execute(text("alter database d allow_connections true"))
    admin_engine.dispose()


def _stored(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return [row[0] for row in connection.execute(text("select key from feedback"))]


def test_reading_and_answering_never_fail(tmp_path: Path) -> None:
    front, database, limits, port = free_ports(4)
    Desk.open(Settings(data=tmp_path / "index"))
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(postgresql(database))
        (tmp_path / "redis").mkdir()
        (tmp_path / "haproxy").mkdir()
        redis_up = contextlib.ExitStack()
        stack.callback(redis_up.close)
        redis_url = redis_up.enter_context(redis(tmp_path / "redis", limits))
        machines = []
        for address in ADDRESSES:
            folder = tmp_path / address
            shutil.copytree(ROOT / "content", folder / "content")
            shutil.copytree(tmp_path / "index", folder / "data")
            environment = {
                "ERRORDESK_DATABASE_URL": url,
                "ERRORDESK_REDIS_URL": redis_url,
                "ERRORDESK_SEARCH_URL": url,
                "ERRORDESK_SECRET_KEY": "the same for all of these machines",
                "ERRORDESK_TRUSTED_PROXIES": "127.0.0.0/8",
                "ERRORDESK_CONTENT": str(folder / "content"),
                "ERRORDESK_DATA": str(folder / "data"),
            }
            machine = Machine(address, port, folder, environment)
            stack.enter_context(machine.up())
            machines.append(machine)
        names = {f"ERRORDESK_APP{n}": f"{m.address}:{port}" for n, m in enumerate(machines, 1)}
        config = str(ROOT / "deploy" / "haproxy.cfg")
        environment = {"ERRORDESK_FRONT": f"127.0.0.1:{front}", **names}
        command = [program("haproxy"), "-db", "-f", config]
        stack.enter_context(
            running(command, tmp_path / "haproxy", [front], environment=environment)
        )
        load = Load(front)
        with load.running():
            time.sleep(2)
            load.phase = "a machine is killed"
            machines[0].kill()
            time.sleep(3)
            stack.enter_context(machines[0].up())
            load.phase = "a worker is killed"
            for machine in machines * 2:
                machine.kill_worker()
                time.sleep(1)
            load.phase = "Redis restarts"
            redis_up.close()
            time.sleep(3)
            redis_up.enter_context(redis(tmp_path / "redis", limits))
            load.phase = "PostgreSQL is away"
            with _away(url):
                time.sleep(OUTAGE_S)
            load.phase = "PostgreSQL is back"
            before = len(load.stored)
            _until(lambda: len(load.stored) > before + 3)
            load.phase = "new content, machine by machine"
            for machine in machines:
                machine.renew("Renewed under load")
                _until(lambda m=machine: "Renewed under load" in m.page())  # type: ignore[misc]
        print(load.report())
        assert load.wrong == []
        # A response is sent in one piece, so that even a kill does not cut it.
        assert load.cut == []
        assert load.refused - load.stored, "PostgreSQL was away, and nobody was told"
        engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        keys = _stored(engine)
        engine.dispose()
        assert len(keys) == len(set(keys)), "something was stored twice"
        assert load.stored <= set(keys), "something was called stored and is not there"
        assert not (load.refused - load.stored - load.unsure) & set(keys), (
            "it was called not stored"
        )
