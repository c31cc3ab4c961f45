"""Asking the index: ranked articles with the passage that answers, typeahead, did-you-mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Protocol

from kb.answer import SolutionReport
from kb.article import Article
from kb.articles import KnowledgeBase
from kb.errors import IndexUnavailable
from kb.search.arrays import Floats, Ints, np
from kb.search.engine import Engine
from kb.search.passages import Passages
from kb.search.phrases import Phrases
from kb.search.result import SearchResult
from kb.search.schema import BOOSTS
from kb.search.spelling import Speller
from kb.search.stems import stems_of
from kb.search.typeahead import Suggestion, Typeahead
from kb.search.words import own, question_stems, weighted

# The first by their words; only of them is looked at how much of the question each covers.
SHORT: Final = 16
# Of a large base so many are put in order: no reader looks further.
REACH: Final = 1_000
# What has less than this share of the best score is no result: of 600 questions it answered two.
WORTH: Final = 0.4
# Where no word is known, the model alone finds from this nearness on: below, it names what is least
# far away, which for "xqzv" is something, too.
ALIKE: Final = 0.4


class Semantic(Protocol):
    """A model that says how near a question is to each article; an optional extra."""

    def near(self, text: str) -> Floats:
        """How near each published article is in meaning, in their order, 1 at most."""


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
        # A place for each published article, in the order of their IDs.
        self._ids = np.array([article.id for article in base.published], dtype=np.intp)
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
        meaning = self._semantic.near(english) if self._semantic else None
        places, scores = self._ranked(weights, near, said, meaning)
        hits: list[SolutionReport] = []
        best: int | None = None
        terms = frozenset(weights)
        for place, score in zip(places.tolist(), scores.tolist(), strict=True):
            article = self._base.published[place]
            if category and not f"{article.category}/".startswith(f"{category}/"):
                continue
            best = place if best is None else best
            hits.append(self.report(article, terms, score, "words"))
            if len(hits) == limit:
                break
        ours = own(stems)
        result = SearchResult(
            tuple(hits),
            None,
            self._near.spoken(hits[0].id, ours) if hits else 0.0,
            0.0 if best is None else float(near[best]),
            self._near.topical(ours),
            len(ours) < len(stems),
            0.0 if best is None or meaning is None else float(meaning[best]),
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
        self, weights: dict[str, float], near: Floats, said: Floats, meaning: Floats | None
    ) -> tuple[Ints, Floats]:
        """The places of what is worth to be shown, with their scores, best first."""
        tuning = self._tuning
        scores = self._scores(weights)
        top = float(scores.max(initial=0.0)) or 1.0
        first = scores + tuning.nearest * top * near
        if meaning is not None:
            alone = not first.any()
            first += tuning.meaning * top * np.where(alone & (meaning < ALIKE), 0, meaning)
        found = self._best_first(np.flatnonzero(first > 0), first)
        order = first[found]
        if tuning.covered and len(found):
            short = found[:SHORT]
            covered = self._near.coverage(self._ids[short].tolist(), weights, self._synonyms)
            close = tuning.covered * np.array(covered) + tuning.said * said[short]
            if meaning is not None:
                close += tuning.meaning * meaning[short]
            again = scores[short] + top * close
            best = np.lexsort((short, -again))
            found[:SHORT], order[:SHORT] = short[best], again[best]
        worth = order >= WORTH * order[0] if len(order) else order > 0
        # Behind the first that is not worth it, none is: the short list goes by another score.
        end = len(order) if worth.all() else int(np.argmin(worth))
        return found[:end], order[:end]

    def _scores(self, weights: dict[str, float]) -> Floats:
        """The engine's score of each article."""
        scores = np.zeros(len(self._ids))
        if not len(scores):
            return scores
        try:
            found = self._engine.scores(weights, self._tuning.boosts)
        except IndexUnavailable:  # the nearest titles and symptoms, in memory, still serve
            self.lapses += 1
            return scores
        places = np.searchsorted(self._ids, found.ids).clip(max=len(scores) - 1)
        ours = self._ids[places] == found.ids
        scores[places[ours]] = found.values[ours]
        return scores

    def _best_first(self, places: Ints, scores: Floats) -> Ints:
        """The places by their scores; of very many only the best."""
        values = -scores[places]
        if len(places) > REACH:
            near = np.argpartition(values, REACH)[:REACH]
            places, values = places[near], values[near]
        return places[np.lexsort((places, values))]

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
