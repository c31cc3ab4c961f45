"""Solution links in Markdown: ``#2173`` becomes a link, ``\\#2173`` stays text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

# Four digits and more, so that "#1" in a list of steps stays text; not inside a word, a URL or the
# target of a Markdown link, "](#2173)".
SOLUTION_LINK: Final = re.compile(r"(?<![\w\\&/#\]\[])(?<!\]\()#(\d{4,9})\b")
_CODE: Final = re.compile(r"(^```.*?^```|^~~~.*?^~~~|`[^`\n]+`)", re.MULTILINE | re.DOTALL)


def mentioned(markdown: str) -> tuple[int, ...]:
    """The solution IDs that the text links to, in order, outside of code."""
    found: list[int] = []

    def note(match: re.Match[str]) -> str:
        found.append(int(match[1]))
        return match[0]

    replace_links(markdown, note)
    return tuple(dict.fromkeys(found))


def replace_links(markdown: str, link: Callable[[re.Match[str]], str]) -> str:
    """Replace every solution link outside of code by what ``link`` makes of it."""
    parts = _CODE.split(markdown)
    return "".join(
        part if index % 2 else SOLUTION_LINK.sub(link, part) for index, part in enumerate(parts)
    )
