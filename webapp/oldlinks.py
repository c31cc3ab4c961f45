"""Links of other days: phpMyFAQ's addresses and whatever ``redirects.yaml`` names.

phpMyFAQ counts its records apart from its solution IDs. A record's number leads where
``redirects.yaml`` says, else to the solution with the same ID.
"""

from __future__ import annotations

from flask import Blueprint, Flask, abort, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp import i18n
from webapp.services import services

blueprint = Blueprint("oldlinks", __name__)
# What phpMyFAQ called the page of a record, over the years.
RECORD_ACTIONS = ("artikel", "faq", "show", "article")
MAX_DIGITS = 9


def _solution(number: int, language: str = "") -> BaseResponse:
    prefix = f"{i18n.mount()}/{language}" if language in i18n.LANGUAGES else i18n.href("")
    return redirect(f"{prefix}/solutions/{number}", 301)


def _record(number: int, language: str = "") -> BaseResponse:
    return _solution(services().desk.base.redirects.records.get(number, number), language)


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else None


@blueprint.get("/solution_id_<int:number>.html")
def by_solution(number: int) -> BaseResponse:
    """phpMyFAQ's link to a solution, as its rewriting rules make it."""
    return _solution(number)


@blueprint.get("/index.php")
def by_query() -> BaseResponse:
    """phpMyFAQ's links without rewriting: ``solution_id=N``, or ``action=faq&…&id=N``."""
    language = request.args.get("artlang", request.args.get("lang", ""))
    if (number := _number("solution_id")) is not None:
        return _solution(number, language)
    record = _number("id")
    if record is not None and request.args.get("action") in RECORD_ACTIONS:
        return _record(record, language)
    if not request.args.get("action"):
        return redirect(i18n.href("/"), 301)
    return abort(404)


@blueprint.get("/content/<int:category>/<int:number>/<language>/<slug>.html")
def by_content(category: int, number: int, language: str, slug: str) -> BaseResponse:
    """phpMyFAQ's link to a record, as its rewriting rules make it."""
    del category, slug  # both may have changed since; the number has not
    return _record(number, language)


@blueprint.get("/solutions/<slug>")
@blueprint.get("/<slug>.html")
def by_slug(slug: str) -> BaseResponse:
    """A name without its ID, as ``redirects.yaml`` has it."""
    number = services().desk.base.redirects.slugs.get(slug)
    return _solution(number) if number is not None else abort(404)


def register(app: Flask) -> None:
    """Serve the listed paths, wherever they lie."""

    @app.before_request
    def listed() -> BaseResponse | None:
        number = services().desk.base.redirects.paths.get(request.path)
        reading = request.method in ("GET", "HEAD")
        return _solution(number) if number is not None and reading else None
