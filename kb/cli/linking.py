"""``errordesk links``: solution links in other people's files, for their own checks."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kb.cli.options import CONTENT, settings_of

EXIT_DANGLING = 1
MAX_BYTES = 20_000_000


@click.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
)
@CONTENT
@click.option("--all", "every", is_flag=True, help="Name the links that work, too.")
def links(files: tuple[Path, ...], content: str | None, every: bool) -> None:
    """Find solution links in FILES (any text) and say which lead nowhere. - reads standard input.

    Links are #2173, KB-2173, /solutions/2173 and phpMyFAQ's solution_id=2173.

    \b
    Exit codes: 0 all lead somewhere, 1 some are dangling, 2 wrong use.
    """
    from kb.articles import KnowledgeBase
    from kb.linkcheck import Found
    from kb.linkcheck import links as find

    base = KnowledgeBase.load(settings_of(content=content).content)
    total = dangling = 0
    for file in files:
        data = _read(file)
        if b"\0" in data[:8192]:
            click.echo(f"{file}: not text, left out.", err=True)
            continue
        for link in find(data.decode("utf-8", "replace"), base):
            total += 1
            dangling += link.dangling
            if every or link.found is not Found.THERE:
                click.echo(f"{file}:{link.line}: {link.sentence}")
    click.echo(f"{total} links, {dangling} dangling.", err=True)
    if dangling:
        raise SystemExit(EXIT_DANGLING)


def _read(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read(MAX_BYTES)
    if file.stat().st_size > MAX_BYTES:
        raise click.UsageError(f"{file} is larger than 20 MB.")
    return file.read_bytes()
