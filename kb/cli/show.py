"""An answer on a terminal: words first, colour only where a terminal shows it."""

from __future__ import annotations

import click

from kb.answer import Answer, Observation, Verdict

MARKS = {Verdict.CONFIRMED: ("✔", "green"), Verdict.POSSIBLE: ("?", "yellow"),
          Verdict.RULED_OUT: ("✘", "bright_black")}  # fmt: skip


def plain(text: str) -> str:
    """The text without control characters: what a probed server says must not steer a terminal."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)


def show_answer(answer: Answer) -> None:
    """Print ``answer`` for a person."""
    number = f" (#{answer.solutions[0].id})" if answer.known and answer.solutions else ""
    click.secho(plain(answer.headline) + number, bold=True)
    if answer.works:
        click.echo(
            "The site answered a robot and a browser as it should. What goes wrong for you depends "
            "on where you are, how you ask, or when."
        )
    if answer.who:
        click.echo(f"Whose move: {answer.who.label}")
    if answer.layer_sentence:
        click.echo(plain(answer.layer_sentence))
    if answer.first_step:
        click.echo(f"First step: {answer.first_step}")
    for notice in answer.notices:
        click.secho(plain(notice), fg="yellow")
    if answer.comparison:
        click.echo(plain(answer.comparison.sentence))
    shown = [cause for cause in answer.causes if cause.verdict is not Verdict.RULED_OUT]
    if answer.known and shown:
        click.echo("\nCauses")
    for cause in shown[:8] if answer.known else ():
        mark, colour = MARKS[cause.verdict]
        click.secho(f"  {mark} {cause.verdict.value.replace('_', ' ')}: ", fg=colour, nl=False)
        click.echo(f"{cause.title} (#{cause.solution})")
        for sentence in cause.evidence:
            click.echo(f"      {plain(sentence)}")
    if not answer.known and answer.solutions:
        click.echo("\nThe nearest solutions")
        for solution in answer.solutions[:3]:
            click.echo(f"  #{solution.id} {solution.title}")
    if answer.next_question:
        click.echo(f"\nNext question: {answer.next_question.text}")
    if answer.did_you_mean:
        click.echo(f"Did you mean: {plain(answer.did_you_mean)}")
    for command in answer.reproduce:
        click.echo(f"\n  {plain(command)}")


def show_steps(observation: Observation) -> None:
    """Print the steps of a probe."""
    click.secho(f"{observation.target}: {plain(observation.summary)}", bold=True)
    for step in observation.steps:
        click.echo(
            f"  {step.vantage:8}{step.layer:5}{step.duration_ms:9.1f} ms  {plain(step.summary)}"
        )
