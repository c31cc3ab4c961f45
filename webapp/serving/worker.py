"""gunicorn's threaded worker with four habits of ours: idle connections hold no thread, a small
response leaves in one piece, the processes take connections in turn, and Ctrl-C in a terminal is
the master's business.
"""

from __future__ import annotations

import signal
import socket
import time
from functools import partial
from types import SimpleNamespace
from typing import Any, Final

from gunicorn.workers.gthread import TConn, ThreadWorker

# How long a process with more connections than another leaves it a new one: time enough to wake.
YIELD_S: Final = 0.001


class WholeResponse:
    """A socket that keeps a response's head back until there is a body to send with it.

    gunicorn sends them one by one. Whoever kills the process in between leaves a client, or a
    balancer, with a head that it can neither use nor ask for again.
    """

    def __init__(self, plain: socket.socket) -> None:
        self._plain = plain
        self._head: bytes | None = b""  # None once it is sent

    def sendall(self, data: bytes) -> None:
        """Keep the first call's bytes, and send them with the second's."""
        if self._head is None:
            self._plain.sendall(data)
        elif not self._head:
            self._head = data
        else:
            data, self._head = self._head + data, None
            self._plain.sendall(data)

    def flush(self) -> None:
        """Send a head that no body follows."""
        if self._head:
            data, self._head = self._head, None
            self._plain.sendall(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plain, name)


class Worker(ThreadWorker):
    """One process of the help desk."""

    app: Any  # that of :mod:`webapp.serving.master`, with the turns

    def init_signals(self) -> None:
        """As gunicorn's, but a terminal's Ctrl-C ends the workers through the master, in order."""
        super().init_signals()
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def set_accept_enabled(self, enabled: Any) -> None:
        """Take connections or not. A worker that stops lets go of its listeners at once: else the
        kernel goes on taking connections that nobody will answer."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            self.app.turns.ended(self.age)
            for listener in self.sockets:
                listener.close()

    def wait_for_and_dispatch_events(self, timeout: float | None) -> None:
        """One round of the loop; connections came and went since the last."""
        if self.alive:
            self.app.turns.has(self.age, self.nr_conns)
        super().wait_for_and_dispatch_events(timeout)

    def accept(self, listener: Any) -> None:
        """Take a connection, unless a process with fewer does. It gets a thread with its first
        byte: browsers open some in advance and leave them idle."""
        if self.app.turns.others_first(self.age):
            time.sleep(YIELD_S)
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        self.app.turns.has(self.age, self.nr_conns)
        connection = TConn(self.cfg, client, address, listener.getsockname())
        connection.timeout = time.monotonic() + self.cfg.keepalive
        self.pending_conns.append(connection)
        self.poller.register(
            connection.sock, 1, partial(self.on_pending_socket_readable, connection)
        )

    def handle_request(self, req: Any, conn: Any) -> bool:
        """Answer one request; gives whether the connection stays."""
        whole = WholeResponse(conn.sock)
        seen: Any = SimpleNamespace(sock=whole, client=conn.client, server=conn.server)
        kept = super().handle_request(req, seen)
        whole.flush()
        return bool(kept)
