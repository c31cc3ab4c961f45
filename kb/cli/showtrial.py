"""A trial of an article on a terminal: each cause with the parts of its condition that decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kb.answer import Verdict
from kb.cli.show import MARKS, plain

if TYPE_CHECKING:
    from kb.trial import CauseTrial, Trial

_OUTCOMES = {True: ("true   ", "green"), False: ("false  ", "red"), None: ("unknown", "yellow")}


def show_trial(trial: Trial) -> None:
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
