"""The next best question: the one whose answer is expected to tell most.

With the causes still possible weighted w(c) (the article's weight times the relevance of its
article), H = -Σ p log2 p over p(c) = w(c) / Σ w. An answer a leaves the causes that the fact does
not rule out, and confirms some; its probability is taken as the share of the weight that stays
(normalised over the answers). The gain is H - Σ_a P(a) H(a), the expected information in bits
(Lindley 1956, "On a measure of the information provided by an experiment").
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import cel

from kb.answer import Choice, Question, Verdict
from kb.articles.questions import QuestionSpec
from kb.diagnose.condition import context_of
from kb.diagnose.judge import Judge, JudgedCause, verdict_of
from kb.facts import Facts, Source

# A cause that an answer would confirm outweighs those that it merely leaves possible.
CONFIRMED_FACTOR = 8.0
MINIMUM_GAIN = 0.01


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
    prior = {
        judged.place: (judged, judged.cause.weight * share)
        for solution, share in relevance.items()
        if share > 0
        for judged in judge.of(solution)
        if verdicts[judged.place] is Verdict.POSSIBLE
    }
    readers = {name for judged, _ in prior.values() for name in judged.condition.facts}
    context = context_of(facts)
    best: Question | None = None
    for question in questions:
        if question.fact in facts or question.fact in skip or question.fact not in readers:
            continue
        gain, settled = _gain(question, prior, facts, context)
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
    prior: Mapping[int, tuple[JudgedCause, float]],
    facts: Facts,
    context: cel.Context,
) -> tuple[float, tuple[str, ...]]:
    """The expected information in bits, and the titles of the causes that the answers separate.

    ``context`` holds ``facts``, and does so again afterwards: only the branch of the fact in
    question is exchanged, since the others may be large.
    """
    touched = [judged for judged, _ in prior.values() if question.fact in judged.condition.facts]
    before = {place: weight for place, (_, weight) in prior.items()}
    whole = sum(before.values())
    branch = question.fact.partition(".")[0]
    known = facts.branch(branch)
    masses: list[float] = []
    entropies: list[float] = []
    for answer in question.answers:
        supposed = known.merged(Facts({question.fact: answer.value}, Source.READER))
        context.add_variable(branch, supposed.nested()[branch])
        weights = dict(before)
        mass = whole
        for judged in touched:
            verdict = verdict_of(judged, context)
            if verdict is Verdict.RULED_OUT:
                mass -= weights[judged.place]
                weights[judged.place] = 0.0
            elif verdict is Verdict.CONFIRMED:
                weights[judged.place] *= CONFIRMED_FACTOR
        masses.append(max(mass, 0.0))
        entropies.append(_entropy(weights.values()))
    context.add_variable(branch, known.nested().get(branch, {}))
    total = sum(masses)
    if not total:
        return 0.0, ()
    expected = sum(mass / total * entropy for mass, entropy in zip(masses, entropies, strict=True))
    return _entropy(before.values()) - expected, tuple(judged.cause.title for judged in touched)


def _entropy(weights: Iterable[float]) -> float:
    values = [weight for weight in weights if weight > 0]
    total = sum(values)
    return -sum(value / total * math.log2(value / total) for value in values) if total else 0.0
