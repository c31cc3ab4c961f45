"""The OpenAPI 3.1 document, made from the models that validate, and its readable page."""

from __future__ import annotations

import functools
from typing import Any, Final

from flask import Blueprint, Response, jsonify, render_template
from pydantic import BaseModel, TypeAdapter

from kb import __version__
from kb.answer import Answer, SolutionReport
from webapp.links import absolute
from webapp.schemas import (
    AnswerRequest,
    AutolinksOut,
    CardOut,
    ContactOut,
    ContactRequest,
    FeedbackOut,
    FeedbackRequest,
    Problem,
    SearchQuery,
    SolutionOut,
    SolutionQuery,
    SuggestionOut,
    SuggestQuery,
)

blueprint = Blueprint("openapi", __name__)
_REF: Final = "#/components/schemas/{model}"
_PROBLEMS: Final = {
    403: "The page that sent it is not among the allowed ones.",
    400: "The request cannot be taken.",
    404: "There is no such solution.",
    410: "The solution was withdrawn; the detail names its successors.",
    413: "The body is larger than a megabyte.",
    422: "A field is wrong.",
    429: "Too much at once; Retry-After says when the next is possible.",
    502: "It was not delivered; the same key may be sent again.",
    503: "It was not taken.",
}


class SearchOut(BaseModel):
    """Solutions, best first, and a better spelling if there is one."""

    hits: list[SolutionReport]
    did_you_mean: str | None


@functools.cache
def _schemas() -> dict[str, Any]:
    found: dict[str, Any] = {}
    models: tuple[tuple[str, TypeAdapter[Any], str], ...] = (
        ("AnswerRequest", TypeAdapter(AnswerRequest), "validation"),
        ("Answer", TypeAdapter(Answer), "serialization"),
        ("SearchResult", TypeAdapter(SearchOut), "serialization"),
        ("Suggestion", TypeAdapter(SuggestionOut), "serialization"),
        ("Solution", TypeAdapter(SolutionOut), "serialization"),
        ("FeedbackRequest", TypeAdapter(FeedbackRequest), "validation"),
        ("Feedback", TypeAdapter(FeedbackOut), "serialization"),
        ("ContactRequest", TypeAdapter(ContactRequest), "validation"),
        ("Contact", TypeAdapter(ContactOut), "serialization"),
        ("Card", TypeAdapter(CardOut), "serialization"),
        ("Autolinks", TypeAdapter(AutolinksOut), "serialization"),
        ("Problem", TypeAdapter(Problem), "serialization"),
    )
    for name, adapter, mode in models:
        schema = adapter.json_schema(mode=mode, ref_template=_REF)  # type: ignore[arg-type]
        found.update(schema.pop("$defs", {}))
        found[name] = schema
    return found


def _parameters(model: type[BaseModel]) -> list[dict[str, Any]]:
    schema = model.model_json_schema(ref_template=_REF)
    shared = schema.get("$defs", {})
    parameters = []
    for name, field in schema["properties"].items():
        field.pop("title", None)
        # A role is written out: a parameter's schema must not need another component.
        if options := field.pop("anyOf", None):
            for option in options:
                name_of = str(option.get("$ref", "")).rsplit("/", 1)[-1]
                plain = {**shared.get(name_of, option)}
                plain.pop("description", None)
                if plain.get("type") != "null":
                    field.update(plain)
            field.pop("default", None)
        said = field.pop("description", "")
        parameters.append(
            {"name": name, "in": "query", "required": False, "description": said, "schema": field}
        )
    return parameters


def _answers(model: dict[str, Any], said: str, problems: tuple[int, ...]) -> dict[str, Any]:
    content = {"application/json": {"schema": model}}
    answers: dict[str, Any] = {"200": {"description": said, "content": content}}
    wrong = {"application/problem+json": {"schema": _ref("Problem")}}
    for status in problems:
        answers[str(status)] = {"description": _PROBLEMS[status], "content": wrong}
    return answers


