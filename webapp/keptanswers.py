"""What was asked before is answered from memory: the API's bytes whole, a page but for its keys.

An answer from a text depends on the request and the snapshot that the app serves, so new content,
which comes with new processes, ends what is kept. Each time is a question of its own in the log and
in the metrics, under a key of its own.
"""

from __future__ import annotations

import io
import secrets
import time
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, current_app, request

from kb.answer import Answer
from kb.recent import Recent
from kb.store.records import new_key
from webapp import i18n, recording
from webapp.observing import ROUTE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH: Final = "/api/v1/answers"
QUESTION: Final = "Errordesk-Question"
_MAX_BODY: Final = 5_000
_MAX_KEY: Final = 6_000
_MAX_KEPT: Final = 512
_MAX_PAGES: Final = 256
_ANSWER: Final = "errordesk.answer"
# All of a request that its response depends on, beside the body.
_PARTS: Final = ("CONTENT_TYPE", "HTTP_ORIGIN", "HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING")
# Stand in a kept page where each reader gets keys of their own. No text can have them in it.
KEY, ASKED = secrets.token_hex(16), secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class _Kept:
    headers: tuple[tuple[str, str], ...]
    body: bytes
    answer: Answer


class KeptAnswers:
    """WSGI middleware around the app, inside of what looks at every request."""

    def __init__(self, flask: Flask) -> None:
        self._flask = flask
        self._app: WSGIApplication = flask.wsgi_app
        self._kept: Recent[tuple[str | bytes, ...], _Kept] = Recent(_MAX_KEPT)

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        key = _key(environ)
        if key is None:
            return self._app(environ, start)
        kept = self._kept.get(key)
        if kept is None:
            return self._fill(key, environ, start)
        began = time.perf_counter()
        environ[ROUTE] = PATH
        question = new_key()
        with self._flask.app_context():
            recording.record(kept.answer, "api", time.perf_counter() - began, question)
        start("200 OK", [*kept.headers, (QUESTION, question)])
        return [kept.body]

    def _fill(
        self, key: tuple[str | bytes, ...], environ: WSGIEnvironment, start: StartResponse
    ) -> Iterable[bytes]:
        seen: list[tuple[str, str]] = []

        def started(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            seen[:] = headers
            return start(status, headers, *more)

        parts = self._app(environ, started)
        answer = environ.get(_ANSWER)
        if not isinstance(answer, Answer):
            return parts
        try:
            body = b"".join(parts)
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()
        headers = tuple((name, value) for name, value in seen if name != QUESTION)
        self._kept.put(key, _Kept(headers, body, answer))
        return [body]


def _key(environ: WSGIEnvironment) -> tuple[str | bytes, ...] | None:
    """What the response depends on; the body is read, and put back for whoever reads it next."""
    if environ.get("PATH_INFO") != PATH or environ.get("REQUEST_METHOD") != "POST":
        return None
    length = environ.get("CONTENT_LENGTH") or ""
    if environ.get("QUERY_STRING") or not (length.isdigit() and 0 < int(length) <= _MAX_BODY):
        return None
    parts = tuple(str(environ.get(name, "")) for name in _PARTS)
    if sum(map(len, parts)) > _MAX_KEY - _MAX_BODY:
        return None
    body = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)
    return (body, *parts)


def keep(answer: Answer) -> None:
    """Let the response to this request answer the next one that is the same.

    ``answer`` is one that the desk keeps, to a question that goes on from none.
    """
    request.environ[_ANSWER] = answer


def page_key(*more: Hashable) -> Hashable:
    """What a page of this site depends on beside ``more``."""
    return (request.url, request.script_root, i18n.language(), *more)


def pages() -> Recent[Hashable, str]:
    """The pages of answers that are kept, with :data:`KEY` and :data:`ASKED` in them."""
    found: Recent[Hashable, str] = current_app.extensions.setdefault(
        "errordesk-pages", Recent(_MAX_PAGES)
    )
    return found


def register(app: Flask) -> None:
    """Keep the answers that ``app`` gives."""
    app.wsgi_app = KeptAnswers(app)  # type: ignore[method-assign,assignment]
