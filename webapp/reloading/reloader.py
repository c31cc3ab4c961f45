"""The app of the newest content that is whole; the former one serves until then."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from flask import Flask, Response, request

from kb.articles import KnowledgeBase
from kb.desk import Desk
from kb.errors import ErrordeskError
from kb.lint import lint_base
from kb.settings import Settings
from webapp import create_app
from webapp.reloading import pages
from webapp.security import HEADERS
from webapp.services import Services
from webapp.serving.watch import ContentWatch

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

EVERY_S: Final = 0.25  # a writer waits for two looks
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class State:
    """What pages show: ``mark`` changes whenever a page would look different, ``findings`` are to
    be mended, ``since`` is the time of the content that is served where that is not the newest."""

    mark: str
    findings: tuple[str, ...] = ()
    since: str = ""


class Reloader:
    """A WSGI application that follows the content folders of ``settings``.

    ``say`` is told each lint's outcome. An article that cannot be read keeps the former app in
    service, since a base without it would not be whole; where there is none yet, the rest is
    served. Findings about what can be read hold nothing up.
    """

    def __init__(self, settings: Settings, say: Callable[[str], None]) -> None:
        self._settings = replace(settings, drafts=True)
        self._say = say
        self._watch = ContentWatch(settings.content, EVERY_S)
        self._app: Flask | None = None
        self._former: Flask | None = None
        self._loaded = datetime.now(UTC)
        self.state = State("")
        self.reload()

    def follow(self, stop: threading.Event) -> None:
        """Take over changes until ``stop`` is set."""
        while not stop.wait(EVERY_S / 2):
            if self._watch.changed():
                self.reload()

    def reload(self) -> None:
        """Read the content; serve it where it is whole, and say what is to be mended."""
        app: Flask | None = None
        findings: tuple[str, ...] = ()
        whole = False
        try:
            base = KnowledgeBase.load(self._settings.content, drafts=True)
            # What cannot be read has findings elsewhere in its wake (links that lead nowhere), so
            # it is named alone. What stands in the writer's own folder comes first.
            own = str(base.roots[-1])
            found = base.errors or lint_base(base)
            ordered = sorted(found, key=lambda item: not item.path.startswith(own))
            findings = tuple(map(str, ordered))
            whole = not base.errors
            if whole or self._app is None:
                app = self._made(base)
        except ErrordeskError as error:
            findings, whole = (str(error), *findings), False
        except Exception:  # noqa: BLE001  # whatever a file does to a parser, serving goes on
            _LOG.exception("the content could not be taken over")
            findings, whole = ("The content could not be taken over; the log says why.",), False
        if app is not None:
            self._take(app)
        since = "" if whole or self._app is None else self._loaded.astimezone().strftime("%H:%M:%S")
        self.state = State(uuid4().hex[:12], findings, since)
        self._tell()

    def _made(self, base: KnowledgeBase) -> Flask:
        app = create_app(self._settings, Desk.of(self._settings, base))

        @app.after_request
        def marked(response: Response) -> Response:
            if response.mimetype == "text/html" and not response.is_streamed:
                # Registered last and so called first: validators and compression come after it.
                posted = request.method == "POST"
                response.set_data(pages.marked(response.get_data(as_text=True), self.state, posted))
            return response

        return app

    def _take(self, app: Flask) -> None:
        # Requests may still be at the app before this one; the one before that is done with.
        if self._former is not None:
            services: Services = self._former.extensions["errordesk"]
            services.desk.close()
            if services.store is not None:
                services.store.close()
        self._former, self._app = self._app, app
        self._loaded = datetime.now(UTC)

    def _tell(self) -> None:
        for finding in self.state.findings:
            self._say(finding)
        time = datetime.now(UTC).astimezone().strftime("%H:%M:%S")
        count = len(self.state.findings)
        said = f"{count} to mend." if count else "The content is clean."
        if self.state.since:
            said += f" The pages show it as it was at {self.state.since}, until it can be read."
        self._say(f"{time}  {said}")

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        path = environ.get("PATH_INFO", "")
        own = self._own(path)
        if own is None and self._app is None:
            own = "text/html", pages.findings_page(self.state), "503 Service Unavailable"
        if own is None:
            assert self._app is not None  # noqa: S101  # the line above has answered
            return self._app(environ, start)
        kind, text, status = own
        body = text.encode()
        headers = {
            **HEADERS,
            "Content-Type": f"{kind}; charset=utf-8",
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
        }
        start(status, list(headers.items()))
        return [body]

    def _own(self, path: str) -> tuple[str, str, str] | None:
        answers: dict[str, Callable[[], tuple[str, str]]] = {
            pages.STATE: lambda: ("application/json", self._state_json()),
            pages.SCRIPT: lambda: ("text/javascript", pages.text_of("reload.js")),
            pages.STYLE: lambda: ("text/css", pages.text_of("reload.css")),
            pages.FINDINGS: lambda: ("text/html", pages.findings_page(self.state)),
        }
        found = answers.get(path)
        return (*found(), "200 OK") if found else None

    def _state_json(self) -> str:
        state: dict[str, Any] = {"mark": self.state.mark, "findings": list(self.state.findings)}
        return json.dumps(state)
