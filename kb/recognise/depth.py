"""How deep a place in a text lies: the deeper, the nearer to the root of a chain of errors.

- Python prints the root first ("direct cause of the following exception", "During handling of");
- Java, .NET and Node print it last ("Caused by:", "--->", "[cause]:");
- a message in one line nests to the right ("dial tcp …: connect: connection refused",
  "Max retries exceeded … (Caused by SSLError(…))").
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

_PYTHON: Final = re.compile(
    r"^(?:The above exception was the direct cause of the following exception"
    r"|During handling of the above exception, another exception occurred):?\s*$",
    re.MULTILINE,
)
_INNER: Final = re.compile(
    r"^\s*Caused by: |\bCaused by |\s---> |\[cause\]: |\bcaused by: |\bRoot cause: "
    r"|\bnested exception is |\bInner [Ee]xception|\bcause: ",
    re.MULTILINE,
)
_END_OF_LINE: Final = re.compile(r"\n(?!\s)")
_CHAIN: Final = re.compile(r"(?<=[\w)\"'\]]): (?=\S)")


@dataclass(frozen=True, slots=True)
class Depth:
    """The places at which the depth changes, and the depth from each place on."""

    places: tuple[int, ...]
    depths: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Depth:
        """The depth of every place in ``text``. Linear."""
        python = [match.start() for match in _PYTHON.finditer(text)]
        changes: list[tuple[int, int]] = [(0, 0)]
        if python:
            count = len(python)
            changes = [(0, 1000 * count)]
            changes += [(at, 1000 * (count - 1 - number)) for number, at in enumerate(python)]
        events = [(match.start(), 50) for match in _INNER.finditer(text)]
        events += [(match.start(), 1) for match in _CHAIN.finditer(text)]
        events += [(match.start(), 0) for match in _END_OF_LINE.finditer(text)]
        java = 0
        inner = 0
        base = dict(changes)
        level = base[0]
        result: list[tuple[int, int]] = [(0, level)]
        for at, kind in sorted([*events, *((at, -1) for at in base if at)]):
            if kind == -1:
                level, java, inner = base[at], 0, 0
            elif kind == 50:
                java, inner = java + 50, 0
            elif kind == 1:
                inner = min(inner + 1, 49)
            else:
                inner = 0
            result.append((at, level + java + inner))
        return cls(tuple(at for at, _ in result), tuple(depth for _, depth in result))

    def at(self, place: int) -> int:
        """The depth at the character ``place``."""
        return self.depths[bisect_right(self.places, place) - 1]
