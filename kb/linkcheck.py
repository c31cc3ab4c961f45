"""Solution links in any text files: what ``#2173`` in other people's files still leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kb.article import Status
from kb.articles import KnowledgeBase

# ``#2173`` outside of words and URLs, ``KB-2173``, and links to a help site with the ID in them.
_LINK: Final = re.compile(
    r"(?<![\w&/#\\])#(?P<hash>\d{4,9})\b"
    r"|(?<![\w-])KB-(?P<prefixed>\d{1,9})\b"
    r"|/solutions/(?P<path>\d{1,9})\b(?!\.\d)"
    r"|\bsolution_id[=_](?P<old>\d{1,9})\b"
)
# A colour of six or eight digits in a style sheet looks like an ID; an ID so long is none.
_COLOUR: Final = re.compile(r"[:,(\s\"']#(?:\d{6}|\d{8})\b")


class Found(StrEnum):
    """What an ID leads to. ``MOVED`` still works; ``GONE`` and ``NONE`` are dangling."""

    THERE = "there"
    MOVED = "moved"
    GONE = "gone"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Link:
    """One link: its line (from 1), its ID and what it leads to; ``sentence`` says it in words."""

    line: int
    number: int
    found: Found
    sentence: str

    @property
    def dangling(self) -> bool:
        """Whether a reader who follows it gets no solution."""
        return self.found in (Found.GONE, Found.NONE)


def links(text: str, base: KnowledgeBase) -> Iterator[Link]:
    """Every solution link of the text, in order."""
    for line, content in enumerate(text.splitlines(), start=1):
        colours = {match.end() for match in _COLOUR.finditer(content)}
        for match in _LINK.finditer(content):
            if match.end() in colours and base.get(int(match["hash"] or 0)) is None:
                continue
            number = int(next(filter(None, match.groups())))
            found, sentence = _follow(number, base)
            yield Link(line, number, found, sentence)


def _follow(number: int, base: KnowledgeBase) -> tuple[Found, str]:
    if (article := base.visible(number)) is not None:
        return Found.THERE, f"#{number} is {article.title}."
    kept = base.get(number)
    heirs = [item for item in map(base.visible, kept.successors if kept else ()) if item]
    named = ", ".join(f"#{item.id} ({item.title})" for item in heirs)
    if kept and kept.status is Status.MERGED and heirs:
        return Found.MOVED, f"#{number} was merged into {named}."
    if kept and kept.status in (Status.WITHDRAWN, Status.MERGED):
        return Found.GONE, f"#{number} was withdrawn." + (f" See {named}." if named else "")
    return Found.NONE, f"#{number} is no solution."
