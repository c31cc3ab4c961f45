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
    return (
        bool(origin)
        and origin not in services().settings.allowed_origins
        and _host_of(origin) not in _own()
    )


def from_elsewhere() -> bool:
    """Whether a form was sent by a page that is not of this site.

    Browsers that do not send Sec-Fetch-Site name the page's origin. ``null`` is ours as well: a
    page with ``Referrer-Policy: no-referrer`` names none.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("cross-site", "same-site")
    origin = request.headers.get("Origin", "null")
    return origin != "null" and _host_of(origin) not in _own()


def _own() -> set[str]:
    return {request.host, urlsplit(services().settings.base_url).netloc}


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc or "?"
    except ValueError:  # nobody's
        return "?"


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
