"""The typed record of what the views use."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path

from flask import current_app

from kb.desk import Desk
from kb.settings import Settings
from webapp.limiting import Gate

STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True)
class Services:
    """What one app serves from."""

    settings: Settings
    desk: Desk
    gate: Gate

    @staticmethod
    @functools.cache
    def asset(name: str) -> str:
        """The URL of a static file, with a hash of its content."""
        digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
        return f"/static/{name}?v={digest}"


def services() -> Services:
    """The services of the current app."""
    found = current_app.extensions["errordesk"]
    assert isinstance(found, Services)  # noqa: S101  # the factory has put it there
    return found
