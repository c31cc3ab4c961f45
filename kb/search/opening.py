"""Which engine serves: chosen by ``SEARCH_URL``."""

from __future__ import annotations

from pathlib import Path

from kb.articles import KnowledgeBase
from kb.search.engine import Engine, Progress
from kb.search.generation import open_generation
from kb.search.whooshindex import WhooshFiles


def open_index(
    base: KnowledgeBase, folder: Path, progress: Progress | None = None, url: str = ""
) -> Engine:
    """The index of this content, built first where it is missing or damaged.

    ``url`` is a ``SEARCH_URL``: ``whoosh:`` (and empty) keeps the index in ``folder``.
    ``progress`` is told (articles written, articles to write). Raises IndexUnavailable.
    """
    return open_generation(WhooshFiles(), base, folder, progress)
