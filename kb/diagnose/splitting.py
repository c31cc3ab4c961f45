"""Conditions cut at their operators, as text: texts in quotes and brackets stay whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_PAIRS: Final = {"(": ")", "[": "]", "{": "}"}


def _outside(source: str) -> Iterator[tuple[int, str, int]]:
    """The characters outside of texts: place, character and how many brackets are open there."""
    depth = 0
    quote = ""
    skip = False
    for place, char in enumerate(source):
        if skip:
            skip = False
        elif quote:
            skip = char == "\\"
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        else:
            depth -= char in _PAIRS.values()
            yield place, char, depth
            depth += char in _PAIRS


def split(source: str, mark: str) -> list[str]:
    """``source`` cut at each ``mark`` that stands in no brackets and in no text."""
    pieces, start = [], 0
    for place, _, depth in _outside(source):
        if depth == 0 and place >= start and source.startswith(mark, place):
            pieces.append(source[start:place])
            start = place + len(mark)
    return [*pieces, source[start:]]


def unwrapped(source: str) -> str:
    """``source`` without brackets around all of it."""
    while source.startswith("("):
        end = next((p for p, char, depth in _outside(source) if char == ")" and depth == 0), -1)
        if end != len(source) - 1:
            break
        source = source[1:-1].strip()
    return source
