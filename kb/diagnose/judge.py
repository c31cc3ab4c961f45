"""Verdicts: every cause of every published article against the facts at hand."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cel

from kb.answer import CauseReport, Verdict
from kb.article import Article, Cause
from kb.diagnose.condition import BadCondition, Condition, context_of, patterns_in
from kb.facts import REGISTRY, Facts, FactValue, Kind, Source
from kb.recent import Recent

SLOT: Final = re.compile(r"\{([a-z_0-9.]+)\}")
_LOG = logging.getLogger(__name__)
_MAX_VALUE: Final = 200
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
class _Verdicts:
    """The verdict of each cause by place; ``judged`` are the places that the facts decided."""

    all: list[Verdict]
    judged: tuple[int, ...]


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
        self._by_solution: dict[int, list[JudgedCause]] = defaultdict(list)
        self._readers: dict[str, list[int]] = defaultdict(list)
        self._sayers: dict[int, list[int]] = defaultdict(list)
        for judged in causes:
            self._by_solution[judged.article.id].append(judged)
            for name in judged.condition.facts:
                self._readers[name].append(judged.place)
            for number in judged.condition.patterns:
                self._sayers[number].append(judged.place)
        # Most causes are not confirmed, and their reports say the same every time.
        self._plain = {
            verdict: [_report(judged, verdict) for judged in causes]
            for verdict in (Verdict.POSSIBLE, Verdict.RULED_OUT)
        }
        self._told, self._unsettled = self._without_patterns()
        self._told_reports = [
            self._plain[verdict][place] for place, verdict in enumerate(self._told)
        ]
        self._known: Recent[tuple[object, ...], _Verdicts] = Recent(_KEPT)

    def of(self, solution: int) -> Sequence[JudgedCause]:
        """The causes of one solution, in the article's order."""
        return self._by_solution.get(solution, ())

    def verdicts(self, facts: Facts) -> list[Verdict]:
        """The verdict of every cause by its place, before explaining away."""
        return self._verdicts(facts).all

    def _verdicts(self, facts: Facts) -> _Verdicts:
        text = facts.get("claim.text")
        said = patterns_in(text) if isinstance(text, str) else None
        # Questions differ in their words much more than in what is known by them, and verdicts
        # depend on nothing else: not on the text but by the patterns that it matches.
        key = _key(facts, said)
        found = self._known.get(key) if key else None
        if found is None:
            found = self._evaluated(facts, said)
            if key and not self._reads_text(found.judged):
                self._known.put(key, found)
        return found

    def _evaluated(self, facts: Facts, said: frozenset[int] | None) -> _Verdicts:
        places = self._touched(facts, said)
        verdicts = [Verdict.POSSIBLE] * len(self.causes) if said is None else list(self._told)
        if places:
            context = context_of(facts)
            for place in places:
                verdicts[place] = verdict_of(self.causes[place], context)
        return _Verdicts(verdicts, tuple(sorted(places)))

    def _reads_text(self, places: tuple[int, ...]) -> bool:
        return any(self.causes[place].condition.reads_text for place in places)

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

    def judge(self, facts: Facts) -> tuple[CauseReport, ...]:
        """All causes with verdict and evidence, in the order of the articles.

        A confirmed cause rules out the confirmed or possible ones that it explains.
        """
        found = self._verdicts(facts)
        told = "claim.text" in facts
        reports = list(self._told_reports if told else self._plain[Verdict.POSSIBLE])
        confirmed = []
        for place in found.judged:
            verdict = found.all[place]
            if verdict is Verdict.CONFIRMED:
                confirmed.append(self.causes[place])
            else:
                reports[place] = self._plain[verdict][place]
        explained: dict[int, str] = {}
        for judged in confirmed:
            for target in judged.cause.explains:
                other = self._by_key.get(target)
                if other is not None and other != judged.place:
                    explained.setdefault(other, f"{judged.article.id}/{judged.cause.id}")
        for judged in confirmed:
            evidence = fill(judged.cause.evidence, facts)
            reports[judged.place] = _report(judged, Verdict.CONFIRMED, evidence)
        for place, by in explained.items():
            if found.all[place] is not Verdict.RULED_OUT:
                judged = self.causes[place]
                evidence = reports[place].evidence
                reports[place] = _report(judged, Verdict.RULED_OUT, evidence, by)
        return tuple(reports)


def _key(facts: Facts, said: frozenset[int] | None) -> tuple[object, ...] | None:
    """What verdicts depend on, where that is little enough to be met again; otherwise None."""
    if len(facts) > _FEW:
        return None
    values = []
    for name in sorted(facts):
        value = facts[name]
        if name == "claim.text":
            continue
        if isinstance(value, dict):
            return None
        values.append((name, tuple(value) if isinstance(value, list) else value))
    return (said, *values)


def _report(
    judged: JudgedCause, verdict: Verdict, evidence: tuple[str, ...] = (), by: str | None = None
) -> CauseReport:
    return CauseReport(
        solution=judged.article.id,
        id=judged.cause.id,
        title=judged.cause.title,
        verdict=verdict,
        evidence=evidence,
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


def fill(templates: Iterable[str], facts: Mapping[str, FactValue]) -> tuple[str, ...]:
    """The evidence sentences whose facts are all known, with the values quoted in.

    Values come from a stranger's server: control characters are dropped and the length is cut;
    each front escapes the sentence for its own medium.
    """
    sentences = []
    for template in templates:
        names = SLOT.findall(template)
        if all(name in facts and facts[name] not in ("", []) for name in names):
            sentences.append(SLOT.sub(lambda match: say(match[1], facts[match[1]]), template))
    return tuple(sentences)


def say(name: str, value: FactValue) -> str:
    """A fact's value in words, bounded and free of control characters."""
    if isinstance(value, bool):
        text = "yes" if value else "no"
    elif isinstance(value, list):
        text = ", ".join(value[:8]) + (", …" if len(value) > 8 else "")
    elif isinstance(value, dict):
        text = ", ".join(sorted(value)[:20])
    elif isinstance(value, float):
        text = f"{value:.0f}" if value >= 10 else f"{value:.1f}"
    else:
        text = str(value)
    text = "".join(char if char.isprintable() else " " for char in text)
    text = text if len(text) <= _MAX_VALUE else text[: _MAX_VALUE - 1] + "…"
    unit = REGISTRY[name].unit if name in REGISTRY else ""
    return f"{text} ms" if unit == "ms" and REGISTRY[name].kind is Kind.FLOAT else text
