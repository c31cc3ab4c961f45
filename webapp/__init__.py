"""The Flask app of the help site: the factory, and nothing that lives at import time."""

from __future__ import annotations

from flask import Flask

from kb.desk import Desk
from kb.settings import Settings
from webapp.limiting import Gate
from webapp.services import Services


def create_app(settings: Settings | None = None, desk: Desk | None = None) -> Flask:
    """The app for one snapshot of the content.

    Raises ContentError, IndexUnavailable or BadSetting when it cannot serve at all.
    """
    from webapp import api, problems, security, site, solutions  # noqa: PLC0415  # need the app

    settings = settings or Settings.from_environment()
    app = Flask("webapp", static_folder="static", template_folder="templates")
    app.config["MAX_CONTENT_LENGTH"] = 1_000_000
    app.config["MAX_FORM_MEMORY_SIZE"] = 1_000_000
    services = Services(settings, desk or Desk.open(settings), Gate.from_settings(settings))
    app.extensions["errordesk"] = services
    for problem in services.desk.base.problems:
        app.logger.warning("article left out: %s", problem)
    app.register_blueprint(site.blueprint)
    app.register_blueprint(solutions.blueprint)
    app.register_blueprint(api.blueprint)
    problems.register(app)
    security.register(app)
    app.context_processor(lambda: {"settings": settings, "asset": services.asset})
    app.jinja_env.filters["marked"] = site.marked
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    return app
