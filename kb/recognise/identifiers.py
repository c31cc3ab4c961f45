"""All identifiers of a text, the one that names the cause first.

Several errors in one paste are seldom independent: a client's exception wraps a library's message,
which wraps the system's; a proxy answers 502 because its own connection was refused. The order is

1. what names a cause, before the status somebody answered with, before a client's general code or
   exception, before a page's title over many errors, before what is no error at all (a redirect
   or success on the way);
2. within these, what lies deepest: the innermost of a traceback or of an error in one line;
3. the last status line of a transcript before the earlier ones;
4. the order of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kb.answer import IdentifierHit
from kb.articles.registry import Entry, Says
from kb.recognise.depth import Depth
from kb.recognise.families import find_families, numbers_of_others
from kb.recognise.lexicon import Lexicon
from kb.recognise.statuses import find_statuses, status_lines

# An article may claim "Error 1040" for Cloudflare; MySQL has the same.
_NUMBERED: Final = re.compile(r"(?:cloudflare |error )(?:code:? )?1\d{3}", re.IGNORECASE)
_ORDER: Final = (Says.CAUSE, Says.OUTCOME, Says.WRAPPER, Says.TITLE, Says.BENIGN)


@dataclass(frozen=True, slots=True)
class Identified:
    """A hit with its registry entry (None where no registry has it) and how much it says."""

    hit: IdentifierHit
    entry: Entry | None
    says: Says


def find_identifiers(text: str, lexicon: Lexicon) -> tuple[Identified, ...]:
    """All identifiers of ``text``, each once, the likely cause first. Linear in the length."""
    by_rule: dict[str, tuple[int, int]] = {}

    def note(name: str, start: int, end: int) -> None:
        span = by_rule.get(name)
        if span is None or span[0] > start:
            by_rule[name] = (start, end)

    iis = set()
    for name, start, end in find_families(text):
        entry = lexicon.get(name)
        if (
            name.startswith(("Cloudflare", "Windows", "HAProxy", "WebSocket", "wget", "0x"))
            and not entry
        ):
            continue  # a number of that range that means nothing
        if name.startswith("IIS"):
            iis.add(f"HTTP {name[4:7]}")
        note(name, start, end)
    last_lines = {f"HTTP {status}": at for status, at in status_lines(text)}
    for status, start, end in find_statuses(text):
        if 100 <= status <= 599 or lexicon.get(f"HTTP {status}"):
            note(f"HTTP {status}", start, end)

    found: dict[str, Identified] = {}
    for name, span in by_rule.items():
        entry = lexicon.get(name)
        known = entry.id if entry else name
        found.setdefault(known, _identified(known, span, entry, lexicon, text))
    rules = [item.hit for item in found.values()]
    literals = lexicon.find(text)
    numbered = {found.entry.id for found in literals if _NUMBERED.fullmatch(found.entry.id)}
    if numbered and numbers_of_others(text):
        literals = [found for found in literals if found.entry.id not in numbered]
    for literal in literals:
        entry, span = literal.entry, (literal.start, literal.end)
        solution = lexicon.solution(entry.id, entry)
        if any(_overlap(span, hit.span) and hit.solution == solution for hit in rules):
            continue  # the same said by its number
        key = entry.id
        if key not in found:
            found[key] = _identified(entry.id, span, entry, lexicon, text)
    hits = _without_inner(list(found.values()))
    if len(hits) < 2:
        return tuple(hits)
    depth = Depth.of(text)

    def rank(item: Identified) -> tuple[int, int, int, int]:
        says = _ORDER.index(item.says)
        last = last_lines.get(item.hit.name)
        if item.hit.name in iis:
            says = _ORDER.index(Says.WRAPPER)  # the substatus says it more exactly
        start = item.hit.span[0]
        return (says, -depth.at(start), -(last or 0), start)

    return tuple(sorted(hits, key=rank))


def _identified(
    name: str, span: tuple[int, int], entry: Entry | None, lexicon: Lexicon, text: str
) -> Identified:
    says = entry.says if entry else Says.CAUSE
    if name.startswith("HTTP ") and name[5:].isdigit():
        status = int(name[5:])
        says = Says.BENIGN if status < 400 else Says.OUTCOME
    elif entry is None and name.startswith(("curl", "CURLE")):
        says = Says.WRAPPER
    meaning = entry.meaning if entry else ""
    return Identified(
        IdentifierHit(name, span, lexicon.solution(name, entry), meaning), entry, says
    )


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _without_inner(items: list[Identified]) -> list[Identified]:
    """Drop what lies inside a longer one of the same solution: it says nothing new."""
    kept: list[Identified] = []
    reach = -1
    reached: set[int | None] = set()
    for item in sorted(items, key=lambda item: (item.hit.span[0], -item.hit.span[1])):
        start, end = item.hit.span
        if end <= reach and item.hit.solution in reached and item.hit.solution is not None:
            continue
        if start >= reach:
            reached = set()
        reach = max(reach, end)
        reached.add(item.hit.solution)
        kept.append(item)
    return kept
