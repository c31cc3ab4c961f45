"""Takes the pictures in docs/: ``python -m tests.browser.screenshots``, or ``make screenshots``."""

from __future__ import annotations

import base64
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.stage import Stage, stage

FOLDER = Path(__file__).resolve().parents[2] / "docs"
MAX_BYTES = 200_000
QUALITY = 82
QUESTION = "HTTP 401 from our robot, but it opens in my browser:"


def home(page: Page, scene: Stage) -> None:
    page.goto(scene.site)


def answer(page: Page, scene: Stage) -> None:
    page.goto(scene.site)
    page.get_by_label("What do you see?").fill(f"{QUESTION} {scene.faulty}")
    page.get_by_role("button", name="Get the answer").click()
    page.locator(".state", has_text="Confirmed").wait_for()
    page.locator(".picture").wait_for()
    page.evaluate("scrollTo(0, 0)")


def article(page: Page, scene: Stage) -> None:
    page.goto(f"{scene.site}/2173")


def widget(page: Page, scene: Stage) -> None:
    page.goto(scene.shop)
    page.get_by_role("button", name="Help with an error").click()
    page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_role("button", name="Check the URL").click()
    page.locator(".answer .state", has_text="Confirmed").wait_for()


# By file: what is shown, width and height in CSS pixels, and the colour scheme.
PICTURES = {
    "home": (home, 1280, 860, "light"),
    "answer": (answer, 1280, 900, "light"),
    "article": (article, 1280, 900, "light"),
    "widget": (widget, 1280, 800, "light"),
    "phone": (answer, 390, 844, "light"),
    "dark": (answer, 1280, 900, "dark"),
}


def main() -> None:
    """Write every picture as WebP, and say how large it is."""
    with stage() as scene:
        for name, (show, width, height, scheme) in PICTURES.items():
            context = scene.browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
                reduced_motion="reduce",
                locale="en",
            )
            page = context.new_page()
            show(page, scene)
            page.wait_for_load_state("networkidle")
            # Playwright writes PNG and JPEG only; Chromium itself can do WebP.
            options = {"format": "webp", "quality": QUALITY}
            shot = context.new_cdp_session(page).send("Page.captureScreenshot", options)
            data = base64.b64decode(shot["data"])
            assert len(data) <= MAX_BYTES, f"{name} is larger than {MAX_BYTES} bytes"
            (FOLDER / f"{name}.webp").write_bytes(data)
            print(f"docs/{name}.webp  {len(data) // 1000} kB")
            context.close()


if __name__ == "__main__":
    main()
