"""What axe-core finds on a page, in all tests the same way."""

from __future__ import annotations

from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page


def violations(page: Page) -> list[str]:
    """Each broken rule with the place that breaks it."""
    report = Axe().run(page)
    return [f"{v['id']}: {n['target']}" for v in report["violations"] for n in v["nodes"]]


def faults_of_all(page: Page) -> list[str]:
    """The broken rules once everything on the page is opened, and what makes it too wide."""
    page.evaluate("document.querySelectorAll('main details').forEach((d) => { d.open = true })")
    nodes = violations(page)
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*nodes, f"{overflow} px too wide"] if nodes or overflow > 0 else []
