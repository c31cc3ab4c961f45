"""Solutions by their permanent IDs: canonical pages, short and old links, machine formats."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from kb.article import Article, Status
from webapp import caching, i18n, present, structured
from webapp.links import absolute, path_of
from webapp.services import services

blueprint = Blueprint("solutions", __name__)
SHOWN_REVISIONS = 5


def _moved(path: str, status: int = 308) -> BaseResponse:
    query = request.query_string.decode("latin-1")
    target = i18n.href(path)
    return redirect(f"{target}?{query}" if query else target, status)


def _gone_or_missing(number: int) -> tuple[str, int] | BaseResponse:
    """What an ID that no reader may see leads to."""
    base = services().desk.base
    article = base.get(number)
    successors = [s for s in map(base.visible, article.successors if article else ()) if s]
    if article and article.status is Status.MERGED and successors:
        return redirect(i18n.href(successors[0].url), 301)
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
    base = desk.base
    original = base.visible(number)
    if original is None:
        return _gone_or_missing(number)
    if slug != original.slug:
        return _moved(original.url)
    language = i18n.language()
    article = base.in_language(original, language)
    rendered = desk.render(article)
    related = [item for item in map(base.visible, article.related) if item]
    linking = [item for item in base.backlinks(number) if item not in related]
    branch = base.category_in(article.category, language)
    parent = article.category.partition("/")[0]
    caching.content_time(base.file_of(article))
    canonical = path_of(article)
    return render_template(
        "solution.html",
        article=article,
        body=present.body(rendered, article),
        toc=rendered.toc,
        category=branch,
        parent=base.category_in(parent, language) if parent != article.category else None,
        related=[base.in_language(item, language) for item in related],
        backlinks=[base.in_language(item, language) for item in linking],
        canonical=absolute(canonical),
        alternates={
            item.language: absolute(path_of(item)) for item in base.in_all_languages(original)
        },
        untranslated=article.language != language,
        outdated=article.updated < original.updated,
        edit=services().settings.edit_link(article.folder, article.path),
        revisions=services().history.get(base.file_of(article), ())[:SHOWN_REVISIONS],
        structured=structured.article(article, absolute(canonical), branch),
    )


@blueprint.get("/solutions/<int:number>.md")
def source(number: int) -> Response:
    """The article as Markdown, its head included."""
    article = _visible(number)
    caching.content_time(services().desk.base.file_of(article))
    text = services().desk.source(article)
    response = Response(text, content_type="text/markdown; charset=utf-8")
    response.headers["Content-Language"] = article.language
    return response


@blueprint.get("/solutions/<int:number>.json")
def data(number: int) -> dict[str, Any]:
    """The article as JSON."""
    article = _visible(number)
    caching.content_time(services().desk.base.file_of(article))
    return as_json(article)


def _visible(number: int) -> Article:
    base = services().desk.base
    article = base.visible(number)
    if article is None:
        abort(404)
    return base.in_language(article, i18n.language())


def as_json(article: Article) -> dict[str, Any]:
    """The article for machines."""
    return {
        "id": article.id,
        "title": article.title,
        "summary": article.summary,
        "url": absolute(article.url),
        "language": article.language,
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
