"""Cross-origin use of the API: which pages elsewhere may read its answers (Fetch standard).

No credentials are ever allowed: there are none. With ``ALLOWED_ORIGINS`` only those pages get an
answer; without it every page may ask.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, request

from webapp.services import services

METHODS = "GET, HEAD, POST, OPTIONS"
PREFLIGHT_S = 7200


def foreign() -> bool:
    """Whether a page elsewhere sent this that is not among the allowed ones."""
    origin = request.headers.get("Origin", "")
    own = {request.host, urlsplit(services().settings.base_url).netloc}
    return (
        bool(origin)
        and origin not in services().settings.allowed_origins
        and urlsplit(origin).netloc not in own
    )


def register(app: Flask) -> None:
    """Answer preflights and name the allowed origin on every response of the API."""

    @app.before_request
    def preflight() -> Response | None:
        asked = request.headers.get("Access-Control-Request-Method")
        if request.method == "OPTIONS" and asked and request.path.startswith("/api/"):
            return Response(status=204)
        return None

    @app.after_request
    def allow(response: Response) -> Response:
        if not (request.path.startswith("/api/") or request.path == "/oembed"):
            return response
        allowed = services().settings.allowed_origins
        origin = request.headers.get("Origin", "")
        if allowed:
            response.vary.add("Origin")
            if origin not in allowed:
                return response
        response.headers["Access-Control-Allow-Origin"] = origin if allowed else "*"
        response.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After, Errordesk-Question"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = METHODS
            response.headers["Access-Control-Allow-Headers"] = "Content-Type"
            response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_S)
        return response
