"""The widget on a page of another site under a strict policy, in a real Chromium."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from tests.browser.accessibility import violations
from tests.browser.foreign import foreign
from tests.browser.profiles import looked_at

pytestmark = pytest.mark.browser

HEAD = '<!doctype html><html lang="{lang}"{rest}><head><meta charset="utf-8"><title>Shop</title>'
HEAD += '<meta name="viewport" content="width=device-width">{head}</head><body>'
ONE = '<script type="module" src="{site}/widget.js"></script>'
LINK = '<a id="plain" href="{site}/ask?q=HTTP+502">What does this mean?</a>'
SECRET = "?token=geheim#fragment-geheim"


def page_of(site: str, body: str, head: str = ONE, lang: str = "en", rest: str = "") -> str:
    text = HEAD.format(lang=lang, rest=rest, head=head.replace("{site}", site))
    return text + "<main><h1>Shop</h1>" + body.replace("{site}", site) + "</main></body></html>"


@pytest.fixture(scope="module")
def host(site: str, faulty: str) -> Iterator[str]:
    """A foreign site whose pages embed the widget in every way; gives its address."""
    corner = '<script type="module" src="{site}/widget.js" data-position="bottom-right"></script>'
    styled = '<link rel="stylesheet" href="/host.css">'
    inline = f'<p><error-desk error="HTTP 502" url="here" request-id="r-77">{LINK}</error-desk></p>'
    pages = {
        "/corner": page_of(site, "<p>Text</p><input aria-label='Name'>", corner),
        "/styled": page_of(site, "<p>Text</p>", styled + corner),
        "/twice": page_of(site, "", corner + corner.replace("widget.js", "widget.js?again")),
        "/inline": page_of(site, inline),
        "/solution": page_of(site, f'<error-desk solution="#2173">{LINK}</error-desk>'),
        "/missing": page_of(site, f'<error-desk solution="999999">{LINK}</error-desk>'),
        "/german": page_of(site, "", corner, lang="de"),
        "/rtl": page_of(site, "", corner, lang="ar", rest=' dir="rtl"'),
        "/cards": page_of(
            site,
            '<p><a href="{site}/2173">Why</a> <a href="/elsewhere/2173">Other</a></p>',
            ONE.replace("src=", "data-cards src="),
        ),
        "/away": page_of(site, f"<error-desk>{LINK}</error-desk>"),
    }
    with foreign(pages, site) as address:
        yield address


@pytest.fixture
def asked(page: Page, site: str) -> list[Request]:
    """Every request that the page makes of the help site."""
    found: list[Request] = []
    page.on("request", lambda sent: found.append(sent) if sent.url.startswith(site) else None)
    return found


def ask(page: Page, text: str) -> None:
    anew = page.get_by_role("button", name="New question")
    if anew.is_visible():
        anew.click()
    page.get_by_label("Paste the error").fill(text)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".answer").last).to_be_visible()


def test_a_question_is_asked_answered_and_narrowed_down(
    page: Page, host: str, site: str, faulty: str, asked: list[Request]
) -> None:
    page.goto(f"{host}/corner")
    page.get_by_role("button", name="Help with an error").wait_for()
    assert [sent.url for sent in asked] == [f"{site}/widget.js"]
    page.get_by_role("button", name="Help with an error").click()
    ask(page, f"HTTP 401 from our robot {faulty}")
    expect(page.locator(".answer .state")).to_have_text("Not settled yet")
    expect(page.get_by_role("status")).to_contain_text("Answer:")
    sent = [json.loads(one.post_data or "{}") for one in asked if one.method == "POST"]
    assert [one["probe"] for one in sent] == [False]
    page.get_by_role("button", name="Check the URL").click()
    expect(page.locator(".answer .state").last).to_have_text("Confirmed")
    last = page.locator(".answer").last
    expect(last).to_contain_text("The site refuses automated clients")
    expect(last).to_contain_text("The owner of the site")
    expect(last.locator(".seen li").first).to_contain_text("401")
    # Bringing the answer into view moves the log, never the head of the panel.
    expect(page.get_by_role("heading", name="What went wrong?")).to_be_in_viewport()


def test_the_next_question_is_answered_by_a_button(page: Page, host: str) -> None:
    page.goto(f"{host}/corner")
    page.get_by_role("button", name="Help with an error").click()
    ask(page, "401 Unauthorized at the shop")
    question = page.locator(".next p").inner_text()
    choice = page.locator(".next button").first
    label = choice.inner_text()
    choice.click()
    expect(page.locator(".answer")).to_have_count(2)
    expect(page.locator(".asked").last).to_contain_text(label)
    expect(page.locator(".next p", has_text=question)).to_have_count(0)
    expect(page.locator(".answer").last).to_be_focused()


def say(page: Page, text: str) -> None:
    count = page.locator(".answer").count()
    page.locator("dialog textarea").fill(text)
    page.keyboard.press("Enter")
    expect(page.locator(".answer")).to_have_count(count + 1)


def test_a_conversation_in_the_panel(
    page: Page, host: str, site: str, asked: list[Request]
) -> None:
    page.goto(f"{host}/corner")
    page.get_by_role("button", name="Help with an error").click()
    ask(page, "I just registered and get 401")
    expect(page.locator(".next p")).to_contain_text("without any login")
    expect(page.get_by_role("status")).to_contain_text("without any login")
    say(page, "it opens there")
    last = page.locator(".answer").last
    expect(last.locator(".heard")).to_contain_text("Understood: Yes, it opens there")
    expect(page.locator(".next p")).to_contain_text("script")
    say(page, "our robot")
    last = page.locator(".answer").last
    expect(last.locator("h3")).to_have_text("The site refuses automated clients")
    page.get_by_role("button", name="Take back").filter(has_text="Yes, it opens there").click()
    expect(page.locator(".answer")).to_have_count(4)
    expect(page.locator(".answer").last).to_be_focused()
    page.get_by_role("button", name="I don’t know").click()
    expect(page.locator(".answer")).to_have_count(5)
    expect(page.locator(".answer").last.locator("h3")).not_to_have_text(
        "The site refuses automated clients"
    )
    sent = json.loads([one for one in asked if one.method == "POST"][-1].post_data or "{}")
    assert sent["turns"] == [
        {"fact": "reader.automated", "text": "our robot"},
        {"fact": "reader.clean_browser_works"},
    ]
    assert sent["text"] == "I just registered and get 401"
    ask(page, "HTTP 502")
    expect(page.locator(".answer").last.locator(".heard")).to_contain_text("HTTP 502")
    expect(page.locator(".told")).to_have_count(0)


def test_a_url_that_is_told_later_waits_for_a_click(page: Page, host: str, faulty: str) -> None:
    page.goto(f"{host}/corner")
    page.get_by_role("button", name="Help with an error").click()
    ask(page, "HTTP 401 from our robot")
    say(page, f"it is {faulty}")
    page.get_by_role("button", name="Check the URL").click()
    expect(page.locator(".answer .state").last).to_have_text("Confirmed")


def test_after_three_questions_the_panel_gives_advice_in_german(page: Page, host: str) -> None:
    page.goto(f"{host}/german")
    page.get_by_role("button", name="Hilfe bei Fehlern").click()
    page.get_by_label("Fehler, Protokollzeile").fill("the page takes very long to load")
    page.keyboard.press("Enter")
    for words in ("Ich betreibe die Website", "ja", "nein"):
        expect(page.locator(".next")).to_be_visible()
        say(page, words)
    expect(page.locator(".advice > div")).to_have_count(3)
    page.get_by_role("button", name="Fragen Sie weiter").click()
    expect(page.locator(".next")).to_be_visible()
    page.get_by_role("button", name="Weiß ich nicht").click()
    expect(page.locator(".answer")).to_have_count(6)


def test_neither_query_nor_fragment_of_the_page_is_sent(
    page: Page, host: str, asked: list[Request]
) -> None:
    page.goto(f"{host}/inline{SECRET}")
    page.get_by_role("link", name="What does this mean?").click()
    area = page.get_by_label("Paste the error")
    expect(area).to_have_value(f"HTTP 502 {host}/inline")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".answer").last).to_be_visible()
    expect(page.locator(".head p")).to_contain_text("request r-77")
    for sent in asked:
        said = f"{sent.url} {sent.post_data} {sent.headers.get('referer', '')}"
        # The script element is the page's own: its referrer follows the page's policy.
        if not sent.url.endswith("/widget.js"):
            assert "geheim" not in said


def test_the_keyboard_is_kept_inside_and_given_back(page: Page, host: str) -> None:
    page.goto(f"{host}/corner")
    launcher = page.get_by_role("button", name="Help with an error")
    launcher.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Paste the error")).to_be_focused()
    inside = """document.activeElement.tagName
        + document.activeElement.shadowRoot.activeElement?.closest('dialog')?.tagName"""
    for key in ["Tab"] * 6 + ["Shift+Tab"] * 6:
        page.keyboard.press(key)
        assert page.evaluate(inside) == "ERROR-DESKDIALOG"
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(launcher).to_be_focused()


def test_the_shortcut_leaves_editable_fields_alone_and_can_be_off(page: Page, host: str) -> None:
    page.goto(f"{host}/corner")
    page.get_by_role("button", name="Help with an error").wait_for()
    page.get_by_label("Name").focus()
    page.keyboard.press("?")
    expect(page.get_by_label("Name")).to_have_value("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_label("Name").blur()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.evaluate("document.querySelector('error-desk').setAttribute('shortcut', 'off')")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_events_tell_the_page(page: Page, host: str, faulty: str) -> None:
    page.goto(f"{host}/inline")
    page.evaluate("""() => {
        window.told = [];
        document.querySelector('error-desk').setAttribute('contact', '');
        for (const name of ['answer', 'helpful', 'contact'])
            document.addEventListener(`errordesk:${name}`, (event) => {
                event.preventDefault();
                window.told.push([name, event.detail]);
            });
    }""")
    page.evaluate("text => document.querySelector('error-desk').ask(text)", f"HTTP 401 {faulty}")
    page.get_by_role("button", name="Check the URL").click()
    expect(page.locator(".answer")).to_have_count(2)
    last = page.locator(".answer").last
    last.get_by_role("button", name="Yes").click()
    expect(last).to_contain_text("Thank you")
    last.get_by_role("button", name="Ask a person").click()
    told = page.evaluate("window.told")
    assert [name for name, _ in told] == ["answer", "answer", "helpful", "contact"]
    assert told[2][1]["helpful"] is True
    contact = told[3][1]
    assert contact["question"] == f"HTTP 401 {faulty}"
    assert [answer["known"] for answer in contact["answers"]] == [True, True]
    assert contact["report"]["observations"][0]["source"] == "probe"
    assert contact["requestId"] == "r-77"


def test_loaded_twice_it_is_one_and_destroyed_it_leaves_nothing(page: Page, host: str) -> None:
    page.goto(f"{host}/twice")
    page.get_by_role("button", name="Help with an error").wait_for()
    page.wait_for_load_state("networkidle")
    expect(page.locator("error-desk")).to_have_count(1)
    before = "document.querySelectorAll('*').length + document.adoptedStyleSheets.length"
    page.get_by_role("button", name="Help with an error").click()
    page.get_by_role("dialog").wait_for()
    count = page.evaluate(before)
    page.evaluate("window.kept = document.querySelector('error-desk'); kept.destroy()")
    assert page.evaluate(before) == count - 1
    assert page.evaluate("kept.shadowRoot.childNodes.length") == 0
    page.keyboard.press("?")
    assert page.evaluate("document.querySelectorAll('error-desk, dialog').length") == 0
    left = "Object.getOwnPropertySymbols(window).filter((one) => /errordesk/.test(one.description))"
    assert page.evaluate(f"{left}.length") == 0


def test_neither_styles_the_other(page: Page, host: str) -> None:
    def look(path: str) -> object:
        page.goto(f"{host}{path}")
        page.get_by_role("button", name="Help with an error").click()
        ask(page, "401 Unauthorized at the shop")
        return page.evaluate("""() => {
            const root = document.querySelector('error-desk').shadowRoot;
            return ['.answer h3', 'textarea', '.answer', 'button.main', '.sum'].map((name) => {
                const found = getComputedStyle(root.querySelector(name));
                return [found.color, found.fontFamily, found.fontSize, found.letterSpacing,
                    found.textTransform, found.lineHeight,
                    found.backgroundColor, found.borderTopWidth];
            });
        }""")

    assert look("/styled") == look("/corner")
    heading = "getComputedStyle(document.querySelector('h1')).cssText"
    page.goto(f"{host}/styled")
    before = page.evaluate(heading)
    page.get_by_role("button", name="Help with an error").click()
    page.get_by_role("dialog").wait_for()
    assert page.evaluate(heading) == before


@pytest.mark.parametrize("path", ["/corner", "/inline"])
def test_the_page_does_not_shift(page: Page, host: str, path: str) -> None:
    page.add_init_script("""
        window.shifted = [];
        new PerformanceObserver((list) => {
            for (const { sources } of list.getEntries())
                for (const { node, previousRect, currentRect } of sources)
                    window.shifted.push([node?.nodeName, previousRect, currentRect]);
        }).observe({ type: 'layout-shift', buffered: true });
    """)
    page.goto(f"{host}{path}")
    page.locator("error-desk").wait_for(state="attached")
    page.evaluate("document.querySelector('error-desk').open()")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate("window.shifted") == []


def test_a_solution_is_shown_in_the_page_or_its_link_stays(page: Page, host: str) -> None:
    page.goto(f"{host}/solution")
    card = page.locator("error-desk section")
    expect(card).to_contain_text("HTTP 401 Unauthorized")
    card.get_by_role("button", name="More about this").click()
    expect(page.get_by_label("Paste the error")).to_have_value("#2173 ")
    page.goto(f"{host}/missing")
    expect(page.get_by_role("link", name="What does this mean?")).to_be_visible()


def test_pinned_by_its_hash_it_runs_and_a_changed_one_does_not(
    context: BrowserContext, site: str
) -> None:
    pinned = context.request.get(f"{site}/widget/manifest.json").json()["widget.js"]
    script = '<script type="module" crossorigin src="{url}" integrity="{integrity}" '
    script += 'data-position="bottom-left" data-theme="dark"></script>'
    wrong = {**pinned, "integrity": pinned["integrity"][:-8] + "AAAAAAAA"}
    pages = {
        "/pinned": page_of(site, "", script.format(**pinned)),
        "/changed": page_of(site, "", script.format(**wrong)),
    }
    page = context.new_page()
    with foreign(pages, site) as address:
        page.goto(f"{address}/pinned")
        launcher = page.get_by_role("button", name="Help with an error")
        box = launcher.bounding_box()
        assert box is not None
        assert box["x"] < 100
        expect(launcher).to_have_css("background-color", "rgb(127, 208, 223)")
        launcher.click()
        expect(page.get_by_role("dialog")).to_be_visible()
        page.goto(f"{address}/changed")
        page.wait_for_load_state("networkidle")
        expect(launcher).to_have_count(0)


def test_the_panel_leads_to_a_try_from_the_reader_s_own_browser(
    page: Page, host: str, site: str, faulty: str
) -> None:
    page.goto(f"{host}/corner")
    page.get_by_role("button", name="Help with an error").click()
    ask(page, "I just registered and get 401")
    say(page, "it opens there")
    expect(page.get_by_role("link", name="Try it from your own browser")).to_have_count(0)
    say(page, f"it is {faulty}")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Try it from your own browser").click()
    there = opened.value
    expect(there.locator(".earlier")).to_contain_text("I just registered and get 401")
    there.get_by_role("button", name="Try it from my browser").click()
    expect(there.locator(".measured")).to_contain_text("Your browser reached it")
    there.close()


def test_it_speaks_the_language_of_the_page(page: Page, host: str) -> None:
    page.goto(f"{host}/german")
    page.get_by_role("button", name="Hilfe bei Fehlern").click()
    page.get_by_label("Fehler, Protokollzeile").fill("HTTP 401")
    page.get_by_role("button", name="Fragen").click()
    expect(page.locator(".answer .state")).to_have_text("Noch nicht geklärt")


def test_right_to_left_it_stands_on_the_other_side(page: Page, host: str) -> None:
    page.goto(f"{host}/rtl")
    launcher = page.get_by_role("button", name="Help with an error")
    box = launcher.bounding_box()
    assert box is not None
    assert box["x"] < 100
    launcher.click()
    panel = page.get_by_role("dialog").bounding_box()
    assert panel is not None
    assert panel["x"] < 100


def test_links_to_solutions_get_cards(page: Page, host: str, asked: list[Request]) -> None:
    page.goto(f"{host}/cards")
    page.wait_for_load_state("networkidle")
    page.get_by_role("link", name="Other").hover()
    page.get_by_role("link", name="Why").hover()
    card = page.locator("[popover]")
    expect(card).to_contain_text("HTTP 401 Unauthorized")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.get_by_role("link", name="Why").focus()
    expect(card).to_be_visible()
    assert len([sent for sent in asked if "view=card" in sent.url]) == 1


def test_the_help_site_itself_shows_cards(page: Page, site: str) -> None:
    page.goto(f"{site}/2173")
    page.wait_for_load_state("networkidle")
    link = page.locator("main a[href*='/solutions/']:not([href*='2173'])").first
    number = (link.get_attribute("href") or "").rpartition("/")[2].partition("-")[0]
    link.hover()
    expect(page.locator("[popover] .id")).to_have_text(f"#{number}")


def test_when_the_help_site_is_away_the_plain_link_is_followed(
    context: BrowserContext, host: str
) -> None:
    page = context.new_page()
    page.goto(f"{host}/away")
    page.evaluate("customElements.whenDefined('error-desk')")
    page.route("**/widget/panel.*", lambda route: route.abort())
    page.get_by_role("link", name="What does this mean?").click()
    page.wait_for_url("**/ask?q=HTTP+502")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [380, 1280])
def test_the_open_widget_breaks_no_accessibility_rule(
    browser: Browser, site: str, faulty: str, width: int, scheme: str
) -> None:
    context = looked_at(browser, width, scheme)
    page = context.new_page()
    page.goto(f"{site}/widget")
    expect(page.locator("error-desk section")).to_be_visible()
    page.get_by_role("button", name="Help with an error").click()
    problems = {"empty": violations(page)}
    ask(page, f"HTTP 401 from our robot {faulty}")
    page.get_by_role("button", name="Check the URL").click()
    expect(page.locator(".answer")).to_have_count(2)
    page.locator(".answer").last.get_by_role("button", name="No", exact=True).click()
    problems["answered"] = violations(page)
    ask(page, "how do I bake a cake")
    problems["unknown"] = violations(page)
    small = page.evaluate("""() => [...document.querySelector('error-desk[position]').shadowRoot
        .querySelectorAll('dialog button, dialog summary, dialog textarea, dialog input')]
        .filter((one) => { const box = one.getBoundingClientRect();
            return box.width && (box.width < 24 || box.height < 24); }).length""")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    context.close()
    assert problems == {"empty": [], "answered": [], "unknown": []}
    assert (small, wide) == (0, 0)
