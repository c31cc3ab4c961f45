"""Whether the process lives, and whether it can answer: for people, balancers and supervisors."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from webapp.services import services

blueprint = Blueprint("health", __name__, url_prefix="/health")


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("")
def health() -> Response:
    """Whether everything is in order, and which articles are not."""
    base = services().desk.base
    return _fresh(
        jsonify(
            status="degraded" if base.problems else "ok",
            articles=len(base.published),
            problems=list(base.problems),
            content_revision=base.revision,
        )
    )


@blueprint.get("/live")
def live() -> Response:
    """The process answers."""
    return _fresh(jsonify(status="ok"))


@blueprint.get("/ready")
def ready() -> tuple[Response, int]:
    """There are articles, and the search finds the first of them by its title."""
    desk = services().desk
    first = next(iter(desk.base.published), None)
    found = bool(first) and bool(desk.search(first.title, 1).hits if first else ())
    return _fresh(jsonify(status="ok" if found else "unavailable")), 200 if found else 503
