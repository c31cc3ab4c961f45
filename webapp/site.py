"""The pages where people ask: first page, answer, its stream, search, categories."""

from __future__ import annotations

import functools
import json
import queue
import re
import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import asdict, replace
from urllib.parse import urlencode

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from kb.answer import Answer, Step, Told, Who
from kb.desk import Desk, Query
from kb.errors import ErrordeskError
from kb.localise import localise
from kb.store.records import new_key
from webapp import branches, cors, i18n, keptanswers, recording
from webapp.finding import find
from webapp.i18n import gettext
from webapp.i18n import mark as N_  # noqa: N812  # the name that Babel extracts
from webapp.limiting import TooManyProbes
from webapp.reach import reach
from webapp.services import services
from webapp.talk import GOES_ON, fields_of, query_from
from webapp.timeline import LAYERS, timeline, transcript

blueprint = Blueprint("site", __name__)
EXAMPLES = (
    (N_("A robot that is refused"), "HTTP 401 from our robot, but it opens in my browser"),
    (N_("A certificate that ran out"), "NET::ERR_CERT_DATE_INVALID"),
    (N_("A gateway that gives up"), "504 Gateway Time-out nginx"),
    (
        N_("A line from a log"),
        "connect() failed (111: Connection refused) while connecting to upstream",
    ),
    (N_("A solution by its ID"), "#2173"),
)  # fmt: skip
# A longer address is no link: servers and chat tools cut it. The form carries what a link cannot.
MAX_LINKED = 2000


@blueprint.get("/")
def home() -> str:
    """One box that takes anything, examples and the categories."""
    base = services().desk.base
    shown = services().settings.examples or tuple(
        (gettext(label), text) for label, text in EXAMPLES
    )
    return render_template(
        "home.html",
        examples=shown,
        sample=_sample(services().desk, tuple(text for _, text in shown), i18n.language()),
        branches=branches.tree(base, i18n.language()),
        often=branches.often(base, i18n.language()),
        total=len(base.published),
    )


@functools.lru_cache(maxsize=16)
def _sample(desk: Desk, examples: tuple[str, ...], language: str) -> Answer | None:
    """What the desk says to the first example whose words alone confirm a cause, if any does."""
    for text in examples:
        answer = desk.ask(Query(text, probe=False))
        if answer.known and answer.confirmed and answer.causes[0] == answer.confirmed[0]:
            return localise(answer, desk.base, language)
    return None


def _clicked() -> bool:
    """Whether a person on this site sent the form. A link, or a form elsewhere, never probes."""
    return request.method == "POST" and not cors.from_elsewhere()


def _followed() -> str | None:
    """The question that the sent form goes on from; see :func:`webapp.recording.followed`."""
    refined = any(name.startswith("reader.") or name in GOES_ON for name in request.values)
    return recording.followed(recording.question_key(request.form), refined)


def _typed_solution(text: str) -> BaseResponse | None:
    """Where the ID of a solution leads, typed alone into a box; None for any other text."""
    number = re.fullmatch(r"#?(\d{4,9})", text)
    if number and services().desk.base.get(int(number[1])):
        return redirect(url_for("solutions.short", number=int(number[1])))
    return None


@blueprint.route("/ask", methods=["GET", "POST"])
def ask() -> str | BaseResponse | tuple[str, int]:
    """The answer page: the text's answer at once, the probe's behind it after a click."""
    text = request.values.get("q", "").strip()
    if not text and request.method == "GET":
        return redirect(url_for("site.home"))
    if typed := _typed_solution(text):
        return typed
    desk = services().desk
    start = time.perf_counter()
    query = query_from(request.values, False)
    answer = desk.ask(query)
    key, follows = new_key(), _followed()
    able = bool(answer.url) and services().settings.probe_enabled
    wait = request.values.get("wait") == "1"
    if able and wait and _clicked():
        able = False
        try:
            with services().gate.probing(request.remote_addr or "", answer.url or ""):
                answer = desk.ask(query_from(request.values, True))
        except TooManyProbes as error:
            answer = replace(answer, notices=(*answer.notices, gettext(str(error))))
    pending = able and _clicked()
    if not pending:  # else the stream that follows records it
        recording.record(answer, "site", time.perf_counter() - start, key, follows)
    offer = able and not _clicked()
    if request.method != "GET" or not desk.keeps(query, answer):
        words = shown(answer, follows or key)
        return render_template("answer.html", **words, pending=pending, offer=offer)
    place = keptanswers.page_key(query.key, offer)
    page = keptanswers.pages().get(place)
    if page is None:
        words = shown(answer, keptanswers.ASKED, keptanswers.KEY)
        page = render_template("answer.html", **words, pending=False, offer=offer)
        keptanswers.pages().put(place, page)
    return page.replace(keptanswers.KEY, new_key()).replace(keptanswers.ASKED, follows or key)


def shown(answer: Answer, asked: str = "", key: str = "") -> dict[str, object]:
    """What the templates of an answer receive; ``asked`` is the key of its question in the log,
    ``key`` that of what the reader may send from the page."""
    words = localise(answer, services().desk.base, i18n.language())
    fields = fields_of(words)
    link = f"{url_for('site.ask')}?{urlencode([('q', words.question), *fields])}"
    pictures = [
        (observation, picture, transcript(observation))
        for observation in words.observations
        if (picture := timeline(observation, words.facts))
    ]
    return {
        "answer": words,
        "fields": fields,
        "link": link if len(link) <= MAX_LINKED else None,
        "pictures": pictures,
        "layers": LAYERS,
        "key": key or new_key(),
        "asked": asked,
        "reach": reach(words),
        "told": [_told(told) for told in words.conversation.told],
        "phrase": _said,
    }


