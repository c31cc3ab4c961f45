"""A small embedding model beside the words: the optional extra ``errordesk[semantic]``.

wordllama's static embeddings ship inside its wheel, so nothing is fetched. An article is as near to
a question as its nearest title or symptom. `make eval` shows what the model adds.

The vectors are kept as bytes: a quarter of what else goes through the processor's cache at each
question and drives out what the rest of an answer needs, at the cost of a cosine's third decimal.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import simsimd
import wordllama

from kb.articles import KnowledgeBase
from kb.search.arrays import Floats, np
from kb.search.vectors import kept

_FEW: Final = 4
_NOTHING: Final = -1e9  # below everything


class WordModel:
    """Ranks the articles of one knowledge base by the meaning of a question."""

    def __init__(self, base: KnowledgeBase, folder: Path | None = None) -> None:
        """``folder`` keeps the vectors of the phrases between starts."""
        phrases: list[list[str]] = []
        for article in base.published:
            said = [f"{article.title}. {article.summary}", article.title, *article.symptoms]
            phrases.append(said + [cause.title for cause in article.causes])
        texts = [text for said in phrases for text in said]
        if folder:
            maker = f"wordllama {version('wordllama')} as scaled bytes"
            self._vectors = kept(folder, maker, texts, _embed)
        else:
            self._vectors = _embed(texts)
        self._per_length = 1 / _length(self._vectors)
        # A row an article: the places of its phrases, filled up with that of "nothing". Of fewer
        # than four, some count twice.
        ends = np.cumsum([len(said) for said in phrases], dtype=np.intp)
        whole = [
            (list(range(end - len(said), end)) * _FEW)[: max(_FEW, len(said))]
            for end, said in zip(ends.tolist(), phrases, strict=True)
        ]
        self._places = np.full((len(phrases), max(map(len, whole), default=_FEW)), len(texts))
        for row, places in zip(self._places, whole, strict=True):
            row[: len(places)] = places

    def near(self, text: str) -> Floats:
        """How near each article is: a third its nearest phrase, two thirds the mean of its four
        nearest, so that one lucky phrase does not decide (measured)."""
        if not len(self._places):
            return np.zeros(0)
        asked = _embed_one(text[:2000])
        products = np.asarray(simsimd.cdist(asked, self._vectors, "dot"))[0]
        cosines = np.append(products * self._per_length, _NOTHING)
        best = np.partition(cosines[self._places], -_FEW, axis=1)[:, -_FEW:]
        near = (best.max(axis=1) + best.sum(axis=1) * (2 / _FEW)) / (3 * _length(asked))
        return np.asarray(near, dtype=float)


@cache
def _loaded() -> Any:
    """The model, once a process. The wheel's own folder is given as the cache, because the library
    looks for its tokenizer there only."""
    inside = Path(wordllama.__file__).parent
    return wordllama.WordLlama.load(cache_dir=inside, disable_download=True)


def _embed(texts: Sequence[str]) -> Any:
    if not texts:
        return np.zeros((0, 0), dtype=np.int8)
    return _as_bytes(_loaded().embed(list(texts)))


def _embed_one(text: str) -> Any:
    """The same of one text, without what the library does for a batch: half of the time."""
    model = _loaded()
    words = model.tokenizer.encode(text, add_special_tokens=False).ids
    return _as_bytes(model.embedding[words].mean(axis=0, keepdims=True))


def _as_bytes(vectors: Any) -> Any:
    """Each vector on a scale of its own: only their directions are compared."""
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    return np.rint(vectors * (127 / largest)).astype(np.int8)


def _length(vectors: Any) -> Any:
    return np.linalg.norm(vectors.astype(np.float32), axis=1)
