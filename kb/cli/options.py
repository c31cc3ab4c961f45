"""Options that several subcommands share, and the settings that they make."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from kb.settings import Settings

CONTENT = click.option(
    "--content",
    metavar="FOLDERS",
    help="Content folders as in ERRORDESK_CONTENT: later ones win, shipped is the shipped one.",
)
INTO = click.option(
    "--content",
    "into",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Content folder to write into; the last of ERRORDESK_CONTENT by default.",
)
_SERVER = (
    click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on."),
    click.option(
        "--port",
        type=click.IntRange(1, 65535),
        default=8000,
        show_default=True,
        envvar="PORT",
        show_envvar=True,
        help="Port to listen on.",
    ),
    click.option(
        "--workers",
        type=click.IntRange(1, 256),
        show_default="one for each processor",
        help="Processes that answer.",
    ),
    click.option(
        "--threads",
        type=click.IntRange(2, 256),
        show_default="16",
        help="Requests that each process answers at once; probes take half of them at most.",
    ),
)


def with_server_options(command: Any) -> Any:
    """``--host``, ``--port``, ``--workers`` and ``--threads``."""
    for option in reversed(_SERVER):
        command = option(command)
    return command


def settings_of(**options: Any) -> Settings:
    """The environment's settings, the given options over them."""
    from kb.settings import PREFIX, Settings

    environment = dict(os.environ)
    for name, value in options.items():
        if value is not None:
            environment[PREFIX + name.upper()] = str(value)
    return Settings.from_environment(environment)


def folders_into(into: Path | None) -> tuple[Path, ...]:
    """The content folders, the one to write into as the last."""
    folders = settings_of().content
    if into is None:
        return folders
    return (*(folder for folder in folders if folder.resolve() != into.resolve()), into)
