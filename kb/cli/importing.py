"""``errordesk import``: articles from another system, as drafts."""

from __future__ import annotations

from pathlib import Path

import click

from kb.cli.options import INTO, folders_into


@click.group("import")
def import_() -> None:
    """Take over articles from another system, as drafts."""


@import_.command()
@click.argument("source")
@INTO
@click.option("--prefix", default="", help="What the names of the database's tables begin with.")
@click.option("--dry-run", is_flag=True, help="Say what would come of it, and write nothing.")
def phpmyfaq(source: str, into: Path | None, prefix: str, dry_run: bool) -> None:
    """Read SOURCE, phpMyFAQ's JSON export or the URL of its database, and write drafts.

    \b
    A URL is SQLAlchemy's: mysql://…, postgresql://…, sqlite:///….
    IDs, categories, authors and dates are kept; nothing is ever overwritten.
    Needs the extra: pip install 'errordesk[import]'.
    """
    from datetime import UTC, datetime

    import yaml

    try:
        from kb.phpmyfaq import from_database, from_json, import_records
    except ImportError as error:
        raise click.ClickException(f"{error}: pip install 'errordesk[import]'") from None

    records = from_database(source, prefix) if "://" in source else from_json(Path(source))
    done = import_records(records, folders_into(into), datetime.now(UTC).date(), write=not dry_run)
    for file in done.files:
        click.echo(str(file))
    for sentence in done.lost:
        click.echo(sentence, err=True)
    for name, table in (
        ("categories.yaml", done.categories),
        ("redirects.yaml", {"records": done.records} if done.records else {}),
    ):
        if table:
            click.echo(f"\nAdd to {name}:\n", err=True)
            click.echo(yaml.safe_dump(table, allow_unicode=True, sort_keys=False), err=True)
    click.echo(f"{len(records)} records, {len(done.files)} files.", err=True)
