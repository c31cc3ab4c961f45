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
from kb.search.words import own, question_stems, weighted

# The first by their words; only of them is looked at how much of the question each covers.
SHORT: Final = 40
# Measured on the development questions (`make eval`) and on others that have nothing to do with the
# web: below, the base has words in common with a question, not an answer to it. A longer question
# says more that no article repeats.
FEW_TOPICAL: Final = 2
MANY_TOPICAL: Final = 3
SURE: Final = 1.1
SPOKEN_THOUGH_FOREIGN: Final = 0.75
LIKELY: Final = 0.4
NEARLY_SAID: Final = 0.95
WELL_SAID: Final = 1.8  # of 2: spoken and nearness together
CLEARLY: Final = 0.2
MEANT: Final = 0.47
MEANT_BY_ONE: Final = 0.6
ALL_SPOKEN: Final = 0.9
# What has less than this share of the best score is no result: of 600 questions it answered two.
WORTH: Final = 0.4
# Where no word is known, the model alone finds from this nearness on: below, it names what is least
# far away, which for "xqzv" is something, too.
ALIKE: Final = 0.4


class Semantic(Protocol):
    """A model that says how near a question is to each article; an optional extra."""

    def near(self, text: str) -> dict[int, float]:
        """How near each article is in meaning, by ID, 1 at most."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """What the ranking is made of. The defaults were measured (``make eval``); the others are
    there to be compared with.

    ``synonyms`` is the weight of a synonym beside the word itself. The others are shares beside
    the engine's best score: of the nearest phrase, which makes the short list, and then of what the
    article covers of the question, of the phrase of its that is said best, of its meaning.
    """

    boosts: tuple[tuple[str, float], ...] = tuple(BOOSTS.items())
    synonyms: float = 0.2
    nearest: float = 0.7
    covered: float = 0.5
    said: float = 0.33
    meaning: float = 2.0


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Articles, best first.

    ``spoken`` is the share of the question's words that the best one's phrases have, each word
    weighed by its rarity (what merely occurs in a text is no sign that it answers); ``nearness``
    the cosine with its nearest phrase, ``meaning`` its nearness by the word model, 0 where there is
    none; all are 0 to 1. ``topical`` counts the question's words
    that belong to the subject of the base at all; ``foreign`` is whether one belongs to another,
    which counts for neither.
    """

    hits: tuple[SolutionReport, ...]
    did_you_mean: str | None = None
    spoken: float = 0.0
    nearness: float = 0.0
    topical: int = 0
    foreign: bool = False
    meaning: float = 0.0

    @property
    def answers(self) -> bool:
        """Whether the best article is an answer rather than merely the nearest there is."""
        sure = self.spoken + self.nearness
        if self.foreign:
            return self.topical >= MANY_TOPICAL and self.spoken >= SPOKEN_THOUGH_FOREIGN
        return bool(self.hits) and (
            (self.topical >= MANY_TOPICAL and sure >= LIKELY)
            or (self.topical >= FEW_TOPICAL and (sure >= SURE or self.spoken >= ALL_SPOKEN))
            or (self.topical >= FEW_TOPICAL and self.meaning >= MEANT)
            or (
                self.topical > 0
                and (
                    self.nearness >= NEARLY_SAID
                    or sure >= WELL_SAID
                    or self.meaning >= MEANT_BY_ONE
                )
            )
        )

    def is_about(self, misspelt: SearchResult) -> bool:
        """Whether this, the result of a better spelling, says more than the ``misspelt`` one."""
        sure, before = self.spoken + self.nearness, misspelt.spoken + misspelt.nearness
        return self.answers or (self.topical > misspelt.topical and sure >= before + CLEARLY)


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
        english = self._base.glossary.translated(text)
        stems = question_stems(english)
        if not stems:
            return SearchResult(())
        weights = weighted(stems, self._synonyms, self._tuning.synonyms)
        if english != text:  # translated articles have the words as they were said
            weights |= dict.fromkeys(
                set(question_stems(text)).difference(weights), self._tuning.synonyms
            )
        near, said = self._near.nearest(weights)
        meaning = self._semantic.near(english) if self._semantic else {}
        ranked = self._ranked(weights, near, said, meaning)
        hits: list[SolutionReport] = []
        terms = frozenset(weights)
        for article_id, score in ranked:
            if score < WORTH * ranked[0][1]:
                break
            article = self._base.visible(article_id)
            if article is None or (
                category and not f"{article.category}/".startswith(f"{category}/")
            ):
                continue
            hits.append(self.report(article, terms, score, "words"))
            if len(hits) == limit:
                break
        best = hits[0].id if hits else 0
        ours = own(stems)
        result = SearchResult(
            tuple(hits),
            None,
            self._near.spoken(best, ours),
            near.get(best, 0.0),
            self._near.topical(ours),
            len(ours) < len(stems),
            meaning.get(best, 0.0),
        )
        if result.answers or not correct:
            return result
        better = self.corrected(text)
        if better is None or not self.search(better, 1, correct=False).is_about(result):
            return result
        return replace(result, did_you_mean=better)

    def corrected(self, text: str) -> str | None:
        """``text`` with its unknown words replaced by the nearest known; None where none is, or
        where it is in another language."""
        if self._base.glossary.translated(text) != text:
            return None
        try:
            return self._speller.correct(text)
        except IndexUnavailable:
            return None

    def _ranked(
        self,
        weights: dict[str, float],
        near: dict[int, float],
        said: dict[int, float],
        meaning: dict[int, float],
    ) -> list[tuple[int, float]]:
        """Article IDs with their scores, best first."""
        tuning = self._tuning
        try:
            scores = self._engine.scores(weights, tuning.boosts)
        except (
            IndexUnavailable
        ):  # the nearest titles and symptoms, which are in memory, still serve
            self.lapses += 1
            scores = {}
        top = max(scores.values(), default=1.0)
        first = dict(scores)
        for article_id, value in near.items():
            first[article_id] = first.get(article_id, 0.0) + tuning.nearest * top * value
        if not first:
            meaning = {number: value for number, value in meaning.items() if value >= ALIKE}
        for article_id, value in meaning.items():
            first[article_id] = first.get(article_id, 0.0) + tuning.meaning * top * value
        ranked = sorted(first.items(), key=_best_first)
        if not tuning.covered:
            return ranked
        covered = self._near.coverage((key for key, _ in ranked[:SHORT]), weights, self._synonyms)
        short = [
            (
                article_id,
                scores.get(article_id, 0.0)
                + top
                * (
                    tuning.covered * share
                    + tuning.said * said.get(article_id, 0.0)
                    + tuning.meaning * meaning.get(article_id, 0.0)
                ),
            )
            for article_id, share in covered.items()
        ]
        return sorted(short, key=_best_first) + ranked[SHORT:]

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


def _best_first(item: tuple[int, float]) -> tuple[float, int]:
    return -item[1], item[0]
