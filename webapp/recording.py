"""The log of questions: what was asked, what came out, what no cause explains; never who asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from flask import current_app

from kb.answer import Answer
from kb.store import QuestionRecord
from kb.store.records import new_key
from webapp.services import services

_KEY: Final = re.compile(r"[A-Za-z0-9-]{8,36}")
# What a probe's facts are summed up in when no cause explains them: the head of the gap report.
_SIGNATURE: Final = ("dns.outcome", "tcp.outcome", "tls.outcome", "http.outcome", "http.status")


def question_key(values: Mapping[str, str]) -> str | None:
    """The key of the question that a form goes on from, if it names one."""
    key = values.get("asked", "")
    return key if _KEY.fullmatch(key) else None


def followed(key: str | None, refined: bool) -> str | None:
    """What a question follows: None when it is a new one; '' when it is not known which."""
    return key or ("" if refined else None)


def record(
    answer: Answer, front: str, took_s: float, key: str = "", follows: str | None = None
) -> None:
    """Queue the answer for the log under ``key``; it never waits and never fails.

    A question that is only refined gets a line more when that settles it or shows a gap; the line
    names the question that it ``follows``, and is not counted as another.
    """
    counted = current_app.extensions.get("errordesk.metrics")
    if counted is not None:
        counted.answer(answer, front)
    store = services().store
    if store is None:
        return
    made = record_of(answer, front, took_s, key, follows)
    if made is not None:
        store.log_question(made)
        if counted is not None:
            counted.log(store)


def record_of(
    answer: Answer, front: str, took_s: float, key: str = "", follows: str | None = None
) -> QuestionRecord | None:
    """The answer as a line of the log; None for a refinement that settles and shows nothing."""
    best = next(iter(answer.confirmed), None)
    lead = best or next(iter(answer.causes), None)
    probed = any(seen.source == "probe" for seen in answer.observations)
    gap = signature(answer) if probed and best is None else None
    if follows is not None and best is None and gap is None:
        return None
    return QuestionRecord(
        answer.question,
        answer.known,
        front,
        solution=answer.solutions[0].id if answer.known and answer.solutions else None,
        cause=f"{lead.solution}#{lead.id}" if lead and answer.known else None,
        confirmed=best is not None,
        probed=probed,
        signature=gap,
        took_ms=round(took_s * 1000),
        follows=follows,
        key=key or new_key(),
    )


def found_nothing(text: str) -> None:
    """Queue a search without a hit for the log: it is no question, and shows what is missing."""
    store = services().store
    if store is not None:
        store.log_question(QuestionRecord(text, False, "search"))


def signature(answer: Answer) -> str | None:
    """What a probe saw, in a few facts; None where all went well and nothing needs a cause."""
    seen = {name: value for name in _SIGNATURE if (value := _fact(answer, name)) is not None}
    status = seen.get("http.status")
    if isinstance(status, int) and status < 400:
        return None
    return " ".join(f"{name}={value}" for name, value in seen.items())[:400] or None


def _fact(answer: Answer, name: str) -> object:
    node: object = answer.facts
    for part in name.split("."):
        node = node.get(part) if isinstance(node, dict) else None
    return node
