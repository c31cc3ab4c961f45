"""How near a question comes to what writers say that people say.

Whoosh ranks whole articles; a question of a few words is nearer to one symptom than to a long text
that has all its words somewhere. Each title, symptom, identifier and cause's title is a phrase, and
a question is as near to an article as to its nearest phrase.

Two things are asked of a phrase: how like the question it is (the cosine), and how much of it the
question says (its share, each word squared in rarity). A long question is like no phrase, but may
well say all of one; a short phrase is easily said, and like few questions.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from kb.article import Article
from kb.articles import KnowledgeBase
from kb.recent import Recent

Stems = Callable[[str], Iterable[str]]
Synonyms = Mapping[str, frozenset[str]]
# A title names the whole article, a cause's title only one of its cases.
_SYMPTOM: Final = 1.0
_TITLE: Final = 0.95
_CAUSE: Final = 0.8
# A stem that the phrases of this share of the articles have belongs to the subject of the base.
# The more phrases an article has, the more everyday words are among them, and the more it takes.
_TOPICAL: Final = 0.08
# A stem of more phrases than these is common: a twenty-fourth of all, in bounds of effort.
_COMMON: Final = (200, 3_000)
# In a larger base the bodies of so many articles, evenly spread, tell how rare a word is.
_SAMPLE: Final = 2_000
_KEPT: Final = 1_000  # articles whose stems are kept once they were needed


class Phrases:
    """The phrases of a knowledge base by their stems. Built once, read from any thread."""

    def __init__(self, base: KnowledgeBase, stems: Stems) -> None:
        self._owners: list[int] = []
        self._scales: list[float] = []
        self._whole: list[float] = []
        by_stem: dict[str, list[int]] = defaultdict(list)
        found: list[tuple[int, float, frozenset[str]]] = []
        documents: Counter[str] = Counter()
        spoken: Counter[str] = Counter()
        self._base = base
        self._stems = stems
        self._of_article: Recent[int, tuple[frozenset[str], frozenset[str]]] = Recent(_KEPT)
        step = max(1, len(base.published) // _SAMPLE)
        for place, article in enumerate(base.published):
            mine = [(frozenset(stems(text)), weight) for text, weight in _texts(base, article)]
            found += [(article.id, weight, words) for words, weight in mine if words]
            said = frozenset().union(*(words for words, _ in mine))
            spoken.update(said)
            if place % step == 0:
                words = said.union(stems(article.body))
                documents.update(words)
                self._of_article.put(article.id, (said, words))
        articles = max(1, len(base.published))
        self._topical = {s for s, n in spoken.items() if n >= _TOPICAL * articles}
        self._count = max(1, len(range(0, len(base.published), step)))
        self._common = max(_COMMON[0], min(_COMMON[1], len(found) // 24))
        self._idf = {
            stem: math.log(1 + (self._count - n + 0.5) / (n + 0.5)) for stem, n in documents.items()
        }
        self._rare = math.log(1 + (self._count + 0.5) / 0.5)
        for number, (owner, weight, words) in enumerate(found):
            norm = math.sqrt(sum(self.idf(stem) ** 2 for stem in words))
            self._owners.append(owner)
            self._scales.append(weight / norm if norm else 0.0)
            self._whole.append(1 / norm**2 if norm else 0.0)
            for stem in words:
                by_stem[stem].append(number)
        self._by_stem = {stem: tuple(numbers) for stem, numbers in by_stem.items()}

    def idf(self, stem: str) -> float:
        """How rare the stem is among the articles; the most for one that none has."""
        return self._idf.get(stem, self._rare)

    def topical(self, stems: Iterable[str]) -> int:
        """How many of the stems belong to the subject of the base, whatever the article."""
        return len(self._topical.intersection(stems))

    def nearest(self, weights: Mapping[str, float]) -> tuple[dict[int, float], dict[int, float]]:
        """For each article the cosine with its nearest phrase, and how well its best said phrase
        is said: the cosine times the share of the phrase that the question has. All are 0 to 1.

        ``weights`` are the question's stems, 1 for its own words, less for their synonyms.
        """
        norm = math.sqrt(
            sum((weight * self.idf(stem)) ** 2 for stem, weight in weights.items() if weight == 1)
        )
        if not norm:
            return {}, {}
        dots = self._dots(weights)
        near: dict[int, float] = {}
        said: dict[int, float] = {}
        owners, scales, whole = self._owners, self._scales, self._whole
        near_of, said_of = near.get, said.get
        for number, dot in dots.items():
            owner = owners[number]
            like = scales[number] * dot
            if like > near_of(owner, 0.0):
                near[owner] = like
            like *= dot * whole[number]
            if like > said_of(owner, 0.0):
                said[owner] = like
        # Synonyms beside the word itself can make a phrase nearer than the same words would be.
        return (
            {owner: min(1.0, value / norm) for owner, value in near.items()},
            {owner: min(1.0, value / norm) for owner, value in said.items()},
        )

    def _dots(self, weights: Mapping[str, float]) -> dict[int, float]:
        """The product of the question with each phrase that shares a word with it.

        From the rarest to the commonest: what shares only words that stand in every third phrase
        is near to nothing, so such a stem adds to the phrases already found and finds none.
        """
        dots: dict[int, float] = {}
        get = dots.get
        for number_of, stem in sorted((len(self._by_stem.get(s, ())), s) for s in weights):
            if not number_of:
                continue
            numbers = self._by_stem[stem]
            value = weights[stem] * self.idf(stem) ** 2
            if dots and number_of > self._common:
                for number in numbers:
                    if number in dots:
                        dots[number] += value
            else:
                for number in numbers:
                    dots[number] = get(number, 0.0) + value
        return dots

    def coverage(self, article_id: int, weights: Mapping[str, float], synonyms: Synonyms) -> float:
        """How much of the question the article speaks of, each word weighed by its rarity.

        A word counts fully in the article's phrases, or through a synonym there nearly so, and
        half where it merely occurs in the text.
        """
        said, words = self._stems_of(article_id)
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

    def spoken(self, article_id: int, stems: Iterable[str]) -> float:
        """How much of the question the article's phrases say, each word weighed by its rarity."""
        said, _ = self._stems_of(article_id)
        values = [(self.idf(stem), stem in said) for stem in stems]
        whole = sum(value for value, _ in values)
        return sum(value for value, found in values if found) / whole if whole else 0.0

    def _stems_of(self, article_id: int) -> tuple[frozenset[str], frozenset[str]]:
        """The stems of an article's phrases, and those of its body as well; the last are kept."""
        known = self._of_article.get(article_id)
        if known is None:
            article = self._base.visible(article_id)
            if article is None:
                return frozenset(), frozenset()
            texts = (text for text, _ in _texts(self._base, article))
            said = frozenset(stem for text in texts for stem in self._stems(text))
            known = (said, said.union(self._stems(article.body)))
            self._of_article.put(article_id, known)
        return known


def _texts(base: KnowledgeBase, article: Article) -> Iterator[tuple[str, float]]:
    """The phrases of an article in all its languages, with what each weighs."""
    for item in base.in_all_languages(article):
        yield f"{item.title} {item.summary}", 0.7
        yield item.title, _TITLE
        yield from ((symptom, _SYMPTOM) for symptom in item.symptoms)
        yield from ((cause.title, _CAUSE) for cause in item.causes)
    yield from ((identifier, _TITLE) for identifier in article.identifiers)
