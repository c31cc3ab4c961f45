"""Solutions by their permanent IDs: canonical pages, short and old links, machine formats."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from kb.article import Article, Status
from webapp.services import services

blueprint = Blueprint("solutions", __name__)


def _moved(path: str, status: int = 308) -> BaseResponse:
    query = request.query_string.decode("latin-1")
    return redirect(f"{path}?{query}" if query else path, status)


def _gone_or_missing(number: int) -> tuple[str, int] | BaseResponse:
    """What an ID that no reader may see leads to."""
    base = services().desk.base
    article = base.get(number)
    successors = [s for s in map(base.visible, article.successors if article else ()) if s]
    if article and article.status is Status.MERGED and successors:
        return redirect(successors[0].url, 301)
    if article and article.status is Status.WITHDRAWN:
        return render_template("gone.html", article=article, successors=successors), 410
    return render_template("missing.html", number=number, nearby=base.nearby(number)), 404


@blueprint.get("/<int:number>")
@blueprint.get("/solutions/<int:number>")
def short(number: int) -> str | tuple[str, int] | BaseResponse:
    """A short link, to the canonical one."""
    article = services().desk.base.visible(number)
    return _moved(article.url) if article else _gone_or_missing(number)


@blueprint.get("/solutions/<int:number>-<slug>")
def page(number: int, slug: str) -> str | tuple[str, int] | BaseResponse:
    """The article."""
    desk = services().desk
    article = desk.base.visible(number)
    if article is None:
        return _gone_or_missing(number)
    if slug != article.slug:
        return _moved(article.url)
    related = [item for item in map(desk.base.visible, article.related) if item]
    return render_template(
        "solution.html",
        article=article,
        rendered=desk.render(article),
        category=desk.base.category(article.category),
        related=related,
        backlinks=[item for item in desk.base.backlinks(number) if item not in related],
    )


@blueprint.get("/solutions/<int:number>.md")
def source(number: int) -> Response:
    """The article as Markdown."""
    text = services().desk.source(_visible(number))
    return Response(text, content_type="text/markdown; charset=utf-8")


@blueprint.get("/solutions/<int:number>.json")
def data(number: int) -> dict[str, Any]:
    """The article as JSON."""
    return as_json(_visible(number))


@blueprint.get("/solution_id_<int:number>.html")
def phpmyfaq(number: int) -> BaseResponse:
    """phpMyFAQ's link to a solution."""
    return redirect(f"/solutions/{number}", 301)


@blueprint.get("/index.php")
def phpmyfaq_query() -> BaseResponse:
    """phpMyFAQ's other link to a solution."""
    number = request.args.get("solution_id", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        abort(404)
    return redirect(f"/solutions/{number}", 301)


def _visible(number: int) -> Article:
    article = services().desk.base.visible(number)
    if article is None:
        abort(404)
    return article


def as_json(article: Article) -> dict[str, Any]:
    """The article for machines."""
    return {
        "id": article.id,
        "title": article.title,
        "summary": article.summary,
        "url": services().settings.base_url + article.url,
        "category": article.category,
        "identifiers": list(article.identifiers),
        "symptoms": list(article.symptoms),
        "causes": [
            {"id": c.id, "title": c.title, "when": c.when, "who": c.who.value, "fix": c.fix}
            for c in article.causes
        ],
        "related": list(article.related),
        "authors": list(article.authors),
        "created": article.created.isoformat(),
        "updated": article.updated.isoformat(),
        "markdown": article.body,
    }
