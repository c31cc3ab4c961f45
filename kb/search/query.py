"""Asking the index: ranked articles with the passage that answers, typeahead, did-you-mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Protocol

from kb.answer import SolutionReport
from kb.article import Article
from kb.articles import KnowledgeBase
from kb.errors import IndexUnavailable
from kb.search.engine import Engine
from kb.search.passages import Passages
from kb.search.phrases import Phrases
from kb.search.schema import BOOSTS
from kb.search.spelling import Speller
from kb.search.stems import stems_of
from kb.search.typeahead import Suggestion, Typeahead
from kb.search.words import question_stems, weighted

FUSED: Final = 40
# Measured on the development questions (`make eval`): below, the base has words in common with a
# question, not an answer to it. A longer question says more that no article repeats.
FEW_TOPICAL: Final = 2
MANY_TOPICAL: Final = 3
SURE: Final = 1.1
LIKELY: Final = 0.5
NEARLY_SAID: Final = 0.8
ALL_COVERED: Final = 0.95


class Semantic(Protocol):
    """A model that says how near a question is to each article; an optional extra."""

    def rank(self, text: str) -> list[int]:
        """The articles' IDs, the nearest first."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """What the ranking is made of. The defaults were measured (``make eval``); the others are
    there to be compared with.

    ``nearest`` is the share of the nearest phrase in the score, ``synonyms`` the weight of a
    synonym beside the word itself.
    """

    boosts: tuple[tuple[str, float], ...] = tuple(BOOSTS.items())
    synonyms: float = 0.2
    nearest: float = 0.7


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Articles, best first.

    ``coverage`` is the share of the question's words that the best one has, each word weighed by
    its rarity; ``nearness`` the cosine with its nearest phrase; both are 0 to 1. ``topical`` counts
    the question's words that belong to the subject of the base at all.
    """

    hits: tuple[SolutionReport, ...]
    did_you_mean: str | None = None
    coverage: float = 0.0
    nearness: float = 0.0
    topical: int = 0

    @property
    def answers(self) -> bool:
        """Whether the best article is an answer rather than merely the nearest there is."""
        sure = self.coverage + self.nearness
        return bool(self.hits) and (
            (self.topical >= MANY_TOPICAL and sure >= LIKELY)
            or (self.topical >= FEW_TOPICAL and sure >= SURE)
            or self.nearness >= NEARLY_SAID
            or self.coverage >= ALL_COVERED
        )


class Searcher:
    """Search over one snapshot of the content; safe to use from several threads."""

    def __init__(
        self,
        base: KnowledgeBase,
        engine: Engine,
        tuning: Tuning | None = None,
        semantic: Semantic | None = None,
    ) -> None:
        self._base = base
        self._tuning = tuning or Tuning()
        self._semantic = semantic
        self._engine = engine
        self.lapses = 0  # how many searches had to do without the engine
        self._near = Phrases(base, stems_of)
        self._synonyms = base.synonyms.by_stem(stems_of)
        self._passages = Passages()
        self._typeahead = Typeahead(base)

    def close(self) -> None:
        """Let go of the engine; nothing is to be searched afterwards."""
        self._engine.close()

    def search(
        self, text: str, limit: int = 10, category: str | None = None, correct: bool = True
    ) -> SearchResult:
        """Articles whose words match ``text``, best first; ``category`` keeps one branch only.

        Without an answer, and if asked to ``correct``, the result has a better spelling.
        """
        stems = question_stems(text)
        if not stems:
            return SearchResult(())
        weights = weighted(stems, self._synonyms, self._tuning.synonyms)
        near = self._near.nearest(weights)
        ranked = self._ranked(text, weights, near)
        hits: list[SolutionReport] = []
        terms = frozenset(weights)
        for article_id, score in ranked:
            article = self._base.visible(article_id)
            if article is None or (
                category and not f"{article.category}/".startswith(f"{category}/")
            ):
                continue
            hits.append(self.report(article, terms, score, "words"))
            if len(hits) == limit:
                break
        best = hits[0].id if hits else 0
        result = SearchResult(
            tuple(hits),
            None,
            self._near.coverage(best, weights, self._synonyms),
            near.get(best, 0.0),
            self._near.topical(stems),
        )
        if result.answers or not correct:
            return result
        return replace(result, did_you_mean=self.corrected(text))

    def corrected(self, text: str) -> str | None:
        """``text`` with its unknown words replaced by the nearest known; None where none is."""
        try:
            return self._speller.correct(text)
        except IndexUnavailable:
            return None

    def _ranked(
        self, text: str, weights: dict[str, float], near: dict[int, float]
    ) -> list[tuple[int, float]]:
        """Article IDs with their scores, best first."""
        try:
            scores = self._engine.scores(weights, self._tuning.boosts)
        except (
            IndexUnavailable
        ):  # the nearest titles and symptoms, which are in memory, still serve
            self.lapses += 1
            scores = {}
        top = max(scores.values(), default=1.0)
        if self._tuning.nearest:
            for article_id in set(scores) | set(near):
                scores[article_id] = scores.get(article_id, 0.0) + (
                    self._tuning.nearest * top * near.get(article_id, 0.0)
                )
        ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
        if self._semantic is None:
            return ranked
        return _fused(ranked, self._semantic.rank(text))

    def report(
        self, article: Article, terms: frozenset[str], score: float, matched_by: str
    ) -> SolutionReport:
        """The article as one line of a result, with its best passage for ``terms``."""
        passage, marks = self._passages.best(article, terms)
        return SolutionReport(
            article.id,
            article.title,
            article.summary,
            article.url,
            round(score, 3),
            passage,
            marks,
            matched_by,
        )

    def suggest(self, prefix: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """What begins with, then what contains, all the words typed so far."""
        return self._typeahead.suggest(prefix, limit)

    @cached_property
    def _speller(self) -> Speller:
        return Speller(self._engine.words())


def terms_of(text: str) -> frozenset[str]:
    """The stems by which ``text`` is searched."""
    return frozenset(question_stems(text))


def _fused(ranked: list[tuple[int, float]], other: list[int]) -> list[tuple[int, float]]:
    """Weighed reciprocal rank fusion; the model's voice is the smaller (measured)."""
    scores: dict[int, float] = {}
    for place, (article_id, _) in enumerate(ranked):
        scores[article_id] = scores.get(article_id, 0.0) + 1.0 / (5 + place)
    for place, article_id in enumerate(other[:FUSED]):
        scores[article_id] = scores.get(article_id, 0.0) + 0.3 / (5 + place)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
