"""A conversation in the fields of a form or a link, in both directions.

``turn`` (repeated, in order) is ``FACT=VALUE``, ``FACT=`` for "I don't know" or ``FACT:words``
(``:words`` where no question stood there). A button adds a turn with ``answer``, the text field
with ``about`` and ``say``; ``undo`` takes back a turn by its place or a fact by its name, ``on``
asks for more questions. Fields ``reader.*`` are facts that were given, ``forget`` those taken back.
"""

from __future__ import annotations

import re
from typing import Final

from werkzeug.datastructures import MultiDict

from kb.answer import Answer
from kb.conversation import Said
from kb.desk import Query
from kb.errors import BadQuestion

# What a request has beside the question when it goes on with one.
GOES_ON: Final = ("turn", "answer", "say", "undo", "on", "forget")
_TURN: Final = re.compile(r"(?P<fact>[a-z_.]*)(?P<sign>[=:])(?P<rest>.*)", re.DOTALL)


def query_from(values: MultiDict[str, str], probe: bool) -> Query:
    """The question and its conversation in a form's fields. Raises BadQuestion."""
    reader = {k: v for k, v in values.items() if k.startswith("reader.") and v}
    said = [_read(turn) for turn in values.getlist("turn")]
    forgotten = {name for name in values.getlist("forget") if name}
    if undo := values.get("undo", ""):
        if undo.isascii() and undo.isdigit() and int(undo) < len(said):
            del said[int(undo)]
        else:
            reader.pop(undo, None)
            forgotten.add(undo)
    if answer := values.get("answer"):
        said.append(_read(answer))
    if text := values.get("say", "").strip():
        said.append(Said(values.get("about", ""), text=text))
    return Query(
        values.get("q", ""),
        reader,
        probe,
        values.get("fresh") == "1",
        said=tuple(said),
        skipped=frozenset(name for name in values.getlist("skip") if name),
        forgotten=frozenset(forgotten),
        more=_count(values.get("more", "")) + (values.get("on") == "1"),
    )


def fields_of(answer: Answer) -> list[tuple[str, str]]:
    """The fields with which a form or a link goes on from ``answer``; the question is not among
    them."""
    talk = answer.conversation
    fields = [*talk.given.items()]
    fields += [("skip", name) for name in talk.skipped]
    fields += [("forget", name) for name in talk.forgotten]
    for turn in talk.turns[1:]:
        fields.append(
            ("turn", f"{turn.fact}:{turn.text}" if turn.text else f"{turn.fact}={turn.value}")
        )
    return [*fields, ("more", str(talk.more))] if talk.more else fields


def _read(turn: str) -> Said:
    match = _TURN.fullmatch(turn)
    if match is None:
        raise BadQuestion(f"{turn[:60]!r} is no turn of a conversation.")
    if match["sign"] == "=":
        return Said(match["fact"], match["rest"])
    return Said(match["fact"], text=match["rest"])


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
