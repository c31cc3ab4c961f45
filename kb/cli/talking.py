"""A conversation on a terminal: the questions one by one, until Ctrl-D."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from kb.cli.show import plain, show_answer
from kb.errors import ErrordeskError

if TYPE_CHECKING:
    from kb.answer import Answer, Conversation
    from kb.conversation import Said
    from kb.desk import Desk, Query

HELP = "Your own words are fine, too. ? don't know · undo N takes back · more asks on · Ctrl-D ends"


def converse(desk: Desk, query: Query) -> Answer:
    """Show the answer and ask on, as long as the reader likes; gives the last answer."""
    answer = desk.ask(query)
    show_answer(replace(answer, next_question=None))
    click.secho(f"\n{HELP}", dim=True)
    while (line := _line(answer)) is not None:
        try:
            query = _after(query, answer, line)
            answer = desk.ask(replace(query, fresh=False))
        except ErrordeskError as error:
            click.secho(str(error), fg="yellow")
            continue
        click.echo()
        show_answer(replace(answer, next_question=None))
        _show_talk(answer.conversation)
    click.echo()
    return answer


def _line(answer: Answer) -> str | None:
    """What the reader types next; None at the end of input."""
    question = answer.next_question
    if question:
        click.secho(f"\n{question.text}", bold=True)
        click.secho(question.why, dim=True)
        for number, choice in enumerate(question.choices, start=1):
            click.echo(f"  {number}  {choice.label}")
    try:
        return input("> ").strip()
    except (EOFError, KeyboardInterrupt):
        return None


def _after(query: Query, answer: Answer, line: str) -> Query:
    from kb.conversation import Said

    question = answer.next_question
    fact = question.fact if question else ""
    command, _, rest = line.partition(" ")
    if command == "undo" and rest.isdigit():
        return _without(query, answer.conversation, int(rest) - 1)
    if line == "more":
        return replace(query, more=query.more + 1)
    said: Said | None = Said(fact, text=line) if line else None
    if question and line == "?":
        said = Said(fact)
    elif question and line.isdigit() and 0 < int(line) <= len(question.choices):
        said = Said(fact, question.choices[int(line) - 1].value)
    return replace(query, said=(*query.said, said)) if said else query


def _without(query: Query, talk: Conversation, number: int) -> Query:
    if not 0 <= number < len(talk.told):
        return query
    told = talk.told[number]
    if told.turn is None:
        reader = {name: value for name, value in query.reader.items() if name != told.fact}
        return replace(query, reader=reader, forgotten=query.forgotten | {told.fact})
    return replace(query, said=query.said[: told.turn] + query.said[told.turn + 1 :])


def _show_talk(talk: Conversation) -> None:
    if talk.told:
        click.echo("\nYou told us")
    for number, told in enumerate(talk.told, start=1):
        said = told.said or "I don't know"
        click.echo(f"  {number}  {plain(f'{told.question} {said}'.strip())[:200]}")
    if talk.advice:
        click.echo("\nWhat is most likely so far")
    for item in talk.advice:
        click.secho(f"  {item.title}", bold=True, nl=False)
        click.echo(f" (#{item.solution})\n      {item.fix}\n      To check: {item.check}")
    if talk.paused:
        click.echo("\nType more to be asked on.")
