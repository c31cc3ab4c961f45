"""Which engine serves: chosen by ``SEARCH_URL``."""

from __future__ import annotations

from pathlib import Path

from kb.articles import KnowledgeBase
from kb.search.engine import Engine, Progress
from kb.search.generation import Files, open_generation
from kb.search.whooshindex import WhooshFiles
from kb.settings import BadSetting


def open_index(
    base: KnowledgeBase, folder: Path, progress: Progress | None = None, url: str = ""
) -> Engine:
    """The index of this content, built first where it is missing or damaged.

    ``url`` is a ``SEARCH_URL``: ``whoosh:`` (and nothing) or ``tantivy:`` keep the index in
    ``folder`` or, with a path behind the colon, there; ``postgresql://…`` in that database.
    ``progress`` is told (articles written, articles to write). Raises IndexUnavailable, and
    BadSetting when the engine is not installed.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "postgresql":
        return _postgresql(base, url, progress)
    files = _tantivy() if scheme == "tantivy" else WhooshFiles()
    path = rest.removeprefix("//")
    return open_generation(files, base, Path(path) if path else folder, progress)


def _tantivy() -> Files:
    try:
        from kb.search.tantivyindex import TantivyFiles  # noqa: PLC0415  # an optional extra
    except ImportError:
        raise BadSetting(
            "ERRORDESK_SEARCH_URL=tantivy: needs the extra: pip install 'errordesk[tantivy]'."
        ) from None
    return TantivyFiles()


def _postgresql(base: KnowledgeBase, url: str, progress: Progress | None) -> Engine:
    try:
        from kb.search.postgresindex import open_database  # noqa: PLC0415  # an optional extra
    except ImportError:
        raise BadSetting(
            "ERRORDESK_SEARCH_URL=postgresql://… needs the extra: "
            "pip install 'errordesk[postgresql]'."
        ) from None
    return open_database(base, url, progress)
