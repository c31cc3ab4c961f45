"""Verdicts: every cause of every published article against the facts at hand."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import cel

from kb.answer import CauseReport, Verdict
from kb.article import Article, Cause
from kb.diagnose.condition import BadCondition, Condition, context_of, patterns_in
from kb.diagnose.evidence import fill
from kb.facts import Facts, Source
from kb.recent import Recent

_LOG = logging.getLogger(__name__)
_KEPT: Final = 512  # sets of facts whose verdicts are remembered
_FEW: Final = 24  # facts: a probe brings more, and hardly the same ones again
_ELSEWHERE: Final = 0.02  # how much an article counts that the question does not point to
# Facts that say where a question came from, not what was seen: alone they decide nothing.
_BACKGROUND: Final = ("source", "url.", "claim.", "probe.")


@dataclass(frozen=True, slots=True)
class JudgedCause:
    """A cause with its article and compiled condition; ``place`` counts all causes from 0."""

    place: int
    article: Article
    cause: Cause
    condition: Condition
    key: tuple[int, str]  # the solution's ID and the cause's id


@dataclass(frozen=True, slots=True)
class Judgement:
    """The reports of all causes, in the order of the articles; a confirmed cause has ruled out the
    confirmed or possible ones that it explains. ``confirmed`` are those confirmed after that."""

    reports: Sequence[CauseReport]
    confirmed: Sequence[CauseReport]
    _spans: Mapping[int, tuple[int, int]]

    def __iter__(self) -> Iterator[CauseReport]:
        return iter(self.reports)

    def of(self, solution: int) -> Sequence[CauseReport]:
        """The reports of one solution's causes, in the article's order."""
        start, end = self._spans.get(solution, (0, 0))
        return self.reports[start:end]


@dataclass(frozen=True, slots=True)
class _Verdicts:
    """The verdict of each cause by place, before explaining away, and the places of the confirmed.

    ``reports`` have no evidence yet: that depends on the facts' values, verdicts mostly do not.
    """

    all: Sequence[Verdict]
    confirmed: tuple[int, ...]
    reports: Sequence[CauseReport]


class Judge:
    """The compiled conditions of a knowledge base. Build once, use from any thread.

    A question brings few facts, so only the causes that read one of them are evaluated. What a text
    says to a condition over ``claim.text`` is known beforehand where none of its patterns occurs.
    """

    def __init__(self, articles: Iterable[Article]) -> None:
        """Compile all conditions; one that does not compile drops its own cause, and is logged."""
        causes: list[JudgedCause] = []
        for article in articles:
            for cause in article.causes:
                try:
                    condition = Condition(cause.when)
                except BadCondition as error:
                    _LOG.warning("%s:%s: cause dropped: %s", article.path, cause.line, error)
                    continue
                key = (article.id, cause.id)
                causes.append(JudgedCause(len(causes), article, cause, condition, key))
        self.causes: tuple[JudgedCause, ...] = tuple(causes)
        self._by_key = {judged.key: judged.place for judged in causes}
        self._spans = _spans(causes)
        self._readers: dict[str, list[int]] = defaultdict(list)
        self._sayers: dict[int, list[int]] = defaultdict(list)
        for judged in causes:
            for name in judged.condition.facts:
                self._readers[name].append(judged.place)
            for number in judged.condition.patterns:
                self._sayers[number].append(judged.place)
        # Most causes are not confirmed, and their reports say the same every time.
        self._plain = {
            verdict: [_report(judged, verdict) for judged in causes] for verdict in Verdict
        }
        self._told, self._unsettled = self._without_patterns()
        self._told_reports = [
            self._plain[verdict][place] for place, verdict in enumerate(self._told)
        ]
        self._known: Recent[tuple[object, ...], _Verdicts] = Recent(_KEPT)

    def of(self, solution: int) -> Sequence[JudgedCause]:
        """The causes of one solution, in the article's order."""
        start, end = self._spans.get(solution, (0, 0))
        return self.causes[start:end]

    def readers(self, name: str) -> Iterator[JudgedCause]:
        """The causes whose condition reads the fact ``name``."""
        return (self.causes[place] for place in self._readers.get(name, ()))

    def verdicts(self, facts: Facts) -> list[Verdict]:
        """The verdict of every cause by its place, before explaining away."""
        return list(self._verdicts(facts).all)

    def _verdicts(self, facts: Facts) -> _Verdicts:
        said = _said(facts)
        key = self.key_of(facts, said)
        found = self._known.get(key) if key else None
        if found is None:
            found = self._evaluated(facts, said)
            if key:
                self._known.put(key, found)
        return found

    def key_of(self, facts: Facts, said: frozenset[int] | None = None) -> tuple[object, ...] | None:
        """What all verdicts depend on; None where that is too much to be met again.

        Questions differ in their words much more than in what is known by them, and verdicts
        depend on nothing else: not on the text but by the patterns that it matches. Those are
        ``said``, where they were looked for already.
        """
        return _key(facts, _said(facts) if said is None else said, bool(self._unsettled))

    def _evaluated(self, facts: Facts, said: frozenset[int] | None) -> _Verdicts:
        places = sorted(self._touched(facts, said))
        quiet = [Verdict.POSSIBLE] * len(self.causes) if said is None else self._told
        verdicts = list(quiet)
        reports = list(self._plain[Verdict.POSSIBLE] if said is None else self._told_reports)
        if places:
            context = context_of(facts)
            for place in places:
                verdict = verdicts[place] = verdict_of(self.causes[place], context)
                reports[place] = self._plain[verdict][place]
        confirmed = tuple(place for place in places if verdicts[place] is Verdict.CONFIRMED)
        for place, by in self._explained(confirmed).items():
            if verdicts[place] is not Verdict.RULED_OUT:
                reports[place] = _report(self.causes[place], Verdict.RULED_OUT, by)
        return _Verdicts(verdicts, confirmed, reports)

    def _touched(self, facts: Facts, said: frozenset[int] | None) -> set[int]:
        """The places of the causes that must be evaluated for ``facts``."""
        places: set[int] = set()
        for name in facts:
            if name == "claim.text":
                continue
            if not name.startswith(_BACKGROUND):
                places.update(self._readers.get(name, ()))
            elif said is not None:
                places.update(self._text_readers.intersection(self._readers.get(name, ())))
        if said is not None:
            places.update(self._unsettled)
            for number in said:
                places.update(self._sayers.get(number, ()))
        return places

    @cached_property
    def _text_readers(self) -> frozenset[int]:
        return frozenset(self._readers.get("claim.text", ()))

    def _without_patterns(self) -> tuple[list[Verdict], tuple[int, ...]]:
        """What all causes come to where only a text is known that has none of their patterns, and
        the places of those for which that cannot be said beforehand."""
        verdicts = [Verdict.POSSIBLE] * len(self.causes)
        unsettled = []
        context = context_of(Facts({"claim.text": ""}, Source.CLAIM))
        for place in self._text_readers:
            judged = self.causes[place]
            verdict = (
                Verdict.POSSIBLE if judged.condition.reads_text else verdict_of(judged, context)
            )
            if judged.condition.reads_text or verdict is Verdict.CONFIRMED:
                unsettled.append(place)
            else:
                verdicts[place] = verdict
        return verdicts, tuple(unsettled)

    def wanted(self, facts: Facts, relevance: Mapping[int, float]) -> tuple[str, ...]:
        """Unknown facts that the still possible causes read, those that matter most first.

        A cause counts with its weight times the relevance of its article by ID; articles without
        one count a little, so that they are not left out when there is room.
        """
        verdicts = self.verdicts(facts)
        scores: dict[str, float] = {}
        for judged in self.causes:
            if verdicts[judged.place] is not Verdict.POSSIBLE:
                continue
            weight = judged.cause.weight * relevance.get(judged.article.id, _ELSEWHERE)
            for name in judged.condition.facts:
                if name not in facts:
                    scores[name] = scores.get(name, 0.0) + weight
        return tuple(sorted(scores, key=lambda name: (-scores[name], name)))

    def judge(self, facts: Facts) -> Judgement:
        """All causes with verdict and evidence."""
        found = self._verdicts(facts)
        reports = list(found.reports)
        for place in found.confirmed:
            evidence = fill(self.causes[place].cause.evidence, facts)
            reports[place] = replace(reports[place], evidence=evidence)
        confirmed = [reports[place] for place in found.confirmed]
        return Judgement(
            reports, [r for r in confirmed if r.verdict is Verdict.CONFIRMED], self._spans
        )

    def _explained(self, confirmed: Sequence[int]) -> dict[int, str]:
        """The places of the causes that a confirmed one explains, with the name of that one."""
        explained: dict[int, str] = {}
        for place in confirmed:
            judged = self.causes[place]
            for target in judged.cause.explains:
                other = self._by_key.get(target)
                if other is not None and other != place:
                    explained.setdefault(other, f"{judged.article.id}/{judged.cause.id}")
        return explained


