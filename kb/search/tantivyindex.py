"""The engine for a large base on one machine: tantivy, in a folder (extra ``errordesk[tantivy]``).

Texts are stemmed here and joined by spaces, so that tantivy matches what Whoosh matches; its
tokenizer only splits them again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import tantivy

from kb.articles import KnowledgeBase
from kb.search.engine import CANDIDATES, Boosts, Progress, Scores
from kb.search.generation import document
from kb.search.schema import BOOSTS, VERSION
from kb.search.stems import stems_of

_HEAP: Final = 128_000_000  # bytes; tantivy writes a segment when it is full
_VOCABULARY: Final = re.compile(r"[A-Za-z]{3,}")


class TantivyFiles:
    """How tantivy keeps an index in a folder."""

    prefix = f"tantivy-{VERSION}"

    def open(self, folder: Path) -> TantivyEngine | None:
        """The index in ``folder``; None when it is damaged or none."""
        try:
            engine = TantivyEngine(tantivy.Index.open(str(folder)))
            engine.known()
        except Exception:  # noqa: BLE001  # whatever a damaged file makes the library raise
            return None
        return engine

    def write(self, base: KnowledgeBase, folder: Path, progress: Progress | None) -> None:
        """Bring the index in ``folder``, or an empty folder, to the state of ``base``."""
        exists = tantivy.Index.exists(str(folder))
        index = tantivy.Index.open(str(folder)) if exists else tantivy.Index(_schema(), str(folder))
        known = TantivyEngine(index).known()
        wanted = {article.id: article for article in base.published}
        changed = [item for key, item in wanted.items() if known.get(key) != base.digest_of(item)]
        # One thread: the stemmer is the slower part, and fewer segments are quicker to ask.
        writer = index.writer(_HEAP, 1)
        for key in known.keys() - wanted.keys() | known.keys() & {item.id for item in changed}:
            writer.delete_documents_by_query(tantivy.Query.term_query(index.schema, "id", key))
        for number, article in enumerate(changed, start=1):
            writer.add_document(_document(document(base, article)))
            if progress:
                progress(number, len(changed))
        writer.commit()
        writer.wait_merging_threads()


class TantivyEngine:
    """An opened tantivy index. See :class:`kb.search.engine.Engine`."""

    def __init__(self, index: tantivy.Index) -> None:
        self._schema = index.schema
        self._searcher = index.searcher()

    def scores(self, weights: Mapping[str, float], boosts: Boosts) -> Scores:
        """The sum of BM25 over stems and fields, of the best articles."""
        clauses = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(
                    tantivy.Query.term_query(self._schema, field, stem, "freq"), weight * boost
                ),
            )
            for stem, weight in weights.items()
            for field, boost in boosts
        ]
        query = tantivy.Query.boolean_query(clauses)
        hits = self._searcher.search(query, CANDIDATES, count=False).hits
        ids = self._searcher.fast_field_values("id", [address for _, address in hits])
        return Scores.of(
            {
                int(key): float(score)
                for key, (score, _) in zip(ids, hits, strict=True)
                if key is not None
            }
        )

    def words(self) -> Mapping[str, int]:
        """The words with the number of articles that each stands in."""
        return dict(self._searcher.terms_with_prefix("words", ""))

    def known(self) -> dict[int, str]:
        """The digest of every article in the index, by ID."""
        count = self._searcher.num_docs
        if not count:
            return {}
        hits = self._searcher.search(tantivy.Query.all_query(), count, count=False).hits
        documents = (self._searcher.doc(address) for _, address in hits)
        return {int(found["id"][0]): str(found["digest"][0]) for found in documents}

    def close(self) -> None:
        """Nothing to do: the files are mapped, and let go of with the object."""


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", stored=True, indexed=True, fast=True)
    builder.add_text_field("digest", stored=True, tokenizer_name="raw", index_option="basic")
    for field in BOOSTS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="basic")
    return builder.build()


def _document(fields: Mapping[str, str]) -> tantivy.Document:
    made = tantivy.Document()
    made.add_unsigned("id", int(fields["id"]))  # by its type: a plain number becomes a signed one
    made.add_text("digest", fields["digest"])
    for field in BOOSTS:
        made.add_text(field, " ".join(stems_of(fields[field])))
    words = {word.lower() for word in _VOCABULARY.findall(fields["words"])}
    made.add_text("words", " ".join(words))
    return made
