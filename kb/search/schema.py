"""The index's schema: one place, a reason a field.

Input of the analyzer: plain text. Output: lower-case stems without English stop words, with their
character positions; words joined by ``_`` or ``.`` stay searchable by their parts.
"""

from __future__ import annotations

import re
from typing import Any, Final

from whoosh.analysis import StemmingAnalyzer
from whoosh.fields import ID, TEXT, Schema

VERSION: Final = "1"
TOKEN: Final = re.compile(r"[A-Za-z0-9]+")
MIN_SIZE: Final = 2
ANALYZER: Final[Any] = StemmingAnalyzer(expression=TOKEN, minsize=MIN_SIZE)
# Boosts of BM25F: what a writer says people type counts more than where the words merely occur.
BOOSTS: Final = {"title": 3.0, "identifiers": 2.5, "symptoms": 3.0, "headings": 1.5, "body": 1.0}


def schema() -> Any:
    """The schema of the index."""
    return Schema(
        id=ID(stored=True, unique=True),  # the solution's ID
        digest=ID(stored=True),  # what an incremental build compares
        title=TEXT(ANALYZER),
        identifiers=TEXT(ANALYZER),
        symptoms=TEXT(ANALYZER),
        headings=TEXT(ANALYZER),  # titles of sections and causes
        body=TEXT(ANALYZER),
        words=TEXT(StemmingAnalyzer(expression=r"[A-Za-z]{3,}", stoplist=None, stemfn=str)),
    )
