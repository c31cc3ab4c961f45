"""The insight as a page, as JSON and as CSV, and a draft out of what nobody could answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
)
from flask import request as asked
from werkzeug.wrappers import Response as BaseResponse

from kb.article import Article, Cause
from kb.articles import KnowledgeBase
from kb.coverage import Coverage, coverage, read_cases
from kb.insight import PERIODS, Insight, as_csv, as_json, draft_from_cluster, draft_from_gap, look
from kb.insight.export import TABLES
from kb.newarticle import Draft
from kb.store import StoreUnavailable
from webapp import i18n
from webapp.i18n import gettext
from webapp.operator import charts, session
from webapp.operator.login import private
from webapp.problems import problem
from webapp.services import services

blueprint = Blueprint("operator", __name__)
blueprint.after_request(private)
DAYS: Final = 30
# Lines of a table on the page; all of them are in its CSV.
SHOWN: Final = 12


@blueprint.before_request
def known() -> BaseResponse | None:
    """Let nobody but the operator in, and no form from elsewhere."""
    if session.operator() is None:
        if asked.path.endswith((".json", ".csv")):
            return problem(401, "Unauthorized", "Log in at /operator/login first.")
        return redirect(i18n.href("/operator/login"), 303)
    if asked.method == "POST":
        session.check_origin()
        session.check_form()
    return None


def _insight() -> Insight:
    """The insight of the period that was chosen. Raises StoreUnavailable."""
    store = services().store
    if store is None:
        raise StoreUnavailable("Nothing is stored here: ERRORDESK_DATABASE_URL is off.")
    days = asked.values.get("days", str(DAYS))
    if days not in map(str, PERIODS):
        abort(404)
    return look(store, int(days))


@blueprint.errorhandler(StoreUnavailable)
def away(error: StoreUnavailable) -> Response | tuple[str, int]:
    """Why there are no figures."""
    if asked.path.endswith((".json", ".csv")):
        return problem(503, "Service Unavailable", str(error))
    return _said(503, gettext("No figures"), gettext(str(error)))


def _said(status: int, title: str, sentence: str, back: str = "") -> tuple[str, int]:
    page = render_template(
        "kept.html",
        title=title,
        sentence=sentence,
        back=back,
        back_label=gettext("Back to the insight"),
        quoting=False,
    )
    return page, status


@blueprint.get("")
def insight() -> str:
    """What was asked, what found nothing, what did not help, and how it ended."""
    found = _insight()
    base = services().desk.base
    causes = [(one, *_named(base, one.cause)) for one in found.causes[:SHOWN]]
    return render_template(
        "operator/insight.html",
        found=found,
        periods=PERIODS,
        shown=SHOWN,
        causes=causes,
        reach=_reach(),
        article=base.visible,
        asked_picture=charts.asked(found.trend),
        ended_picture=charts.ended(found.trend),
        writes=services().settings.operator_writes,
        csrf=session.csrf_token(),
        quoting=False,
        logout=not services().settings.operator_header,
    )


def _reach() -> Coverage:
    """How far the content goes; made once, since a snapshot of it never changes."""
    found = current_app.extensions.get("errordesk.coverage")
    if not isinstance(found, Coverage):
        base = services().desk.base
        found = coverage(base, read_cases(base.roots))
        current_app.extensions["errordesk.coverage"] = found
    return found


def _named(base: KnowledgeBase, name: str) -> tuple[Article | None, Cause | None]:
    """The article and cause of ``2173#no-credentials``, as far as there still are such."""
    number, _, cause_id = name.partition("#")
    article = base.visible(int(number)) if number.isdigit() else None
    causes = article.causes if article else ()
    return article, next((cause for cause in causes if cause.id == cause_id), None)


@blueprint.get("/insight.json")
def as_data() -> Response:
    """All figures as JSON."""
    return jsonify(as_json(_insight()))


@blueprint.get("/<table>.csv")
def table(table: str) -> Response:
    """One table as CSV."""
    if table not in TABLES:
        abort(404)
    found = _insight()
    response = Response(as_csv(found, table), content_type="text/csv; charset=utf-8")
    name = f"errordesk-{table}-{found.days}-days.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.post("/drafts")
def draft() -> Response | tuple[str, int]:
    """A draft out of a group of questions or a gap: to keep, or into the content folder."""
    made = _draft(_insight())
    if asked.form.get("to") == "folder":
        if not services().settings.operator_writes:
            abort(403)
        return _written(made)
    response = make_response(made.text)
    response.content_type = "text/markdown; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{made.file.name}"'
    return response


def _draft(found: Insight) -> Draft:
    key, signature = asked.form.get("key", ""), asked.form.get("signature", "")
    folders, today = services().settings.content, datetime.now(UTC).date()
    if signature:
        gap = next((one for one in found.gaps if one.signature == signature), None)
        return draft_from_gap(folders, gap, today) if gap else abort(404)
    cluster = next((one for one in found.nothing if one.key == key), None)
    return draft_from_cluster(folders, cluster, today) if cluster else abort(404)


def _written(made: Draft) -> tuple[str, int]:
    try:
        file = made.write()
    except OSError as error:
        sentence = gettext("The content folder does not take it: %(why)s.", why=error.strerror)
        return _said(503, gettext("Not written"), sentence, "/operator")
    sentence = gettext(
        "%(file)s is in the content folder as a draft, which only writers see.", file=file.name
    )
    return _said(201, gettext("Draft written"), sentence, "/operator")
