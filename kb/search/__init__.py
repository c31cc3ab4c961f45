"""Full-text search over the articles: a derived index, held by one of several engines."""

from kb.search.engine import Engine
from kb.search.opening import open_index
from kb.search.query import Searcher, Semantic, Tuning
from kb.search.result import SearchResult
from kb.search.typeahead import Suggestion

__all__ = [
    "Engine",
    "SearchResult",
    "Searcher",
    "Semantic",
    "Suggestion",
    "Tuning",
    "open_index",
]
