"""Registries: which identifier means which solution, as ``content/registries/*.yaml`` has them.

A registry is a list that somebody else keeps (curl's exit codes, Chromium's net errors, the IANA's
statuses). Each entry gives the identifier as it is recognised, other spellings of the same, the
solution, a sentence of our own and the facts that the identifier proves.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

import yaml

from kb.articles.yamltext import LINE, load_with_lines
from kb.errors import ContentError
from kb.facts import FactValue, UnknownFact, check

_KNOWN: Final = frozenset({"id", "also", "solution", "meaning", "facts", "says", "context"})
_PLAIN_WORDS: Final = re.compile(r"[a-z]{1,12}( [a-z]{1,9})?|\d{1,5}|\w{1,3}")
_STATUS: Final = re.compile(r"HTTP (\d{3})")


OWN: Final = "articles"  # the registry of what articles claim themselves


class Says(StrEnum):
    """How much an identifier tells: the order in which several in one text are believed."""

    CAUSE = "cause"  # names what went wrong
    OUTCOME = "outcome"  # the status that somebody answered with
    WRAPPER = "wrapper"  # a client's general exception or code around the cause
    TITLE = "title"  # a heading over many errors: the line below it says which
    BENIGN = "benign"  # no error in itself: a success, a redirect, a progress message


@dataclass(frozen=True, slots=True)
class Entry:
    """One identifier. ``context`` asks for technical words around it, because people use its words
    for other things too. ``line`` is the entry's line in its file,
    ``folder`` which of the content folders has it, from 0."""

    id: str
    solution: int
    also: tuple[str, ...] = ()
    meaning: str = ""
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    says: Says = Says.CAUSE
    context: bool = False
    registry: str = ""
    path: str = ""
    line: int = 1
    folder: int = 0

    @property
    def spellings(self) -> tuple[str, ...]:
        """Everything by which the entry is recognised, its own name first."""
        return (self.id, *self.also)


@dataclass(frozen=True, slots=True)
class Registry:
    """One file: ``name`` and ``origin`` (a link) say whose list it is."""

    name: str
    origin: str
    entries: tuple[Entry, ...]
    path: str


def needs_context(spelling: str) -> bool:
    """Whether ``spelling`` is so short or so ordinary that it may stand in a normal sentence."""
    return bool(_PLAIN_WORDS.fullmatch(spelling))


def parse_registry(text: str, path: str) -> Registry:
    """Read one registry; ``path`` names the file. Raises ContentError."""
    try:
        tree = load_with_lines(text)
        name, origin, items = str(tree["name"]), str(tree["origin"]), tree["entries"]
        says = Says(tree.get("says", Says.CAUSE))
        shared = tree.get("facts", {})
        shared.pop(LINE, None)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ContentError(f"No valid YAML: {error.problem}.", path, line) from None
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ContentError(f"A registry needs name, origin and entries: {error}.", path) from None
    if not isinstance(items, list):
        raise ContentError("entries must be a list.", path)
    return Registry(
        name, origin, tuple(_entry(item, name, says, shared, path) for item in items), path
    )


def _entry(
    item: Any, registry: str, says: Says, shared: Mapping[str, FactValue], path: str
) -> Entry:
    line = item.get(LINE, 1) if isinstance(item, dict) else 1

    def fail(message: str) -> ContentError:
        return ContentError(message, path, line)

    if not isinstance(item, dict) or not {"id", "solution"} <= item.keys():
        raise fail("Each entry needs an id and a solution.")
    unknown = item.keys() - _KNOWN - {LINE}
    if unknown:
        raise fail(f"There is no field {sorted(unknown)[0]} in an entry.")
    identifier, solution, also = item["id"], item["solution"], item.get("also", [])
    if not isinstance(identifier, str) or not isinstance(solution, int):
        raise fail("id is a text (quote it where it looks like a number), solution a number.")
    if not isinstance(also, list) or not all(isinstance(text, str) for text in also):
        raise fail("also is a list of texts.")
    if not isinstance(item.get("facts", {}), dict):
        raise fail("facts are names with values.")
    facts = {**shared, **item.get("facts", {})}
    facts.pop(LINE, None)
    if status := _STATUS.fullmatch(identifier):
        facts = {"claim.status": int(status[1]), "http.status": int(status[1]), **facts}
    try:
        for name, value in facts.items():
            check(name, value)
        says = Says(item.get("says", says))
    except UnknownFact as error:
        raise fail(f"There is no fact {error}.") from None
    except (TypeError, ValueError) as error:
        raise fail(f"{error}.") from None
    return Entry(
        id=identifier.strip(),
        solution=solution,
        also=tuple(text.strip() for text in also),
        meaning=str(item.get("meaning", "")).strip(),
        facts=facts,
        says=says,
        context=bool(item.get("context", False)),
        registry=registry,
        path=path,
        line=line,
    )


def without(entry: Entry, taken: Container[str]) -> Entry | None:
    """``entry`` without the spellings in ``taken`` (lower case); None where none is left."""
    left = [text for text in entry.spellings if text.lower() not in taken]
    if len(left) == len(entry.spellings):
        return entry
    return replace(entry, id=left[0], also=tuple(left[1:])) if left else None


def merge_registries(earlier: Sequence[Registry], later: Sequence[Registry]) -> list[Registry]:
    """The registries of two content folders: a spelling that ``later`` has is its alone.

    An entry with the id of an earlier one takes over what it does not say itself: the other
    spellings, the meaning and the facts.
    """
    former = {e.id.lower(): e for registry in earlier for e in registry.entries}
    claimed = {s.lower() for registry in later for e in registry.entries for s in e.spellings}

    def completed(entry: Entry) -> Entry:
        old = former.get(entry.id.lower())
        if old is None:
            return entry
        return replace(
            entry,
            also=(*entry.also, *(text for text in old.also if text.lower() not in claimed)),
            meaning=entry.meaning or old.meaning,
            facts=entry.facts or old.facts,
        )

    new = [replace(r, entries=tuple(map(completed, r.entries))) for r in later]
    taken = {s.lower() for registry in new for e in registry.entries for s in e.spellings}
    return [
        *(
            replace(r, entries=tuple(e for e in (without(e, taken) for e in r.entries) if e))
            for r in earlier
        ),
        *new,
    ]


def conflicts(entries: Iterable[Entry]) -> Iterable[tuple[Entry, str, Entry]]:
    """Spellings that two entries claim for different solutions: the later, the text, the first."""
    claimed: dict[str, Entry] = {}
    for entry in entries:
        for spelling in entry.spellings:
            first = claimed.setdefault(spelling.lower(), entry)
            if first.solution != entry.solution:
                yield entry, spelling, first
