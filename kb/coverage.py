"""How far the knowledge base goes: causes without a lab case, articles that are hard to find.

The laboratory is a part of the tests and does not travel with the package; what its cases confirm
is written to ``lab.json`` of the shipped content by ``python -m tests.lab.coverage``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from kb.article import Article, Cause
from kb.articles import KnowledgeBase
from kb.diagnose.condition import BadCondition, Condition
from kb.errors import ContentError

NAME: Final = "lab.json"
# Facts that nobody sees from outside: a person says them, or a log of the site's own.
_TOLD: Final = ("reader.", "claim.", "upstream.", "source")


@dataclass(frozen=True, slots=True)
class OpenCause:
    """A cause that no lab case confirms. ``told`` says that its condition reads what only a person
    or a log says, so that no server can show it alone."""

    solution: int
    id: str
    title: str
    path: str
    line: int
    told: bool


@dataclass(frozen=True, slots=True)
class Findable:
    """An article that lacks ``identifiers`` (its own and registries'), ``symptoms`` or both."""

    solution: int
    title: str
    identifiers: bool
    symptoms: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A registry: its entries, the solutions they lead to, the entries that lead nowhere."""

    name: str
    origin: str
    path: str
    entries: int
    solutions: int
    nowhere: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The whole report. ``cases`` is None where no :data:`NAME` is present."""

    solutions: int
    causes: int
    cases: int | None
    open: tuple[OpenCause, ...]
    hard_to_find: tuple[Findable, ...]
    registries: tuple[Listed, ...]

    @property
    def confirmed(self) -> int:
        """Causes that a case confirms."""
        return self.causes - len(self.open)

    def to_json(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        return {**asdict(self), "confirmed": self.confirmed}


def read_cases(roots: Sequence[Path]) -> dict[str, tuple[str, ...]] | None:
    """The names of the cases that confirm each ``solution/cause``; None without a file.

    Every content folder may have one; they add up. Raises ContentError for a broken one.
    """
    found: dict[str, tuple[str, ...]] | None = None
    for root in roots:
        file = root / NAME
        if not file.is_file():
            continue
        try:
            confirmed = json.loads(file.read_text(encoding="utf-8"))["confirmed"]
            found = found or {}
            for cause, cases in confirmed.items():
                found[cause] = (*found.get(cause, ()), *map(str, cases))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ContentError(
                'This must be {"confirmed": {"solution/cause": ["case", …]}}.', str(file)
            ) from None
    return found


def coverage(base: KnowledgeBase, cases: Mapping[str, Sequence[str]] | None = None) -> Coverage:
    """The report on the published articles; ``cases`` as :func:`read_cases` gives them."""
    confirmed = cases or {}
    entries = base.entries
    named = {entry.solution for entry in entries}
    causes = [(article, cause) for article in base.published for cause in article.causes]
    return Coverage(
        solutions=len(base.published),
        causes=len(causes),
        cases=None if cases is None else len({name for names in cases.values() for name in names}),
        open=tuple(
            OpenCause(article.id, cause.id, cause.title, base.shown(article), cause.line,
                      _told(cause))
            for article, cause in causes
            if f"{article.id}/{cause.id}" not in confirmed
        ),
        hard_to_find=tuple(
            Findable(article.id, article.title, identifiers, symptoms)
            for article in base.published
            for identifiers, symptoms in [_ways(article, named)]
            if not (identifiers and symptoms)
        ),
        registries=tuple(
            Listed(
                registry.name,
                registry.origin,
                registry.path,
                len(registry.entries),
                len({entry.solution for entry in registry.entries}),
                tuple(e.id for e in registry.entries if base.visible(e.solution) is None),
            )
            for registry in base.registries
        ),
    )  # fmt: skip


def _ways(article: Article, named: set[int]) -> tuple[bool, bool]:
    return bool(article.identifiers) or article.id in named, bool(article.symptoms)


def _told(cause: Cause) -> bool:
    try:
        return any(name.startswith(_TOLD) for name in Condition(cause.when).facts)
    except BadCondition:
        return False
