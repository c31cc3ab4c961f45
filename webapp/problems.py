"""Errors in the site's look, and as RFC 9457 problem details for machines."""

from __future__ import annotations

import json

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from kb.errors import ErrordeskError
from webapp.i18n import gettext
from webapp.i18n import mark as N_  # noqa: N812  # the name that Babel extracts

SENTENCES = {
    404: N_("There is nothing at this address."),
    405: N_("This address does not take that method."),
    413: N_("That is more than fits: a megabyte is the most."),
    500: N_("Something broke on our side. It was logged; please try again."),
}


class Refused(Exception):
    """A request that a machine sent is wrong; ``detail`` says what to change."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


def problem(status: int, title: str, detail: str, **headers: str) -> Response:
    """A problem details document (RFC 9457)."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Response(json.dumps(body), status, headers, content_type="application/problem+json")


def register(app: Flask) -> None:
    """Handle what views raise."""

    @app.errorhandler(Refused)
    def refused(error: Refused) -> Response:
        title = "Bad Request" if error.status == 400 else "Unprocessable Content"
        return problem(error.status, title, error.detail)

    @app.errorhandler(ErrordeskError)
    def said(error: ErrordeskError) -> Response | tuple[str, int]:
        return _page(400, gettext("This cannot be taken"), gettext(str(error)))

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response | tuple[str, int]:
        status = error.code or 500
        if status < 400 and error.response is not None:
            return Response(status=status, headers=dict(error.get_headers()))
        sentence = SENTENCES.get(status, error.description or error.name)
        found = _page(status, error.name, gettext(sentence))
        if status == 405 and isinstance(found, Response):
            found.headers.extend(
                (name, value) for name, value in error.get_headers() if name == "Allow"
            )
        return found

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response | tuple[str, int]:
        app.logger.error("unhandled %s", type(error).__name__, exc_info=error)
        return _page(500, InternalServerError().name, gettext(SENTENCES[500]))


def machine_asks() -> bool:
    """Whether the current request is a program's rather than a person's."""
    accepts = request.accept_mimetypes
    return request.path.startswith(("/api/", "/oembed")) or (
        accepts.best_match(["text/html", "application/json"], "text/html") == "application/json"
    )


def _page(status: int, title: str, sentence: str) -> Response | tuple[str, int]:
    if machine_asks():
        return problem(status, title, sentence)
    return render_template(
        "error.html", status=status, title=title, sentence=sentence, quoting=False
    ), status
