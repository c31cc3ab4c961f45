"""When and why each article changed, from git; nothing where the content is in no checkout."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

_RECORD: Final = "\x1e"
_FIELD: Final = "\x1f"
_TIMEOUT_S: Final = 10
MAX_COMMITS: Final = 3000


@dataclass(frozen=True, slots=True)
class Revision:
    """One commit that touched a file; ``subject`` is the first line of its message."""

    commit: str
    day: date
    subject: str


def read_history(root: Path) -> dict[str, tuple[Revision, ...]]:
    """The revisions of every file below ``articles/`` by its path, newest first."""
    git = shutil.which("git")
    if git is None:
        return {}
    form = f"--format={_RECORD}%h{_FIELD}%as{_FIELD}%s"
    command = [git, "-C", str(root), "log", f"-n{MAX_COMMITS}", "--no-merges", "--relative"]
    command += ["--name-only", form, "--", "articles"]
    try:
        done = subprocess.run(  # noqa: S603  # fixed arguments, no shell
            command, capture_output=True, timeout=_TIMEOUT_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return {}
    return parse_log(done.stdout.decode("utf-8", "replace"))


def read_histories(roots: Iterable[Path]) -> dict[Path, tuple[Revision, ...]]:
    """The revisions of the articles of all content folders, by their file."""
    return {
        root / name: revisions for root in roots for name, revisions in read_history(root).items()
    }


def parse_log(text: str) -> dict[str, tuple[Revision, ...]]:
    """Read what ``git log`` prints in the form of :func:`read_history`."""
    found: dict[str, list[Revision]] = {}
    for record in text.split(_RECORD)[1:]:
        head, *files = record.splitlines()
        fields = head.split(_FIELD, 2)
        if len(fields) != 3:
            continue
        try:
            revision = Revision(fields[0], date.fromisoformat(fields[1]), fields[2])
        except ValueError:
            continue
        for name in filter(None, files):
            found.setdefault(name, []).append(revision)
    return {name: tuple(revisions) for name, revisions in found.items()}
