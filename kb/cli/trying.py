"""``errordesk try``: which causes of an article given facts confirm, and why."""

from __future__ import annotations

import json
import sys
from typing import BinaryIO

import click

from kb.cli.options import CONTENT, settings_of

EXIT_UNCONFIRMED = 1
MAX_FACTS = 8_000_000  # bytes


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
        from kb.cli.showtrial import show_trial

        show_trial(trial)
    if not trial.confirmed:
        sys.exit(EXIT_UNCONFIRMED)
