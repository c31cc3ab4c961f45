"""Nothing moves while a page loads slowly, and the panel stays where it was put."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.vitals import OBSERVE

pytestmark = pytest.mark.browser
PATHS = ["/", "/solutions/2173-http-401-unauthorized", "/search?q=password", "/browse/http"]


class Held:
    """Requests that wait until they are released; later ones go through."""

    def __init__(self) -> None:
        self._waiting: list[Route] | None = []

    def take(self, route: Route) -> None:
        if self._waiting is None:
            route.continue_()
        else:
            self._waiting.append(route)

    def release(self) -> None:
        waiting, self._waiting = self._waiting or [], None
        for route in waiting:
            route.continue_()


@pytest.mark.parametrize("width", [380, 1280])
def test_no_page_shifts_when_its_script_comes_late(browser: Browser, site: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.add_init_script(OBSERVE)
    shifts = {}
    for path in PATHS:
        hold = Held()
        page.route("**/*.js", hold.take)
        page.goto(site + path, wait_until="commit")
        expect(page.locator("footer.foot")).to_be_attached()
        page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        hold.release()
        page.wait_for_load_state("networkidle")
        page.unroute_all()
        shifts[path] = page.evaluate("vitals.cls")
    context.close()
    assert {path: shift for path, shift in shifts.items() if shift > 0.02} == {}
