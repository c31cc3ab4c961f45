"""Which solutions and causes come first: by what is named, by what was seen, by the words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from kb.answer import CauseReport, SolutionReport, Verdict
from kb.articles import KnowledgeBase
from kb.diagnose import Judge, Judgement
from kb.facts import Facts
from kb.recognise import Recognition
from kb.search import Searcher, SearchResult
from kb.search.query import terms_of

MAX_SOLUTIONS: Final = 6
# Values of ``matched_by`` that say more than that words are shared.
SURE: Final = frozenset({"identifier", "id", "facts"})
# A question of more words than these tells what it is about beside the number that it names.
FEW_WORDS: Final = 4
# A cause of at least this weight settles the question when it is confirmed.
SPECIFIC: Final = 0.6
NEAR: Final = 2
_VERDICTS: Final = {verdict: place for place, verdict in enumerate(Verdict)}
_FOR_WHOM: Final = "behaviour/who"
_LAYER_ORDER: Final = ("network/dns", "network/tcp", "tls", "http/redirects", "http")


class Ranking:
    """The order of solutions and causes over one snapshot of the content."""

    def __init__(self, base: KnowledgeBase, searcher: Searcher) -> None:
        self._base = base
        self._searcher = searcher
        self._layers = {
            article.id: next(
                (n for n, prefix in enumerate(_LAYER_ORDER) if article.category.startswith(prefix)),
                len(_LAYER_ORDER),
            )
            for article in base.published
        }
        self._weights = {
            (article.id, cause.id): cause.weight
            for article in base.published
            for cause in article.causes
        }

    def solutions(
        self,
        found: Recognition,
        words: SearchResult,
        reports: Judgement,
        observed: bool,
    ) -> list[SolutionReport]:
        """Solutions by what the text names, then by what the facts confirm, then by its words.

        Where nothing was ``observed``, a cause is confirmed by what the text claims and the reader
        answers: that says no more than the words do, and comes after them.
        A success or a redirect that is named is no error by itself: it comes first only where the
        words around it do not lead to a solution of their own.
        """
        terms = terms_of(found.text)
        ranked: dict[int, tuple[float, str]] = {}

        def add(solution: int, score: float, matched_by: str) -> None:
            if solution not in ranked and self._base.visible(solution) is not None:
                ranked[solution] = (score, matched_by)

        for solution in found.solutions:
            add(solution, 300.0, "id")
        for place, hit in enumerate(found.identifiers):
            if hit.solution is not None and hit.name not in found.weak:
                add(hit.solution, 200.0 - place, "identifier")
        confirmed = [report.solution for report in reports.confirmed]
        for solution in confirmed if observed else ():
            add(solution, 100.0, "facts")
        speaks = words.answers and len(terms) > FEW_WORDS
        for near in words.hits[:1] if speaks else ():
            add(near.id, 90.0, "words")
        for place, weak in enumerate(found.identifiers):
            if weak.solution is not None and weak.name in found.weak:
                add(weak.solution, 80.0 - place, "identifier")
        for near in words.hits[:NEAR] if words.answers else ():
            add(near.id, 70.0 + near.score / 1000, "words")
        for solution in confirmed:
            add(solution, 60.0, "facts")
        for near in words.hits:
            add(near.id, near.score / 1000, "words")
        ordered = sorted(ranked.items(), key=lambda item: -item[1][0])[:MAX_SOLUTIONS]
        listed = {near.id: near for near in words.hits}
        solutions = []
        for solution, (score, matched_by) in ordered:
            article = self._base.visible(solution)
            if solution in listed:
                known = listed[solution]
                solutions.append(known.ranked(round(score, 3), matched_by))
            elif article is not None:
                solutions.append(self._searcher.report(article, terms, score, matched_by))
        return solutions

    def causes(
        self,
        found: Recognition,
        reports: Judgement,
        solutions: list[SolutionReport],
        pointed: Mapping[tuple[int, str], int] | None = None,
    ) -> list[CauseReport]:
        """Every confirmed cause, and those of ``solutions``, best first.

        Once something is named or confirmed, what only shares a few words is no candidate. Each
        thing that the reader told and that a possible cause asks for (``pointed``, of
        :func:`pointed_to`) doubles its weight.
        """
        ranked = [solution.id for solution in solutions]
        candidates = {solution.id for solution in self._candidates(solutions)}
        named = {hit.solution for hit in found.identifiers}

        shown = [cause for cause in reports.confirmed if cause.solution not in ranked]
        for solution in ranked:
            possible = solution in candidates
            shown += [
                cause
                for cause in reports.of(solution)
                if possible or cause.verdict is not Verdict.POSSIBLE
            ]
        places = {solution: place for place, solution in enumerate(ranked)}
        return sorted(shown, key=lambda cause: self._place(cause, named, places, pointed or {}))

    def relevance(self, solutions: Sequence[SolutionReport]) -> dict[int, float]:
        """How much each article counts for the next question: 1, 1/2, 1/3 of the candidates."""
        return {s.id: 1.0 / (1 + place) for place, s in enumerate(self._candidates(solutions)[:3])}

    def elsewhere(self) -> dict[int, float]:
        """How much each article counts where it works from here: those about for whom it does."""
        return {
            article.id: 1.0 for article in self._base.published if article.category == _FOR_WHOM
        }

    @staticmethod
    def _candidates(solutions: Sequence[SolutionReport]) -> list[SolutionReport]:
        return [s for s in solutions if s.matched_by in SURE] or list(solutions)

    def is_general(self, cause: CauseReport) -> bool:
        """Whether a confirmed cause says little more than what the reader saw already."""
        return self._weights[cause.solution, cause.id] < SPECIFIC

    def _place(
        self,
        cause: CauseReport,
        named: set[int | None],
        places: Mapping[int, int],
        pointed: Mapping[tuple[int, str], int],
    ) -> tuple[float, ...]:
        layer = self._layers[cause.solution]
        told = pointed.get((cause.solution, cause.id), 0)
        weight = self._weights[cause.solution, cause.id] * 2.0**told
        place = places.get(cause.solution, len(places))
        # Of what is confirmed the lowest layer comes first, since it explains those above it; of
        # what is only possible, the solution that answers the words best.
        nearest = (layer, place) if cause.verdict is Verdict.CONFIRMED else (place, layer)
        return (_VERDICTS[cause.verdict], cause.solution not in named, *nearest, -weight)


def pointed_to(
    judge: Judge, facts: Facts, reports: Judgement, solutions: Iterable[SolutionReport]
) -> dict[tuple[int, str], int]:
    """How many of the reader's own facts the condition of each cause reads that may be shown:
    those of ``solutions`` and of what is confirmed."""
    told = {name for name in facts if name.startswith("reader.")}
    if not told:
        return {}
    shown = {s.id for s in solutions} | {report.solution for report in reports.confirmed}
    return {
        judged.key: len(told & judged.condition.facts)
        for solution in shown
        for judged in judge.of(solution)
    }
