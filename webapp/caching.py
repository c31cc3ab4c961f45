"""Validators and compression: ETag and Last-Modified with 304, brotli, zstd and gzip; articles
that were sent before, kept as they were sent.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from flask import Flask, Response, g, request
from flask_compress import Compress

from kb.recent import Recent
from webapp.i18n import language

_PACKAGE = Path(__file__).parent


def code_time() -> datetime:
    """When the newest file of this package was written: pages change with their templates."""
    newest = max(file.stat().st_mtime for file in _PACKAGE.rglob("*") if file.is_file())
    return datetime.fromtimestamp(newest, UTC)


def content_time(*files: Path) -> None:
    """Give the current response a Last-Modified: the newest of these files and of the code."""
    times = [file.stat().st_mtime for file in files if file.is_file()]
    if times:
        g.modified = datetime.fromtimestamp(max(times), UTC)


@dataclass(frozen=True, slots=True)
class _Page:
    """A finished response: packed, with all its headers."""

    body: bytes
    headers: tuple[tuple[str, str], ...]


# Finished pages by what they depend on; an app serves one snapshot, so they never grow old.
_Pages = Recent[tuple[str, ...], _Page]
_MAX_PAGES: Final = 1_000
_MAX_KEY: Final = 300
_ENDPOINT: Final = "solutions.page"


def _key() -> tuple[str, ...] | None:
    """What the page that is asked for depends on; None where it is not kept."""
    if request.method != "GET" or request.endpoint != _ENDPOINT or request.query_string:
        return None
    headers = request.headers
    if "Origin" in headers or "Cookie" in headers:
        return None
    key = (
        request.script_root,
        request.path,
        language(),
        request.host_url,
        headers.get("Accept-Encoding", ""),
    )
    return key if sum(map(len, key)) < _MAX_KEY else None


def register_kept(app: Flask) -> None:
    """Articles that were asked for before are sent as they were. Call it last: whatever else looks
    at a request before its view is to see these requests, too."""
    pages: _Pages = app.extensions["errordesk.pages"]

    @app.before_request
    def again() -> Response | None:
        key = _key()
        page = pages.get(key) if key else None
        return Response(page.body, headers=list(page.headers)) if page else None


def register(app: Flask) -> None:
    """Every cacheable response of ``app`` gets validators, then is compressed."""
    code = code_time()
    app.config["COMPRESS_MIMETYPES"] = [
        "text/html", "text/css", "text/plain", "text/markdown", "text/javascript",
        "application/json", "application/problem+json", "application/atom+xml", "application/xml",
        "application/opensearchdescription+xml", "image/svg+xml",
    ]  # fmt: skip
    app.config["COMPRESS_STREAMS"] = False  # server-sent events must not wait in a compressor

    def conditional(response: Response) -> Response:
        if _cacheable(response):
            response.make_conditional(request)
        return response

    def validators(response: Response) -> Response:
        if _cacheable(response):
            response.headers.setdefault("Cache-Control", "no-cache")
            if not response.get_etag()[0]:
                digest = hashlib.sha256(response.get_data()).hexdigest()[:20]
                response.set_etag(digest, weak=True)  # the same page, however compressed
            modified = g.get("modified")
            if modified is not None and response.last_modified is None:
                response.last_modified = max(modified, code)
        elif request.method not in ("GET", "HEAD"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    pages: _Pages = Recent(_MAX_PAGES)
    app.extensions["errordesk.pages"] = pages

    def keep(response: Response) -> Response:
        key = _key() if response.status_code == 200 else None
        if key and pages.get(key) is None:
            pages.put(key, _Page(response.get_data(), tuple(response.headers.items())))
        return response

    # Flask runs these in reverse: validators first, then the compressor, then the comparison; what
    # keeps a page sees it as it is sent.
    app.after_request(keep)
    app.after_request(conditional)
    Compress(app)
    app.after_request(validators)


def _cacheable(response: Response) -> bool:
    return (
        request.method in ("GET", "HEAD")
        and response.status_code == 200
        and not response.is_streamed
        and "no-store" not in response.headers.get("Cache-Control", "")
    )
