"""A paste without what mails, editors and terminals put around its lines, for the observers.

Mails quote with ``>``, which curl uses for what it sends: a block of quoted lines is one that holds
a received line, a remark or a status line behind the mark, as nothing that curl sends does.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

_ANSI: Final = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")
_QUOTED: Final = re.compile(r"^>+ ?(?:[<*] |HTTP/[\d.]{1,3} \d{3}|> |verify |depth=|;; )")
_MARK: Final = re.compile(r"^> ?")
DEEPEST: Final = 4  # how often a mail may have been answered


def unquoted(text: str) -> str:
    """``text`` without terminal colours, quote marks and a common indentation. Linear."""
    text = _ANSI.sub("", text)
    for _ in range(DEEPEST):
        if not text.startswith(">") and "\n>" not in text:
            break
        less = "\n".join(_stripped(text.split("\n")))
        if less == text:
            break
        text = less
    first, newline, others = text.partition("\n")  # the first line was trimmed before
    return first + newline + textwrap.dedent(others)


def _stripped(lines: Iterable[str]) -> Iterator[str]:
    for quoted, block in groupby(lines, key=lambda line: line.startswith(">")):
        kept = list(block)
        if quoted and any(_QUOTED.match(line) for line in kept):
            kept = [_MARK.sub("", line) for line in kept]
        yield from kept
