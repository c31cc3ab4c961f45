"""One article against facts: for each cause the verdict, why, and what would change it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cel

from kb.answer import Question, Verdict
from kb.article import Article, Cause, Status
from kb.articles import KnowledgeBase
from kb.articles.parse import parse_article
from kb.diagnose import Judge, best_question
from kb.diagnose.condition import context_of
from kb.diagnose.evidence import SLOT, fill, say
from kb.diagnose.judge import JudgedCause
from kb.diagnose.parts import Part, decisive, tree_of
from kb.errors import ContentError, ErrordeskError
from kb.facts import REGISTRY, Facts, Kind


@dataclass(frozen=True, slots=True)
class Reason:
    """A part of the condition that decided: its source, its outcome (None: unknown), the values of
    the facts that it read, and ``hint``, a sentence on what a writer may have overlooked."""

    part: str
    outcome: bool | None
    facts: dict[str, str]
    hint: str = ""


@dataclass(frozen=True, slots=True)
class CauseTrial:
    """One cause. ``waits_for`` are the unknown facts that would decide it; ``silent`` the evidence
    sentences that would be left out, with what they lack; ``explained_by`` the confirmed cause
    that explains it away, ``explainable_by`` those that would."""

    id: str
    title: str
    verdict: Verdict
    line: int
    reasons: tuple[Reason, ...]
    waits_for: tuple[str, ...]
    evidence: tuple[str, ...]
    silent: dict[str, tuple[str, ...]]
    explained_by: str | None
    explainable_by: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came out of an article. ``elsewhere`` are confirmed causes of other articles."""

    solution: int
    title: str
    path: str
    status: str
    facts: dict[str, str]
    causes: tuple[CauseTrial, ...]
    elsewhere: tuple[str, ...]
    next_question: Question | None

    @property
    def confirmed(self) -> tuple[CauseTrial, ...]:
        """The causes that the facts confirm."""
        return tuple(cause for cause in self.causes if cause.verdict is Verdict.CONFIRMED)

    def to_json(self) -> dict[str, Any]:
        """The trial as JSON-ready data."""
        return asdict(self)


def find_article(base: KnowledgeBase, wanted: str) -> Article:
    """The article meant by an ID (``2173``, ``#2173``), a slug or a path, drafts included.

    Raises ContentError for one that is broken, ErrordeskError where there is none.
    """
    file = Path(wanted)
    name = file.name if file.suffix == ".md" else wanted.lstrip("#")
    for error in base.errors:
        broken = Path(error.path).stem
        if name in (Path(error.path).name, broken.partition("-")[0], broken.partition("-")[2]):
            raise error
    if file.suffix == ".md" and file.is_file():
        for article in base.all:
            if base.file_of(article).resolve() == file.resolve():
                return article
        return parse_article(file.read_text(encoding="utf-8"), wanted)
    for article in base.all:
        if name in (str(article.id), article.slug):
            return article
    raise ErrordeskError(f"There is no article {wanted}: give an ID, a slug or a path.")


def try_article(base: KnowledgeBase, article: Article, facts: Facts) -> Trial:
    """``article`` (of ``base``, loaded with its drafts, or from elsewhere) against ``facts``.

    Raises ContentError, with the line, where a condition does not compile.
    """
    trees = {cause.id: _tree(base, article, cause) for cause in article.causes}
    alive = [a for a in base.published if a.id != article.id]
    judge = Judge([article, *alive])
    reports = {(report.solution, report.id): report for report in judge.judge(facts)}
    context = context_of(facts)  # after compiling: it knows the patterns of all conditions
    raw = judge.verdicts(facts)
    causes = []
    for judged in judge.of(article.id):
        report = reports[judged.key]
        parts = tuple(decisive(trees[judged.cause.id], context))
        causes.append(_cause(judge, judged, facts, parts, report.explained_by, context,
                             raw[judged.place]))  # fmt: skip
    return Trial(
        solution=article.id,
        title=article.title,
        path=base.shown(article) if base.get(article.id) is article else article.path,
        status=article.status.value,
        facts={name: say(name, value) for name, value in facts.items() if name != "source"},
        causes=tuple(causes),
        elsewhere=tuple(
            f"{report.solution}/{report.id}"
            for report in reports.values()
            if report.verdict is Verdict.CONFIRMED and report.solution != article.id
        ),
        next_question=best_question(judge, facts, base.questions, {article.id: 1.0})
        if article.status in (Status.PUBLISHED, Status.DRAFT)
        else None,
    )


def _tree(base: KnowledgeBase, article: Article, cause: Cause) -> Any:
    try:
        return tree_of(cause.when)
    except ErrordeskError as error:
        path = base.shown(article) if base.get(article.id) is article else article.path
        raise ContentError(str(error), path, cause.line) from None


def _cause(
    judge: Judge,
    judged: JudgedCause,
    facts: Facts,
    parts: tuple[Part, ...],
    explained_by: str | None,
    context: cel.Context,
    verdict: Verdict,
) -> CauseTrial:
    cause = judged.cause
    unknown = [
        name
        for part in parts
        if part.outcome is None
        for name in sorted(part.condition.facts)
        if name not in facts
    ]
    outcome = judged.condition.evaluate(context)
    note = ""
    if verdict is Verdict.POSSIBLE and outcome is not None:
        note = "What was only said decides nothing here: an observed fact or an answer is needed."
    return CauseTrial(
        id=cause.id,
        title=cause.title,
        verdict=Verdict.RULED_OUT if explained_by else verdict,
        line=cause.line,
        reasons=tuple(_reason(part, facts) for part in parts),
        waits_for=tuple(dict.fromkeys(unknown)),
        evidence=fill(cause.evidence, facts),
        silent={
            sentence: missing
            for sentence in cause.evidence
            if (
                missing := tuple(
                    n for n in SLOT.findall(sentence) if facts.get(n) in (None, "", [])
                )
            )
        },
        explained_by=explained_by,
        explainable_by=tuple(
            f"{other.key[0]}/{other.key[1]}"
            for other in judge.causes
            if judged.key in other.cause.explains and other.key != judged.key
        ),
        note=note,
    )


def _reason(part: Part, facts: Facts) -> Reason:
    names = sorted(part.condition.facts)
    hint = ""
    if part.outcome is None and all(name in facts for name in names):
        headers = [name for name in names if REGISTRY[name].kind is Kind.HEADERS]
        hint = (
            f"a key is not there: ask 'name' in {headers[0]} && … first"
            if headers
            else "a value is not there"
        )
    known = {name: say(name, facts[name]) for name in names if name in facts}
    return Reason(part.condition.source, part.outcome, known, hint)
