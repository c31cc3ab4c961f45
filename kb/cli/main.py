"""Entry point and subcommands of ``errordesk``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import click

from kb.cli.covering import coverage
from kb.cli.importing import import_
from kb.cli.keeping import backup, prune, restore
from kb.cli.linking import links
from kb.cli.operating import password
from kb.cli.options import CONTENT, settings_of, with_server_options
from kb.cli.trying import try_
from kb.cli.writing import lint, new, override

EXIT_UNKNOWN = 1
EXIT_WRONG_USE = 2
EXIT_REFUSED = 3
MAX_INPUT = 8_000_000  # bytes; the desk itself says what is too long for it


class _Group(click.Group):
    """Turns the library's errors into their sentence and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        from kb.errors import ErrordeskError

        try:
            return super().invoke(ctx)
        except ErrordeskError as error:
            click.echo(str(error), err=True)
            raise SystemExit(EXIT_WRONG_USE) from None


def _version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        from kb import __version__

        click.echo(f"errordesk {__version__}")
        context.exit()


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
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
def facts() -> None:
    """Print the reference of the facts (content/facts.md)."""
    from kb.reference import facts_markdown

    click.echo(facts_markdown(), nl=False)


@main.command()
def settings() -> None:
    """Print every setting (environment variables) with its default and meaning."""
    from kb.reference import settings_markdown

    click.echo(settings_markdown(), nl=False)


_PROBE_OPTIONS = (
    click.option(
        "--allow",
        "probe_allow",
        metavar="NETWORKS",
        help="Networks to probe although not public: 127.0.0.0/8,[::1]/128",
    ),
    click.option("--resolver", "probe_resolver", metavar="ADDRESS:PORT", help="Resolver to ask."),
    click.option(
        "--ca-file",
        "probe_ca_file",
        type=click.Path(exists=True, dir_okay=False),
        help="PEM file with further trusted roots.",
    ),
    click.option(
        "--deadline",
        "probe_deadline",
        type=click.FloatRange(0.1, 60),
        help="Seconds for the whole probe.",
    ),
)


def _with_probe_options(command: Any) -> Any:
    for option in reversed(_PROBE_OPTIONS):
        command = option(command)
    return command


@main.command()
@click.argument("text", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the whole answer as JSON.")
@click.option("--no-probe", is_flag=True, help="Do not probe a URL in the text.")
@click.option(
    "--batch",
    type=click.File("r", encoding="utf-8"),
    metavar="FILE",
    help='Read {"q": …} lines and write one answer a line, in their order, without probing.',
)
@CONTENT
@click.option("-i", "--interactive", is_flag=True, help="Ask back on the terminal, until Ctrl-D.")
@_with_probe_options
def ask(
    text: str | None,
    as_json: bool,
    no_probe: bool,
    batch: TextIO | None,
    interactive: bool,
    **options: Any,
) -> None:
    """Answer TEXT: a question, an error line, a transcript, a URL. - reads standard input.

    \b
    Exit codes: 0 answered, 1 nothing known, 2 wrong use, 3 the target was refused.
    """
    from kb.desk import Desk, Query

    if (text is None) == (batch is None):
        raise click.UsageError("Give a TEXT, or a file with --batch.")
    if interactive and (as_json or batch is not None or text == "-" or not sys.stdin.isatty()):
        raise click.UsageError("--interactive needs a terminal and a TEXT, and prints no JSON.")
    if text == "-":
        text = sys.stdin.buffer.read(MAX_INPUT).decode("utf-8", "replace")
    with _indexing() as progress:
        desk = Desk.open(settings_of(**options), progress)
    if batch is not None:
        from kb.cli.batch import answer_lines

        for line in answer_lines(desk, batch):
            click.echo(line)
        return
    query = Query(text or "", probe=not no_probe)
    if interactive:
        from kb.cli.talking import converse

        answer = converse(desk, query)
    elif as_json:
        answer = desk.ask(query)
        click.echo(answer.to_json_text())
    else:
        from kb.cli.show import show_answer

        answer = desk.ask(query)
        show_answer(answer)
    if answer.facts.get("probe", {}).get("outcome") == "refused":
        raise SystemExit(EXIT_REFUSED)
    if not answer.known and not answer.works:
        raise SystemExit(EXIT_UNKNOWN)


@main.command()
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="Print facts and observations as JSON.")
@_with_probe_options
def probe(url: str, as_json: bool, **options: Any) -> None:
    """Probe URL and print what was observed, without a diagnosis."""
    from dataclasses import asdict

    from kb.cli.show import show_steps
    from kb.observe import Probe

    result = Probe.from_settings(settings_of(**options)).run(url)
    if as_json:
        import json

        data = {"facts": result.facts.nested(), "observations": [asdict(result.observation)]}
        click.echo(json.dumps(data, ensure_ascii=False))
    else:
        show_steps(result.observation)
    if result.facts["probe.outcome"] == "refused":
        raise SystemExit(EXIT_REFUSED)


