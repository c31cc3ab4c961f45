"""What ``serve`` and ``demo`` do: an address to listen on, the desk, then the server."""

from __future__ import annotations

import multiprocessing
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from kb.settings import Settings

EXIT_WRONG_USE = 2


def run_server(
    settings: Settings,
    host: str,
    port: int,
    workers: int | None,
    threads: int | None,
    progress: Callable[[int, int], None],
) -> None:
    """Serve until a signal ends it. Ends with exit code 2 where nothing can be listened on."""
    listener = _bound(host, port)  # first, because the rest takes its time
    from kb.desk import Desk
    from kb.logs import configure
    from webapp.serving import ContentWatch, Limits, prepared, serve

    configure(settings.log)
    limits = Limits.of_this_machine(workers, threads)
    watch = ContentWatch(settings.content)
    desk = Desk.open(prepared(settings, limits), progress)
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104  # only compared
    name = f"[{shown}]" if ":" in shown else shown

    def ready() -> None:
        click.secho(f"Errordesk is at http://{name}:{port}", bold=True, err=True)

    serve(desk, watch, listener, limits, ready)


def run_for_writers(settings: Settings, host: str, port: int) -> None:
    """Serve with pages that follow the content, until Ctrl-C."""
    listener = _bound(host, port)
    from webapp.reloading import Reloader, serve_writer

    reloader = Reloader(settings, lambda said: click.echo(said, err=True))
    name = f"[{host}]" if ":" in host else host
    click.secho(f"Errordesk for writers is at http://{name}:{port}", bold=True, err=True)
    serve_writer(reloader, listener, threading.Event())


def _bound(host: str, port: int) -> socket.socket:
    """A socket that has the address and does not listen yet: nobody waits while the desk opens."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        click.echo(
            f"{host}:{port} cannot be listened on: {error.strerror}. Choose another port with "
            "--port or PORT.",
            err=True,
        )
        raise SystemExit(EXIT_WRONG_USE) from None
    return listener


@contextmanager
def demo_settings(settings: Settings) -> Iterator[Settings]:
    """``settings`` with the faulty sites of the demo, which run in a process of their own: the
    server forks, and a process with threads must not."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    with tempfile.TemporaryDirectory(prefix="errordesk-demo-") as folder:
        process = context.Process(
            target=_faulty_sites, args=(theirs, Path(folder), settings), daemon=True
        )
        process.start()
        try:
            found: Settings = ours.recv()
            for label, text in found.examples:
                click.echo(f"  {label}: {text.rpartition(' ')[2]}", err=True)
            yield found
        finally:
            process.terminate()


def _faulty_sites(pipe: Connection, folder: Path, settings: Settings) -> None:
    from webapp.demo import faulty_sites

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends first, then this process
    with faulty_sites(folder, settings) as found:
        pipe.send(found)
        signal.pause()
