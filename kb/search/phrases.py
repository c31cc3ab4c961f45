"""How near a question comes to what writers say that people say.

Whoosh ranks whole articles; a question of a few words is nearer to one symptom than to a long text
that has all its words somewhere. Each title, symptom, identifier and cause's title is a phrase, and
a question is as near to an article as to its nearest phrase.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from kb.articles import KnowledgeBase

Stems = Callable[[str], Iterable[str]]
Synonyms = Mapping[str, frozenset[str]]
# A title names the whole article, a cause's title only one of its cases.
_SYMPTOM: Final = 1.0
_TITLE: Final = 0.95
_CAUSE: Final = 0.8
# A stem that the phrases of this share of the articles have belongs to the subject of the base.
_TOPICAL: Final = 0.04
# A stem of more phrases than these is common.
_COMMON: Final = 200
_NONE: Final[frozenset[int]] = frozenset()


class Phrases:
    """The phrases of a knowledge base by their stems. Built once, read from any thread."""

    def __init__(self, base: KnowledgeBase, stems: Stems) -> None:
        self._owners: list[int] = []
        self._scales: list[float] = []
        by_stem: dict[str, set[int]] = defaultdict(set)
        found: list[tuple[int, float, frozenset[str]]] = []
        documents: Counter[str] = Counter()
        self._words: dict[int, frozenset[str]] = {}
        self._said: dict[int, frozenset[str]] = {}
        for article in base.published:
            texts: list[tuple[str, float]] = []
            for item in base.in_all_languages(article):
                texts += [(f"{item.title} {item.summary}", 0.7), (item.title, _TITLE)]
                texts += [(symptom, _SYMPTOM) for symptom in item.symptoms]
                texts += [(cause.title, _CAUSE) for cause in item.causes]
            texts += [(identifier, _TITLE) for identifier in article.identifiers]
            mine = [(frozenset(stems(text)), weight) for text, weight in texts]
            words = frozenset().union(*(words for words, _ in mine), stems(article.body))
            self._words[article.id] = words
            self._said[article.id] = frozenset().union(*(words for words, _ in mine))
            documents.update(words)
            found += [(article.id, weight, words) for words, weight in mine if words]
        spoken = Counter(stem for said in self._said.values() for stem in said)
        self._count = max(1, len(self._words))
        self._topical = {s for s, n in spoken.items() if n >= _TOPICAL * self._count}
        self._idf = {
            stem: math.log(1 + (self._count - n + 0.5) / (n + 0.5)) for stem, n in documents.items()
        }
        self._rare = math.log(1 + (self._count + 0.5) / 0.5)
        for number, (owner, weight, words) in enumerate(found):
            norm = math.sqrt(sum(self.idf(stem) ** 2 for stem in words))
            self._owners.append(owner)
            self._scales.append(weight / norm if norm else 0.0)
            for stem in words:
                by_stem[stem].add(number)
        self._by_stem = {stem: frozenset(numbers) for stem, numbers in by_stem.items()}

    def idf(self, stem: str) -> float:
        """How rare the stem is among the articles; the most for one that none has."""
        return self._idf.get(stem, self._rare)

    def topical(self, stems: Iterable[str]) -> int:
        """How many of the stems belong to the subject of the base, whatever the article."""
        return len(self._topical.intersection(stems))

    def nearest(self, weights: Mapping[str, float]) -> dict[int, float]:
        """For each article the cosine with its nearest phrase, 0 to 1.

        ``weights`` are the question's stems, 1 for its own words, less for their synonyms.
        """
        norm = math.sqrt(
            sum((weight * self.idf(stem)) ** 2 for stem, weight in weights.items() if weight == 1)
        )
        if not norm:
            return {}
        dots: dict[int, float] = {}
        # From the rarest to the commonest: what shares only words that stand in every third phrase
        # is near to nothing, so such a stem adds to the phrases already found and finds none.
        for number_of, stem in sorted((len(self._by_stem.get(s, ())), s) for s in weights):
            numbers = self._by_stem.get(stem, _NONE)
            value = weights[stem] * self.idf(stem) ** 2
            if dots and number_of > _COMMON:
                for number in dots.keys() & numbers:
                    dots[number] += value
            else:
                for number in numbers:
                    dots[number] = dots.get(number, 0.0) + value
        best: dict[int, float] = {}
        owners, scales = self._owners, self._scales
        for number, dot in dots.items():
            near = scales[number] * dot
            owner = owners[number]
            if near > best.get(owner, 0.0):
                best[owner] = near
        # Synonyms beside the word itself can make a phrase nearer than the same words would be.
        return {owner: min(1.0, near / norm) for owner, near in best.items()}

    def coverage(self, article_id: int, weights: Mapping[str, float], synonyms: Synonyms) -> float:
        """How much of the question the article speaks of, each word weighed by its rarity.

        A word counts fully in the article's phrases, or through a synonym there nearly so, and
        half where it merely occurs in the text.
        """
        said = self._said.get(article_id, frozenset())
        words = self._words.get(article_id, frozenset())
        whole = found = 0.0
        for stem, weight in weights.items():
            if weight < 1:
                continue
            value = self.idf(stem)
            whole += value
            if stem in said:
                found += value
            elif not said.isdisjoint(synonyms.get(stem, ())):
                found += 0.8 * value
            elif stem in words:
                found += 0.5 * value
        return found / whole if whole else 0.0
