"""What a body is, by its marks: a login form, a challenge page, a server's own error page."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Final

from kb.facts import FactValue

MAX_TEXT: Final = 2_000
_SPACE: Final = re.compile(r"\s+")
_DEFAULT: Final = (
    "welcome to nginx",
    "apache2 default page",
    "apache2 debian default page",
    "it works!",
    "iis windows server",
)
_CHALLENGE: Final = (
    "just a moment...",
    "attention required! | cloudflare",
    "checking your browser before accessing",
    "ddos protection by",
)
_PARKED: Final = (
    "this domain is for sale",
    "domain is parked",
    "buy this domain",
    "this domain may be for sale",
)
# The centred line under a server's built-in error page.
_FOOT: Final = re.compile(
    r"<hr><center>(openresty|nginx|cloudflare)[^<]*</center>|<address>(apache)[/ ]", re.I
)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.password = False
        self.words: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("title", "script", "style"):
            self._inside.append(tag)
        if tag == "input" and ("type", "password") in [(k, (v or "").lower()) for k, v in attrs]:
            self.password = True

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            self._inside.remove(tag)

    def handle_data(self, data: str) -> None:
        if "title" in self._inside:
            self.title += data
        if "script" not in self._inside and "style" not in self._inside:
            self.words.append(data)


def page_facts(status: int, headers: dict[str, str], body: bytes) -> dict[str, FactValue]:
    """The facts of a body; ``headers`` by lower-case name."""
    text = body.decode("utf-8", "replace")
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    facts: dict[str, FactValue] = {"http.body_bytes": len(body)}
    if "html" in media or text.lstrip()[:15].lower().startswith(("<!doctype", "<html")):
        page = _Page()
        page.feed(text)
        words = _fold(" ".join(page.words))
        title = _SPACE.sub(" ", page.title).strip()[:200]
        if title:
            facts["http.title"] = title
        facts["http.body_text"] = words
        facts["http.body_kind"] = _html_kind(
            status, headers, text, title.lower(), words, page.password
        )
        foot = _FOOT.search(text)
        if foot:
            facts["http.product"] = (foot[1] or foot[2]).lower()
        return facts
    facts["http.body_text"] = _fold(text)
    facts["http.body_kind"] = _plain_kind(body, text, media)
    return facts


def _fold(text: str) -> str:
    return _SPACE.sub(" ", text).strip().lower()[:MAX_TEXT]


def _plain_kind(body: bytes, text: str, media: str) -> str:
    if not body:
        return "empty"
    if "json" in media:
        return "json"
    if not media:
        try:
            json.loads(text)
        except ValueError:
            pass
        else:
            return "json"
    return "text" if media.startswith("text/") or not media else "other"


def _html_kind(
    status: int, headers: dict[str, str], text: str, title: str, words: str, password: bool
) -> str:
    if not text.strip():
        return "empty"
    if "cf-mitigated" in headers or any(
        mark in title or mark in words[:300] for mark in _CHALLENGE
    ):
        return "challenge"
    if status < 400 and any(mark in title or mark in words[:200] for mark in _DEFAULT):
        return "default_page"
    if any(mark in words for mark in _PARKED):
        return "parked"
    if title.startswith("index of /"):
        return "directory_listing"
    if password:
        return "login_form"
    return "error_page" if status >= 400 else "html"
