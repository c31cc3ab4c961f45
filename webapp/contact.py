"""Asking a person: the page, which needs no script, and ``POST /api/v1/contact``."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import urlencode

from flask import (
    Blueprint,
    Response,
    abort,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
)
from werkzeug.wrappers import Response as BaseResponse

from kb.answer import Answer, Observation, Step
from kb.contact import Contact, Report, Seen
from kb.store import StoreUnavailable
from kb.store.records import new_key
from webapp import cors, i18n, recording
from webapp.bodies import body_as, checked
from webapp.handover import BUSY_S, Outcome
from webapp.i18n import gettext
from webapp.keeping import seen_again
from webapp.problems import Refused, problem
from webapp.schemas import ContactRequest, ReportIn
from webapp.services import services

blueprint = Blueprint("contact", __name__)
# What fits into a mailto: link everywhere.
MAX_MAILED: Final = 1_500


def address() -> str:
    """Where *Ask a person* leads from any page; '' where nobody can be asked."""
    if services().handover.able:
        return i18n.href("/contact")
    return services().settings.contact_url


def written_to(answer: Answer) -> str:
    """The operator's address, with the text for the ticket in it where that is a mail."""
    url = services().settings.contact_url
    if not url.startswith("mailto:"):
        return url
    subject = answer.ticket.subject if answer.ticket else answer.headline
    body = answer.ticket.body if answer.ticket else answer.question
    fields = urlencode({"subject": subject, "body": body[:MAX_MAILED]}).replace("+", "%20")
    return f"{url}{'&' if '?' in url else '?'}{fields}"


@blueprint.post("/api/v1/contact")
def contact() -> tuple[Response, int] | Response:
    """201 delivered, 200 delivered before under the same key, 502 not delivered."""
    if cors.foreign():
        said = "Messages are taken from this site and from the pages that its operator allows."
        return problem(403, "Forbidden", said)
    sent = body_as(ContactRequest, '{"question": "HTTP 401", "message": "Please help."}')
    handover = services().handover
    if not sent.elsewhere and not handover.able:
        return problem(503, "Service Unavailable", "Nothing takes messages at this installation.")
    if not sent.elsewhere and not (sent.question.strip() or sent.message.strip()):
        raise Refused(422, "question: Say what it is about, here or in message.")
    if wait := services().gate.keeping(request.remote_addr or ""):
        said = f"That was much in a short time. The next is possible in {wait} s."
        return problem(429, "Too Many Requests", said, **{"Retry-After": str(wait)})
    message = contact_from(sent)
    if sent.elsewhere:
        try:
            new = handover.count(message, sent.asked)
        except StoreUnavailable as error:
            return problem(503, "Service Unavailable", str(error), **{"Retry-After": "30"})
        return jsonify(delivered=False, new=new), 201 if new else 200
    outcome = handover.send(message, sent.asked)
    if outcome is Outcome.FAILED:
        said = "It was not delivered. Send it again under the same key, or ask in another way."
        return problem(502, "Bad Gateway", said)
    if outcome is Outcome.BUSY:
        said = "Many messages are on their way right now. Send it again in a few seconds."
        return problem(503, "Service Unavailable", said, **{"Retry-After": str(BUSY_S)})
    new = outcome is Outcome.DELIVERED
    return jsonify(delivered=True, new=new), 201 if new else 200


def contact_from(sent: ContactRequest) -> Contact:
    """The library's message from a validated request."""
    return Contact(
        question=sent.question or sent.message,
        message=sent.message if sent.question else "",
        reply_to=sent.reply_to,
        language=sent.language,
        answers=tuple(Seen(**seen.model_dump()) for seen in sent.answers),
        report=_report(sent.report) if sent.report else None,
        request_id=sent.request_id,
        key=sent.key or new_key(),
    )


