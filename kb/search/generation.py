"""Building an index in files and publishing it: a reader, or a kill at any moment, never meets half
of one.

Each build writes a new folder beside the others and renames it to its final name, which holds the
content's revision; a folder with that name is therefore always complete. The newest other
generation is the start of an incremental build: only articles whose hash changed are written.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Final, Protocol

from kb.article import Article
from kb.articles import KnowledgeBase
from kb.errors import IndexUnavailable
from kb.search.engine import Engine, Progress
from kb.search.seal import seal, sealed

_LOG = logging.getLogger(__name__)
KEPT: Final = 2
_BUILDING: Final = "building-"
_OLD_S: Final = 86_400


class Files(Protocol):
    """How an engine keeps its index in a folder; ``prefix`` begins the names of its folders."""

    prefix: str

    def open(self, folder: Path) -> Engine | None:
        """The index in ``folder``; None when it is damaged or none."""

    def write(self, base: KnowledgeBase, folder: Path, progress: Progress | None) -> None:
        """Bring the index in ``folder``, or an empty folder, to the state of ``base``."""


def open_generation(
    files: Files, base: KnowledgeBase, folder: Path, progress: Progress | None = None
) -> Engine:
    """The index of this content, built first where it is missing or damaged.

    ``progress`` is told (articles written, articles to write). Raises IndexUnavailable.
    """
    target = folder / f"{files.prefix}-{base.revision}"
    if target.is_dir():
        opened = files.open(target) if sealed(target) else None
        if opened is not None:
            return opened
        _LOG.warning("The search index %s is damaged and is built again.", target.name)
        shutil.rmtree(target, ignore_errors=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _build(files, base, folder, target, progress)
    except OSError as error:
        raise IndexUnavailable(
            f"The search index cannot be written to {folder}: {error.strerror}."
        ) from None
    opened = files.open(target)
    if opened is None:
        raise IndexUnavailable(f"The search index in {folder} cannot be read.")
    _prune(files, folder, target)
    return opened


def _generations(files: Files, folder: Path) -> list[Path]:
    found = [path for path in folder.glob(f"{files.prefix}-*") if path.is_dir()]
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def _build(
    files: Files, base: KnowledgeBase, folder: Path, target: Path, progress: Progress | None
) -> None:
    _sweep(folder)
    work = Path(tempfile.mkdtemp(prefix=f"{_BUILDING}{os.getpid()}-", dir=folder))
    try:
        former = next(iter(_generations(files, folder)), None)
        opened = None
        if former is not None and sealed(former):
            with contextlib.suppress(OSError):
                shutil.copytree(former, work, dirs_exist_ok=True)
                opened = files.open(work)
        if opened is not None:
            opened.close()
        else:
            shutil.rmtree(work)
            work.mkdir()
        files.write(base, work, progress)
        seal(work)
        with contextlib.suppress(OSError):  # another process may have published the same content
            work.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Remove what a build left that was killed."""
    for path in folder.glob(f"{_BUILDING}*"):
        owner = path.name.removeprefix(_BUILDING).partition("-")[0]
        with contextlib.suppress(OSError):
            if not _runs(owner) or time.time() - path.stat().st_mtime > _OLD_S:
                shutil.rmtree(path, ignore_errors=True)


def _runs(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except PermissionError:  # somebody else's
        return True
    except (OSError, ValueError, OverflowError):
        return False
    return True


def document(base: KnowledgeBase, article: Article) -> dict[str, str]:
    """The fields of :mod:`kb.search.schema` for one article, as plain text."""
    headings = [section.title for section in article.sections]
    headings += [cause.title for cause in article.causes]
    # A translation is found by its title and by what people of that language say.
    others = base.in_all_languages(article)[1:]
    symptoms = [
        *article.symptoms,
        *(text for item in others for text in (item.title, *item.symptoms)),
    ]
    return {
        "id": str(article.id),
        "digest": base.digest_of(article),
        "title": f"{article.title}. {article.summary}",
        "identifiers": ". ".join(article.identifiers),
        "symptoms": ". ".join(symptoms),
        "headings": ". ".join(headings),
        "body": article.body,
        "words": " ".join((article.title, article.summary, *article.symptoms, article.body)),
    }


def _prune(files: Files, folder: Path, current: Path) -> None:
    others = [path for path in _generations(files, folder) if path != current]
    for path in others[KEPT - 1 :]:
        shutil.rmtree(path, ignore_errors=True)
