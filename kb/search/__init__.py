"""Full-text search over the articles: a derived Whoosh index, published atomically."""

from kb.search.generation import open_index
from kb.search.query import Searcher, SearchResult, Semantic, Suggestion, Tuning

__all__ = ["SearchResult", "Searcher", "Semantic", "Suggestion", "Tuning", "open_index"]
