"""Reading the JSON that a program sends, as one of the API's models."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from webapp.problems import Refused

Model = TypeVar("Model", bound=BaseModel)


def body_as(model: type[Model], example: str) -> Model:
    """The request's body. Raises Refused: 400 for what is no JSON object, 422 for wrong fields."""
    try:
        body: Any = request.get_json(silent=True)
    except RecursionError:  # brackets in brackets, by the ten thousand
        body = None
    if not isinstance(body, dict):
        raise Refused(400, f"Send a JSON object such as {example}.")
    return checked(model, body, 422)


def checked(model: type[Model], values: dict[str, Any], status: int) -> Model:
    """The values as ``model``. Raises Refused with what is wrong, field by field."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        said = [
            f"{'.'.join(str(part)[:60] for part in item['loc'])}: {item['msg']}."
            for item in error.errors(include_input=False, include_url=False, include_context=False)
        ]
        raise Refused(status, " ".join(said[:5])) from None
