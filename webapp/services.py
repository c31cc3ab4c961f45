"""The typed record of what the views use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flask import current_app

from kb.articles.history import Revision
from kb.desk import Desk
from kb.settings import Settings
from kb.store import Store
from webapp.handover import Handover
from webapp.limiting import Gate

if TYPE_CHECKING:
    from webapp.assets import Assets


@dataclass(frozen=True)
class Services:
    """What one app serves from."""

    settings: Settings
    desk: Desk
    gate: Gate
    assets: Assets
    store: Store | None  # None where DATABASE_URL is off
    handover: Handover
    history: Mapping[Path, tuple[Revision, ...]]  # by the article's file


def services() -> Services:
    """The services of the current app."""
    found = current_app.extensions["errordesk"]
    assert isinstance(found, Services)  # noqa: S101  # the factory has put it there
    return found
