"""Servers of the laboratory that run in its own process: WSGI applications, a full backlog."""

from __future__ import annotations

import contextlib
import io
import socket
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        """Say nothing on the terminal."""

    def make_environ(self) -> WSGIEnvironment:
        """As usual, but tracebacks of broken applications go nowhere."""
        return {**super().make_environ(), "wsgi.errors": io.StringIO()}


@contextlib.contextmanager
def serving_app(app: WSGIApplication) -> Iterator[int]:
    """Serve ``app`` on loopback; gives the port."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def full_backlog() -> Iterator[int]:
    """A listener that accepts nothing and whose queue is full: further SYNs are dropped."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield int(listener.getsockname()[1])
