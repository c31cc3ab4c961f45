"""Real servers from Debian packages on loopback: context managers, ready when entered."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

READY_S = 40.0
STOP_S = 5.0
_OWN_PORTS = range(12_000, 32_000)
_SBIN = "/usr/sbin:/usr/bin:/sbin:/bin"


class MissingServer(AssertionError):
    """A program that the tests need is not installed: a failure, never a skip."""


def program(name: str) -> str:
    """The path of an installed server. Raises MissingServer with what to do."""
    found = shutil.which(name, path=_SBIN) or shutil.which(name)
    if found is None:
        raise MissingServer(f"{name} is not installed: run make test, or tools/install-packages.")
    return found


def free_port(address: str = "127.0.0.1") -> int:
    """A TCP port that nobody listens on right now."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


def free_ports(count: int) -> list[int]:
    """Different TCP ports that nobody listens on right now.

    They lie below the range that the kernel gives to whoever asks for any port, so that nobody gets
    one of them in the meantime.
    """
    found: list[int] = []
    for port in random.sample(_OWN_PORTS, len(_OWN_PORTS)):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found.append(port)
        if len(found) == count:
            return found
    raise AssertionError(f"There are no {count} free ports.")


def listening(port: int, address: str = "127.0.0.1") -> bool:
    """Whether something takes a connection there."""
    try:
        socket.create_connection((address, port), timeout=1).close()
    except OSError:
        return False
    return True


@contextlib.contextmanager
def running(
    command: Sequence[str],
    folder: Path,
    ports: Sequence[int],
    address: str = "127.0.0.1",
    environment: Mapping[str, str] | None = None,
    ready_s: float = READY_S,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``command`` in the foreground until it listens on all ``ports``; end it on exit.

    Raises AssertionError with the server's own words when it does not come up.
    """
    output = folder / "server.log"
    with (
        output.open("wb") as log,
        subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, **(environment or {})},
        ) as server,
    ):
        try:
            deadline = time.monotonic() + ready_s
            while not all(listening(port, address) for port in ports):
                if server.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(f"{command[0]} did not start:\n{output.read_text()}")
                time.sleep(0.02)
            yield server
        finally:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(STOP_S)
            except subprocess.TimeoutExpired:
                server.kill()


_NGINX = """
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  default_type text/html;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  {http}
}}
"""


@contextlib.contextmanager
def nginx(folder: Path, http: str, *ports: int) -> Iterator[None]:
    """nginx with ``http`` as the inside of its http block, listening on ``ports``."""
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, http=http))
    command = [program("nginx"), "-p", str(folder), "-c", str(config), "-e", "stderr"]
    with running(command, folder, ports):
        yield
