"""``serve --reload``: pages follow the content, and a mistake is shown rather than fatal."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.test import Client

from kb.settings import Settings
from webapp.reloading import Reloader, serve_writer

ARTICLE = "/solutions/100000-staff-portal"
FILE = "articles/100000-staff-portal.md"


@pytest.fixture
def settings(own: Path, tmp_path: Path) -> Settings:
    """The operator's folder alone, which the lint finds clean."""
    (own / "questions.yaml").write_text("[]\n")
    change(own / FILE, "related: [2173]", "related: []")
    return Settings(content=(own,), data=tmp_path / "data", database_url="off")


@pytest.fixture
def file(own: Path) -> Path:
    return own / FILE


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


@pytest.fixture
def reloader(settings: Settings) -> Reloader:
    said: list[str] = []
    found = Reloader(settings, said.append)
    found.said = said  # type: ignore[attr-defined]  # for the test to look at
    return found


def test_a_change_is_taken_over(reloader: Reloader, file: Path) -> None:
    client = Client(reloader)
    change(file, "A text of ours", "Another text")
    reloader.reload()
    page = client.get(ARTICLE)
    assert "Another text" in page.text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "<script>" not in page.text


def test_drafts_are_shown(reloader: Reloader, file: Path) -> None:
    change(file, "related:", "status: draft\nrelated:")
    reloader.reload()
    assert Client(reloader).get(ARTICLE).status_code == 200


def test_what_cannot_be_read_leaves_the_former_pages(reloader: Reloader, file: Path) -> None:
    client = Client(reloader)
    change(file, "id: 100000", "id: [100000")
    reloader.reload()
    page = client.get(ARTICLE)
    assert page.status_code == 200
    assert "gzornenplatz" in page.text
    assert f"{FILE}:" in page.text
    assert "this page shows the content as it was at" in page.text
    assert f"{FILE}:" in client.get("/-/reload").text
    assert any(line.startswith(f"{FILE}:") for line in reloader.said)  # type: ignore[attr-defined]
    change(file, "id: [100000", "id: 100000")
    reloader.reload()
    assert "as it was" not in client.get(ARTICLE).text


def test_a_finding_holds_nothing_up(reloader: Reloader, file: Path) -> None:
    change(file, "A text of ours", "A text, as #9999 says,")
    reloader.reload()
    page = Client(reloader).get(ARTICLE).text
    assert "A text, as" in page
    assert "#9999 leads nowhere" in page


def test_findings_are_escaped(reloader: Reloader, file: Path) -> None:
    change(file, "category: company/portal", "category: <script>alert(1)</script>")
    reloader.reload()
    client = Client(reloader)
    for path in ("/", "/-/reload"):
        assert "<script>alert" not in client.get(path).text
        assert "&lt;script&gt;alert" in client.get(path).text


def test_it_starts_without_content_that_can_serve(settings: Settings) -> None:
    empty = Settings(content=(settings.content[0] / "none",), data=settings.data)
    page = Client(Reloader(empty, lambda _: None)).get("/")
    assert page.status_code == 503
    assert "There is no folder articles/" in page.text


@pytest.fixture
def site(reloader: Reloader) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()
    serving = threading.Thread(target=serve_writer, args=(reloader, listener, stop))
    serving.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    stop.set()
    serving.join()
    listener.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    found = browser.new_page(viewport={"width": 1280, "height": 900})
    errors: list[str] = []
    found.on("pageerror", lambda error: errors.append(str(error)))
    found.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    yield found
    found.close()
    assert errors == []


@pytest.mark.browser
def test_an_open_page_follows_the_file(site: str, file: Path, page: Page) -> None:
    page.goto(site + ARTICLE)
    main, banner = page.locator("main"), page.locator("#reload-banner")
    expect(main).to_contain_text("A text of ours")
    expect(banner).to_be_hidden()
    change(file, "A text of ours", "The new text")
    expect(main).to_contain_text("The new text", timeout=30_000)
    change(file, "id: 100000", "id: [100000")
    expect(banner).to_contain_text("1 to mend", timeout=30_000)
    expect(main).to_contain_text("The new text")
    page.get_by_role("link", name="All findings").click()
    expect(page.locator("ol")).to_contain_text("no valid YAML")
    change(file, "id: [100000", "id: 100000")
    expect(page.locator("h1")).to_have_text("The content is clean", timeout=30_000)


@pytest.mark.browser
def test_an_answer_to_a_form_is_not_sent_again(site: str, file: Path, page: Page) -> None:
    page.goto(site)
    page.locator("textarea").first.fill("PORTAL-418")
    page.locator("textarea").first.press("Control+Enter")
    page.wait_for_url(re.compile("/ask"))
    change(file, "A text of ours", "The new text")
    expect(page.locator("#reload-banner")).to_contain_text("Ask again", timeout=30_000)
