"""The server of ``errordesk serve --reload``: one process, a thread for each request."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from webapp.reloading.reloader import Reloader


class _Quiet(WSGIRequestHandler):
    """Says nothing of each request: the open pages ask twice a second."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


def serve_writer(reloader: Reloader, listener: socket.socket, stop: threading.Event) -> None:
    """Serve at ``listener``, which is bound, until ``stop`` is set or Ctrl-C."""
    listener.listen()
    host, port = listener.getsockname()[:2]
    server = make_server(
        host, port, reloader, threaded=True, request_handler=_Quiet, fd=listener.fileno()
    )
    server.daemon_threads = True  # type: ignore[attr-defined]  # of socketserver.ThreadingMixIn
    serving = threading.Thread(target=server.serve_forever, name="serving", daemon=True)
    serving.start()
    try:
        reloader.follow(stop)
    except KeyboardInterrupt:
        pass
    finally:
        server.shutdown()
        server.server_close()
        serving.join()
