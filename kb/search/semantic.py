"""A small embedding model beside the words: the optional extra ``errordesk[semantic]``.

wordllama's static embeddings ship inside its wheel, so nothing is fetched. An article is as near to
a question as its nearest title or symptom. `make eval` shows what the model adds.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import wordllama

from kb.articles import KnowledgeBase


class WordModel:
    """Ranks the articles of one knowledge base by the meaning of a question."""

    def __init__(self, base: KnowledgeBase) -> None:
        # The wheel's own folder as the cache: the library looks for its tokenizer there only.
        inside = Path(wordllama.__file__).parent
        self._model: Any = wordllama.WordLlama.load(cache_dir=inside, disable_download=True)
        texts: list[str] = []
        owners: list[int] = []
        for article in base.published:
            said = [f"{article.title}. {article.summary}", article.title, *article.symptoms]
            said += [cause.title for cause in article.causes]
            texts += said
            owners += [article.id] * len(said)
        self._owners = np.array(owners)
        self._vectors = self._embed(texts)

    def rank(self, text: str) -> list[int]:
        """The articles' IDs, the nearest first."""
        near = self._vectors @ self._embed([text[:2000]])[0]
        ranked: dict[int, None] = {}
        for place in np.argsort(-near):
            ranked.setdefault(int(self._owners[place]))
        return list(ranked)

    def _embed(self, texts: list[str]) -> Any:
        return self._model.embed(texts, norm=True)
