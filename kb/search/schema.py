"""The index's schema: one place, a reason a field.

The fields' text becomes the stems of :mod:`kb.search.stems`, as the questions' does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from whoosh.analysis import Analyzer, StemmingAnalyzer, Token
from whoosh.fields import ID, TEXT, Schema

from kb.search.stems import stems_of

VERSION: Final = "2"
# Boosts of BM25F: what a writer says people type counts more than where the words merely occur.
BOOSTS: Final = {"title": 3.0, "identifiers": 2.5, "symptoms": 4.0, "headings": 1.5, "body": 1.0}


class Stems(Analyzer):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's view of :func:`kb.search.stems.stems_of`; spans are not asked of the index."""

    def __call__(
        self,
        value: str,
        positions: bool = False,
        start_pos: int = 0,
        mode: str = "",
        **_kept: Any,
    ) -> Iterator[Any]:
        """The tokens of ``value``: one object over and over, as Whoosh wants it."""
        token = Token(positions, mode=mode)
        token.boost = 1.0
        token.stopped = False
        for place, stem in enumerate(stems_of(value), start_pos):
            token.text = token.original = stem
            if positions:
                token.pos = place
            yield token


def schema() -> Any:
    """The schema of the index."""
    stems = Stems()
    return Schema(
        id=ID(stored=True, unique=True),  # the solution's ID
        digest=ID(stored=True),  # what an incremental build compares
        title=TEXT(stems),
        identifiers=TEXT(stems),
        symptoms=TEXT(stems),
        headings=TEXT(stems),  # titles of sections and causes
        body=TEXT(stems),
        words=TEXT(StemmingAnalyzer(expression=r"[A-Za-z]{3,}", stoplist=None, stemfn=str)),
    )
