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
from kb.search.arrays import Floats, Ints, np, scattered

Stems = Callable[[str], Iterable[str]]
Synonyms = Mapping[str, frozenset[str]]
# A title names the whole article, a cause's title only one of its cases.
_SYMPTOM: Final = 1.0
_TITLE: Final = 0.95
_CAUSE: Final = 0.8
# What a word counts through a synonym in a phrase, and where it merely occurs in the text.
_INSTEAD: Final = 0.8
_OCCURS: Final = 0.5
# A stem that the phrases of this share of the articles have belongs to the subject of the base.
# The more phrases an article has, the more everyday words are among them, and the more it takes.
_TOPICAL: Final = 0.08
# A stem of more phrases than these is common: a twenty-fourth of all, in bounds of effort.
_COMMON: Final = (200, 3_000)
# In a larger base the bodies of so many articles, evenly spread, tell how rare a word is.
_SAMPLE: Final = 2_000
# Of a base of so many articles, or of so many that were needed lately, the stems are kept.
_KEPT: Final = 2_000
# The stems of texts read before: a writer who saves one file of two hundred changed few of them.
_READ: Final[Recent[tuple[Stems, str], frozenset[str]]] = Recent(16_384)


class Phrases:
    """The phrases of a knowledge base by their stems. Built once, read from any thread."""

    def __init__(self, base: KnowledgeBase, stems: Stems) -> None:
        by_stem: dict[str, list[int]] = defaultdict(list)
        found: list[tuple[int, float, frozenset[str]]] = []
        documents: Counter[str] = Counter()
        spoken: Counter[str] = Counter()
        self._base = base
        self._stems = stems
        self._of_article: dict[int, tuple[frozenset[str], frozenset[str]]] = {}
        self._lately: Recent[int, tuple[frozenset[str], frozenset[str]]] = Recent(_KEPT)
        small = len(base.published) <= _KEPT
        step = max(1, len(base.published) // _SAMPLE)
        for place, article in enumerate(base.published):
            mine = [(_stems(stems, text), weight) for text, weight in _texts(base, article)]
            found += [(place, weight, words) for words, weight in mine if words]
            said = frozenset().union(*(words for words, _ in mine))
            spoken.update(said)
            if place % step == 0:
                words = said | _stems(stems, article.body)
                documents.update(words)
                if small:
                    self._of_article[article.id] = (said, words)
        articles = max(1, len(base.published))
        self._topical = {s for s, n in spoken.items() if n >= _TOPICAL * articles}
        self._count = max(1, len(range(0, len(base.published), step)))
        self._common = max(_COMMON[0], min(_COMMON[1], len(found) // 24))
        self._idf = {
            stem: math.log(1 + (self._count - n + 0.5) / (n + 0.5)) for stem, n in documents.items()
        }
        self._rare = math.log(1 + (self._count + 0.5) / 0.5)
        norms = np.ones(len(found))
        for number, (_, _, words) in enumerate(found):
            norms[number] = math.sqrt(sum(self.idf(stem) ** 2 for stem in words))
            for stem in words:
                by_stem[stem].append(number)
        self._by_stem = {stem: np.array(numbers) for stem, numbers in by_stem.items()}
        # Of each phrase what makes a product a cosine, and a product the share that was said.
        self._scales = np.array([weight for _, weight, _ in found]) / norms
        self._whole = 1 / np.square(norms)
        # The phrases of an article follow each other: where each begins, and the article's place.
        owners = np.array([owner for owner, _, _ in found], dtype=np.intp)
        self._begins = np.flatnonzero(np.diff(owners, prepend=-1))
        self._owners = owners[self._begins]
        self._none = np.zeros(len(base.published))

    def idf(self, stem: str) -> float:
        """How rare the stem is among the articles; the most for one that none has."""
        return self._idf.get(stem, self._rare)

    def topical(self, stems: Iterable[str]) -> int:
        """How many of the stems belong to the subject of the base, whatever the article."""
        return len(self._topical.intersection(stems))

    def nearest(self, weights: Mapping[str, float]) -> tuple[Floats, Floats]:
        """For each published article the cosine with its nearest phrase, and how well its best said
        phrase is said: the cosine times the share of the phrase that the question has. All are 0
        to 1.

        ``weights`` are the question's stems, 1 for its own words, less for their synonyms.
        """
        norm = math.sqrt(
            sum((weight * self.idf(stem)) ** 2 for stem, weight in weights.items() if weight == 1)
        )
        if not norm or not len(self._owners):
            return self._none, self._none
        dots = self._dots(weights)
        like = self._scales * dots
        return self._best(like, norm), self._best(like * dots * self._whole, norm)

    def _best(self, values: Floats, norm: float) -> Floats:
        """The best phrase of each article, as a share of ``norm``; 0 where none has a word."""
        best = self._none.copy()
        # Synonyms beside the word itself can make a phrase nearer than the same words would be.
        best[self._owners] = np.minimum(np.maximum.reduceat(values, self._begins) / norm, 1.0)
        return best

    def _dots(self, weights: Mapping[str, float]) -> Floats:
        """The product of the question with each phrase, 0 where no word is shared.

        From the rarest to the commonest: what shares only words that stand in every third phrase
        is near to nothing, so such a stem adds to the phrases already found and finds none.
        """
        known = [
            (self._by_stem[stem], weight * self.idf(stem) ** 2)
            for stem, weight in weights.items()
            if stem in self._by_stem
        ]
        known.sort(key=_by_length)
        places = [numbers for numbers, _ in known]
        worth = np.array([value for _, value in known])
        rare = max(1, sum(len(numbers) <= self._common for numbers in places))
        dots = scattered(places[:rare], worth[:rare], len(self._scales))
        if places[rare:]:
            dots += np.where(dots > 0, scattered(places[rare:], worth[rare:], len(dots)), 0)
        return dots

    def coverage(
        self, article_ids: Iterable[int], weights: Mapping[str, float], synonyms: Synonyms
    ) -> list[float]:
        """How much of the question each article speaks of, each word weighed by its rarity.

        A word counts fully in the article's phrases, or through a synonym there nearly so, and
        half where it merely occurs in the text.
        """
        worth = {stem: self.idf(stem) for stem, weight in weights.items() if weight == 1}
        asked = frozenset(worth)
        others = [(stem, synonyms[stem]) for stem in asked if stem in synonyms]
        whole = sum(worth.values()) or 1.0
        found: list[float] = []
        for article_id in article_ids:
            said, words = self._stems_of(article_id)
            half = (asked & words) - said
            covered = sum([worth[stem] for stem in asked & said])
            covered += _OCCURS * sum([worth[stem] for stem in half])
            for stem, instead in others:
                if stem not in said and not said.isdisjoint(instead):
                    covered += (_INSTEAD - _OCCURS * (stem in half)) * worth[stem]
            found.append(covered / whole)
        return found

    def spoken(self, article_id: int, stems: Iterable[str]) -> float:
        """How much of the question the article's phrases say, each word weighed by its rarity."""
        said, _ = self._stems_of(article_id)
        values = [(self.idf(stem), stem in said) for stem in stems]
        whole = sum(value for value, _ in values)
        return sum(value for value, found in values if found) / whole if whole else 0.0

    def _stems_of(self, article_id: int) -> tuple[frozenset[str], frozenset[str]]:
        """The stems of an article's phrases, and those of its body as well; the last are kept."""
        known = self._of_article.get(article_id) or self._lately.get(article_id)
        if known is None:
            article = self._base.visible(article_id)
            if article is None:
                return frozenset(), frozenset()
            texts = (text for text, _ in _texts(self._base, article))
            said = frozenset().union(*(_stems(self._stems, text) for text in texts))
            known = (said, said.union(self._stems(article.body)))
            self._lately.put(article_id, known)
        return known


def _stems(stems: Stems, text: str) -> frozenset[str]:
    found = _READ.get((stems, text))
    if found is None:
        found = frozenset(stems(text))
        _READ.put((stems, text), found)
    return found


def _by_length(item: tuple[Ints, float]) -> int:
    return len(item[0])


def _texts(base: KnowledgeBase, article: Article) -> Iterator[tuple[str, float]]:
    """The phrases of an article in all its languages, with what each weighs."""
    for item in base.in_all_languages(article):
        yield f"{item.title} {item.summary}", 0.7
        yield item.title, _TITLE
        yield from ((symptom, _SYMPTOM) for symptom in item.symptoms)
        yield from ((cause.title, _CAUSE) for cause in item.causes)
    yield from ((identifier, _TITLE) for identifier in article.identifiers)
