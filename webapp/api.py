"""The JSON API under /api/v1; errors are problem details (RFC 9457)."""

from __future__ import annotations

import time
from dataclasses import asdict, replace

from flask import Blueprint, Response, jsonify, request
from werkzeug.wrappers import Response as BaseResponse

from kb.localise import localise
from kb.store import Feedback, StoreUnavailable
from kb.store.records import new_key
from webapp import cors, keptanswers, recording
from webapp.bodies import body_as, checked
from webapp.cards import absent, card
from webapp.finding import find, suggestions
from webapp.limiting import TooManyProbes
from webapp.problems import problem
from webapp.schemas import AnswerRequest, FeedbackRequest, SearchQuery, SolutionQuery, SuggestQuery
from webapp.services import services
from webapp.solutions import as_json

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.post("/answers")
def answers() -> Response:
    """Answer one question; the same as ``errordesk ask --json``."""
    asked = body_as(AnswerRequest, '{"text": "HTTP 401"}')
    query = asked.query()
    desk = services().desk
    start = time.perf_counter()
    answer = desk.ask(replace(query, probe=False))
    probed = query.probe and bool(answer.url)
    if probed and answer.url:
        try:
            with services().gate.probing(request.remote_addr or "", answer.url):
                answer = desk.ask(query)
        except TooManyProbes as error:
            wait = {"Retry-After": str(error.retry_after_s)}
            return problem(429, "Too Many Requests", str(error), **wait)
    question = new_key()
    follows = recording.followed(asked.asked, bool(query.reader or query.said))
    recording.record(answer, "api", time.perf_counter() - start, question, follows)
    if not probed and follows is None and desk.keeps(query, answer):
        keptanswers.keep(answer)
    body_sent = localise(answer, desk.base, asked.lang).to_json_bytes()
    response = Response(body_sent, content_type="application/json")
    response.headers[keptanswers.QUESTION] = follows or question
    return response


@blueprint.post("/feedback")
def feedback() -> tuple[Response, int] | Response:
    """Whether a solution helped: 201 when stored now, 200 when its key was stored before."""
    if cors.foreign():
        said = "Feedback is taken from this site and from the pages that its operator allows."
        return problem(403, "Forbidden", said)
    sent = body_as(FeedbackRequest, '{"solution": 2173, "helpful": true}')
    if services().desk.base.get(sent.solution) is None:
        return problem(404, "Not Found", f"There is no solution #{sent.solution}.")
    store = services().store
    if store is None:
        return problem(503, "Service Unavailable", "Nothing is stored at this installation.")
    if wait := services().gate.keeping(request.remote_addr or ""):
        said = f"That was much in a short time. The next is possible in {wait} s."
        return problem(429, "Too Many Requests", said, **{"Retry-After": str(wait)})
    try:
        new = store.add_feedback(
            Feedback(
                sent.solution,
                sent.helpful,
                sent.comment,
                sent.question,
                sent.asked or None,
                sent.key or new_key(),
            )
        )
    except StoreUnavailable as error:
        return problem(503, "Service Unavailable", str(error), **{"Retry-After": "30"})
    return jsonify(stored=True, new=new), 201 if new else 200


@blueprint.get("/search")
def search() -> Response:
    """Articles by words, without a diagnosis."""
    asked = checked(SearchQuery, request.args.to_dict(), 400)
    found = find(services().desk, asked.q, asked.category, asked.who, asked.lang)
    return jsonify(
        {
            "hits": [asdict(hit) for hit in found.hits[: asked.limit]],
            "did_you_mean": found.did_you_mean,
        }
    )


@blueprint.get("/suggest")
def suggest() -> Response:
    """Typeahead: solutions whose title, code or symptom goes on like this."""
    asked = checked(SuggestQuery, request.args.to_dict(), 400)
    return jsonify([asdict(item) for item in suggestions(services().desk, asked.q, asked.lang)])


@blueprint.get("/solutions/<int:number>")
def solution(number: int) -> BaseResponse:
    """One article; ``view=card`` gives the few fields that a card or a chat tool shows.

    A merged solution leads to its successor, a withdrawn one is gone.
    """
    base = services().desk.base
    article = base.visible(number)
    if article is None:
        return absent(number)
    asked = checked(SolutionQuery, request.args.to_dict(), 400)
    shown = base.in_language(article, asked.lang)
    return jsonify(card(shown) if asked.view == "card" else as_json(shown))
