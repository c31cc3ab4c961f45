"""Building the index and publishing it: a reader, or a kill at any moment, never meets half of one.

Each build writes a new folder beside the others and renames it to its final name, which holds the
content's revision; a folder with that name is therefore always complete. The newest other
generation is the start of an incremental build: only articles whose hash changed are written.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from whoosh import index
from whoosh.filedb.filestore import FileStorage
from whoosh.index import LockError

from kb.article import Article
from kb.articles import KnowledgeBase
from kb.errors import IndexUnavailable
from kb.search.schema import VERSION, schema

_LOG = logging.getLogger(__name__)
KEPT: Final = 2
Progress = Callable[[int, int], None]


def open_index(base: KnowledgeBase, folder: Path, progress: Progress | None = None) -> Any:
    """The Whoosh index of this content, built first where it is missing or damaged.

    ``progress`` is told (articles written, articles to write). Raises IndexUnavailable.
    """
    target = folder / f"index-{VERSION}-{base.revision}"
    if target.is_dir():
        opened = _open(target)
        if opened is not None:
            return opened
        _LOG.warning("The search index %s is damaged and is built again.", target.name)
        shutil.rmtree(target, ignore_errors=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _build(base, folder, target, progress)
    except OSError as error:
        raise IndexUnavailable(
            f"The search index cannot be written to {folder}: {error.strerror}."
        ) from None
    opened = _open(target)
    if opened is None:
        raise IndexUnavailable(f"The search index in {folder} cannot be read.")
    _prune(folder, target)
    return opened


def _open(target: Path) -> Any | None:
    try:
        opened = index.open_dir(str(target), readonly=True)
        with opened.searcher() as searcher:
            next(iter(searcher.documents()), None)
    except Exception:  # noqa: BLE001  # whatever a damaged file makes Whoosh raise
        return None
    return opened


def _generations(folder: Path) -> list[Path]:
    found = [path for path in folder.glob(f"index-{VERSION}-*") if path.is_dir()]
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def _build(base: KnowledgeBase, folder: Path, target: Path, progress: Progress | None) -> None:
    work = Path(tempfile.mkdtemp(prefix="building-", dir=folder))
    try:
        former = next(iter(_generations(folder)), None)
        opened = None
        if former is not None:
            with contextlib.suppress(OSError):
                shutil.copytree(former, work, dirs_exist_ok=True)
                opened = _open(work)
        if opened is None:
            shutil.rmtree(work)
            work.mkdir()
        storage = FileStorage(str(work))
        writable = storage.open_index() if opened else storage.create_index(schema())
        _update(writable, base, progress)
        with contextlib.suppress(OSError):  # another process may have published the same content
            work.rename(target)
    except LockError:
        raise IndexUnavailable("The search index is locked by another process.") from None
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _update(writable: Any, base: KnowledgeBase, progress: Progress | None) -> None:
    with writable.searcher() as searcher:
        known = {fields["id"]: fields["digest"] for fields in searcher.documents()}
    wanted = {str(article.id): article for article in base.published}
    changed = [item for key, item in wanted.items() if known.get(key) != base.digest_of(item)]
    writer = writable.writer()
    try:
        for key in known.keys() - wanted.keys():
            writer.delete_by_term("id", key)
        for number, article in enumerate(changed, start=1):
            writer.update_document(**_document(base, article))
            if progress:
                progress(number, len(changed))
    except BaseException:
        writer.cancel()
        raise
    writer.commit(optimize=True)


def _document(base: KnowledgeBase, article: Article) -> dict[str, str]:
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


def _prune(folder: Path, current: Path) -> None:
    others = [path for path in _generations(folder) if path != current]
    for path in others[KEPT - 1 :]:
        shutil.rmtree(path, ignore_errors=True)