def _spans(causes: Sequence[JudgedCause]) -> dict[int, tuple[int, int]]:
    """From which place to which each solution's causes stand."""
    spans: dict[int, tuple[int, int]] = {}
    for judged in causes:
        first, _ = spans.get(judged.article.id, (judged.place, 0))
        spans[judged.article.id] = first, judged.place + 1
    return spans


def _said(facts: Facts) -> frozenset[int] | None:
    text = facts.get("claim.text")
    return patterns_in(text) if isinstance(text, str) else None


def _key(facts: Facts, said: frozenset[int] | None, with_text: bool) -> tuple[object, ...] | None:
    """What verdicts depend on, where that is little enough to be met again; otherwise None."""
    if len(facts) > _FEW:
        return None
    values = []
    for name in sorted(facts):
        value = facts[name]
        if name == "claim.text" and not with_text:
            continue
        if isinstance(value, dict):
            return None
        values.append((name, tuple(value) if isinstance(value, list) else value))
    return (said, *values)


def _report(judged: JudgedCause, verdict: Verdict, by: str | None = None) -> CauseReport:
    return CauseReport(
        solution=judged.article.id,
        id=judged.cause.id,
        title=judged.cause.title,
        verdict=verdict,
        evidence=(),
        who=judged.cause.who,
        fix=judged.cause.fix,
        url=f"{judged.article.url}#{judged.cause.id}",
        explained_by=by,
    )


def verdict_of(judged: JudgedCause, context: cel.Context) -> Verdict:
    """The verdict of one cause by the facts in ``context``."""
    try:
        value = judged.condition.evaluate(context)
    except BadCondition as error:
        _LOG.warning("%s:%s: %s", judged.article.path, judged.cause.line, error)
        return Verdict.RULED_OUT
    if value is None:
        return Verdict.POSSIBLE
    return Verdict.CONFIRMED if value else Verdict.RULED_OUT
