"""The log of questions: what was asked, what came out, what no cause explains; never who asked."""

from __future__ import annotations

from kb.answer import Answer
from kb.store import QuestionRecord
from webapp.services import services

# What a probe's facts are summed up in when no cause explains them: the head of the gap report.
_SIGNATURE = ("dns.outcome", "tcp.outcome", "tls.outcome", "http.outcome", "http.status")


def record(answer: Answer, front: str, took_s: float) -> None:
    """Queue the answer for the log; it never waits and never fails.

    A question that is only refined by a reader's answer counts once more when that settles it.
    """
    store = services().store
    if store is None or (answer.reader_facts and not answer.confirmed):
        return
    best = next(iter(answer.confirmed), None)
    lead = best or next(iter(answer.causes), None)
    probed = any(seen.source == "probe" for seen in answer.observations)
    store.log_question(
        QuestionRecord(
            answer.question,
            answer.known,
            front,
            solution=answer.solutions[0].id if answer.known and answer.solutions else None,
            cause=f"{lead.solution}#{lead.id}" if lead and answer.known else None,
            confirmed=best is not None,
            probed=probed,
            signature=signature(answer) if probed and best is None else None,
            took_ms=round(took_s * 1000),
        )
    )


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
