"""Browser profiles that tests share."""

from __future__ import annotations

from playwright.sync_api import Browser, BrowserContext


def looked_at(browser: Browser, width: int, scheme: str) -> BrowserContext:
    """A fresh profile of this width in CSS pixels, in ``light`` or ``dark``, without motion."""
    return browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
