"""Solutions as other tools show them: cards, badges, the templates of autolinks."""

from __future__ import annotations

import unicodedata
from typing import Any, Final

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from kb.article import Article, Status
from webapp import i18n
from webapp.links import absolute, path_of
from webapp.problems import problem
from webapp.services import services

blueprint = Blueprint("cards", __name__)
# GitHub takes "#" for its own issues, so that a repository needs another prefix.
PREFIX: Final = "KB-"
BADGE_CHARS: Final = 60
_BADGE_S: Final = 3600


def card(article: Article) -> dict[str, Any]:
    """The few fields of an article that a card shows."""
    return {
        "id": article.id,
        "title": article.title,
        "summary": article.summary,
        "url": absolute(path_of(article)),
        "language": article.language,
        "category": article.category,
        "updated": article.updated.isoformat(),
        "causes": [{"id": c.id, "title": c.title, "who": c.who.value} for c in article.causes],
    }


def absent(number: int) -> BaseResponse:
    """What the API says of an ID that no reader may see: moved on, gone, or never there."""
    base = services().desk.base
    article = base.get(number)
    successors = [s for s in map(base.visible, article.successors if article else ()) if s]
    if article and article.status is Status.MERGED and successors:
        query = request.query_string.decode("latin-1")
        path = i18n.href(f"/api/v1/solutions/{successors[0].id}")
        return redirect(f"{path}?{query}" if query else path, 301)
    if article and article.status is Status.WITHDRAWN:
        said = "".join(f" See #{item.id} ({item.title})." for item in successors)
        return problem(410, "Gone", f"#{number} ({article.title}) was withdrawn.{said}")
    near = ", ".join(f"#{item.id}" for item in base.nearby(number))
    return problem(404, "Not Found", f"There is no solution #{number}. Nearby: {near}.")


@blueprint.get("/api/v1/autolinks")
def autolinks() -> Response:
    """How other tools turn an ID into a link; ``github`` is the body of its autolinks API."""
    template = absolute("/solutions/{id}")
    return jsonify(
        pattern=r"#(\d{4,9})\b",
        url_template=template,
        card_template=absolute("/api/v1/solutions/{id}?view=card"),
        badge_template=absolute("/solutions/{id}/badge.svg"),
        github={
            "key_prefix": PREFIX,
            "url_template": template.replace("{id}", "<num>"),
            "is_alphanumeric": False,
        },
        gitlab={
            "project_url": absolute("/browse"),
            "issues_url": template.replace("{id}", ":id"),
            "new_issue_url": absolute("/"),
        },
    )


@blueprint.get("/solutions/<int:number>/badge.svg")
def badge(number: int) -> Response:
    """A badge for readme files and tickets: the ID and the title, or what became of it."""
    base = services().desk.base
    article = base.visible(number)
    kept = base.get(number)
    status = 200
    if article:
        text = base.in_language(article, i18n.language()).title
    elif kept and kept.status is Status.MERGED:
        text = " ".join(f"→ #{item}" for item in kept.successors)
    elif kept and kept.status is Status.WITHDRAWN:
        text, status = i18n.gettext("withdrawn"), 410
    else:
        text, status = i18n.gettext("unknown"), 404
    if len(text) > BADGE_CHARS:
        text = text[: BADGE_CHARS - 1] + "…"
    left, right = _width(f"#{number}"), _width(text)
    drawing = render_template(
        "badge.svg", number=number, text=text, left=left, right=right, known=article is not None
    )
    response = Response(drawing, status, content_type="image/svg+xml; charset=utf-8")
    response.headers["Cache-Control"] = f"public, max-age={_BADGE_S}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.vary.add("Accept-Language")
    return response


def _width(text: str) -> int:
    """About how many pixels the text takes in 11 px sans-serif; the drawing fits it exactly."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    thin = sum(char in "ijlrtfI.,:;'!|()[] " for char in text)
    return round(wide * 11 + thin * 3.7 + (len(text) - wide - thin) * 6.6) + 1
