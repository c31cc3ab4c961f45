"""Verdicts: every cause of every published article against the facts at hand."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import cel

from kb.answer import CauseReport, Verdict
from kb.article import Article, Cause
from kb.diagnose.condition import BadCondition, Condition, context_of
from kb.facts import REGISTRY, Facts, FactValue, Kind

SLOT: Final = re.compile(r"\{([a-z_0-9.]+)\}")
_LOG = logging.getLogger(__name__)
_MAX_VALUE: Final = 200
_ELSEWHERE: Final = 0.02  # how much an article counts that the question does not point to
# Facts that say where a question came from, not what was seen: alone they decide nothing.
_BACKGROUND: Final = ("source", "url.", "claim.", "probe.")


@dataclass(frozen=True, slots=True)
class JudgedCause:
    """A cause with its article, compiled condition and place among all causes."""

    article: Article
    cause: Cause
    condition: Condition
    key: tuple[int, str]  # the solution's ID and the cause's id


class Judge:
    """The compiled conditions of a knowledge base. Build once, use from any thread."""

    def __init__(self, articles: Iterable[Article]) -> None:
        """Compile all conditions; one that does not compile drops its own cause, and is logged."""
        causes = []
        for article in articles:
            for cause in article.causes:
                try:
                    condition = Condition(cause.when)
                    causes.append(JudgedCause(article, cause, condition, (article.id, cause.id)))
                except BadCondition as error:
                    _LOG.warning("%s:%s: cause dropped: %s", article.path, cause.line, error)
        self.causes: tuple[JudgedCause, ...] = tuple(causes)
        # Most causes are not confirmed, and their reports say the same every time.
        self._plain = {
            (judged.key, verdict): _report(judged, verdict)
            for judged in self.causes
            for verdict in (Verdict.POSSIBLE, Verdict.RULED_OUT)
        }
        self._last: tuple[Facts, dict[tuple[int, str], Verdict]] | None = None

    def verdicts(self, facts: Facts) -> dict[tuple[int, str], Verdict]:
        """The verdict of every cause by ``(solution, cause id)``, before explaining away.

        One answer asks for the same facts two or three times, so the last verdicts are kept.
        """
        last = self._last
        if last is not None and last[0] is facts:
            return last[1]
        verdicts = self._verdicts(facts)
        self._last = (facts, verdicts)
        return verdicts

    def _verdicts(self, facts: Facts) -> dict[tuple[int, str], Verdict]:
        known = frozenset(
            name for name in facts if name == "claim.text" or not name.startswith(_BACKGROUND)
        )
        if not known:
            return {judged.key: Verdict.POSSIBLE for judged in self.causes}
        context = context_of(facts)
        return {judged.key: verdict_of(judged, known, context) for judged in self.causes}

    def wanted(self, facts: Facts, relevance: Mapping[int, float]) -> tuple[str, ...]:
        """Unknown facts that the still possible causes read, those that matter most first.

        A cause counts with its weight times the relevance of its article by ID; articles without
        one count a little, so that they are not left out when there is room.
        """
        verdicts = self.verdicts(facts)
        scores: dict[str, float] = {}
        for judged in self.causes:
            if verdicts[judged.key] is not Verdict.POSSIBLE:
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
        verdicts = self.verdicts(facts)
        explained: dict[tuple[int, str], str] = {}
        for judged in self.causes:
            if verdicts[judged.key] is Verdict.CONFIRMED:
                for target in judged.cause.explains:
                    if target != judged.key:
                        explained.setdefault(target, f"{judged.article.id}/{judged.cause.id}")
        reports = []
        for judged in self.causes:
            key = judged.key
            verdict = verdicts[key]
            by = explained.get(key) if verdict is not Verdict.RULED_OUT else None
            if by is None and verdict is not Verdict.CONFIRMED:
                reports.append(self._plain[key, verdict])
                continue
            confirmed = verdict is Verdict.CONFIRMED
            evidence = fill(judged.cause.evidence, facts) if confirmed else ()
            reports.append(_report(judged, Verdict.RULED_OUT if by else verdict, evidence, by))
        return tuple(reports)


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


def verdict_of(judged: JudgedCause, known: frozenset[str], context: cel.Context) -> Verdict:
    """The verdict of one cause, when the facts in ``known`` are in ``context``."""
    if judged.condition.facts.isdisjoint(known):
        return Verdict.POSSIBLE
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