def _report(sent: ReportIn) -> Report:
    observations = (
        Observation(
            **{**seen.model_dump(), "steps": tuple(Step(**s.model_dump()) for s in seen.steps)}
        )
        for seen in sent.observations
    )
    return Report(sent.url, sent.facts, tuple(observations))


@blueprint.route("/contact", methods=["GET", "POST"])
def page() -> BaseResponse:
    """The form; from an answer with what was seen, and again with what was not delivered."""
    if not services().handover.able:
        if services().settings.contact_url and request.method == "GET":
            return redirect(services().settings.contact_url)
        abort(404)
    if request.method == "POST" and cors.from_elsewhere():
        abort(403)
    if request.form.get("send"):
        return _send()
    fields = {"language": i18n.language(), "key": new_key()}
    if request.form.get("q"):
        fields |= _seen(seen_again())
    elif question := request.args.get("q", "").strip():
        fields["question"] = question[:2_000]
    return _form(checked(ContactRequest, fields, 400))


def _seen(answer: Answer) -> dict[str, Any]:
    """What goes along from the answer that the reader saw, as the API would get it."""
    best = next(iter(answer.confirmed or answer.causes), None) if answer.known else None
    top = answer.solutions[0].id if answer.known and answer.solutions else None
    seen = {
        "question": answer.question[:2_000],
        "known": answer.known,
        "solution": best.solution if best else top,
        "cause": best.id if best else None,
        "confirmed": bool(answer.confirmed),
    }
    fields: dict[str, Any] = {"question": answer.question, "answers": [seen]}
    plain = answer.to_json()
    probed = [one for one in plain["observations"] if one["source"] == "probe"]
    if probed and answer.url:
        fields["report"] = {"url": answer.url, "facts": plain["facts"], "observations": probed}
    return fields


def _form(sent: ContactRequest, problem_said: str = "", status: int = 200) -> Response:
    kept = sent.model_dump(mode="json", include={"answers", "report", "request_id"})
    text = render_template(
        "contact.html",
        sent=sent,
        kept=json.dumps(kept, ensure_ascii=False, separators=(",", ":")),
        preview=services().handover.preview(contact_from(sent)) if sent.question else "",
        problem=problem_said,
        other=services().settings.contact_url,
        asked=recording.question_key(request.form),
        quoting=False,
    )
    response = make_response(text, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _send() -> Response:
    form = request.form
    try:
        kept = json.loads(form.get("kept", "{}"))
        fields = {name: kept[name] for name in ("answers", "report", "request_id") if name in kept}
    except (ValueError, TypeError, RecursionError):
        abort(400)
    asked = {name: form.get(name, "").strip() for name in ("question", "message", "key")}
    fields |= {**asked, "language": i18n.language()}
    try:
        sent = checked(
            ContactRequest, {**fields, "reply_to": form.get("reply_to", "").strip()}, 422
        )
    except Refused as error:
        if "reply_to" not in error.detail:
            raise
        said = gettext("This is no mail address. Correct it, or leave it empty.")
        return _form(checked(ContactRequest, fields, 422), said, 422)
    if not (sent.question or sent.message):
        return _form(sent, gettext("Say what it is about."), 422)
    if wait := services().gate.keeping(request.remote_addr or ""):
        said = gettext("That was much in a short time. Please try again in %(wait)s s.", wait=wait)
        response = _form(sent, said, 429)
        response.headers["Retry-After"] = str(wait)
        return response
    outcome = services().handover.send(contact_from(sent), recording.question_key(form))
    if outcome in (Outcome.FAILED, Outcome.BUSY):
        said = gettext("It was not delivered. Nothing is lost: please send it again.")
        return _form(sent, said, 502 if outcome is Outcome.FAILED else 503)
    sentence = (
        gettext("A person has your message now and answers to %(address)s.", address=sent.reply_to)
        if sent.reply_to
        else gettext("A person has your message now. You gave no address, so no answer can come.")
    )
    page = render_template(
        "kept.html", title=gettext("Sent"), sentence=sentence, back="", quoting=False
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
