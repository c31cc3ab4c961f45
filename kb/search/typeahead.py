"""What begins with, then what contains, the words that somebody is typing.

The phrases lie in order, and so do the words that begin anywhere in them: a keystroke looks at
those between two places, not at all of them.
"""

from __future__ import annotations

import heapq
import re
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kb.article import Article
from kb.articles import KnowledgeBase

_WORD = re.compile(r"\w+")
_LAST = chr(0x10FFFF)  # sorts behind whatever may follow a prefix


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line of the typeahead; ``match`` is the title, identifier or symptom that matched."""

    id: int
    title: str
    url: str
    match: str


class Typeahead:
    """The titles, identifiers and symptoms of a base. Built once, read from any thread."""

    def __init__(self, base: KnowledgeBase) -> None:
        # By the articles' IDs, so that a walk along them may stop at the limit.
        self._phrases: list[tuple[str, Article]] = [
            (phrase, article)
            for article in base.published
            for item in base.in_all_languages(article)
            for phrase in (item.title, *article.identifiers, *item.symptoms)
        ]
        self._lowered = [phrase.lower() for phrase, _ in self._phrases]
        self._order = array("I", sorted(range(len(self._lowered)), key=self._lowered.__getitem__))
        by_word: dict[str, array[int]] = defaultdict(lambda: array("I"))
        for number, lowered in enumerate(self._lowered):
            for word in set(_WORD.findall(lowered)):
                by_word[word].append(number)
        self._by_word = dict(by_word)
        self._words = sorted(by_word)
        self._ids = sorted((str(article.id), article) for article in base.published)

    def suggest(self, typed: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """The best ``limit`` articles for ``typed``, each once, with the phrase that matched.

        First those whose ID or phrase begins with it, then those with all its words, by ID.
        """
        typed = typed.lower().strip().lstrip("#")
        if not typed:
            return ()
        found = self._first(self._begins(typed), limit)
        if len(found) < limit:
            known = {article.id for _, article in found}
            rest = (pair for pair in self._contains(typed) if pair[1].id not in known)
            found += self._first(rest, limit - len(found))
        return tuple(
            Suggestion(article.id, article.title, article.url, phrase) for phrase, article in found
        )

    @staticmethod
    def _first(found: Iterable[tuple[str, Article]], limit: int) -> list[tuple[str, Article]]:
        """The first articles of what comes by ID, each once, with its first phrase."""
        once: dict[int, tuple[str, Article]] = {}
        for phrase, article in found:
            once.setdefault(article.id, (phrase, article))
            if len(once) == limit:
                break
        return list(once.values())

    def _begins(self, typed: str) -> Iterator[tuple[str, Article]]:
        numbered: list[tuple[str, Article]] = []
        if typed.isdigit():
            start = bisect_left(self._ids, typed, key=lambda pair: pair[0])
            end = bisect_left(self._ids, typed + _LAST, key=lambda pair: pair[0])
            numbered = [(article.title, article) for _, article in self._ids[start:end]]
            numbered.sort(key=_by_id)
        start = bisect_left(self._order, typed, key=self._lowered.__getitem__)
        end = bisect_left(self._order, typed + _LAST, key=self._lowered.__getitem__)
        spoken = (self._phrases[number] for number in sorted(self._order[start:end]))
        return heapq.merge(numbered, spoken, key=_by_id)

    def _contains(self, typed: str) -> Iterator[tuple[str, Article]]:
        patterns = [re.compile(rf"(?<!\w){re.escape(word)}") for word in typed.split()]
        for number in sorted(self._candidates(typed)):
            if all(pattern.search(self._lowered[number]) for pattern in patterns):
                yield self._phrases[number]

    def _candidates(self, typed: str) -> Iterable[int]:
        """The phrases that have the longest of the typed words; all where none has a letter."""
        pieces = [match[0] for word in typed.split() if (match := _WORD.match(word))]
        if not pieces:
            return range(len(self._phrases))
        piece = max(pieces, key=len)
        start = bisect_left(self._words, piece)
        end = bisect_left(self._words, piece + _LAST)
        return {number for word in self._words[start:end] for number in self._by_word[word]}


def _by_id(found: tuple[str, Article]) -> int:
    return found[1].id
