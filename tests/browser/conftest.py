"""A live site on loopback for all browser tests, and a fresh profile for each."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from kb.settings import Settings
from tests.observe.servers import Handler, request, serving
from webapp import create_app


def robots_refused() -> Handler:
    """A server that answers 401 to whoever does not look like a browser."""

    def handle(connection: object) -> None:
        head = request(connection)  # type: ignore[arg-type]
        status = b"200 OK" if "Mozilla/" in head else b"401 Unauthorized"
        body = b"<title>News</title>"
        length = str(len(body)).encode()
        head_out = b"HTTP/1.1 " + status + b"\r\nServer: nginx\r\nContent-Length: " + length
        connection.sendall(head_out + b"\r\n\r\n" + body)  # type: ignore[attr-defined]

    return handle


@pytest.fixture(scope="session")
def site(index_folder: Path) -> Iterator[str]:
    """The help site with the shipped content; gives its address."""
    settings = Settings(
        data=index_folder,
        probe_allow="127.0.0.0/8",
        probe_rate="1000/minute",
        contact_url="mailto:help@example.com",
        edit_url=("https://git.example/{path}",),
    )
    with serving_site(create_app(settings)) as address:
        yield address


@contextlib.contextmanager
def serving_site(app: Flask) -> Iterator[str]:
    """Serve ``app`` on loopback; gives its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    worker = threading.Thread(target=server.serve_forever, daemon=True)
    worker.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        worker.join()
        server.server_close()


@pytest.fixture(scope="session")
def faulty() -> Iterator[str]:
    """A site that refuses robots; gives a URL on it."""
    with serving(robots_refused()) as port:
        yield f"http://127.0.0.1:{port}/feed"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile."""
    found = browser.new_context(viewport={"width": 1280, "height": 900})
    yield found
    found.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which every error of a script or of the security policy fails the test."""
    found = context.new_page()
    errors: list[str] = []
    found.on("pageerror", lambda error: errors.append(str(error)))
    found.on(
        "console",
        lambda message: errors.append(message.text) if message.type == "error" else None,
    )
    yield found
    assert [error for error in errors if "status of 404" not in error] == []
