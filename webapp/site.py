"""The pages where people ask: first page, answer, its stream, search, categories, health."""

from __future__ import annotations

import json
import queue
import re
import threading
from collections.abc import Iterator
from dataclasses import asdict, replace

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
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from kb.answer import Answer, Step
from kb.desk import Query
from kb.errors import ErrordeskError
from webapp.limiting import TooManyProbes
from webapp.services import services

blueprint = Blueprint("site", __name__)
EXAMPLES = (
    (
        "A robot that is refused",
        "HTTP Error 401 Unauthorized from our robot, but it opens in my browser",
    ),
    ("A login box that keeps coming back", "The login box keeps coming back"),
    ("A solution by its ID", "#2173"),
)


def marked(text: str, marks: tuple[tuple[int, int], ...]) -> Markup:
    """The text with ``<mark>`` around the spans, everything escaped."""
    parts, position = [], 0
    for start, end in marks:
        if start >= position:
            parts += [escape(text[position:start]), Markup("<mark>"), escape(text[start:end])]
            parts.append(Markup("</mark>"))
            position = end
    return Markup("").join([*parts, escape(text[position:])])


@blueprint.get("/")
def home() -> str:
    """One box that takes anything, examples and the categories."""
    return render_template(
        "home.html", examples=services().settings.examples or EXAMPLES, branches=_branches()
    )


def _branches() -> list[tuple[object, int]]:
    base = services().desk.base
    counted = [(category, len(base.in_category(category.path))) for category in base.categories]
    return [(category, count) for category, count in counted if "/" in category.path and count]


def query_from(values: MultiDict[str, str], probe: bool) -> Query:
    """The question in a form's fields."""
    reader = {k: v for k, v in values.items() if k.startswith("reader.") and v}
    return Query(values.get("q", ""), reader, probe, values.get("fresh") == "1")


@blueprint.route("/ask", methods=["GET", "POST"])
def ask() -> str | BaseResponse | tuple[str, int]:
    """The answer page: the text's answer at once, the probe's behind it."""
    text = request.values.get("q", "").strip()
    if not text and request.method == "GET":
        return redirect(url_for("site.home"))
    number = re.fullmatch(r"#?(\d{4,9})", text)
    if number and services().desk.base.get(int(number[1])):
        return redirect(url_for("solutions.short", number=int(number[1])))
    wait = request.values.get("wait") == "1"
    desk = services().desk
    answer = desk.ask(query_from(request.values, False))
    pending = bool(answer.url) and services().settings.probe_enabled
    if pending and wait:
        try:
            with services().gate.probing(request.remote_addr or ""):
                answer = desk.ask(query_from(request.values, True))
        except TooManyProbes as error:
            answer = replace(answer, notices=(*answer.notices, str(error)))
    return render_template("answer.html", answer=answer, pending=pending and not wait)


@blueprint.post("/ask/stream")
def stream() -> Response:
    """The steps of the probe as server-sent events, then the answer as HTML."""
    desk, gate = services().desk, services().gate
    query = query_from(request.form, True)
    asker = request.remote_addr or ""
    logger = current_app.logger
    events: queue.Queue[tuple[str, Answer | Step | str] | None] = queue.Queue()

    def work() -> None:
        try:
            with gate.probing(asker):
                events.put(("answer", desk.ask(query, lambda step: events.put(("step", step)))))
        except (ErrordeskError, TooManyProbes) as error:
            events.put(("problem", str(error)))
        except Exception:
            logger.exception("probe failed")
            events.put(("problem", "The probe broke on our side. It was logged; please try again."))
        finally:
            events.put(None)

    threading.Thread(target=work, name="stream", daemon=True).start()

    def lines() -> Iterator[str]:
        while (event := events.get()) is not None:
            name, value = event
            if isinstance(value, Answer):
                data = json.dumps(render_template("_answer.html", answer=value, pending=False))
            elif isinstance(value, Step):
                data = json.dumps(asdict(value))
            else:
                data = json.dumps(value)
            yield f"event: {name}\ndata: {data}\n\n"

    response = Response(stream_with_context(lines()), content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/search")
def search() -> str:
    """Articles by words, without a diagnosis."""
    text = request.args.get("q", "")[:1000]
    return render_template("search.html", text=text, result=services().desk.search(text, 20))


@blueprint.get("/browse/<path:path>")
def browse(path: str) -> str:
    """The solutions of one category."""
    base = services().desk.base
    category = base.category(path)
    if category is None:
        abort(404)
    return render_template("browse.html", category=category, articles=base.in_category(path))


@blueprint.get("/about-probe")
def about_probe() -> str:
    """Who asked, for the owners of probed sites."""
    return render_template("about_probe.html")


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Answers are made for people; articles may be indexed."""
    return Response("User-agent: *\nDisallow: /ask\nDisallow: /search\n", content_type="text/plain")


@blueprint.get("/health")
def health() -> dict[str, object]:
    """Whether everything is in order, and which articles are not."""
    base = services().desk.base
    return {
        "status": "degraded" if base.problems else "ok",
        "articles": len(base.published),
        "problems": list(base.problems),
        "content_revision": base.revision,
    }
