"""Secrets leave the text in the reader's browser, by the same rules as at the door."""

from __future__ import annotations

import json
import random
import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from kb.recognise.secrets import remove_secrets
from tests.recognise.test_secrets import PLACES, SAMPLES, SECRET

pytestmark = pytest.mark.browser
REMOVE = """async (texts) => {
  const { removeSecrets } = await import("/static/secrets.js");
  return texts.map((text) => removeSecrets(text).text);
}"""
DROP = """async ([selector, name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name));
  const box = document.querySelector(selector);
  for (const kind of ["dragover", "drop"]) {
    box.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
  }
}"""
BOX = "What do you see?"


def _scrambled(seed: int) -> str:
    """Pieces of secrets, of what surrounds them and of neither, in an order that nobody meant."""
    chance = random.Random(seed)
    pieces = [place.format(SECRET) for place, _ in PLACES]
    pieces += [sample["text"][: chance.randrange(1, 90)] for sample in SAMPLES]
    pieces += ["\\", '"', "'", "\r\n", "\n> ", "\u00a0", "\u2028", "é", "password=", "Cookie: "]
    pieces += [": ", "=", "&token=", '"name":"sid","value":"', '"cookies":[', "]", "REMOVED", "\t"]
    return "".join(chance.choice(pieces) for _ in range(chance.randrange(2, 9)))


def test_browser_and_door_remove_the_same(page: Page, site: str) -> None:
    page.goto(site)
    found = page.evaluate(REMOVE, [sample["text"] for sample in SAMPLES])
    assert found == [sample["expected"] for sample in SAMPLES]
    texts = [_scrambled(seed) for seed in range(2000)]
    for text, shown in zip(texts, page.evaluate(REMOVE, texts), strict=True):
        assert shown == remove_secrets(text), text


def test_what_is_pasted_is_freed_at_once(context: BrowserContext, page: Page, site: str) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(site)
    text = f"> Authorization: Bearer {SECRET}\n> Cookie: a={SECRET}\n< HTTP/1.1 401 Unauthorized"
    page.evaluate("(text) => navigator.clipboard.writeText(text)", text)
    page.get_by_label(BOX).press("Control+v")
    box = page.get_by_label(BOX)
    expect(box).to_have_value(remove_secrets(text))
    expect(page.locator(".box .removed")).to_contain_text("1 × cookie, 1 × credentials in a header")


def test_what_is_typed_is_freed_before_it_is_sent(page: Page, site: str) -> None:
    sent: list[str] = []
    page.on("request", lambda made: sent.append(made.post_data or ""))
    page.goto(site)
    page.get_by_label(BOX).fill(
        f"401 from the API with api_key={SECRET} and {{'password': 'x1y2z3'}}"
    )
    page.get_by_role("button", name="Get the answer").click()
    expect(page.locator(".asked + .removed")).to_contain_text("2 × password")
    assert any("REMOVED" in body for body in sent)
    assert not any(SECRET in body or "x1y2z3" in body for body in sent)


def test_a_dropped_har_is_made_small_and_clean(page: Page, site: str) -> None:
    (text,) = [sample["text"] for sample in SAMPLES if sample["name"] == "HAR"]
    har = json.loads(text)
    har["log"]["entries"][0]["response"]["content"]["text"] = "long " * 400_000
    sent: list[str] = []
    page.on("request", lambda made: sent.append(made.post_data or ""))
    page.goto(site)
    page.evaluate(DROP, [".box", "shop.har", json.dumps(har)])
    expect(page.get_by_label(BOX)).to_have_value(re.compile(r'^{"log":{"entries":.{200,2000}$'))
    page.get_by_role("button", name="Get the answer").click()
    expect(page.locator(".verdict")).to_contain_text("401")
    assert not any(SECRET in body for body in sent)


def test_a_dropped_picture_is_refused_with_a_word(page: Page, site: str) -> None:
    page.goto(site)
    page.evaluate(DROP, [".box", "shot.png", "\x89PNG\0\0"])
    expect(page.locator(".box .removed")).to_have_text("This file is no text.")
    expect(page.get_by_label(BOX)).to_have_value("")
