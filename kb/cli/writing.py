"""``errordesk lint``, ``new`` and ``override``: what a writer does with a content folder."""

from __future__ import annotations

from pathlib import Path

import click

from kb.cli.options import CONTENT, INTO, folders_into, settings_of

EXIT_FINDINGS = 1


@click.command()
@CONTENT
def lint(content: str | None) -> None:
    """Check every article and name what is wrong, with file and line.

    What an own folder overrides is said, too, and is no mistake. It is one when the shipped article
    has changed since.

    \b
    Exit codes: 0 clean, 1 something is to be mended, 2 wrong use.
    """
    from kb.articles import KnowledgeBase
    from kb.lint import lint_base, notes

    base = KnowledgeBase.load(settings_of(content=content).content, drafts=True)
    for note in notes(base):
        click.echo(str(note), err=True)
    findings = lint_base(base)
    for finding in findings:
        click.echo(str(finding))
    if findings:
        click.echo(f"{len(findings)} to mend.", err=True)
        raise SystemExit(EXIT_FINDINGS)
    click.echo("The content is clean.", err=True)


@click.command()
@click.argument("title")
@INTO
def new(title: str, into: Path | None) -> None:
    """Write a new draft called TITLE, with the next free ID and every section in place.

    In a folder of your own IDs begin at 100000, so that no shipped article ever takes one of them.
    """
    from datetime import UTC, datetime

    from kb.newarticle import create_article

    click.echo(str(create_article(folders_into(into), title, datetime.now(UTC).date())))


@click.command()
@click.argument("number", metavar="ID", type=click.IntRange(1))
@INTO
def override(number: int, into: Path | None) -> None:
    """Copy the article ID into your own folder, where it replaces the shipped one.

    The copy notes which revision it was made from, so that the lint says when an upgrade has
    changed the shipped article. Its translations are copied as well.
    """
    from kb.newarticle import create_override

    for file in create_override(folders_into(into), number):
        click.echo(str(file))
