"""Did you mean: unknown words of a question replaced by the nearest words of the base."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

MAX_EDITS: Final = 2
_WORD: Final = re.compile(r"[A-Za-z]{4,}")
_SHAPED: Final = re.compile(r"[A-Z]{2}|[a-z][A-Z]|\d|_|\.\w")


class Speller:
    """Corrects questions by a vocabulary: words in lower case with how often each is used."""

    def __init__(self, words: Mapping[str, int]) -> None:
        self._words = words
        self._by_first: dict[str, list[str]] = defaultdict(list)
        for word in words:
            self._by_first[word[:1]].append(word)

    def correct(self, text: str) -> str | None:
        """The question with its unknown words replaced; None when nothing is to be corrected.

        Long texts are pastes, not typing, and are left alone.
        """
        if len(text) > 200 or len(text.split()) > 12:
            return None
        corrected = _WORD.sub(lambda match: self._better(text, match), text)
        return corrected if corrected != text else None

    def _better(self, text: str, match: re.Match[str]) -> str:
        word = match[0].lower()
        if word in self._words or _is_technical(text, match):
            return match[0]
        return self.nearest(word) or match[0]

    def nearest(self, word: str) -> str | None:
        """The most used of the nearest words with the same first letter, two edits away at most."""
        found = process.extract(
            word,
            self._by_first.get(word[:1], ()),
            scorer=OSA.distance,
            score_cutoff=MAX_EDITS,
            limit=None,
        )
        best = min(found, key=lambda item: (item[1], -self._words[item[0]], item[0]), default=None)
        return best[0] if best else None


def _is_technical(text: str, match: re.Match[str]) -> bool:
    """Whether a word is part of a name, a host or a code, which nobody should correct."""
    start = text.rfind(" ", 0, match.start()) + 1
    end = text.find(" ", match.end())
    return bool(_SHAPED.search(text[start : end if end >= 0 else len(text)]))
