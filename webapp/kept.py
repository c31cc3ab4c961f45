"""Articles that were sent before are sent again as they were: packed, with all their headers.

An app serves one snapshot of the content, so a page depends on the request alone, and on the few
parts of it that are the key here. Whoever asks conditionally, from another origin or with a cookie
goes the whole way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import Flask

from kb.recent import Recent
from webapp.observing import ROUTE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_ROUTE: Final = "/solutions/<int:number>-<slug>"
_MAX_PAGES: Final = 1_000
_MAX_KEY: Final = 500
_PARTS: Final = (
    "wsgi.url_scheme", "HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "SCRIPT_NAME", "PATH_INFO",
    "HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT_ENCODING",
)  # fmt: skip
_OTHERS: Final = (
    "HTTP_COOKIE", "HTTP_ORIGIN", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE",
    "HTTP_IF_RANGE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Page:
    headers: tuple[tuple[str, str], ...]
    body: bytes


class KeptPages:
    """WSGI middleware around the app, inside of what looks at every request."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._pages: Recent[tuple[str, ...], _Page] = Recent(_MAX_PAGES)

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        key = _key(environ)
        if key is None:
            return self._app(environ, start)
        page = self._pages.get(key)
        if page is not None:
            environ[ROUTE] = _ROUTE
            start("200 OK", list(page.headers))
            return [page.body]
        return self._fill(key, environ, start)

    def _fill(
        self, key: tuple[str, ...], environ: WSGIEnvironment, start: StartResponse
    ) -> Iterable[bytes]:
        seen: list[tuple[str, list[tuple[str, str]]]] = []

        def started(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            seen.append((status, list(headers)))
            return start(status, headers, *more)

        parts = self._app(environ, started)
        # The route is known once the app has begun; all other pages pass as they come.
        if environ.get(ROUTE) != _ROUTE or not seen or not seen[-1][0].startswith("200 "):
            return parts
        try:
            body = b"".join(parts)
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()
        headers = tuple(seen[-1][1])
        if not any(name.lower() == "set-cookie" for name, _ in headers):
            self._pages.put(key, _Page(headers, body))
        return [body]


def _key(environ: WSGIEnvironment) -> tuple[str, ...] | None:
    if environ.get("REQUEST_METHOD") != "GET" or environ.get("QUERY_STRING"):
        return None
    if "/solutions/" not in environ.get("PATH_INFO", ""):
        return None
    if any(name in environ for name in _OTHERS):
        return None
    key = tuple(str(environ.get(name, "")) for name in _PARTS)
    return key if sum(map(len, key)) < _MAX_KEY else None


def register(app: Flask) -> None:
    """Keep the articles that ``app`` sends."""
    app.wsgi_app = KeptPages(app.wsgi_app)  # type: ignore[method-assign,assignment]
