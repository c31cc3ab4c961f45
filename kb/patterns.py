"""Which of many patterns a text matches, all of them tried in one pass over it.

Conditions and questions search the text by some hundred patterns each. RE2's sets match them
together, in time linear in the text whatever the patterns are, and RE2 is the syntax that CEL
prescribes for ``matches`` (CEL specification, "Standard Definitions").
"""

from __future__ import annotations

import threading

import re2

_QUIET = re2.Options()
_QUIET.log_errors = False


class BadPattern(ValueError):
    """A pattern that RE2 does not take; the text says why."""


class Patterns:
    """A growing set of patterns, each with the number that :meth:`add` gave it. Thread-safe."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._compiled: re2.Set | None = None
        self._lock = threading.Lock()

    @staticmethod
    def literal(text: str) -> str:
        """The pattern that matches ``text`` itself."""
        return str(re2.escape(text))

    def add(self, pattern: str) -> int:
        """The number of ``pattern``, the same each time. Raises BadPattern."""
        with self._lock:
            number = self._numbers.get(pattern)
            if number is None:
                try:
                    re2.compile(pattern, _QUIET)
                except re2.error as error:
                    reason = error.args[0]
                    raise BadPattern(
                        reason.decode() if isinstance(reason, bytes) else str(reason)
                    ) from None
                number = self._numbers[pattern] = len(self._numbers)
                self._compiled = None
            return number

    def found_in(self, text: str) -> frozenset[int]:
        """The numbers of the patterns that occur in ``text``."""
        compiled = self._compiled
        if compiled is None:
            with self._lock:
                compiled = re2.Set.SearchSet(_QUIET)
                for pattern in self._numbers:
                    compiled.Add(pattern)
                compiled.Compile()
                self._compiled = compiled
        return frozenset(compiled.Match(text.encode(errors="replace")) or ())
