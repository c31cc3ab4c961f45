"""The reader's own browser as a second connection, in a real Chromium on real sockets."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect
from werkzeug.serving import make_server

from kb.settings import Settings
from tests.conftest import CHROMIUM
from tests.lab.servers import free_port
from tests.observe.certificates import issue, server_context
from tests.observe.servers import Handler, request, resetting, saying, serving
from webapp import create_app

pytestmark = pytest.mark.browser
_OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 14\r\n%b\r\n<p>Welcome</p>"
BUTTON = "Try it from my browser"


def _chromium_only(asked: list[str]) -> Handler:
    """A firewall that lets the reader in and not the probe; keeps what the reader's browser sent.

    The probe's browser vantage names itself as one but sends no Sec-Fetch-Mode: no-cors.
    """

    def handle(connection: socket.socket) -> None:
        head = request(connection)
        if "Sec-Fetch-Mode: no-cors" in head:
            asked.append(head)
            connection.sendall(_OK % b"")
        else:
            resetting(connection)

    return handle


def _probe_only(connection: socket.socket) -> None:
    """The reverse: the reader's browser is cut off."""
    if "Sec-Fetch-Mode: no-cors" in request(connection):
        time.sleep(0.05)  # as far away as most sites are
        resetting(connection)
    else:
        connection.sendall(_OK % b"")


def _hidden(connection: socket.socket) -> None:
    request(connection)
    connection.sendall(_OK % b"Cross-Origin-Resource-Policy: same-origin\r\n")


def _answer(page: Page, site: str, text: str) -> None:
    page.goto(site)
    page.get_by_label("What do you see?").fill(text)
    page.get_by_role("button", name="Get the answer").click()
    page.wait_for_selector(".picture, .verdict .notice")


@pytest.fixture
def quiet(browser: Browser) -> Iterator[Page]:
    """A page whose console may name requests that fail: that is what is looked at here."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def test_we_do_not_reach_it_and_the_reader_does(quiet: Page, site: str) -> None:
    asked: list[str] = []
    with serving(_chromium_only(asked)) as port:
        _answer(quiet, site, f"is this site down? http://127.0.0.1:{port}/shop?a=1")
        assert asked == []
        quiet.get_by_role("button", name=BUTTON).click()
        expect(quiet.locator(".measured")).to_contain_text("Your browser reached it")
        expect(quiet.locator(".cause.confirmed").first).to_contain_text(
            "The site answers your browser and not us"
        )
    (head,) = asked
    assert head.startswith("GET /shop?a=1 HTTP/1.1")
    assert "Cookie:" not in head
    assert "Referer:" not in head


def test_we_reach_it_and_the_reader_does_not(quiet: Page, site: str) -> None:
    with serving(_probe_only) as port:
        _answer(quiet, site, f"is this site down? http://127.0.0.1:{port}/shop")
        quiet.get_by_role("button", name=BUTTON).click()
        expect(quiet.locator(".measured")).to_contain_text("did not reach it")
        expect(quiet.locator(".cause.confirmed").first).to_contain_text(
            "The site answers us and not your browser"
        )
        expect(quiet.locator(".said")).to_contain_text("Your browser did not reach it")


def test_a_closed_port_is_closed_for_both(quiet: Page, site: str) -> None:
    _answer(quiet, site, f"is this site down? http://127.0.0.1:{free_port()}/")
    quiet.get_by_role("button", name=BUTTON).click()
    expect(quiet.locator(".measured")).to_contain_text("did not reach it")
    expect(quiet.locator(".state")).to_have_text("Confirmed")
    expect(quiet.locator(".verdict h1")).to_contain_text("refuses this port")


def test_a_site_that_hides_its_answers_is_not_called_unreachable(quiet: Page, site: str) -> None:
    with serving(_hidden) as port:
        _answer(quiet, site, f"is this site down? http://127.0.0.1:{port}/")
        quiet.get_by_role("button", name=BUTTON).click()
        expect(quiet.locator(".reach .notice")).to_contain_text("That proves nothing here")
        quiet.get_by_role("button", name="It opens", exact=True).click()
        expect(quiet.locator(".said")).to_be_visible()


IN_A_FRAME = """(source) => new Promise((resolve) => {
  addEventListener("message", (event) => resolve(event.data));
  const frame = document.createElement("iframe");
  frame.src = source;
  document.body.append(frame);
})"""


@pytest.fixture
def named(playwright: Playwright) -> Iterator[Page]:
    """A page in a browser that finds every name of ``.test`` on this machine."""
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=["--no-sandbox", "--host-resolver-rules=MAP *.test 127.0.0.1"],
    )
    yield browser.new_page(ignore_https_errors=True)
    browser.close()


def test_the_frame_asks_the_asked_origin_and_nobody_else(named: Page, site: str) -> None:
    elsewhere: list[str] = []

    def other(connection: socket.socket) -> None:
        elsewhere.append(request(connection))
        connection.sendall(_OK % b"")

    with serving(other) as there:
        onward = f"HTTP/1.1 302 Found\r\nLocation: http://other.test:{there}/\r\n"
        with serving(saying(f"{onward}Content-Length: 0\r\n\r\n".encode())) as port:
            named.goto(site)
            found = named.evaluate(IN_A_FRAME, f"/reach?url=http://shop.test:{port}/a")
    assert found["reached"] is True
    assert elsewhere == []


def test_the_frame_alone_asks_nothing(quiet: Page, site: str) -> None:
    asked: list[str] = []
    with serving(_chromium_only(asked)) as port:
        quiet.goto(f"{site}/reach?url=http://127.0.0.1:{port}/")
        quiet.wait_for_load_state("networkidle")
    assert asked == []


def test_a_secure_page_says_why_it_cannot_ask_an_http_address(
    named: Page, index_folder: Path, tmp_path: Path
) -> None:
    app = create_app(Settings(data=index_folder, probe_enabled=False))
    context = server_context(tmp_path, issue("help", names=("help.test",)))
    server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=context)
    worker = threading.Thread(target=server.serve_forever)
    worker.start()
    try:
        named.goto(f"https://help.test:{server.server_port}/ask?q=down+http://shop.test/")
        named.get_by_role("button", name=BUTTON).click()
        expect(named.locator(".reach .notice")).to_contain_text("came over https")
        expect(named.get_by_role("button", name="It opens", exact=True)).to_be_visible()
    finally:
        named.close()
        server.shutdown()
        worker.join()
        server.server_close()
