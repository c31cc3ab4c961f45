"""The seal of a folder of files: their digests, written last. Whatever was changed, cut or lost
since then is found out before an engine reads it, and so is what a power failure left unwritten.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final

NAME: Final = "SEAL"


def seal(folder: Path) -> None:
    """Write the digests of all files in ``folder``. Raises OSError."""
    (folder / NAME).write_text(json.dumps(_digests(folder)), encoding="ascii")


def sealed(folder: Path) -> bool:
    """Whether every file is as it was when the folder was sealed."""
    try:
        wanted = json.loads((folder / NAME).read_text(encoding="ascii"))
        return bool(wanted == {name: _digest(folder / name) for name in wanted})
    except (OSError, ValueError, TypeError):
        return False


def _digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != NAME)
    return {str(path.relative_to(folder)): _digest(path) for path in files}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()
