"""What a row of ``make faults`` is made of: a sentence, and the work that shows it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kb.settings import Settings, shipped_content

ARTICLE = "2173-http-401-unauthorized"


@dataclass(frozen=True)
class Fault:
    """``says`` is what holds; ``show`` raises AssertionError where it does not, and may give a
    number that belongs to it. It gets an empty folder."""

    says: str
    show: Callable[[Path], str]


def small_content(folder: Path, articles: int = 12) -> Path:
    """A content folder with a few of the shipped articles."""
    source = shipped_content()
    target = folder / "content"
    (target / "articles").mkdir(parents=True)
    chosen = sorted(path for path in (source / "articles").glob("*.md") if ".de." not in path.name)
    for path in {source / "articles" / f"{ARTICLE}.md", *chosen[:articles]}:
        shutil.copy(path, target / "articles")
    for path in source.glob("*.yaml"):
        shutil.copy(path, target)
    return target


def settings_for(folder: Path, **more: object) -> Settings:
    """Settings that keep everything in ``folder``; its content must be there."""
    values: dict[str, object] = {
        "content": (folder / "content",),
        "data": folder / "data",
        "database_url": f"sqlite:///{folder / 'desk.db'}",
        **more,
    }
    return Settings(**values)  # type: ignore[arg-type]


def killed_at(delay_s: float, work: Callable[[], None]) -> None:
    """Run ``work`` in a process of its own and kill -9 it after a while, if it still runs."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    time.sleep(delay_s)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A disk of its own, of ``size``. Needs root."""
    assert os.geteuid() == 0, "run as root: a full and a read-only disk are mounted"
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder: Path) -> Path:
    """Write until nothing more goes in; gives the file."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 4096)
    return filler
