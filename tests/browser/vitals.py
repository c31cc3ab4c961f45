"""Sizes and Core Web Vitals in Chromium: ``python -m tests.browser.vitals``, or ``make vitals``.

A phone is emulated as Lighthouse does it (processor four times slower, 1.6 Mbit/s, 150 ms), so that
a fast machine on loopback does not hide what a page weighs. TBT is what long tasks take beyond
50 ms each, from the first paint until nothing has been loaded for half a second.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.stage import Stage, stage

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "embedding.md"
RUNS = 3
NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 750e3 / 8,
}
OBSERVE = """
window.vitals = { lcp: 0, cls: 0, tbt: 0 };
const watch = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take))
  .observe({ type, buffered: true });
watch('largest-contentful-paint', (entry) => { vitals.lcp = entry.startTime; });
watch('layout-shift', (entry) => { if (!entry.hadRecentInput) vitals.cls += entry.value; });
watch('longtask', (entry) => { vitals.tbt += Math.max(0, entry.duration - 50); });
"""


@dataclass(frozen=True)
class Measured:
    """One page: kilobytes as they came over the wire, milliseconds, and the layout shift."""

    requests: int
    scripts_kb: float
    all_kb: float
    lcp_ms: float
    cls: float
    tbt_ms: float


def at(path: str) -> Callable[[Page, Stage], None]:
    """A page of the help site."""

    def show(page: Page, scene: Stage) -> None:
        page.goto(scene.site + path)

    return show


def shop(path: str) -> Callable[[Page, Stage], None]:
    """A page of the shop."""

    def show(page: Page, scene: Stage) -> None:
        page.goto(scene.shop + path)

    return show


def opened(page: Page, scene: Stage) -> None:
    """The widget's panel on the shop's page."""
    page.goto(scene.shop)
    page.get_by_role("button", name="Help with an error").click()
    page.get_by_role("dialog").wait_for()


PAGES: dict[str, Callable[[Page, Stage], None]] = {
    "First page": at("/"),
    "Article": at("/solutions/2173-http-401-unauthorized"),
    "Answer": at("/ask?q=HTTP+401+from+our+robot"),
    "Search": at("/search?q=password"),
    "Foreign page without the widget": shop("/bare"),
    "Foreign page with the widget": shop("/"),
    "The same, panel opened": opened,
}


def measure(scene: Stage, show: Callable[[Page, Stage], None]) -> Measured:
    """One visit with an empty cache."""
    context = scene.browser.new_context(viewport={"width": 390, "height": 844}, locale="en")
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", NETWORK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    kinds: dict[str, str] = {}
    sizes: dict[str, float] = {}
    session.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]}))
    session.on(
        "Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]})
    )
    page.add_init_script(OBSERVE)
    show(page, scene)
    page.wait_for_load_state("networkidle")
    seen = page.evaluate("vitals")
    context.close()
    scripts = sum(size for name, size in sizes.items() if kinds.get(name) == "Script")
    return Measured(
        len(sizes), scripts / 1000, sum(sizes.values()) / 1000, seen["lcp"], seen["cls"],
        seen["tbt"],
    )  # fmt: skip


def table(rows: dict[str, list[Measured]]) -> str:
    """The medians as Markdown."""
    lines = [
        "| Page | Requests | Scripts | In all | LCP | CLS | TBT |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, runs in rows.items():
        middle = {
            field: statistics.median(getattr(run, field) for run in runs)
            for field in Measured.__annotations__
        }
        lines.append(
            f"| {name} | {middle['requests']:.0f} | {middle['scripts_kb']:.1f} kB "
            f"| {middle['all_kb']:.1f} kB | {middle['lcp_ms'] / 1000:.2f} s "
            f"| {middle['cls']:.3f} | {middle['tbt_ms']:.0f} ms |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure every page and write the table between its markers."""
    with stage() as scene:
        rows = {name: [measure(scene, show) for _ in range(RUNS)] for name, show in PAGES.items()}
    found = table(rows)
    text = DOCUMENT.read_text()
    pattern = r"(?<=<!-- vitals -->\n).*?(?=<!-- /vitals -->)"
    DOCUMENT.write_text(re.sub(pattern, lambda _: found + "\n", text, flags=re.DOTALL))
    print(found)


if __name__ == "__main__":
    main()
