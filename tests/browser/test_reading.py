"""What readers of searches and articles see and do, in a real Chromium."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.desk import Desk
from kb.settings import Settings
from tests.browser.conftest import serving_site
from tests.browser.test_site import ARTICLE, ask
from webapp import create_app

pytestmark = pytest.mark.browser
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="28" height="28"/>'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the themed site stores what it is told."""
    return tmp_path_factory.mktemp("themed")


@pytest.fixture(scope="module")
def themed(index_folder: Path, folder: Path) -> Iterator[str]:
    """A site with a name, a logo, a colour and links of its own."""
    (folder / "logo.svg").write_text(LOGO)
    settings = Settings(
        data=index_folder,
        database_url=f"sqlite:///{folder}/desk.db",
        site_name="Help of Example",
        logo_file=str(folder / "logo.svg"),
        accent="#7a1f5c",
        footer_links=(("Imprint", "https://example.com/imprint"),),
        probe_allow="127.0.0.0/8",
        probe_rate="1000/minute",
    )
    with serving_site(create_app(settings, Desk.open(settings))) as address:
        yield address


@pytest.mark.parametrize("box", ["#find", "#q"])
@pytest.mark.parametrize("typed", ["2173", "#2173"])
def test_an_id_typed_into_any_box_leads_to_its_solution(
    page: Page, site: str, box: str, typed: str
) -> None:
    page.goto(site)
    page.locator(box).fill(typed)
    page.keyboard.press("Control+Enter" if box == "#q" else "Enter")
    page.wait_for_url("**" + ARTICLE)


def test_results_are_filtered_and_show_the_words(page: Page, site: str) -> None:
    page.goto(f"{site}/search?q=password")
    count = page.locator(".hits > li").count()
    expect(page.locator(".hits mark").first).to_have_text("password")
    aside = page.get_by_role("complementary", name="Filters")
    aside.get_by_role("link", name="You, the visitor").click()
    filtered = page.locator(".hits > li").count()
    assert 0 < filtered < count
    aside.get_by_role("link", name="Requests refused").click()
    assert 0 < page.locator(".hits > li").count() < filtered
    expect(aside.locator("[aria-current]")).to_have_count(2)


def test_a_slip_is_asked_back_and_nothing_found_leads_on(page: Page, site: str) -> None:
    page.goto(f"{site}/search?q=certifcate+expird")
    page.get_by_role("link", name="certificate expired").click()
    expect(page.locator("#find")).to_have_value("certificate expired")
    expect(page.locator(".hits > li").first).to_be_visible()
    page.goto(f"{site}/search?q=zzzzqq")
    expect(page.get_by_role("heading", name="0 solutions")).to_be_visible()
    expect(page.locator("#q")).to_have_value("zzzzqq")
    for words in ("Often needed", "Browse by what went wrong"):
        expect(page.get_by_role("heading", name=words)).to_be_visible()
    expect(page.locator("main").get_by_role("link", name="Ask a person")).to_be_visible()


def test_an_article_shows_its_neighbours_revisions_and_where_it_is_edited(
    page: Page, site: str
) -> None:
    page.goto(f"{site}/2176")
    edit = page.get_by_role("link", name="Edit this page").get_attribute("href") or ""
    assert edit.startswith("https://git.example/")
    assert edit.endswith("2176-http-403-forbidden.md")
    expect(page.locator(".meta time")).to_have_attribute(
        "datetime", re.compile(r"2\d{3}-\d\d-\d\d")
    )
    for words in ("Related", "Linked from", "About this page"):
        expect(page.get_by_role("heading", name=words, exact=True)).to_be_visible()
    page.get_by_text("History", exact=True).click()
    expect(page.locator(".history time").first).to_be_visible()


def test_whether_it_helped_is_told_in_place_with_a_sentence(
    page: Page, themed: str, folder: Path
) -> None:
    page.goto(themed + ARTICLE)
    page.get_by_label("A sentence, if you like").fill("Say where the log is.")
    page.locator(".feedback").get_by_role("button", name="No").click()
    expect(page.locator(".feedback [role=status]")).to_contain_text("It was stored")
    assert page.url.endswith(ARTICLE)
    with contextlib.closing(sqlite3.connect(folder / "desk.db")) as database:
        (kept,) = database.execute("SELECT solution, helpful, comment FROM feedback").fetchall()
    assert kept == (2173, 0, "Say where the log is.")


def test_a_report_is_shared_without_secrets_and_says_how_long(
    page: Page, themed: str, faulty: str
) -> None:
    ask(page, themed, f"HTTP 401 from our robot {faulty}?token=c2VjcmV0LXRva2VuLXZhbHVl")
    page.wait_for_selector(".picture")
    expect(page.locator(".sharing")).to_contain_text("for 30 days")
    page.get_by_role("button", name="Share with the report").click()
    expect(page.get_by_text("A shared report")).to_be_visible()
    expect(page.locator(".state")).to_have_text("Confirmed")
    expect(page.locator(".picture .lane").first).to_be_visible()
    shown = page.content()
    assert "c2VjcmV0" not in shown
    expect(page.get_by_role("button", name="Check again")).to_have_count(0)


def test_a_few_settings_make_it_another_site(page: Page, themed: str) -> None:
    page.goto(themed)
    expect(page.locator(".brand")).to_have_text("Help of Example")
    expect(page).to_have_title("Help of Example: paste an error, get the solution")
    assert page.locator(".brand img").evaluate("(logo) => logo.complete && logo.naturalWidth > 0")
    button = page.get_by_role("button", name="Get the answer")
    expect(button).to_have_css("background-color", "rgb(122, 31, 92)")
    expect(page.get_by_role("link", name="Imprint")).to_be_visible()
    page.goto(f"{themed}/widget")
    launcher = page.get_by_role("button", name="Help with an error")
    expect(launcher).to_have_css("background-color", "rgb(122, 31, 92)")


def test_what_is_not_translated_says_so_where_it_is_read(browser: Browser, site: str) -> None:
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    page.goto(f"{site}/solutions/2176")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("article")).to_have_attribute("lang", "en")
    expect(page.get_by_text("noch nicht übersetzt")).to_be_visible()
    page.goto(f"{site}/2173")
    expect(page.locator("article")).not_to_have_attribute("lang", "en")
    expect(page.get_by_text("noch nicht übersetzt")).to_have_count(0)
    hreflangs = page.locator("link[hreflang]").evaluate_all("(all) => all.map((l) => l.hreflang)")
    context.close()
    assert set(hreflangs) == {"x-default", "en", "de"}