def _stored() -> dict[str, Any]:
    answers = _answers(
        _ref("Feedback"), "It was stored before.", (400, 403, 404, 413, 422, 429, 503)
    )
    return answers | {"201": {**answers["200"], "description": "It is stored."}}


def _delivered() -> dict[str, Any]:
    problems = (400, 403, 413, 422, 429, 502, 503)
    answers = _answers(_ref("Contact"), "It was delivered before.", problems)
    return answers | {"201": {**answers["200"], "description": "It is delivered, or counted."}}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


@functools.cache
def document() -> dict[str, Any]:
    """The document without the server's address, which depends on the request."""
    body = {"required": True, "content": {"application/json": {"schema": _ref("AnswerRequest")}}}
    number = {
        "name": "number",
        "in": "path",
        "required": True,
        "description": "The solution's permanent ID.",
        "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999},
    }
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Errordesk",
            "version": __version__,
            "description": "Ask about a web error; get the solution, diagnosed against the URL.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": {
            "/api/v1/answers": {
                "post": {
                    "operationId": "ask",
                    "summary": "Answer a question",
                    "description": "Recognises what was pasted, probes a URL in it (behind a "
                    "guard, within limits) and says which cause it is, with evidence.",
                    "requestBody": body,
                    "responses": _answers(_ref("Answer"), "The answer.", (400, 413, 422, 429)),
                }
            },
            "/api/v1/feedback": {
                "post": {
                    "operationId": "feedback",
                    "summary": "Say whether a solution helped",
                    "description": "201 when stored now, 200 when its key was stored before.",
                    "requestBody": {
                        "required": True,
                        "content": {"application/json": {"schema": _ref("FeedbackRequest")}},
                    },
                    "responses": _stored(),
                }
            },
            "/api/v1/contact": {
                "post": {
                    "operationId": "contact",
                    "summary": "Ask a person",
                    "description": "201 when delivered now, 200 when its key was delivered before.",
                    "requestBody": {
                        "required": True,
                        "content": {"application/json": {"schema": _ref("ContactRequest")}},
                    },
                    "responses": _delivered(),
                }
            },
            "/api/v1/search": {
                "get": {
                    "operationId": "search",
                    "summary": "Search the solutions",
                    "parameters": _parameters(SearchQuery),
                    "responses": _answers(_ref("SearchResult"), "Solutions, best first.", (400,)),
                }
            },
            "/api/v1/suggest": {
                "get": {
                    "operationId": "suggest",
                    "summary": "Complete what is typed",
                    "parameters": _parameters(SuggestQuery),
                    "responses": _answers(
                        {"type": "array", "items": _ref("Suggestion")}, "At most eight.", (400,)
                    ),
                }
            },
            "/api/v1/solutions/{number}": {
                "get": {
                    "operationId": "solution",
                    "summary": "Read one solution",
                    "description": "A merged solution redirects to its successor.",
                    "parameters": [number, *_parameters(SolutionQuery)],
                    "responses": {
                        **_answers(
                            {"anyOf": [_ref("Solution"), _ref("Card")]},
                            "The solution, or its card.",
                            (400, 404, 410),
                        ),
                        "301": {"description": "It was merged into another solution."},
                    },
                }
            },
            "/api/v1/autolinks": {
                "get": {
                    "operationId": "autolinks",
                    "summary": "How other tools link to solutions",
                    "responses": _answers(_ref("Autolinks"), "The templates.", ()),
                }
            },
        },
        "components": {"schemas": _schemas()},
    }


@blueprint.get("/api/v1/openapi.json")
def openapi() -> Response:
    """The OpenAPI document."""
    return jsonify({**document(), "servers": [{"url": absolute("") or "/"}]})


@blueprint.get("/api")
def page() -> str:
    """The same document for people."""
    return render_template("api.html", document=document(), server=absolute(""))
