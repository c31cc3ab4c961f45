"""The vectors of a base's phrases, kept beside the index: embedding them is a third of a start.

A file is named by the digest of what it was made of and begins with that of what it holds, so that
neither other phrases nor a damaged file are ever taken for the right one.
"""

from __future__ import annotations

import hashlib
import io
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

from kb.search.arrays import np

_PREFIX: Final = "vectors-"
_DIGEST: Final = 32
_OLD_S: Final = 86_400.0


def kept(
    folder: Path, maker: str, phrases: Sequence[str], embed: Callable[[Sequence[str]], Any]
) -> Any:
    """A row for each of ``phrases``: read from ``folder``, or made by ``embed`` and written there.

    ``maker`` names the model and its version. Where nothing can be written, nothing is kept.
    """
    name = hashlib.blake2b("\0".join([maker, *phrases]).encode(), digest_size=16).hexdigest()
    file = folder / f"{_PREFIX}{name}"
    found = _read(file)
    if found is not None and len(found) == len(phrases):
        return found
    made = embed(phrases)
    with suppress(OSError):  # a full or read-only disk: the next start embeds again
        _write(file, made)
    return made


def _read(file: Path) -> Any:
    try:
        data = file.read_bytes()
        if hashlib.blake2b(data[_DIGEST:], digest_size=_DIGEST).digest() != data[:_DIGEST]:
            return None
        return np.load(io.BytesIO(data[_DIGEST:]), allow_pickle=False)
    except (OSError, ValueError):
        return None


def _write(file: Path, vectors: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    packed = io.BytesIO()
    np.save(packed, vectors, allow_pickle=False)
    data = packed.getvalue()
    digest = hashlib.blake2b(data, digest_size=_DIGEST).digest()
    with NamedTemporaryFile(dir=file.parent, prefix=f"{_PREFIX}new-", delete=False) as new:
        try:
            new.write(digest + data)
            new.flush()
            os.fsync(new.fileno())
            Path(new.name).chmod(0o644)  # as the index's files: who built it need not be who serves
            Path(new.name).replace(file)
        except BaseException:
            Path(new.name).unlink(missing_ok=True)
            raise
    for other in file.parent.glob(f"{_PREFIX}*"):
        if other != file and other.stat().st_mtime < time.time() - _OLD_S:
            other.unlink(missing_ok=True)
