"""Entry point and subcommands of ``errordesk``."""

from __future__ import annotations

from pathlib import Path

import click

EXIT_FINDINGS = 1


def _version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        click.echo(f"errordesk {version('errordesk')}")
        context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_version,
    help="Print the version and exit.",
)
def main() -> None:
    """A help desk for web errors: paste an error, get the solution, diagnosed."""


@main.command()
@click.option(
    "--content",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Content folder; the shipped one by default.",
)
def lint(content: Path | None) -> None:
    """Check every article and name what is wrong, with file and line."""
    from kb.lint import lint as run
    from kb.settings import Settings

    findings = run(content or Settings.from_environment().content)
    for finding in findings:
        click.echo(str(finding))
    if findings:
        click.echo(f"{len(findings)} to mend.", err=True)
        raise SystemExit(EXIT_FINDINGS)
    click.echo("The content is clean.", err=True)


@main.command()
def facts() -> None:
    """Print the reference of the facts (content/facts.md)."""
    from kb.reference import facts_markdown

    click.echo(facts_markdown(), nl=False)
