"""What every request leaves behind: an ID, a line in the log, and its time in the metrics.

The outermost layer, so that it sees whatever the app answers with. It knows the route's pattern,
never the path: a path or a query may hold what its sender would not want to see in a log.
"""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, request

from kb.logs import REQUESTS, request_id

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_LOG = logging.getLogger(REQUESTS)
HEADER: Final = "X-Request-ID"
ROUTE: Final = "errordesk.route"
_WELL_FORMED: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")
_METHODS: Final = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))

# method, route, status, seconds
Note = Callable[[str, str, int, float], None]


class Observed:
    """WSGI middleware around the whole app; ``note`` is told each request when it has ended."""

    def __init__(self, app: WSGIApplication, note: Note | None = None) -> None:
        self._app = app
        self._note = note

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        began = time.perf_counter()
        given = environ.get("HTTP_X_REQUEST_ID", "")
        identity = given if _WELL_FORMED.fullmatch(given) else os.urandom(16).hex()
        request_id.set(identity)
        status = 500

        def started(line: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            nonlocal status
            status = int(line[:3])
            return start(line, [*headers, (HEADER, identity)], *more)

        def ended() -> None:
            self._ended(environ, status, time.perf_counter() - began, identity)

        try:
            return _Watched(self._app(environ, started), ended)
        except BaseException:
            ended()
            raise

    def _ended(self, environ: WSGIEnvironment, status: int, took_s: float, identity: str) -> None:
        method = environ.get("REQUEST_METHOD", "")
        method = method if method in _METHODS else "other"
        route = environ.get(ROUTE, "none")
        if self._note is not None:
            self._note(method, route, status, took_s)
        if _LOG.isEnabledFor(logging.INFO):
            request_id.set(identity)  # a stream may end on another thread, or after other requests
            fields: dict[str, Any] = {"method": method, "route": route, "status": status}
            fields["ms"] = round(took_s * 1000, 1)
            # As _LOG.info, without looking for the line of code that calls: a third of its cost.
            record = _LOG.makeRecord(REQUESTS, logging.INFO, "", 0, "", (), None, extra=fields)
            _LOG.handle(record)


class _Watched:
    """A response's parts; ``ended`` is called once, after the last of them or at the close."""

    def __init__(self, parts: Iterable[bytes], ended: Callable[[], None]) -> None:
        self._parts = parts
        self._rest = iter(parts)
        self._ended: Callable[[], None] | None = ended

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._rest)
        except BaseException:
            self._end()
            raise

    def close(self) -> None:
        """Close what is inside, then note the end."""
        try:
            close = getattr(self._parts, "close", None)
            if close is not None:
                close()
        finally:
            self._end()

    def _end(self) -> None:
        ended, self._ended = self._ended, None
        if ended is not None:
            ended()


def register(app: Flask, note: Note | None = None) -> None:
    """Put the layer around ``app``; call it last, so that it is the outermost."""
    app.wsgi_app = Observed(app.wsgi_app, note)  # type: ignore[method-assign,assignment]

    @app.before_request
    def route() -> None:
        if request.url_rule is not None:
            request.environ[ROUTE] = request.url_rule.rule
