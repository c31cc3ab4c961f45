"""The operator's pages in a real Chromium: accessible, without scripts of others, and usable."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from kb.settings import Settings
from kb.store import ContactRecord, Feedback, QuestionRecord, Store, open_store
from kb.store.records import now
from tests.browser.accessibility import faults_in_every_look
from tests.browser.profiles import looked_at
from webapp import create_app
from webapp.operator.passwords import hashed

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"


def fill(store: Store) -> None:
    """A month at a help desk."""
    known = (
        ("HTTP 401 from our robot, but it opens in my browser", 2173, "automated-clients-refused"),
        ("401 Unauthorized at the shop", 2173, "no-credentials"),
        ("our robot gets HTTP 401", 2173, "automated-clients-refused"),
    )
    unknown = (
        "the carousel spins backwards",
        "carousel spinning backwards on phones",
        "ERR_WOBBLE_42",
    )
    for day in range(30):
        when = now() - timedelta(days=day)
        for place in range((day * 7) % 11):
            text, solution, cause = known[place % 3]
            record = QuestionRecord(
                text, True, "site", solution, f"{solution}#{cause}", place % 2 == 0, created=when
            )
            store.log_question(record)
            if place % 4 == 0:
                store.add_feedback(
                    Feedback(2173, place % 3 > 0, question_key=record.key, created=when)
                )
            if place % 5 == 4:
                store.add_contact(ContactRecord("elsewhere", question_key=record.key, created=when))
        for place in range((day * 5) % 4):
            store.log_question(QuestionRecord(unknown[place], False, "site", created=when))
    store.log_question(
        QuestionRecord(
            "what is this https://shop.example/", False, "site", probed=True,
            signature="dns.outcome=ok tcp.outcome=connected http.outcome=answered http.status=499",
        )
    )  # fmt: skip
    store.add_feedback(Feedback(2173, False, "The first step did not say where.", known[1][0]))
    store.flush()


@pytest.fixture(scope="module")
def desk(index_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with an operator and a month of questions; gives its address."""
    url = f"sqlite:///{tmp_path_factory.mktemp('desk')}/desk.db"
    store = open_store(url)
    fill(store)
    store.close()
    settings = Settings(
        data=index_folder,
        database_url=url,
        secret_key="k" * 40,
        operator_password_hash=hashed(PASSWORD),
        operator_writes=True,
    )
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    worker = threading.Thread(target=server.serve_forever, daemon=True)
    worker.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    worker.join()
    server.server_close()


def log_in(page: Page, desk: str) -> None:
    page.goto(f"{desk}/operator")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Insight")).to_be_visible()


def test_no_page_breaks_an_accessibility_rule(browser: Browser, desk: str) -> None:
    context = looked_at(browser, 1280, "light")
    page = context.new_page()
    found = {}
    page.goto(f"{desk}/operator/login")
    found["login"] = faults_in_every_look(page)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    found["wrong password"] = faults_in_every_look(page)
    log_in(page, desk)
    found["insight"] = faults_in_every_look(page)
    page.goto(f"{desk}/de/operator")
    found["German"] = faults_in_every_look(page)
    context.close()
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_the_operator_looks_drafts_and_leaves(page: Page, desk: str) -> None:
    log_in(page, desk)
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert cookies["errordesk_operator"]["httpOnly"]
    assert cookies["errordesk_operator"]["sameSite"] == "Strict"
    page.get_by_role("link", name="7 days").click()
    expect(page.get_by_role("img", name="in 7 days")).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("button", name="the carousel").first.click()
    assert started.value.suggested_filename.endswith("-the-carousel-spins-backwards.md")
    page.get_by_role("button", name="Log out").click()
    page.goto(f"{desk}/operator")
    expect(page.get_by_label("Password")).to_be_visible()
