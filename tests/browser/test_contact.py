"""Asking a person, on the help site and from the widget, in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.desk import Desk
from kb.settings import Settings
from tests.browser.accessibility import violations
from tests.browser.conftest import serving_site
from tests.browser.foreign import foreign
from tests.browser.profiles import looked_at
from tests.contact.receiver import SECRET, Received, receiving
from tests.lab.servers import free_ports
from webapp import create_app

pytestmark = pytest.mark.browser
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>
<script type="module" src="{site}/widget.js" data-position="bottom-right"
  data-request-id="r-77"></script></head><body><main><h1>Shop</h1></main></body></html>"""


@pytest.fixture(scope="module")
def desk(index_folder: Path) -> Desk:
    return Desk.open(Settings(data=index_folder, probe_allow="127.0.0.0/8"))


@pytest.fixture
def received() -> Iterator[Received]:
    with receiving() as found:
        yield found


def settings_of(received: Received, folder: Path, **more: object) -> Settings:
    return Settings(
        database_url=f"sqlite:///{folder}/desk.db",
        contact_webhook=received.url,
        contact_secret=SECRET,
        probe_rate="1000/minute",
        **more,  # type: ignore[arg-type]
    )


@pytest.fixture
def person_site(desk: Desk, received: Received, tmp_path: Path) -> Iterator[str]:
    """The help site with a webhook and no page elsewhere that may write."""
    with serving_site(create_app(settings_of(received, tmp_path), desk)) as address:
        yield address


@pytest.mark.parametrize("scripts", [True, False])
def test_a_reader_of_an_answer_asks_a_person(
    browser: Browser, person_site: str, faulty: str, received: Received, scripts: bool
) -> None:
    context = browser.new_context(java_script_enabled=scripts)
    page = context.new_page()
    page.goto(person_site)
    page.get_by_label("What do you see?").fill(f"HTTP 401 from our robot {faulty}")
    page.get_by_role("button", name="Get the answer").click()
    expect(page.locator(".state")).to_have_text("Confirmed")
    page.get_by_role("button", name="Ask a person").click()
    expect(page.locator("h1")).to_have_text("Ask a person")
    page.get_by_text("What goes along").click()
    expect(page.locator("details pre")).to_contain_text("The site refuses automated clients")
    page.get_by_label("What should we know").fill("It worked until yesterday")
    page.get_by_label("Your mail address").fill("anna@example.com")
    assert received.messages == []
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_contain_text("answers to anna@example.com")
    context.close()
    (message,) = received.messages
    assert message["data"]["message"] == "It worked until yesterday"
    assert message["data"]["report"]["observations"][0]["source"] == "probe"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [380, 1280])
def test_the_form_breaks_no_accessibility_rule(
    browser: Browser, person_site: str, width: int, scheme: str
) -> None:
    context = looked_at(browser, width, scheme)
    page = context.new_page()
    found = {}
    page.goto(f"{person_site}/contact?q=HTTP+401")
    found["empty"] = violations(page)
    page.goto(person_site)
    page.get_by_label("What do you see?").fill("HTTP 401 from our robot")
    page.get_by_role("button", name="Get the answer").click()
    page.get_by_role("button", name="Ask a person").click()
    page.get_by_text("What goes along").click()
    found["filled"] = violations(page)
    page.evaluate("document.querySelector('[type=email]').type = 'text'")
    page.get_by_label("Your mail address").fill("nobody")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found["wrong"] = violations(page)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.get_by_label("Your mail address").fill("")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_be_visible()
    found["sent"] = violations(page)
    context.close()
    assert found == {"empty": [], "filled": [], "wrong": [], "sent": []}
    assert wide == 0


@pytest.fixture
def shop(desk: Desk, received: Received, tmp_path: Path) -> Iterator[str]:
    """A page elsewhere that the operator of the help site allows."""
    (port,) = free_ports(1)
    origin = f"http://127.0.0.1:{port}"
    settings = settings_of(received, tmp_path, allowed_origins=(origin,))
    with (
        serving_site(create_app(settings, desk)) as site,
        foreign({"/": PAGE.format(site=site)}, site, port) as address,
    ):
        yield address


def ask(page: Page, text: str) -> None:
    page.get_by_role("button", name="Help with an error").click()
    page.get_by_label("Paste the error").fill(text)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".answer").last).to_be_visible()


def test_the_widget_sends_question_answers_and_report(
    page: Page, shop: str, faulty: str, received: Received
) -> None:
    page.goto(shop)
    ask(page, f"HTTP 401 from our robot {faulty}")
    page.get_by_role("button", name="Check the URL").click()
    expect(page.locator(".answer .state").last).to_have_text("Confirmed")
    page.locator(".answer").last.get_by_role("button", name="Ask a person").click()
    expect(page.get_by_label("What should we know")).to_be_focused()
    assert violations(page) == []
    page.keyboard.type("Since yesterday?")
    page.get_by_label("Your mail address").fill("nobody")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("no mail address")
    expect(page.get_by_label("Your mail address")).to_be_focused()
    page.get_by_label("Your mail address").fill("anna@example.com")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".answer .sum:focus")).to_have_text("A person has your message now.")
    (message,) = received.messages
    data = message["data"]
    assert (data["request_id"], data["message"]) == ("r-77", "Since yesterday?")
    assert [answer["confirmed"] for answer in data["answers"]] == [False, True]
    assert data["report"]["facts"]["vantage"]["robot"]["status"] == 401


def test_the_widget_can_be_told_never_mind(page: Page, shop: str, received: Received) -> None:
    page.goto(shop)
    ask(page, "HTTP 401")
    button = page.get_by_role("button", name="Ask a person")
    button.click()
    page.get_by_role("button", name="Never mind").click()
    expect(button).to_be_focused()
    expect(page.get_by_label("What should we know")).to_have_count(0)
    assert received.attempts == []


def test_where_a_page_may_not_write_the_widget_leads_to_the_form(
    page: Page, person_site: str, received: Received
) -> None:
    with foreign({"/": PAGE.format(site=person_site)}, person_site) as address:
        page.goto(address)
        ask(page, "HTTP 401 at the shop")
        with page.expect_popup() as opened:
            page.get_by_role("button", name="Ask a person").click()
        expect(opened.value.get_by_label("What is it about?")).to_have_value("HTTP 401 at the shop")
        opened.value.close()
    assert received.attempts == []


def test_a_page_that_takes_over_is_counted(
    page: Page, shop: str, received: Received, tmp_path: Path
) -> None:
    page.goto(shop)
    ask(page, "HTTP 401")
    page.evaluate("""document.addEventListener('errordesk:contact', (event) => {
        event.preventDefault();
        window.taken = event.detail.question;
    })""")
    with page.expect_response("**/api/v1/contact") as counted:
        page.get_by_role("button", name="Ask a person").click()
    assert counted.value.status == 201
    assert page.evaluate("window.taken") == "HTTP 401"
    assert received.attempts == []
