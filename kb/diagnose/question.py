"""The next best question: the one whose answer is expected to tell most.

With the causes still possible weighted w(c) (the article's weight times the relevance of its
article), H = -Σ p log2 p over p(c) = w(c) / Σ w. An answer a leaves the causes that the fact does
not rule out, and confirms some; its probability is taken as the share of the weight that stays
(normalised over the answers). The gain is H - Σ_a P(a) H(a), the expected information in bits
(Lindley 1956, "On a measure of the information provided by an experiment").
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import cel

from kb.answer import Choice, Question, Verdict
from kb.articles.questions import QuestionSpec
from kb.diagnose.condition import context_of
from kb.diagnose.judge import Judge, JudgedCause, verdict_of
from kb.facts import Facts

# A cause that an answer would confirm outweighs those that it merely leaves possible.
CONFIRMED_FACTOR = 8.0
MINIMUM_GAIN = 0.01
_NOTHING: Final = 1e-9  # what rounding leaves of a sum from which everything was taken


def best_question(
    judge: Judge,
    facts: Facts,
    questions: Iterable[QuestionSpec],
    relevance: Mapping[int, float],
    skip: frozenset[str] = frozenset(),
) -> Question | None:
    """The question that separates the possible causes of the relevant articles best, if any does.

    ``relevance`` weighs the articles by ID; others are not considered. ``skip`` are facts that
    were asked already ("I don't know").
    """
    verdicts = judge.verdicts(facts)
    prior = [
        (judged, judged.cause.weight * share)
        for solution, share in relevance.items()
        if share > 0
        for judged in judge.of(solution)
        if verdicts[judged.place] is Verdict.POSSIBLE
    ]
    readers = {name for judged, _ in prior for name in judged.condition.facts}
    context = context_of(facts)
    told = facts.nested().get("reader", {})
    best: Question | None = None
    for question in questions:
        if question.fact in facts or question.fact in skip or question.fact not in readers:
            continue
        gain, settled = _gain(question, prior, context, told)
        if gain > MINIMUM_GAIN and (best is None or gain > best.gain):
            best = Question(
                fact=question.fact,
                text=question.ask,
                why=question.why,
                choices=tuple(Choice(answer.label, answer.text) for answer in question.answers),
                gain=round(gain, 3),
                settles=settled,
            )
    return best


def _gain(
    question: QuestionSpec,
    prior: Sequence[tuple[JudgedCause, float]],
    context: cel.Context,
    told: Mapping[str, Any],
) -> tuple[float, tuple[str, ...]]:
    """The expected information in bits, and the titles of the causes that the answers separate.

    ``context`` holds all facts, and does so again afterwards: only the reader's answers, which are
    ``told``, are exchanged in it, since the others may be large.
    """
    touched = [item for item in prior if question.fact in item[0].condition.facts]
    whole = _Weights.of(weight for _, weight in prior)
    asked = question.fact.removeprefix("reader.")
    masses: list[float] = []
    entropies: list[float] = []
    for answer in question.answers:
        context.add_variable("reader", {**told, asked: answer.value})
        mass, left = whole.total, whole
        for judged, weight in touched:
            verdict = verdict_of(judged, context)
            if verdict is Verdict.RULED_OUT:
                mass -= weight
                left = left.changed(weight, 0.0)
            elif verdict is Verdict.CONFIRMED:
                left = left.changed(weight, weight * CONFIRMED_FACTOR)
        masses.append(max(mass, 0.0))
        entropies.append(left.entropy)
    context.add_variable("reader", dict(told))
    total = sum(masses)
    if not total:
        return 0.0, ()
    expected = sum(mass / total * entropy for mass, entropy in zip(masses, entropies, strict=True))
    return whole.entropy - expected, tuple(judged.cause.title for judged, _ in touched)


@dataclass(frozen=True, slots=True)
class _Weights:
    """Weights by their sum and Σ w log2 w: their entropy is log2 of the one less the other's share.

    Causes that a question does not touch keep their place in both sums, whatever is answered.
    """

    total: float
    logs: float

    @classmethod
    def of(cls, weights: Iterable[float]) -> _Weights:
        kept = list(weights)
        return cls(sum(kept), sum(map(_log, kept)))

    def changed(self, before: float, after: float) -> _Weights:
        """The same with one weight exchanged."""
        return _Weights(self.total - before + after, self.logs - _log(before) + _log(after))

    @property
    def entropy(self) -> float:
        """In bits; 0 where nothing is left."""
        if self.total <= _NOTHING:
            return 0.0
        return max(0.0, math.log2(self.total) - self.logs / self.total)


def _log(weight: float) -> float:
    return weight * math.log2(weight) if weight > 0 else 0.0
