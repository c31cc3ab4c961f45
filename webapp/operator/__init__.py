"""The operator's pages below /operator: they exist only where a login is configured."""

from __future__ import annotations

from flask import Flask

from kb.settings import Settings
from webapp.operator import login, pages, session

PATH = "/operator"


def register(app: Flask, settings: Settings) -> None:
    """Add the pages and the operator's session to ``app``, if the settings allow anybody in."""
    if not (settings.operator_password_hash or settings.operator_header):
        return
    session.register(app, settings)
    for part in (login, pages):
        app.register_blueprint(part.blueprint, url_prefix=PATH)
