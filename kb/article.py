"""The model of an article and its causes: what a writer's Markdown file says, checked and typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from kb.answer import Who

FIRST_ID: Final = 2173
# IDs from here on belong to operators: no shipped article ever takes one.
FIRST_OWN_ID: Final = 100_000


class Status(StrEnum):
    """The life of an article. Only ``PUBLISHED`` ones are seen by readers."""

    PUBLISHED = "published"
    DRAFT = "draft"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause of the error: its condition over facts, and what to say when it is confirmed.

    ``when`` is CEL source, ``evidence`` are sentences with ``{fact.name}`` slots, ``explains`` are
    the more general causes that this one explains away, as ``(solution, cause id)``. ``line`` is
    the line of its entry in the file, ``section`` the Markdown under its heading.
    """

    id: str
    title: str
    when: str
    evidence: tuple[str, ...]
    who: Who
    fix: str
    weight: float
    explains: tuple[tuple[int, str], ...]
    section: str
    line: int


@dataclass(frozen=True, slots=True)
class Section:
    """One ``##`` section of the body: its heading, anchor and Markdown."""

    title: str
    anchor: str
    markdown: str


@dataclass(frozen=True, slots=True)
class Article:
    """One article. ``path`` is relative to its content folder, ``digest`` a hash of the file.

    ``folder`` says which of the content folders it came from, from 0. ``overrides`` is the
    :attr:`revision` of the article of an earlier folder that it was written against, '' where the
    writer does not say.
    """

    id: int
    slug: str
    title: str
    summary: str
    category: str
    identifiers: tuple[str, ...]
    symptoms: tuple[str, ...]
    causes: tuple[Cause, ...]
    related: tuple[int, ...]
    authors: tuple[str, ...]
    created: date
    updated: date
    origin: str
    status: Status
    successors: tuple[int, ...]
    body: str
    sections: tuple[Section, ...]
    path: str
    digest: str
    language: str = "en"
    folder: int = 0
    overrides: str = ""

    @property
    def revision(self) -> str:
        """Twelve hexadecimal digits that change whenever the file does."""
        return self.digest[:12]

    @property
    def url(self) -> str:
        """The canonical path on the help site."""
        return f"/solutions/{self.id}-{self.slug}"

    def cause(self, cause_id: str) -> Cause:
        """The cause with this id. Raises KeyError."""
        for cause in self.causes:
            if cause.id == cause_id:
                return cause
        raise KeyError(cause_id)

    def likeliest(self, count: int = 3) -> tuple[Cause, ...]:
        """The causes that are most often to blame, by weight; equals in the writer's order."""
        return tuple(sorted(self.causes, key=lambda cause: -cause.weight)[:count])


@dataclass(frozen=True, slots=True)
class Category:
    """A node of the tree of categories; ``path`` has slashes between its levels."""

    path: str
    name: str
    summary: str
