"""An answer in another language: the words of the translated articles and questions put in.

What nobody has translated stays English; the diagnosis is the same in every language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kb.answer import (
    Advice,
    Answer,
    CauseReport,
    Choice,
    Conversation,
    OpenCause,
    Question,
    SolutionReport,
    Told,
    Turn,
)
from kb.article import Article
from kb.articles import KnowledgeBase
from kb.articles.plaintext import how_to_tell
from kb.diagnose.evidence import fill
from kb.facts import REGISTRY, FactValue
from kb.search.passages import best_passage
from kb.search.query import terms_of


def localise(answer: Answer, base: KnowledgeBase, language: str) -> Answer:
    """``answer`` in ``language`` (``de``), as far as the content is translated."""
    if not any(key[1] == language for key in base.translations.articles):
        return answer
    facts = flat(answer.facts)
    terms = terms_of(answer.question)

    def cause(report: CauseReport) -> CauseReport:
        words = _translated(base, report.solution, language)
        if words is None:
            return report
        own = words.cause(report.id)
        evidence = fill(own.evidence, facts) if report.evidence else ()
        return replace(report, title=own.title, fix=own.fix, evidence=evidence)

    def solution(report: SolutionReport) -> SolutionReport:
        words = _translated(base, report.id, language)
        causes = tuple(cause(item) for item in report.causes)
        if words is None:
            return replace(report, causes=causes)
        passage, marks = best_passage(words, terms)
        return replace(
            report,
            title=words.title,
            summary=words.summary,
            passage=passage,
            marks=marks,
            causes=causes,
        )

    causes = tuple(cause(item) for item in answer.causes)
    steps = {old.fix: new.fix for old, new in zip(answer.causes, causes, strict=True)}
    solutions = tuple(solution(item) for item in answer.solutions)
    return replace(
        answer,
        headline=solutions[0].title if answer.known and solutions else answer.headline,
        solutions=solutions,
        causes=causes,
        first_step=steps.get(answer.first_step or "", answer.first_step),
        next_question=_question(answer.next_question, base, language),
        conversation=_conversation(answer.conversation, base, language),
    )


def flat(nested: Mapping[str, Any]) -> dict[str, FactValue]:
    """The facts of an answer by their dotted names."""
    found: dict[str, FactValue] = {}
    for name in REGISTRY:
        node: Any = nested
        for part in name.split("."):
            node = node.get(part) if isinstance(node, Mapping) else None
        if node is not None:
            found[name] = node
    return found


def _translated(base: KnowledgeBase, solution: int, language: str) -> Article | None:
    return base.translations.articles.get((solution, language))


def _question(asked: Question | None, base: KnowledgeBase, language: str) -> Question | None:
    words = base.translations.questions.get((asked.fact, language)) if asked else None
    if asked is None or words is None:
        return asked
    choices = tuple(
        Choice(words.answers.get(choice.value, choice.label), choice.value)
        for choice in asked.choices
    )
    return replace(asked, text=words.ask, why=words.why, choices=choices)


def _conversation(talk: Conversation, base: KnowledgeBase, language: str) -> Conversation:
    questions = base.translations.questions

    def label(fact: str, value: str, said: str) -> str:
        words = questions.get((fact, language))
        return words.answers.get(value, said) if words and value else said

    def turn(item: Turn) -> Turn:
        words = questions.get((item.fact, language))
        return replace(
            item,
            question=words.ask if words else item.question,
            said=item.said if item.text else label(item.fact, item.value, item.said),
            possible=tuple(opened(cause) for cause in item.possible),
        )

    def opened(cause: OpenCause) -> OpenCause:
        words = _translated(base, cause.solution, language)
        return replace(cause, title=words.cause(cause.id).title) if words else cause

    def advice(item: Advice) -> Advice:
        words = _translated(base, item.solution, language)
        if words is None:
            return item
        own = words.cause(item.id)
        check = how_to_tell(own.section)
        return replace(item, title=own.title, fix=own.fix, check=check)

    def told(one: Told) -> Told:
        words = questions.get((one.fact, language))
        ask = words.ask if words else one.question
        return replace(one, said=label(one.fact, one.value, one.said), question=ask)

    return replace(
        talk,
        turns=tuple(turn(item) for item in talk.turns),
        told=tuple(told(one) for one in talk.told),
        advice=tuple(advice(item) for item in talk.advice),
    )
