"""Logs for people or machines: one line an event, with the request's ID and nothing confidential.

Neither a formatter nor a caller here ever writes a query string, a body, an address or what a
reader typed. Messages of exceptions are left out for the same reason: they like to quote.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final, TextIO

KINDS: Final = ("text", "json", "off")
# The logger of requests; its records carry FIELDS.
REQUESTS: Final = "errordesk.request"
FIELDS: Final = ("method", "route", "status", "ms")
request_id: ContextVar[str] = ContextVar("request_id", default="")


def configure(kind: str, stream: TextIO | None = None) -> None:
    """Send everything from INFO up to ``stream`` (standard error) as ``text`` or ``json``.

    ``off`` leaves out the line for each request.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_Json() if kind == "json" else _Text())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger(REQUESTS).setLevel(logging.WARNING if kind == "off" else logging.INFO)


def _frames(error: BaseException) -> list[str]:
    """Where it came from, without the message and the values."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    found: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
    }
    if identity := request_id.get():
        found["id"] = identity
    values = vars(record)
    found |= {name: values[name] for name in FIELDS if name in values}
    if record.name != REQUESTS:
        found["message"] = record.getMessage()
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        found |= {"error": type(error).__name__, "at": _frames(error)}
    return found


class _Json(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        return json.dumps(_fields(record), ensure_ascii=True, default=str)


class _Text(logging.Formatter):
    """One line a record, and the places of an error below it."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text; what could break the line is escaped."""
        found = _fields(record)
        if record.name == REQUESTS:
            what = "{method} {route} {status} {ms} ms".format(**found)
        else:
            message = found["message"].encode("unicode_escape").decode()
            what = f"{found['level']} {found['logger']}: {message}"
        line = " ".join(filter(None, (found["time"], what, found.get("id"))))
        places = [found["error"], *found["at"]] if "error" in found else []
        return "\n    ".join([line, *places])
