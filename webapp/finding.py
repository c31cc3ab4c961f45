"""Search as pages and API show it: filtered by category and role, counted, in one language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from kb.answer import SolutionReport, Who
from kb.desk import Desk
from kb.search import Suggestion
from kb.search.passages import best_passage
from kb.search.query import terms_of

# Filters count within these; more would be further down than anybody reads.
MAX_FOUND: Final = 40


@dataclass(frozen=True, slots=True)
class Found:
    """Hits that pass the filters, and how many hits each filter would keep."""

    hits: tuple[SolutionReport, ...]
    did_you_mean: str | None
    categories: Mapping[str, int]
    roles: Mapping[Who, int]


def find(
    desk: Desk, text: str, category: str | None = None, who: Who | None = None, language: str = "en"
) -> Found:
    """Articles by words; ``category`` keeps one branch, ``who`` those with a cause on that role."""
    result = desk.search(text, MAX_FOUND)
    base = desk.base
    articles = {hit.id: base.visible(hit.id) for hit in result.hits}
    branches = {key: item.category if item else "" for key, item in articles.items()}
    roles = {
        key: {cause.who for cause in item.causes} if item else set()
        for key, item in articles.items()
    }

    def in_branch(hit: SolutionReport) -> bool:
        return not category or f"{branches[hit.id]}/".startswith(f"{category}/")

    def on_role(hit: SolutionReport) -> bool:
        return who is None or who in roles[hit.id]

    terms = terms_of(text)

    def worded(hit: SolutionReport) -> SolutionReport:
        words = base.translations.articles.get((hit.id, language))
        if words is None:
            return hit
        passage, marks = best_passage(words, terms)
        return replace(hit, title=words.title, summary=words.summary, passage=passage, marks=marks)

    return Found(
        tuple(worded(hit) for hit in result.hits if in_branch(hit) and on_role(hit)),
        result.did_you_mean,
        Counter(branches[hit.id] for hit in result.hits if on_role(hit)),
        Counter(role for hit in result.hits if in_branch(hit) for role in roles[hit.id]),
    )


def suggestions(desk: Desk, typed: str, language: str) -> tuple[Suggestion, ...]:
    """The typeahead, with titles in the reader's language."""
    base = desk.base

    def worded(item: Suggestion) -> Suggestion:
        words = base.translations.articles.get((item.id, language))
        return replace(item, title=words.title) if words else item

    return tuple(worded(item) for item in desk.suggest(typed))