@main.command()
@CONTENT
def index(content: str | None) -> None:
    """Build the search index now rather than at the first question."""
    from kb.articles import KnowledgeBase
    from kb.desk import word_model
    from kb.search import open_index

    settings = settings_of(content=content)
    base = KnowledgeBase.load(settings.content, settings.drafts)
    with _indexing() as progress:
        engine = open_index(base, settings.data, progress, settings.search_url)
    engine.words()  # asked for a proof
    engine.close()
    if settings.semantic:
        word_model(base, settings.data)
    click.echo(f"{len(base.published)} solutions, revision {base.revision}.", err=True)


for command in (
    backup,
    prune,
    restore,
    links,
    import_,
    lint,
    new,
    override,
    try_,
    coverage,
    password,
):
    main.add_command(command)


@main.command()
@CONTENT
@click.option(
    "--reload",
    "follow",
    is_flag=True,
    help="For writers: show drafts, lint each change, refresh open pages. In one process.",
)
@with_server_options
@_with_probe_options
def serve(
    follow: bool,
    host: str,
    port: int,
    workers: int | None,
    threads: int | None,
    **options: Any,
) -> None:
    """Serve the help site: one process for each processor, several threads in each.

    New content is noticed and taken over without a failed request, and so it is on SIGHUP. SIGTERM
    and Ctrl-C let the requests that are being answered finish.
    """
    from kb.cli.serving import run_for_writers, run_server

    if follow:
        if workers or threads:
            raise click.UsageError("--reload has one process; leave out --workers and --threads.")
        run_for_writers(settings_of(**options), host, port)
        return
    with _indexing() as progress:
        run_server(settings_of(**options), host, port, workers, threads, progress)


@main.command()
@with_server_options
def demo(host: str, port: int, workers: int | None, threads: int | None) -> None:
    """Serve the help site beside a few deliberately faulty sites on loopback."""
    from kb.cli.serving import demo_settings, run_server

    with demo_settings(settings_of()) as settings, _indexing() as progress:
        run_server(settings, host, port, workers, threads, progress)


@contextmanager
def _indexing() -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal that appears only when the index really is built."""
    bars: list[Any] = []

    def progress(done: int, total: int) -> None:
        if not sys.stderr.isatty():
            return
        if not bars:
            bars.append(click.progressbar(length=total, label="Indexing", file=sys.stderr))
        bars[0].update(done - bars[0].pos)

    try:
        yield progress
    finally:
        for bar in bars:
            bar.render_finish()


def _place(_context: object, _parameter: object, value: str | None) -> tuple[str, int] | None:
    if value is None:
        return None
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit() or not 1 <= int(port) <= 65535:
        raise click.BadParameter("give an address and a port, such as 127.0.0.1:8001")
    return host, int(port)


@main.command()
@click.option(
    "--http",
    metavar="HOST:PORT",
    callback=_place,
    help="Serve over HTTP at http://HOST:PORT/mcp instead.",
)
@_with_probe_options
def mcp(http: tuple[str, int] | None, **options: Any) -> None:
    """Serve assistants over the Model Context Protocol, on standard input and output.

    Needs the extra: pip install errordesk[mcp]
    """
    settings = settings_of(**options)
    try:
        from webapp import assistants
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "mcp":
            raise
        raise click.UsageError("Install errordesk[mcp] first: it brings the package mcp.") from None
    if http is None:
        assistants.serve(settings)
        return
    security = assistants.security_of(settings, http[0])
    click.echo(f"MCP is at http://{http[0]}:{http[1]}/mcp", err=True)
    assistants.serve_http(settings, *http, security)
