"""``httplint -n`` over many responses in one process: a JSON list of texts in, one of notes out."""

from __future__ import annotations

import contextlib
import io
import json
import signal
import sys
import time
from argparse import Namespace

from httplint.cli.http_parser import HttpCliParser, modes

_PATIENCE_S = 5


def _late(*_: object) -> None:
    raise TimeoutError


def notes(response: str) -> str:
    """What the command prints for one response; what it has said so far where it breaks."""
    said = io.StringIO()
    signal.alarm(_PATIENCE_S)
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            parser = HttpCliParser(Namespace(mode=modes.RESPONSE), time.time())
            parser.handle_input(response.encode("latin-1", "replace"))
    except Exception as error:  # noqa: BLE001  # the command would end with a traceback
        said.write(f"{type(error).__name__}: {error}")
    finally:
        signal.alarm(0)
    return said.getvalue()


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, _late)
    json.dump([notes(response) for response in json.load(sys.stdin)], sys.stdout)
