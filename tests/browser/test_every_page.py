"""Every type of page, at both widths and in both colours: no accessibility rule is broken."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import abort
from playwright.sync_api import Browser, Page, expect

from kb.settings import Settings
from tests.browser.accessibility import faults_in_every_look
from tests.browser.conftest import serving_site
from tests.browser.profiles import looked_at
from tests.browser.test_site import PAGES, ask
from webapp import create_app

pytestmark = pytest.mark.browser
WITHDRAWN = """---
id: 100001
title: An old matter
summary: Nobody meets it any more.
category: http/client-errors
identifiers: []
symptoms: []
causes: []
related: []
authors: [Editors]
created: 2020-01-01
updated: 2021-01-01
status: withdrawn
successors: [2173]
---

## What it means {#what-it-means}

It was.
"""


@pytest.fixture(scope="module")
def odd_site(content: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A small site with a withdrawn solution, a page that breaks, and one asked too often."""
    folder = tmp_path_factory.mktemp("odd")
    (folder / "content/articles").mkdir(parents=True)
    for file in (*content.glob("*.yaml"), *content.glob("articles/2173-*")):
        shutil.copy(file, folder / "content" / file.relative_to(content))
    (folder / "content/articles/100001-an-old-matter.md").write_text(WITHDRAWN)
    (folder / "content/redirects.yaml").unlink(missing_ok=True)
    settings = Settings(content=(folder / "content",), data=folder / "data", database_url="off")
    app = create_app(settings)
    app.add_url_rule("/breaks", "breaks", lambda: str(int("no number")))
    app.add_url_rule("/often", "often", lambda: abort(429))
    with serving_site(app) as address:
        yield address


def probed(page: Page, site: str, faulty: str) -> None:
    ask(page, site, f"HTTP 401 from our robot {faulty}")
    page.wait_for_selector(".picture")


def talked(page: Page, site: str) -> None:
    """A conversation of three turns."""
    ask(page, site, "I just registered and get 401")
    for text in ("it opens there", "our robot"):
        asked = page.locator("#next").inner_text()
        page.locator("#say").fill(text)
        page.keyboard.press("Enter")
        expect(page.locator("#next")).not_to_have_text(asked)


def panel_talked(page: Page, site: str) -> None:
    """The same in the open panel."""
    page.goto(f"{site}/widget")
    page.get_by_role("button", name="Help with an error").click()
    for count, text in enumerate(("I just registered and get 401", "it opens there", "our robot")):
        page.locator("dialog textarea").fill(text)
        page.keyboard.press("Enter")
        expect(page.locator(".answer")).to_have_count(count + 1)


def shared(page: Page, site: str, faulty: str) -> None:
    probed(page, site, faulty)
    page.get_by_role("button", name="Share with the report").click()
    page.get_by_text("A shared report").wait_for()


def thanked(page: Page, site: str) -> None:
    ask(page, site, "HTTP 401 from our robot")
    page.locator(".feedback").get_by_role("button", name="Yes").click()
    page.locator(".feedback [role=status]").wait_for()


def typing(page: Page, site: str) -> None:
    page.goto(site)
    page.locator("#find").fill("401")
    page.wait_for_selector("[role=option]")


def at(path: str) -> Callable[[Page, str, str], object]:
    return lambda page, site, _: page.goto(site + path)


# How to come to each type of page, given the site and a URL that refuses robots.
PLAIN = {
    **{name: at(path) for name, path in PAGES.items()},
    **{f"German {name}": at(f"/de{PAGES[name]}") for name in ("home", "search", "answer")},
}
USED: dict[str, Callable[[Page, str, str], object]] = {
    "widget": at("/widget"),
    "probed": probed,
    "conversation": lambda page, site, _: talked(page, site),
    "shared report": shared,
    "feedback": lambda page, site, _: thanked(page, site),
    "typeahead": lambda page, site, _: typing(page, site),
    "open panel": lambda page, site, _: panel_talked(page, site),
}
ODD = {"withdrawn": at("/100001"), "broken": at("/breaks"), "too often": at("/often")}


@pytest.mark.parametrize("ways", [PLAIN, USED, ODD], ids=["plain", "used", "odd"])
def test_no_page_type_breaks_an_accessibility_rule(
    browser: Browser,
    request: pytest.FixtureRequest,
    ways: dict[str, Callable[[Page, str, str], object]],
    faulty: str,
) -> None:
    address = request.getfixturevalue("odd_site" if ways is ODD else "site")
    found = {}
    for name, show in ways.items():
        context = looked_at(browser, 1280, "light")
        page = context.new_page()
        show(page, address, faulty)
        if faults := faults_in_every_look(page):
            found[name] = faults
        context.close()
    assert found == {}


@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_phone_the_newest_verdict_comes_first(
    browser: Browser, site: str, scripts: bool
) -> None:
    context = browser.new_context(
        viewport={"width": 380, "height": 740}, java_script_enabled=scripts
    )
    page = context.new_page()
    ask(page, site, "I just registered and get 401")
    for text in ("it opens there", "our robot"):
        asked = page.locator("#next").inner_text()
        page.locator("#say").fill(text)
        page.get_by_role("button", name="Say it").click()
        expect(page.locator("#next")).not_to_have_text(asked)
    for shown in (page.get_by_text("our robot", exact=True), page.locator(".verdict h1"),
                  page.locator(".move .step")):  # fmt: skip
        expect(shown).to_be_in_viewport(ratio=1)
    earlier = page.locator(".talk").first
    expect(earlier).to_be_hidden()
    page.get_by_text("2 turns before").click()
    expect(earlier).to_contain_text("I just registered and get 401")
    expect(earlier).to_contain_text("it opens there")
    context.close()


def test_on_a_phone_the_panel_folds_earlier_answers(browser: Browser, site: str) -> None:
    context = looked_at(browser, 380, "light")
    page = context.new_page()
    panel_talked(page, site)
    expect(page.locator(".answer.past")).to_have_count(2)
    for old in page.locator(".answer.past dl").all():
        expect(old).to_be_hidden()
    last = page.locator(".answer").last
    for shown in (last.locator(".state"), last.locator("h3"), last.locator("dl .first")):
        expect(shown).to_be_in_viewport(ratio=1)
    page.locator(".answer.past summary").first.click()
    expect(page.locator(".answer.past dl").first).to_be_visible()
    context.close()
