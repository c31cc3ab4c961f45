"""A small embedding model beside the words: the optional extra ``errordesk[semantic]``.

wordllama's static embeddings ship inside its wheel, so nothing is fetched. An article is as near to
a question as its nearest title or symptom. `make eval` shows what the model adds.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import wordllama

from kb.articles import KnowledgeBase

_FEW: Final = 4


class WordModel:
    """Ranks the articles of one knowledge base by the meaning of a question."""

    def __init__(self, base: KnowledgeBase) -> None:
        # The wheel's own folder as the cache: the library looks for its tokenizer there only.
        inside = Path(wordllama.__file__).parent
        self._model: Any = wordllama.WordLlama.load(cache_dir=inside, disable_download=True)
        texts: list[str] = []
        self._spans: list[tuple[int, int, int]] = []
        for article in base.published:
            said = [f"{article.title}. {article.summary}", article.title, *article.symptoms]
            said += [cause.title for cause in article.causes]
            self._spans.append((article.id, len(texts), len(texts) + len(said)))
            texts += said
        self._vectors = self._embed(texts)

    def near(self, text: str) -> dict[int, float]:
        """How near each article is, by ID: a third its nearest phrase, two thirds the mean of its
        four nearest, so that one lucky phrase does not decide (measured)."""
        found = self._vectors @ self._embed([text[:2000]])[0]
        return {
            article_id: float(best[-1] + 2 * best.mean()) / 3
            for article_id, best in (
                (article_id, np.sort(found[start:end])[-_FEW:])
                for article_id, start, end in self._spans
            )
        }

    def _embed(self, texts: list[str]) -> Any:
        return self._model.embed(texts, norm=True)
