"""A small embedding model beside the words: the optional extra ``errordesk[semantic]``.

wordllama's static embeddings ship inside its wheel, so nothing is fetched. An article is as near to
a question as its nearest title or symptom. `make eval` shows what the model adds.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import wordllama

from kb.articles import KnowledgeBase
from kb.search.arrays import Floats, np
from kb.search.vectors import kept

_FEW: Final = 4
_NOTHING: Final = -2.0  # below every cosine


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
            self._vectors = kept(folder, f"wordllama {version('wordllama')}", texts, _embed)
        else:
            self._vectors = _embed(texts)
        # A row an article: the places of its phrases, filled up with that of "nothing".
        lengths = np.array([len(said) for said in phrases], dtype=int)
        self._places = np.full((len(phrases), max([_FEW, *lengths])), len(self._vectors))
        self._places[np.arange(self._places.shape[1]) < lengths[:, None]] = np.arange(lengths.sum())

    def near(self, text: str) -> Floats:
        """How near each article is: a third its nearest phrase, two thirds the mean of its four
        nearest, so that one lucky phrase does not decide (measured)."""
        if not len(self._places):
            return np.zeros(0)
        cosines = np.append(self._vectors @ _embed_one(text[:2000]), _NOTHING)
        best = np.partition(cosines[self._places], -_FEW, axis=1)[:, -_FEW:]
        there = best > _NOTHING
        mean = np.where(there, best, 0).sum(axis=1) / there.sum(axis=1)
        return np.asarray((best.max(axis=1) + 2 * mean) / 3, dtype=float)


@cache
def _loaded() -> Any:
    """The model, once a process. The wheel's own folder is given as the cache, because the library
    looks for its tokenizer there only."""
    inside = Path(wordllama.__file__).parent
    return wordllama.WordLlama.load(cache_dir=inside, disable_download=True)


def _embed(texts: Sequence[str]) -> Any:
    return _loaded().embed(list(texts), norm=True) if texts else np.zeros((0, 0))


def _embed_one(text: str) -> Any:
    """The same of one text, without what the library does for a batch: half of the time."""
    model = _loaded()
    words = model.tokenizer.encode(text, add_special_tokens=False).ids
    mean = model.embedding[words].mean(axis=0)
    return mean / np.linalg.norm(mean)
