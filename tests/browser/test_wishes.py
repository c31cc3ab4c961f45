"""What readers wish of their browser is kept: forced colours, no motion, right to left."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser
MOVING = """(root) => [...root.querySelectorAll('*')].filter((one) => {
    const { animationName, animationDuration, transitionDuration } = getComputedStyle(one);
    const running = animationName !== 'none' && parseFloat(animationDuration) < 1;
    return running || parseFloat(transitionDuration) > 0.01;
}).map((one) => one.tagName + '.' + one.className)"""


def answered(page: Page, site: str) -> None:
    """The page that shows the widget, open and with an answer."""
    page.goto(f"{site}/widget")
    page.get_by_role("button", name="Help with an error").click()
    page.get_by_label("Paste the error").fill("HTTP 401 from our robot")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".answer").last).to_be_visible()


def test_in_forced_colours_what_matters_has_an_edge(browser: Browser, site: str) -> None:
    context = browser.new_context(forced_colors="active")
    page = context.new_page()
    answered(page, site)
    edges = page.evaluate("""() => {
        const root = document.querySelector('error-desk[position]').shadowRoot;
        return ['dialog', '.asked', '.answer', 'button.main'].map((name) =>
            [name, getComputedStyle(root.querySelector(name)).borderTopStyle,
             parseFloat(getComputedStyle(root.querySelector(name)).borderTopWidth)]);
    }""")
    page.goto(f"{site}/ask?q=HTTP+401+from+our+robot")
    edges += page.evaluate("""() => ['.verdict', 'button.primary', '.find input'].map((name) =>
        [name, getComputedStyle(document.querySelector(name)).borderTopStyle,
         parseFloat(getComputedStyle(document.querySelector(name)).borderTopWidth)])""")
    page.keyboard.press("Tab")
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) != "none"
    context.close()
    assert [name for name, style, width in edges if style == "none" or not width] == []


def test_with_reduced_motion_nothing_moves(browser: Browser, site: str) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    answered(page, site)
    moving = page.evaluate(f"({MOVING})(document.querySelector('error-desk[position]').shadowRoot)")
    page.goto(f"{site}/ask?q=HTTP+401")
    moving += page.evaluate(f"({MOVING})(document)")
    context.close()
    assert moving == []


@pytest.mark.parametrize("width", [380, 1280])
def test_right_to_left_nothing_runs_out_of_the_page(
    browser: Browser, site: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    for path in ("/", "/solutions/2173-http-401-unauthorized", "/ask?q=HTTP+401", "/search?q=401"):
        page.goto(site + path)
        page.evaluate("document.documentElement.dir = 'rtl'")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
    context.close()
