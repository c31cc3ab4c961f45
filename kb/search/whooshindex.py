"""The default engine: Whoosh, pure Python, in a folder, for up to some thousand articles."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from whoosh import index
from whoosh.filedb.filestore import FileStorage
from whoosh.index import LockError
from whoosh.query import Or, Term
from whoosh.scoring import BM25F

from kb.articles import KnowledgeBase
from kb.errors import IndexUnavailable
from kb.search.arrays import Floats, Ints, np, scattered
from kb.search.engine import Boosts, Progress, Scores
from kb.search.generation import document
from kb.search.schema import VERSION, schema


class WhooshFiles:
    """How Whoosh keeps an index in a folder."""

    prefix = f"index-{VERSION}"

    def open(self, folder: Path) -> WhooshEngine | None:
        """The index in ``folder``; None when it is damaged or none."""
        try:
            opened = index.open_dir(str(folder), readonly=True)
            with opened.searcher() as searcher:
                next(iter(searcher.documents()), None)
        except Exception:  # noqa: BLE001  # whatever a damaged file makes Whoosh raise
            return None
        return WhooshEngine(opened)

    def write(self, base: KnowledgeBase, folder: Path, progress: Progress | None) -> None:
        """Bring the index in ``folder``, or an empty folder, to the state of ``base``."""
        storage = FileStorage(str(folder))
        exists = index.exists_in(str(folder))
        writable = storage.open_index() if exists else storage.create_index(schema())
        try:
            _update(writable, base, progress)
        except LockError:
            raise IndexUnavailable("The search index is locked by another process.") from None


class WhooshEngine:
    """An opened Whoosh index. See :class:`kb.search.engine.Engine`."""

    def __init__(self, opened: Any) -> None:
        self._searcher = opened.searcher(weighting=BM25F())
        # Whoosh's reader moves one file position: two threads in it read each other's blocks.
        self._reading = Lock()
        reader = self._searcher.reader()
        # Whoosh's numbers of documents are 0 to this, its deleted ones among them.
        ids = np.zeros(reader.doc_count_all(), dtype=np.intp)
        for number, stored in reader.iter_docs():
            ids[number] = int(stored["id"])
        self._ids = ids
        # What nobody wrote is not looked up: most questions have a word or a number of their own.
        self._written = frozenset(term for _, term in reader.all_terms())
        self._scores: dict[tuple[str, Boosts], tuple[Ints, Floats]] = {}

    def scores(self, weights: Mapping[str, float], boosts: Boosts) -> Scores:
        """BM25F, of every article that has one of the stems."""
        places, added = [], []
        for stem, weight in weights.items():
            if stem.encode() in self._written:
                documents, values = self._scores_of(stem, boosts)
                places.append(documents)
                added.append(values if weight == 1 else weight * values)
        scores = scattered(places, added, len(self._ids))
        found = np.flatnonzero(scores)
        return Scores(self._ids[found], scores[found])

    def _scores_of(self, stem: str, boosts: Boosts) -> tuple[Ints, Floats]:
        """The documents with the stem, and the BM25F of it in each. It does not depend on the rest
        of the question, so that a stem is looked up in the index once."""
        known = self._scores.get((stem, boosts))
        if known is None:
            with self._reading:
                found = self._read(stem, boosts)
            known = np.array(list(found), dtype=np.intp), np.array(list(found.values()))
            self._scores[stem, boosts] = known
        return known

    def _read(self, stem: str, boosts: Boosts) -> dict[int, float]:
        reader = self._searcher.reader()
        fields = [(field, boost) for field, boost in boosts if (field, stem) in reader]
        query = Or([Term(field, stem, boost=boost) for field, boost in fields])
        found = self._searcher.search(query, limit=None) if fields else ()
        return {hit.docnum: float(hit.score) for hit in found}

    def words(self) -> Mapping[str, int]:
        """The words of the index with the number of times they stand in it."""
        with self._reading:
            return {
                term.decode(): int(statistics.weight())
                for term, statistics in self._searcher.reader().iter_field("words")
            }

    def close(self) -> None:
        """Let go of the files."""
        if not self._searcher.is_closed:
            self._searcher.close()


def _update(writable: Any, base: KnowledgeBase, progress: Progress | None) -> None:
    """Write the articles whose hash changed, and only those."""
    with writable.searcher() as searcher:
        known = {fields["id"]: fields["digest"] for fields in searcher.documents()}
    wanted = {str(article.id): article for article in base.published}
    changed = [item for key, item in wanted.items() if known.get(key) != base.digest_of(item)]
    writer = writable.writer()
    try:
        for key in known.keys() - wanted.keys():
            writer.delete_by_term("id", key)
        for number, article in enumerate(changed, start=1):
            writer.update_document(**document(base, article))
            if progress:
                progress(number, len(changed))
    except BaseException:
        writer.cancel()
        raise
    writer.commit(optimize=True)
