"""The JSON API under /api/v1; errors are problem details (RFC 9457)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request

from kb.desk import Query
from kb.errors import BadQuestion
from webapp.limiting import TooManyProbes
from webapp.problems import problem
from webapp.services import services
from webapp.solutions import as_json

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
FIELDS = {"text": str, "facts": dict, "probe": bool, "fresh": bool}


@blueprint.post("/answers")
def answers() -> Response:
    """Answer ``{"text", "facts", "probe", "fresh"}``; the same as ``errordesk ask --json``."""
    body: Any = request.get_json(silent=True)
    if not isinstance(body, dict):
        return problem(400, "Bad Request", 'Send a JSON object such as {"text": "HTTP 401"}.')
    for name, value in body.items():
        if name not in FIELDS:
            return problem(422, "Unprocessable Content", f"There is no field {str(name)[:60]!r}.")
        if not isinstance(value, FIELDS[name]):
            return problem(
                422, "Unprocessable Content", f"{name} must be a {FIELDS[name].__name__}."
            )
    reader = body.get("facts", {})
    if not all(isinstance(value, str) for value in reader.values()):
        return problem(422, "Unprocessable Content", "The values of facts are strings.")
    query = Query(body.get("text", ""), reader, body.get("probe", True), body.get("fresh", False))
    desk = services().desk
    answer = desk.ask(Query(query.text, query.reader, probe=False))
    if query.probe and answer.url:
        try:
            with services().gate.probing(request.remote_addr or ""):
                answer = desk.ask(query)
        except TooManyProbes as error:
            wait = {"Retry-After": str(error.retry_after_s)}
            return problem(429, "Too Many Requests", str(error), **wait)
    return jsonify(answer.to_json())


@blueprint.get("/search")
def search() -> Response:
    """Articles by words: ``q``, ``limit`` (1 to 50), ``category``."""
    limit = request.args.get("limit", "10")
    if not limit.isdigit() or not 1 <= int(limit) <= 50:
        raise BadQuestion("limit must be a number from 1 to 50.")
    result = services().desk.search(
        request.args.get("q", "")[:1000], int(limit), request.args.get("category")
    )
    return jsonify(asdict(result))


@blueprint.get("/suggest")
def suggest() -> Response:
    """Typeahead for ``q``."""
    found = services().desk.suggest(request.args.get("q", "")[:200])
    return jsonify([asdict(item) for item in found])


@blueprint.get("/solutions/<int:number>")
def solution(number: int) -> Response:
    """One article."""
    article = services().desk.base.visible(number)
    if article is None:
        near = ", ".join(f"#{item.id}" for item in services().desk.base.nearby(number))
        return problem(404, "Not Found", f"There is no solution #{number}. Nearby: {near}.")
    return jsonify(as_json(article))
