"""The Flask app of the help site: the factory, and nothing that lives at import time."""

from __future__ import annotations

from flask import Flask

from kb.articles.history import read_histories
from kb.contact import Webhook
from kb.desk import Desk
from kb.settings import Settings
from kb.store import open_store
from webapp.handover import Handover
from webapp.limiting import Gate
from webapp.proxies import TrustedProxies
from webapp.services import Services


def create_app(settings: Settings | None = None, desk: Desk | None = None) -> Flask:
    """The app for one snapshot of the content.

    Raises ContentError, IndexUnavailable or BadSetting when it cannot serve at all.
    """
    from webapp import (  # noqa: PLC0415  # they need the app
        api,
        assets,
        caching,
        cards,
        contact,
        cors,
        filters,
        health,
        i18n,
        keeping,
        kept,
        keptanswers,
        machines,
        observing,
        oldlinks,
        openapi,
        operator,
        problems,
        reach,
        security,
        site,
        solutions,
        widget,
    )

    settings = settings or Settings.from_environment()
    app = Flask("webapp", static_folder=None, template_folder="templates")
    app.config["MAX_CONTENT_LENGTH"] = 1_000_000
    app.config["MAX_FORM_MEMORY_SIZE"] = 1_000_000
    desk = desk or Desk.open(settings)
    store = None if settings.database_url == "off" else open_store(settings.database_url)
    services = Services(
        settings,
        desk,
        Gate.from_settings(settings),
        assets.Assets(settings),
        store,
        Handover(Webhook.from_settings(settings), store, desk.base, settings.base_url),
        read_histories(settings.content),
    )
    app.extensions["errordesk"] = services
    for problem in services.desk.base.problems:
        app.logger.warning("article left out: %s", problem)
    pages = (site, solutions, keeping, contact, machines, oldlinks, reach)
    for part in (*pages, api, openapi, health, assets, widget, cards):
        app.register_blueprint(part.blueprint)
    for gate in (caching, cors, problems, security, i18n, filters, oldlinks):
        gate.register(app)
    app.context_processor(
        lambda: {
            "settings": settings,
            "asset": assets.asset,
            "assets": services.assets,
            "storing": services.store is not None,
            "contact_href": contact.address(),
            "contact_form": services.handover.able,
            "widget_asset": widget.widget_asset,
        }
    )
    app.jinja_env.filters["written_to"] = contact.written_to
    operator.register(app, settings)
    note = None
    if settings.metrics_token:
        from webapp import metrics  # noqa: PLC0415  # counts from its import on

        counted = metrics.register(app)
        services.gate.watcher = counted
        note = counted.request
    kept.register(app)
    keptanswers.register(app)
    if settings.trusted_proxies:
        app.wsgi_app = TrustedProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign,assignment]
    observing.register(app, note)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    return app
