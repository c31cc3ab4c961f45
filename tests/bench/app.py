"""The help desk with an empty view beside it, on the server that ``errordesk serve`` runs.

``python -m tests.bench.app PORT WORKERS THREADS``; settings come from the environment.
"""

from __future__ import annotations

import socket
import sys

from flask import Flask

from kb.desk import Desk
from kb.settings import Settings
from webapp import create_app
from webapp.serving import ContentWatch, Limits, prepared, serve

EMPTY = "/empty"


def _with_empty_view(settings: Settings, desk: Desk) -> Flask:
    app = create_app(settings, desk)
    app.add_url_rule(EMPTY, "empty", lambda: "", methods=["GET", "POST"])
    return app


def main() -> None:
    """Serve until a signal ends it."""
    port, workers, threads = (int(text) for text in sys.argv[1:])
    limits = Limits(workers, threads)
    settings = prepared(Settings.from_environment(), limits)
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    watch = ContentWatch(settings.content)
    serve(Desk.open(settings), watch, listener, limits, lambda: None, _with_empty_view)


if __name__ == "__main__":
    main()
