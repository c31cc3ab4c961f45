"""Markdown as plain text: paragraphs for search and quoting, and how a cause is told."""

from __future__ import annotations

import re
from typing import Final

_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_EMPHASIS: Final = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]*?[^\s*])\*(?![\w*])")
_MARKUP: Final = re.compile(r"\*\*|`|\\(?=[#*_])|^\s*[-#>|]+\s*", re.MULTILINE)
_LEAD: Final = re.compile(r"\*\*[^*\n]{1,40}\.\*\*\s*")
MAX_CHECK: Final = 600


def plain(paragraph: str) -> str:
    """A paragraph of Markdown on one line, links and emphasis as their words."""
    linked = _LINK.sub(r"\1", paragraph)
    return " ".join(_MARKUP.sub("", _EMPHASIS.sub(r"\1", linked)).split())


def how_to_tell(section: str) -> str:
    """The first paragraph of a cause's section (**How to tell.** …) as plain text, without its
    lead; '' where the section starts with something else."""
    first = section.strip().partition("\n\n")[0]
    lead = _LEAD.match(first)
    text = plain(first[lead.end() :]) if lead else ""
    return text if len(text) <= MAX_CHECK else text[:MAX_CHECK].rsplit(" ", 1)[0] + " …"
