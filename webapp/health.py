"""Whether the process lives, and whether it can answer: for people, balancers and supervisors."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify

from kb.desk import Desk
from kb.store import StoreUnavailable
from webapp.services import services

blueprint = Blueprint("health", __name__, url_prefix="/health")


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("")
def health() -> Response:
    """Whether everything is in order, and which articles are not."""
    base = services().desk.base
    database = _database()
    return _fresh(
        jsonify(
            status="degraded" if base.problems or database == "away" else "ok",
            articles=len(base.published),
            problems=list(base.problems),
            content_revision=base.revision,
            database=database,
        )
    )


def _database() -> str:
    """``ok``, ``away`` or ``off``."""
    store = services().store
    try:
        if store is not None:
            store.check()
    except StoreUnavailable:
        return "away"
    return "off" if store is None else "ok"


@blueprint.get("/live")
def live() -> Response:
    """The process answers."""
    return _fresh(jsonify(status="ok"))


@blueprint.get("/ready")
def ready() -> tuple[Response, int]:
    """Whether questions can be answered: 503 and the reasons where not.

    The database is no reason: without it the desk answers as always, and a balancer that takes
    every process out because of it would take the site down.
    """
    reasons = _obstacles(services().desk)
    said = {"status": "unavailable", "reasons": reasons} if reasons else {"status": "ok"}
    return _fresh(jsonify(said)), 503 if reasons else 200


def _obstacles(desk: Desk) -> list[str]:
    """What keeps the desk from answering, in sentences."""
    first = next(iter(desk.base.published), None)
    if first is None:
        return ["There are no articles to answer with."]
    try:
        if desk.search(first.title, 1).hits:
            return []
    except Exception as error:  # whatever it is, it is the answer here
        current_app.logger.exception("the search does not answer")
        return [f"The search does not answer ({type(error).__name__})."]
    return [f"The search does not find #{first.id} by its title."]
