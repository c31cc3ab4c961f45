"""What axe-core finds on a page, in all tests the same way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# The rules that a colour scheme can break; the others see the same page.
_OF_COLOURS: Final = ("color-contrast", "link-in-text-block")


def violations(page: Page, only: Sequence[str] = ()) -> list[str]:
    """Each broken rule with the place that breaks it; ``only`` are the rules to look at."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    # Off by default, since it is young (WCAG 2.2, 2.5.8): targets of 24 CSS pixels.
    options: dict[str, object] = {
        "resultTypes": ["violations"],
        "preload": False,
        "rules": {"target-size": {"enabled": True}},
    }
    if only:
        options["runOnly"] = list(only)
    report = page.evaluate("(options) => axe.run(document, options)", options)
    return [f"{v['id']}: {n['target']}" for v in report["violations"] for n in v["nodes"]]


def faults_of_all(page: Page) -> list[str]:
    """The broken rules once everything on the page is opened, and what makes it too wide."""
    _open(page)
    return [*violations(page), *_too_wide(page)]


def faults_in_every_look(page: Page) -> list[str]:
    """The same in light, in dark and on a phone, without loading the page again."""
    _open(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="dark")
    found = [f"dark {fault}" for fault in violations(page, _OF_COLOURS)]
    page.emulate_media(color_scheme="light")
    found += violations(page) + _too_wide(page)
    page.set_viewport_size({"width": 380, "height": 800})
    return found + [f"phone {fault}" for fault in [*violations(page), *_too_wide(page)]]


def _open(page: Page) -> None:
    page.evaluate("document.querySelectorAll('main details').forEach((d) => { d.open = true })")


def _too_wide(page: Page) -> list[str]:
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [f"{overflow} px too wide"] if overflow > 0 else []
