"""The next best question: the one whose answer is expected to tell most.

The causes still possible weigh w(c): the article's weight for the cause times the relevance of its
article; p(c) = w(c) / Σ w. How well an answer a fits a cause is L(a, c): 0 where the condition is
false with it, :data:`CONFIRMED_FACTOR` where it is true, else the share of the condition's ways
(``way || way``) that are not false. P(a | c) = L(a, c) / Σ_a L(a, c), so that a cause that does not
read the fact expects every answer alike, and P(a) = Σ_c p(c) P(a | c). The gain is what the answer
is expected to tell about the cause, in bits (mutual information; Lindley 1956, "On a measure of the
information provided by an experiment"):

    Σ_c p(c) Σ_a P(a | c) log2(P(a | c) / P(a))

Example: A and B weigh 1, C weighs 2. A first question confirms A with yes and rules it out with no,
B the other way round; C does not read it. P(yes) = 1/4 + 0 + 2/4 · 1/2 = 1/2, and the gain is
1/4 · log2(1 / 0.5) for A, the same for B, 0 for C: 0.5 bits. A second question is read by C alone:
P(yes) = 2/4 + 2/4 · 1/2 = 3/4; C gives 2/4 · log2(1 / 0.75) = 0.208, A and B together
2/4 · (1/2 · log2(0.5 / 0.75) + 1/2 · log2(0.5 / 0.25)) = 0.104: 0.311 bits. The first is asked.

A question that concerns one role alone ("You run the server; …") counts half while nobody knows
whose it is, and not at all for others. Among equals the first of ``questions.yaml`` is asked.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, Final

import cel

from kb.answer import Choice, Question, Verdict
from kb.articles.questions import QuestionSpec
from kb.diagnose.condition import Condition, context_of
from kb.diagnose.judge import Judge, JudgedCause, verdict_of
from kb.facts import Facts
from kb.recent import Recent

# How much better an answer fits that confirms a cause than one that leaves it possible.
CONFIRMED_FACTOR = 8.0
MINIMUM_GAIN = 0.01
# The share of askers whom a question for one role concerns, as long as the role is unknown.
ROLE_SHARE = 0.5
_KEPT: Final = 512  # questions that are remembered


class Asker:
    """The next question over one knowledge base. Use it from any thread.

    It depends on the question's words by the facts and patterns in them alone, so that most
    questions can be given the one that was found for another.
    """

    def __init__(self, judge: Judge, questions: Sequence[QuestionSpec]) -> None:
        self._judge = judge
        self.questions = questions
        self._found: Recent[Hashable, tuple[Question | None]] = Recent(_KEPT)

    def best(
        self, facts: Facts, relevance: Mapping[int, float], skip: frozenset[str] = frozenset()
    ) -> Question | None:
        """See :func:`best_question`."""
        known = self._judge.key_of(facts)
        key = known and (known, tuple(relevance.items()), skip)
        found = self._found.get(key) if key else None
        if found is None:
            found = (best_question(self._judge, facts, self.questions, relevance, skip),)
            if key:
                self._found.put(key, found)
        return found[0]


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
    reports = judge.judge(facts)
    prior = [
        (judged, judged.cause.weight * share)
        for solution, share in relevance.items()
        if share > 0
        for judged, report in zip(judge.of(solution), reports.of(solution), strict=True)
        if report.verdict is Verdict.POSSIBLE
    ]
    readers = {name for judged, _ in prior for name in judged.condition.facts}
    context = context_of(facts)
    told = facts.nested().get("reader", {})
    best: Question | None = None
    for question in questions:
        if question.fact in facts or question.fact in skip or question.fact not in readers:
            continue
        role = facts.get("reader.role")
        if question.role and role not in (None, question.role):
            continue
        if question.unless and _holds(question.unless, facts):
            continue
        gain, settled = _gain(question, prior, context, told)
        share = ROLE_SHARE if question.role and role is None else 1.0
        gain = round(gain * share, 3)
        if gain > MINIMUM_GAIN and (best is None or gain > best.gain):
            best = Question(
                fact=question.fact,
                text=question.ask,
                why=question.why,
                choices=tuple(Choice(answer.label, answer.text) for answer in question.answers),
                gain=gain,
                settles=settled,
            )
    return best


@functools.cache
def _condition(source: str) -> Condition:
    return Condition(source)


def _holds(source: str, facts: Facts) -> bool:
    condition = _condition(source)
    known = condition.facts <= facts.keys()
    return known and condition.evaluate(context_of(facts)) is True


def _gain(
    question: QuestionSpec,
    prior: Sequence[tuple[JudgedCause, float]],
    context: cel.Context,
    told: Mapping[str, Any],
) -> tuple[float, tuple[str, ...]]:
    """The gain in bits, and the titles of the causes that read the fact.

    ``context`` holds all facts, and does so again afterwards: only the reader's answers, which are
    ``told``, are exchanged in it, since the others may be large.
    """
    touched = [item for item in prior if question.fact in item[0].condition.facts]
    total = sum(weight for _, weight in prior)
    asked = question.fact.removeprefix("reader.")
    fits: list[list[float]] = []
    for answer in question.answers:
        context.add_variable("reader", {**told, asked: answer.value})
        fits.append([_fit(judged, context) for judged, _ in touched])
    context.add_variable("reader", dict(told))
    likelihoods: list[tuple[float, list[float]]] = []  # p(c) and P(a | c) of each touched cause
    for (_, weight), row in zip(touched, zip(*fits, strict=True), strict=True):
        if sum(row):
            likelihoods.append((weight / total, [fit / sum(row) for fit in row]))
    rest = 1.0 - sum(share for share, _ in likelihoods)
    likelihoods.append((rest, [1.0 / len(fits)] * len(fits)))
    return _information(likelihoods), tuple(judged.cause.title for judged, _ in touched)


def _fit(judged: JudgedCause, context: cel.Context) -> float:
    verdict = verdict_of(judged, context)
    if verdict is Verdict.POSSIBLE:
        return judged.condition.open_share(context)
    return CONFIRMED_FACTOR if verdict is Verdict.CONFIRMED else 0.0


def _information(likelihoods: list[tuple[float, list[float]]]) -> float:
    """The mutual information in bits of a cause, each with its p(c), and the answer, P(a | c)."""
    answers = range(len(likelihoods[0][1]))
    overall = [sum(share * row[answer] for share, row in likelihoods) for answer in answers]
    return sum(
        share * row[answer] * math.log2(row[answer] / overall[answer])
        for share, row in likelihoods
        for answer in answers
        if share > 0 and row[answer] > 0
    )
