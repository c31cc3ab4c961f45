"""Subcommands that keep the store: prune, backup, restore."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from kb.store import Store


def _store() -> Store:
    from kb.errors import ErrordeskError
    from kb.settings import Settings
    from kb.store import open_store

    url = Settings.from_environment().database_url
    if url == "off":
        raise ErrordeskError("Nothing is stored here: ERRORDESK_DATABASE_URL is off.")
    return open_store(url)


@click.command()
@click.option("--days", type=click.IntRange(0), help="Keep this many days; RETENTION by default.")
def prune(days: int | None) -> None:
    """Delete questions and feedback older than the retention, and expired reports."""
    from kb.settings import Settings

    kept = Settings.from_environment().retention_days if days is None else days
    click.echo(f"{_store().prune(kept)} rows deleted; the last {kept} days are kept.", err=True)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def backup(file: Path) -> None:
    """Write everything that is stored to FILE, a JSON line a row; - is standard output."""
    if str(file) == "-":
        rows = _store().backup(sys.stdout)
    else:
        # Beside the target first, so that a full disk leaves the last backup as it was.
        unfinished = file.with_name(file.name + ".part")
        with unfinished.open("w", encoding="utf-8") as output:
            rows = _store().backup(output)
        unfinished.replace(file)
    click.echo(f"{rows} rows written.", err=True)


@click.command()
@click.argument("file", type=click.File("r", encoding="utf-8"))
def restore(file: TextIO) -> None:
    """Add the rows of a backup that are not there yet; all of them or none."""
    click.echo(f"{_store().restore(file)} rows added.", err=True)
