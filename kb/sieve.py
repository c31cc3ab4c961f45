"""Which of many Python patterns can match a text at all, told in one pass over it.

Most texts match few of the hundred patterns that they are searched by. RE2 tries looser forms of
all of them together, and Python's engine only those that are left. A looser form matches wherever
the pattern does: assertions are left out, classes are as wide as Unicode's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import re2

_OPTIONS: Final = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 64 << 20
# One piece of a pattern: an escape, a class, an assertion, or a character.
_PIECE: Final = re.compile(
    r"\\[pP]\{[^}]*\}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?(?:=|!|<=|<!)|\(\?P<\w+>|.", re.DOTALL
)
_ASSERTED: Final = ("(?=", "(?!", "(?<=", "(?<!")
# What RE2 means by these is ASCII's; what Python means, Unicode's.
_WIDER: Final = {"\\w": r"\pL\pN\pM_", "\\d": r"\pN", "\\s": r"\s\pZ\x0b\x1c-\x1f\x85"}
_NOWHERE: Final = ("\\b", "\\B", "\\A", "\\Z", "^", "$")


@dataclass(frozen=True, slots=True)
class Passing:
    """Those of a sieve's patterns that may match, in its order.

    They are told apart as objects: a pattern's own hash is made of all of its code, each time.
    """

    patterns: tuple[re.Pattern[str], ...]
    _ids: frozenset[int]

    def __contains__(self, pattern: re.Pattern[str]) -> bool:
        return id(pattern) in self._ids

    def __iter__(self) -> Iterator[re.Pattern[str]]:
        return iter(self.patterns)

    def __len__(self) -> int:
        return len(self.patterns)


class Sieve:
    """Some patterns, in their order. Thread-safe."""

    def __init__(self, patterns: Iterable[re.Pattern[str]]) -> None:
        self.patterns: Sequence[re.Pattern[str]] = tuple(patterns)
        self._set = re2.Set.SearchSet(_OPTIONS)
        self._places: list[int] = []
        always = []
        for place, pattern in enumerate(self.patterns):
            loose = loosened(pattern)
            if loose is None:
                always.append(place)
                continue
            self._set.Add(loose)
            self._places.append(place)
        self._always = tuple(always)
        self._set.Compile()

    def passing(self, text: str) -> Passing:
        """The patterns that may match in ``text``; every other one does not."""
        found = self._set.Match(text.encode(errors="replace")) or ()
        places = sorted([*self._always, *[self._places[number] for number in found]])
        patterns = tuple([self.patterns[place] for place in places])
        return Passing(patterns, frozenset(map(id, patterns)))


def loosened(pattern: re.Pattern[str]) -> str | None:
    """A pattern for RE2 that matches in every text in which ``pattern`` does; None where there is
    none, or one that matches everything."""
    if pattern.flags & re.VERBOSE:
        return None
    wider = {} if pattern.flags & re.ASCII else _WIDER
    parts: list[str] = []
    depth = asserted = 0  # open brackets; how many were open before the assertion, plus one
    for piece in _PIECE.findall(pattern.pattern):
        opens, closes = piece.startswith("("), piece == ")"
        depth += opens
        if asserted:
            asserted = 0 if closes and depth == asserted else asserted
            depth -= closes
            if not asserted:
                parts.append("(?:)")  # a quantifier behind it needs something
            continue
        depth -= closes
        if piece in _ASSERTED:
            asserted = depth
        elif piece in _NOWHERE:
            parts.append("(?:)")
        elif piece in wider:
            parts.append(f"[{wider[piece]}]")
        elif piece.startswith("[^"):
            if re.search(r"\\[WSD]", piece):
                return None  # wider in Python than RE2's
            parts.append(piece)
        elif piece.startswith("[") and len(piece) > 1:
            parts.append(re.sub(r"\\.", lambda match: wider.get(match[0], match[0]), piece))
        else:
            parts.append(piece)
    flags = "".join(
        letter for letter, flag in (("i", re.IGNORECASE), ("s", re.DOTALL)) if pattern.flags & flag
    )
    loose = f"(?{flags}:{''.join(parts)})" if flags else "".join(parts)
    try:
        compiled = re2.compile(loose, _OPTIONS)
    except re2.error:
        return None
    return None if compiled.search("") else loose
