"""What screenshots and measurements look at: a help site, a faulty site, a shop with the widget."""

from __future__ import annotations

import contextlib
import logging
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from kb.settings import Settings
from tests.browser.conftest import robots_refused, serving_site
from tests.browser.foreign import foreign
from tests.conftest import CHROMIUM
from tests.observe.servers import serving
from webapp import create_app

SHOP = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Paper &amp; Ink</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/shop.css">
<script type="module" src="{site}/widget.js" data-position="bottom-right" data-error="HTTP 401"
  data-url="{faulty}"></script></head><body><header><b>Paper &amp; Ink</b></header><main>
<h1>We cannot show your feed</h1><p>The server answered 401. Try again later, or ask the help
desk at the lower edge.</p></main></body></html>"""
CSS = """body { font: 18px/1.6 Georgia, serif; margin: 0; background: #faf6ee; color: #2a2420; }
header { background: #2a2420; color: #faf6ee; padding: 1.2rem 3rem; letter-spacing: .04em; }
main { padding: 4rem 3rem; max-width: 36rem; } h1 { font-size: 2.6rem; line-height: 1.15; }"""


@dataclass(frozen=True)
class Stage:
    """Addresses: the help site, a URL that refuses robots, and the shop; and a browser."""

    site: str
    faulty: str
    shop: str
    browser: Browser


@contextlib.contextmanager
def stage() -> Iterator[Stage]:
    """Everything on loopback, gone afterwards."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="errordesk-")))
        settings = Settings(
            database_url=f"sqlite:///{folder}/desk.db",
            probe_allow="127.0.0.0/8",
            contact_url="mailto:help@example.com",
        )
        site = stack.enter_context(serving_site(create_app(settings)))
        faulty = f"http://127.0.0.1:{stack.enter_context(serving(robots_refused()))}/feed"
        shop_page = SHOP.format(site=site, faulty=faulty)
        bare = re.sub(r"<script.*?</script>", "", shop_page, flags=re.DOTALL)
        pages = {"/": shop_page, "/bare": bare}
        shop = stack.enter_context(foreign(pages, site, files={"/shop.css": CSS}))
        driver = stack.enter_context(sync_playwright())
        browser = driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        stack.callback(browser.close)
        yield Stage(site, faulty, shop, browser)
