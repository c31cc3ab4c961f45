"""``errordesk coverage``: what the knowledge base does not cover yet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from kb.cli.options import CONTENT, settings_of

if TYPE_CHECKING:
    from kb.coverage import Coverage
    from kb.insight import Cluster
    from kb.settings import Settings

DAYS = 90


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="How the report is written.",
)
@click.option(
    "--days",
    type=click.IntRange(0, 3660),
    default=DAYS,
    show_default=True,
    help="How far the log of questions is looked through; 0: not at all.",
)
@CONTENT
def coverage(form: str, days: int, content: str | None) -> None:
    """Say which causes no lab case confirms, which articles are hard to find, how far the
    registries go, and which questions found nothing."""
    from kb.articles import KnowledgeBase
    from kb.coverage import coverage as report_on
    from kb.coverage import read_cases

    settings = settings_of(content=content)
    base = KnowledgeBase.load(settings.content)
    report = report_on(base, read_cases(base.roots))
    nothing = _nothing(settings, days) if days else None
    if form == "json":
        asked = [{"text": c.title, "count": c.count, "last": c.last.isoformat()}
                 for c in nothing or ()]  # fmt: skip
        data = {**report.to_json(), "found_nothing": asked if nothing is not None else None}
        click.echo(json.dumps(data, ensure_ascii=False))
        return
    marks = ("## ", "- ") if form == "markdown" else ("", "  ")
    if form == "markdown":
        click.echo("# Coverage\n")
    _show(report, nothing, days, *marks)


def _nothing(settings: Settings, days: int) -> tuple[Cluster, ...] | None:
    """The questions that found nothing; None where there is no log. Creates no database."""
    from sqlalchemy.engine import make_url

    from kb.insight import look
    from kb.store import StoreUnavailable, open_store

    if settings.database_url == "off":
        return None
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and not _is_file(url.database):
        return None
    store = open_store(settings.database_url)
    try:
        return look(store, days).nothing
    except StoreUnavailable as error:
        click.echo(str(error), err=True)
        return None
    finally:
        store.close()


def _is_file(name: str | None) -> bool:
    from pathlib import Path

    return bool(name) and Path(name or "").is_file()


def _show(
    report: Coverage, nothing: tuple[Cluster, ...] | None, days: int, head: str, item: str
) -> None:
    from kb.cli.show import plain

    def section(title: str) -> None:
        click.echo()
        click.secho(f"{head}{title}", bold=not head)
        if head:
            click.echo()

    click.echo(f"{report.solutions} solutions, {report.causes} causes.")
    if report.cases is None:
        section("Causes that no lab case confirms")
        click.echo("No content folder has a lab.json, which python -m tests.lab.coverage writes.")
    else:
        click.echo(f"{report.confirmed} causes are confirmed by {report.cases} cases of the lab.")
        for told, title in (
            (False, "Causes that no lab case confirms"),
            (True, "Causes that no server can show alone, because a person or a log must say it"),
        ):
            found = [cause for cause in report.open if cause.told is told]
            section(f"{title}: {len(found)}")
            for cause in found:
                place = f"{cause.path}:{cause.line}"
                click.echo(f"{item}{cause.solution}/{cause.id}: {cause.title} ({place})")
    section(f"Articles that are hard to find: {len(report.hard_to_find)}")
    for article in report.hard_to_find:
        lacks = [name for name, there in (("identifiers", article.identifiers),
                                          ("symptoms", article.symptoms)) if not there]  # fmt: skip
        click.echo(f"{item}#{article.solution} {article.title}: no {' and no '.join(lacks)}")
    section(f"Registries: {len(report.registries)}")
    for listed in report.registries:
        click.echo(
            f"{item}{listed.name}: {listed.entries} entries, {listed.solutions} solutions"
            + (f", {len(listed.nowhere)} lead nowhere" if listed.nowhere else "")
        )
    if nothing is not None:
        section(f"Questions that found nothing in {days} days: {len(nothing)}")
        for cluster in nothing:
            click.echo(f"{item}{cluster.count}× {plain(' '.join(cluster.title.split()))}")
