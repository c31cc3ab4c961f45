"""An answer's HTML as the body of an article, and what of it could not be kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

from bs4 import BeautifulSoup
from markdownify import ATX, MarkdownConverter

from kb.articles.links import SOLUTION_LINK

# What Markdown has no words for, with what is said of it.
_DROPPED: Final = {
    "script": "a script",
    "style": "a style sheet",
    "iframe": "an embedded page",
    "object": "an embedded object",
    "embed": "an embedded object",
    "video": "a video",
    "audio": "a sound",
    "form": "a form",
    "svg": "a drawing",
}
_RECORD_PATH: Final = re.compile(r"content/\d+/(\d+)/\w+/[^/]*\.html$")
_SOLUTION_PATH: Final = re.compile(r"solution_id_(\d+)\.html$")
_HEADING: Final = re.compile(r"^(#{1,6}) ", re.MULTILINE)
_SENTENCE: Final = re.compile(r"(.+?[.!?])(?:\s|$)", re.DOTALL)
MAX_SUMMARY: Final = 200


@dataclass(frozen=True, slots=True)
class Prose:
    """``markdown``, its first sentence, and what was ``lost``, each a phrase."""

    markdown: str
    summary: str
    lost: tuple[str, ...]


def to_markdown(source: str, solutions: Mapping[int, int]) -> Prose:
    """Convert HTML. ``solutions`` gives the solution of a record, for links between records."""
    soup = BeautifulSoup(source, "html.parser")
    lost: list[str] = []
    for name, said in _DROPPED.items():
        for element in soup.find_all(name):
            element.decompose()
            lost.append(said)
    for link in soup.find_all("a"):
        target = _solution_of(str(link.get("href") or ""), solutions)
        if target:
            link["href"] = f"/solutions/{target}"
        elif urlsplit(str(link.get("href") or "")).scheme not in ("", "http", "https", "mailto"):
            lost.append("a link that is no web address")
            link.unwrap()
        elif "attachment.php" in str(link.get("href")):
            lost.append(f"an attachment ({link.get_text(strip=True)[:60]})")
    for image in soup.find_all("img"):
        lost.append(f"an image ({str(image.get('src') or 'inline')[:80]})")
        image.replace_with(str(image.get("alt") or ""))
    if soup.find(lambda cell: cell.has_attr("colspan") or cell.has_attr("rowspan")):
        lost.append("cells of a table that span others")
    text = MarkdownConverter(heading_style=ATX, bullets="-", escape_misc=False).convert_soup(soup)
    # A level-2 heading begins a section of ours, so that the answer's own go below.
    text = _outside_of_code(text)
    words = " ".join(soup.get_text(" ").split())
    first = _SENTENCE.match(words)
    summary = (first[1] if first else words)[:MAX_SUMMARY]
    return Prose(text.strip(), summary.strip(), tuple(dict.fromkeys(lost)))


def _outside_of_code(markdown: str) -> str:
    parts = re.split(r"(^```.*?^```)", markdown, flags=re.MULTILINE | re.DOTALL)
    for index in range(0, len(parts), 2):
        part = _HEADING.sub(lambda match: "#" * max(4, len(match[1])) + " ", parts[index])
        part = re.sub(r"^---$", "\\\\---", part, flags=re.MULTILINE)
        parts[index] = SOLUTION_LINK.sub(lambda match: "\\" + match[0], part)
    return re.sub(r"\n{3,}", "\n\n", "".join(parts))


def _solution_of(href: str, solutions: Mapping[int, int]) -> int | None:
    try:
        url = urlsplit(href)
    except ValueError:
        return None
    fields = parse_qs(url.query)
    if match := _SOLUTION_PATH.search(url.path):
        return int(match[1]) if int(match[1]) in solutions.values() else None
    record = (_RECORD_PATH.search(url.path) or [None, None])[1]
    if fields.get("action", [""])[0] in ("artikel", "faq"):
        record = fields.get("id", [""])[0]
    given = fields.get("solution_id", [""])[0]
    if given.isdigit() and int(given) in solutions.values():
        return int(given)
    return solutions.get(int(record)) if record and record.isdigit() else None
