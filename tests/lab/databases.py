"""A real PostgreSQL, MariaDB and Redis on loopback, as context managers."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.lab.servers import MissingServer, free_port, program, running


def _postgres(name: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    if not found:
        raise MissingServer("PostgreSQL is not installed: run make test, or install postgresql.")
    return str(found[-1])


@contextlib.contextmanager
def postgresql(port: int = 0) -> Iterator[str]:
    """A fresh PostgreSQL server; gives the URL of an empty database."""
    port = port or free_port()
    # A server refuses to run as root, and its user must be able to reach the folder.
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="errordesk-pg-"))
    try:
        if as_user:
            shutil.chown(folder, "postgres", "postgres")
        data = folder / "data"
        subprocess.run(
            [*as_user, _postgres("initdb"), "-D", data, "-A", "trust", "-U", "desk", "--no-sync"],
            check=True,
            capture_output=True,
            cwd="/",
        )
        options = ["-p", str(port), "-k", str(folder), "-h", "127.0.0.1", "-F"]
        command = [*as_user, _postgres("postgres"), "-D", str(data), *options]
        log = Path(tempfile.mkdtemp(prefix="errordesk-pg-log-"))
        try:
            with running(command, log, [port]):
                # It listens before it takes commands: this waits until it does.
                address = ["-h", "127.0.0.1", "-p", str(port), "-U", "desk"]
                ready = [_postgres("pg_isready"), *address, "-d", "postgres"]
                for _ in range(100):
                    if subprocess.run(ready, check=False, capture_output=True).returncode == 0:
                        break
                    time.sleep(0.1)
                subprocess.run(
                    [_postgres("createdb"), *address, "d"], check=True, capture_output=True
                )
                yield f"postgresql://desk@127.0.0.1:{port}/d"
        finally:
            shutil.rmtree(log, ignore_errors=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def mariadb(folder: Path, port: int = 0) -> Iterator[str]:
    """A fresh MariaDB server; gives the URL of an empty database."""
    port = port or free_port()
    data = folder / "data"
    as_user = ["--user=root"] if os.geteuid() == 0 else []
    options = ["--no-defaults", f"--datadir={data}", *as_user, "--skip-name-resolve"]
    install = [program("mariadb-install-db"), *options, "--skip-test-db"]
    made = subprocess.run(install, check=False, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout + made.stderr
    start = folder / "start.sql"
    # One statement a line; it is run before the server listens.
    start.write_text(
        "CREATE DATABASE d CHARACTER SET utf8mb4;\n"
        "CREATE USER desk@'127.0.0.1' IDENTIFIED BY 'desk';\n"
        "GRANT ALL ON d.* TO desk@'127.0.0.1';\n"
    )
    command = [program("mariadbd"), *options, f"--socket={folder}/sock", f"--port={port}"]
    command += ["--bind-address=127.0.0.1", f"--init-file={start}"]
    command += ["--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=8M"]
    with running(command, folder, [port]):
        yield f"mysql://desk:desk@127.0.0.1:{port}/d"


@contextlib.contextmanager
def redis(folder: Path, port: int = 0) -> Iterator[str]:
    """A fresh Redis server that keeps nothing on disk; gives its URL."""
    port = port or free_port()
    command = [program("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with running(command, folder, [port]):
        yield f"redis://127.0.0.1:{port}/0"
