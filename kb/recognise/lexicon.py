"""All literal identifiers in one automaton: one pass over the text finds every spelling.

The text is folded character by character (ASCII case, typographic quotes, white space), so that
spans in the folded text are spans in the text itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ahocorasick_rs import AhoCorasick, MatchKind

from kb.articles import KnowledgeBase
from kb.articles.registry import OWN, Entry, needs_context

_FOLD: Final[dict[int, int | str]] = {
    **{code: code + 32 for code in range(ord("A"), ord("Z") + 1)},
    **dict.fromkeys(map(ord, "’‘‛`´"), "'"),
    **dict.fromkeys(map(ord, "“”„«»"), '"'),
    **dict.fromkeys(map(ord, "\t\n\r\u00a0\u202f"), " "),
}
# Words that are no proof of an error by themselves, and that a normal letter rarely has.
_TECHNICAL: Final = re.compile(
    r"error|errno|exception|fatal|fail|panic|warn|https?[:/ ]|\bhttp\b|\bssl\b|\btls\b|socket|curl"
    r"|connect|server|proxy|\bport\b|request|response|read|write|send|recv|syscall|\bat [\w.$]+\("
    r"|\[\w+\]|\b\w+\.\w+[(:]|\(\d{2,5}\)|code|log|nginx|apache|browser|chrome|firefox|safari"
    r"|website|\bsite\b|www\.|fehler|erreur|errore|verbindung|connexion|conexi[oó]n|zertifikat|localhost"
    r"|[a-z0-9-]\.(?:com|org|net|de|fr|es|it|nl|eu|io|dev|local|app|uk|ch|at|pl|br)\b|\bpage\b|\bapi\b|\bdns\b|\b0x[0-9a-f]{4,8}\b|certificat|handshake|upstream",
    re.IGNORECASE,
)
WINDOW: Final = 90
# How many ordinary spellings are looked at in one text, so that its cost stays linear.
MOST_CHECKS: Final = 300


@dataclass(frozen=True, slots=True)
class Found:
    """A spelling found at ``start`` to ``end`` of the text."""

    entry: Entry
    start: int
    end: int


def fold(text: str) -> str:
    """The text as the automaton compares it; of the same length."""
    return text.translate(_FOLD)


class Lexicon:
    """The identifiers of one knowledge base. Build once, use from any thread."""

    def __init__(self, entries: Iterable[Entry], claims: Mapping[str, int] | None = None) -> None:
        """``claims`` overrides whose an identifier is (an article's own claim over a registry)."""
        self._claims = dict(claims or {})
        self._by_id: dict[str, Entry] = {}
        self._spellings: dict[str, tuple[Entry, bool]] = {}
        entries = tuple(entries)
        self._learn(entry for entry in entries if entry.registry != OWN)
        # What an article claims itself is often a longer form of what a registry lists, with the
        # facts that it proves: the longer form then means the same entry.
        own = [entry for entry in entries if entry.registry == OWN]
        self._learn(self._within(entry) or entry for entry in own)

    def _learn(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self._by_id.setdefault(entry.id, entry)
            for text in entry.spellings:
                key = fold(text)
                if len(key) > 2 and not key.isdigit():
                    context = entry.context or needs_context(text)
                    self._spellings.setdefault(key, (entry, context))
        self._values = list(self._spellings.values())
        keys = list(self._spellings)
        self._automaton = AhoCorasick(keys, matchkind=MatchKind.Standard)

    def _within(self, entry: Entry) -> Entry | None:
        """``entry`` as a further spelling of the longest listed one inside of it, if it is for the
        same solution."""
        inside = [f for f in self.find(entry.id) if f.entry.solution == entry.solution]
        if not inside:
            return None
        longest = max(inside, key=lambda found: found.end - found.start).entry
        return replace(longest, also=(entry.id,), context=False)

    @classmethod
    def of(cls, base: KnowledgeBase) -> Lexicon:
        """The lexicon of a knowledge base."""
        return cls(base.entries, base.by_identifier)

    def get(self, name: str) -> Entry | None:
        """The entry that has ``name`` as a spelling; its own name in the same case first."""
        if name in self._by_id:
            return self._by_id[name]
        found = self._spellings.get(fold(name))
        return found[0] if found else None

    def solution(self, name: str, entry: Entry | None = None) -> int | None:
        """Whose the identifier ``name`` is."""
        claimed = self._claims.get(name.lower())
        return claimed if claimed is not None else entry.solution if entry else None

    def find(self, text: str) -> list[Found]:
        """Every spelling in ``text`` that stands as a word of its own and, where it is an ordinary
        one, in technical company; those inside a longer one are left out."""
        folded = fold(text)
        spans: list[tuple[int, int, int]] = []
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if _is_word(folded, start, end):
                spans.append((start, -end, index))
        found: list[Found] = []
        first, last = len(text) - len(text.lstrip()), len(text.rstrip())
        left = MOST_CHECKS
        taken: set[str] = set()  # ordinary spellings that were in technical company once
        reach = -1
        for start, minus_end, index in sorted(spans):
            end = -minus_end
            if end <= reach:
                continue
            entry, context = self._values[index]
            alone = start <= first and end >= last
            if context and not alone and entry.id not in taken:
                left -= 1
                if left < 0 or not _is_technical(text, start, end):
                    continue
                taken.add(entry.id)
            found.append(Found(entry, start, end))
            reach = end
        return found


def _is_word(text: str, start: int, end: int) -> bool:
    before = start > 0 and _joined(text[start - 1], text[start])
    after = end < len(text) and (
        _joined(text[end - 1], text[end]) or _goes_on(text[end - 1 : end + 2])
    )
    return not before and not after


def _joined(left: str, right: str) -> bool:
    return (left.isalnum() or left == "_") and (right.isalnum() or right == "_")


def _goes_on(text: str) -> bool:
    """Whether a number goes on behind its first digits, as "curl 7" does in "curl 7.88"."""
    return len(text) == 3 and text[0].isdigit() and text[1] in ".:," and text[2].isdigit()


def _is_technical(text: str, start: int, end: int) -> bool:
    return bool(
        _TECHNICAL.search(text[max(0, start - WINDOW) : start])
        or _TECHNICAL.search(text[end : end + WINDOW])
    )