def _told(told: Told) -> tuple[str, str]:
    """One thing that the reader told: in words, and what takes it back."""
    undo = told.fact if told.turn is None else str(told.turn)
    if not told.fact:
        return f"“{told.said}”", undo
    if not told.value:
        return f"{gettext('I don’t know')}: {told.question}", undo
    return _said(told.fact, told.value), undo


def _said(fact: str, value: str) -> str:
    """What the reader answered, in the words of the button; a bare yes gets its subject."""
    if fact == "reader.browser_reached":
        return (
            gettext("Your browser reached it")
            if value == "true"
            else gettext("Your browser did not reach it")
        )
    if fact == "reader.browser_time_ms":
        return gettext("Your browser took %(ms)s ms", ms=value.partition(".")[0])
    base = services().desk.base
    words = base.translations.questions.get((fact, i18n.language()))
    for question in base.questions:
        for answer in question.answers if question.fact == fact else ():
            if answer.text == value:
                label = words.answers.get(value, answer.label) if words else answer.label
                asked = words.ask if words else question.ask
                return label if len(label.split()) > 2 else f"{asked} {label}"
    return f"{fact.removeprefix('reader.').replace('_', ' ')}: {value}"


@blueprint.post("/ask/stream")
def stream() -> Response:
    """The steps of the probe as server-sent events, then the answer as HTML."""
    desk, gate = services().desk, services().gate
    if not _clicked():
        abort(403)
    query = query_from(request.form, True)
    key, follows = new_key(), _followed()
    asker = request.remote_addr or ""
    url = desk.ask(replace(query, probe=False)).url or ""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    logger = current_app.logger
    events: queue.Queue[tuple[str, Answer | Step | str] | None] = queue.Queue()

    def work() -> None:
        try:
            start = time.perf_counter()
            with gate.probing(asker, url) if url else nullcontext():
                answer = desk.ask(query, lambda step: events.put(("step", step)))
            with app.app_context():
                recording.record(answer, "site", time.perf_counter() - start, key, follows)
            events.put(("answer", answer))
        except (ErrordeskError, TooManyProbes) as error:
            events.put(("problem", str(error)))
        except Exception:
            logger.exception("probe failed")
            events.put(("problem", "The probe broke on our side. It was logged; please try again."))
        finally:
            events.put(None)

    threading.Thread(target=work, name="stream", daemon=True).start()

    def lines() -> Iterator[str]:
        yield ":\n\n"  # a comment: whoever waits learns at once that there is a stream
        while (event := events.get()) is not None:
            name, value = event
            data: object = value
            if isinstance(value, Answer):
                words = shown(value, follows or key)
                data = render_template("_answer.html", **words, pending=False, offer=False)
            elif isinstance(value, Step):
                data = asdict(value)
            yield f"event: {name}\ndata: {json.dumps(data)}\n\n"

    response = Response(stream_with_context(lines()), content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"  # nginx in front hands each step on at once
    return response


@blueprint.get("/search")
def search() -> str | BaseResponse:
    """Articles by words, without a diagnosis; filtered by category and by who must act."""
    text = request.args.get("q", "")[:1000].strip()
    desk = services().desk
    if typed := _typed_solution(text):
        return typed
    category = request.args.get("category") or None
    if category and desk.base.category(category) is None:
        abort(404)
    wanted = request.args.get("who", "")
    who = Who(wanted) if wanted in list(Who) else None
    language = i18n.language()
    found = find(desk, text, category, who, language)
    if text and not found.hits and not category and who is None:
        recording.found_nothing(text)
    here = url_for("site.search")

    def narrowed(path: str | None, role: Who | None) -> str:
        asked = {"q": text, "category": path, "who": role.value if role else None}
        return f"{here}?{urlencode({name: value for name, value in asked.items() if value})}"

    return render_template(
        "search.html",
        text=text,
        narrowed=narrowed,
        found=found,
        category=category,
        who=who,
        category_in=lambda path: desk.base.category_in(path, language),
        branches=branches.tree(desk.base, language),
        often=branches.often(desk.base, language),
    )


@blueprint.get("/browse")
def shelves() -> str:
    """All categories."""
    base = services().desk.base
    return render_template("shelves.html", branches=branches.tree(base, i18n.language()))


@blueprint.get("/browse/<path:path>")
def browse(path: str) -> str:
    """The solutions of one category."""
    base = services().desk.base
    language = i18n.language()
    branch = branches.find(base, path, language)
    if branch is None:
        abort(404)
    parent = path.rpartition("/")[0]
    own = [item for item in base.in_category(path) if item.category == path]
    return render_template(
        "browse.html",
        branch=branch,
        parent=base.category_in(parent, language) if parent else None,
        articles=[base.in_language(item, language) for item in own],
        inside={
            child.category.path: [
                base.in_language(item, language) for item in base.in_category(child.category.path)
            ]
            for child in branch.branches
        },
    )


@blueprint.get("/about-probe")
def about_probe() -> str:
    """Who asked, for the owners of probed sites."""
    return render_template("about_probe.html")
