"""Errors in the site's look, and as RFC 9457 problem details for the API."""

from __future__ import annotations

import json

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from kb.errors import ErrordeskError

SENTENCES = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "That is more than fits: 100,000 characters are the most.",
    500: "Something broke on our side. It was logged; please try again.",
}


def problem(status: int, title: str, detail: str, **headers: str) -> Response:
    """A problem details document (RFC 9457)."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Response(json.dumps(body), status, headers, content_type="application/problem+json")


def register(app: Flask) -> None:
    """Handle what views raise."""

    @app.errorhandler(ErrordeskError)
    def said(error: ErrordeskError) -> Response | tuple[str, int]:
        return _page(400, "This cannot be taken", str(error))

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response | tuple[str, int]:
        status = error.code or 500
        if status < 400 and error.response is not None:
            return Response(status=status, headers=dict(error.get_headers()))
        return _page(status, error.name, SENTENCES.get(status, error.description or error.name))

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response | tuple[str, int]:
        app.logger.error("unhandled %s", type(error).__name__, exc_info=error)
        return _page(500, InternalServerError().name, SENTENCES[500])


def _page(status: int, title: str, sentence: str) -> Response | tuple[str, int]:
    if request.path.startswith("/api/"):
        return problem(status, title, sentence)
    return render_template("error.html", status=status, title=title, sentence=sentence), status
