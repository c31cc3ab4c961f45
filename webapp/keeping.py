"""What readers leave behind, by their own click: whether it helped, and a report to share."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from pydantic import TypeAdapter, ValidationError
from werkzeug.wrappers import Response as BaseResponse

from kb.answer import Answer
from kb.store import Feedback, Store, StoreUnavailable
from webapp import cors, i18n, recording
from webapp.i18n import gettext
from webapp.limiting import TooManyProbes
from webapp.services import services
from webapp.site import shown
from webapp.talk import query_from

blueprint = Blueprint("keeping", __name__)
_ANSWER: Final = TypeAdapter(Answer)
_KEY: Final = re.compile(r"[A-Za-z0-9-]{8,36}")


def _store() -> Store:
    """The store, for a form of this site only; ends the request otherwise."""
    store = services().store
    if store is None:
        abort(404)
    if cors.from_elsewhere():
        abort(403)
    return store


def _said(status: int, title: str, sentence: str, back: str = "") -> Response:
    page = render_template("kept.html", title=title, sentence=sentence, back=back, quoting=False)
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _limited() -> Response | None:
    wait = services().gate.keeping(request.remote_addr or "")
    if not wait:
        return None
    sentence = gettext("That was much in a short time. Please try again in %(wait)s s.", wait=wait)
    response = _said(429, gettext("Not stored"), sentence)
    response.headers["Retry-After"] = str(wait)
    return response


@blueprint.post("/feedback")
def feedback() -> Response:
    """The form under articles and answers."""
    store = _store()
    number = request.form.get("solution", "")
    helpful = request.form.get("helpful", "")
    article = services().desk.base.get(int(number)) if re.fullmatch(r"[0-9]{1,9}", number) else None
    if article is None or helpful not in ("yes", "no"):
        abort(400)
    if (limited := _limited()) is not None:
        return limited
    record = Feedback(
        article.id,
        helpful == "yes",
        request.form.get("comment", ""),
        request.form.get("question", ""),
        recording.question_key(request.form),
    )
    key = request.form.get("key", "")
    if _KEY.fullmatch(key):
        record = replace(record, key=key)
    try:
        store.add_feedback(record)
    except StoreUnavailable as error:
        return _said(503, gettext("Not stored"), gettext(str(error)), article.url)
    return _said(
        200, gettext("Thank you"), gettext("It was stored, without who you are."), article.url
    )


def seen_again() -> Answer:
    """The answer that the form's reader saw, with its probe when the form says so."""
    desk = services().desk
    answer = desk.ask(query_from(request.form, False))
    if request.form.get("probed") and answer.url and services().settings.probe_enabled:
        try:
            with services().gate.probing(request.remote_addr or "", answer.url):
                answer = desk.ask(replace(query_from(request.form, True), fresh=False))
        except TooManyProbes as error:
            answer = replace(answer, notices=(*answer.notices, gettext(str(error))))
    return answer


@blueprint.post("/reports")
def share() -> BaseResponse:
    """Keep the answer that the reader sees, and lead to its link.

    The answer is asked for again; the result of its probe is taken from the cache where it is
    still there, and counted as a probe.
    """
    store = _store()
    if (limited := _limited()) is not None:
        return limited
    answer = seen_again()
    key = request.form.get("key", "")
    try:
        token = store.save_report(
            answer.to_json(),
            services().settings.report_days,
            key if _KEY.fullmatch(key) else "",
        )
    except StoreUnavailable as error:
        return _said(503, gettext("Not stored"), gettext(str(error)))
    return redirect(i18n.href(f"/reports/{token}"), 303)


@blueprint.get("/reports/<token>")
def report(token: str) -> Response:
    """A shared report, until it expires."""
    store = services().store
    if store is None or not _KEY.fullmatch(token):
        abort(404)
    try:
        kept = store.report(token)
    except StoreUnavailable as error:
        sentence = gettext("The report cannot be read right now. Please try again later.")
        return _said(503, type(error).__name__, sentence)
    try:
        answer = _ANSWER.validate_python(kept) if kept is not None else None
    except ValidationError:  # written by another version
        answer = None
    if answer is None:
        return _said(404, gettext("No report"), gettext("There is no such report, or it expired."))
    page = render_template(
        "report.html", **shown(answer), pending=False, offer=False, shared=True, quoting=False
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
