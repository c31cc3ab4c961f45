"""Validators and compression: ETag and Last-Modified with 304, brotli, zstd and gzip."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, Response, g, request
from flask_compress import Compress

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

    # Flask runs these in reverse: validators first, then the compressor, then the comparison.
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
