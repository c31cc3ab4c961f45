"""``errordesk try``: which causes of an article given facts confirm, and why."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, BinaryIO

import click

from kb.answer import Verdict
from kb.cli.options import CONTENT, settings_of
from kb.cli.show import MARKS, plain

if TYPE_CHECKING:
    from kb.trial import CauseTrial, Trial

EXIT_UNCONFIRMED = 1
MAX_FACTS = 8_000_000  # bytes
_OUTCOMES = {True: ("true   ", "green"), False: ("false  ", "red"), None: ("unknown", "yellow")}


@click.command("try")
@click.argument("article")
@click.option("--fact", "pairs", metavar="NAME=VALUE", multiple=True, help="A fact; repeatable.")
@click.option(
    "--facts",
    "file",
    type=click.File("rb"),
    metavar="FILE",
    help="Facts from a file or - (standard input): JSON of probe or ask, or a pasted transcript.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the trial as JSON.")
@CONTENT
def try_(
    article: str, pairs: tuple[str, ...], file: BinaryIO | None, as_json: bool,
    content: str | None,
) -> None:  # fmt: skip
    """Try ARTICLE (an ID, a path or a slug; drafts, too) against facts, without asking any site.

    Shows for each cause its verdict, the parts of the condition that decided, the facts that it
    still waits for, the evidence as it would be filled in, what explains it away, and the question
    that would be asked next. A --fact wins over what the file says.

    \b
    Exit codes: 0 a cause is confirmed, 1 none is, 2 wrong use or a broken article.
    """
    from kb.articles import KnowledgeBase
    from kb.facts import Facts
    from kb.trial import find_article, read_facts, read_pairs, try_article

    base = KnowledgeBase.load(settings_of(content=content).content, drafts=True)
    found = find_article(base, article)
    facts = Facts()
    if file is not None:
        facts = read_facts(file.read(MAX_FACTS).decode("utf-8", "replace"), base)
    given = read_pairs(pairs)
    facts = Facts({n: v for n, v in facts.items() if n not in given}).merged(given)
    trial = try_article(base, found, facts)
    if as_json:
        click.echo(json.dumps(trial.to_json(), ensure_ascii=False))
    else:
        _show(trial)
    if not trial.confirmed:
        sys.exit(EXIT_UNCONFIRMED)


def _show(trial: Trial) -> None:
    draft = "" if trial.status == "published" else f" ({trial.status})"
    click.secho(f"#{trial.solution} {trial.title}{draft}", bold=True)
    click.echo(f"{trial.path}")
    if not trial.facts:
        click.echo("No facts are given: add --fact http.status=401, for example.")
    for name, value in trial.facts.items():
        click.echo(f"  {name} = {plain(value) or '(nothing)'}")
    for cause in trial.causes:
        _show_cause(cause, trial.path)
    if trial.elsewhere:
        click.echo(f"\nConfirmed in other articles: {', '.join(trial.elsewhere)}")
    if trial.next_question:
        click.echo(f"\nNext question ({trial.next_question.fact}): {trial.next_question.text}")
        for choice in trial.next_question.choices:
            click.echo(f"  --fact {trial.next_question.fact}={choice.value}   {choice.label}")


def _show_cause(cause: CauseTrial, path: str) -> None:
    mark, colour = MARKS[cause.verdict]
    click.echo()
    click.secho(f"{mark} {cause.verdict.value.replace('_', ' ')}: ", fg=colour, nl=False, bold=True)
    click.echo(f"{cause.title} ({cause.id}, {path}:{cause.line})")
    if cause.explained_by:
        click.echo(f"    explained away by {cause.explained_by}, which is confirmed")
    for reason in cause.reasons:
        word, colour = _OUTCOMES[reason.outcome]
        click.echo("    ", nl=False)
        click.secho(word, fg=colour, nl=False)
        values = ", ".join(f"{name} = {plain(value)}" for name, value in reason.facts.items())
        said = "; ".join(filter(None, (values, reason.hint)))
        click.echo(f"  {reason.part}" + (f"   [{said}]" if said else ""))
    if cause.note:
        click.echo(f"    {cause.note}")
    if cause.waits_for:
        click.echo(f"    waits for: {', '.join(cause.waits_for)}")
    for sentence in cause.evidence:
        said = "evidence" if cause.verdict is Verdict.CONFIRMED else "would say"
        click.echo(f"    {said}: {plain(sentence)}")
    for sentence, missing in cause.silent.items():
        click.echo(f"    left out without {', '.join(missing)}: {sentence}")
    if cause.explainable_by and not cause.explained_by:
        click.echo(f"    would be explained away by: {', '.join(cause.explainable_by)}")
