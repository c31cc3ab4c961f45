"""What is sent when a reader asks a person: question, answers seen, report; without secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from kb.answer import Observation
from kb.articles import KnowledgeBase
from kb.store.records import new_key
from kb.store.scrub import each_text, without_secrets

TYPE: Final = "contact.requested"


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer that the reader saw; ``cause`` is the best cause's ID, None where none was."""

    question: str
    known: bool
    solution: int | None = None
    cause: str | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What the probe saw of ``url``, as the reader's browser got it."""

    url: str
    facts: Mapping[str, Any]
    observations: tuple[Observation, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """One message. ``key`` stays the same when it is sent again, so that it arrives once.

    ``reply_to`` is what the reader gave to be answered at, '' for nothing; it is passed on and
    never stored. ``request_id`` is that of the error page the reader came from.
    """

    question: str
    message: str = ""
    reply_to: str = ""
    language: str = "en"
    answers: tuple[Seen, ...] = ()
    report: Report | None = None
    request_id: str = ""
    key: str = field(default_factory=new_key)

    @property
    def solutions(self) -> tuple[int, ...]:
        """The solutions that were seen, each once, in their order."""
        return tuple(dict.fromkeys(seen.solution for seen in self.answers if seen.solution))

    def payload(self, base: KnowledgeBase, site: str, at: datetime | None = None) -> dict[str, Any]:
        """The JSON of the webhook: ``type``, ``timestamp`` and ``data`` (docs/contact.md).

        ``site`` is the public URL of the help site without a slash at its end, or ''.
        """
        moment = (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"type": TYPE, "timestamp": moment, "data": self._data(base, site)}

    def _data(self, base: KnowledgeBase, site: str) -> dict[str, Any]:
        answers = [_answer(seen, base, site) for seen in self.answers]
        said = each_text(
            {
                "question": self.question,
                "message": self.message,
                "request_id": self.request_id,
                "answers": answers,
                "report": asdict(self.report) if self.report else None,
            },
            without_secrets,
        )
        data = {"key": self.key, "language": self.language, "reply_to": self.reply_to, **said}
        return {**data, "text": _text(data)}


def _answer(seen: Seen, base: KnowledgeBase, site: str) -> dict[str, Any]:
    """An answer with the names that the base knows; what the base does not know is left out."""
    article = base.get(seen.solution) if seen.solution else None
    causes = article.causes if article else ()
    cause = next((item for item in causes if item.id == seen.cause), None)
    return {
        "question": seen.question,
        "known": seen.known,
        "solution": article.id if article else None,
        "title": article.title if article else None,
        "url": f"{site}/{article.id}" if article else None,
        "cause": cause.id if cause else None,
        "cause_title": cause.title if cause else None,
        "confirmed": seen.confirmed and cause is not None,
    }


def _text(data: Mapping[str, Any]) -> str:
    """The message as one plain text, for a ticket's body."""
    parts = [str(data["message"] or data["question"])]
    if data["message"]:
        parts.append(f"Asked: {data['question']}")
    shown = [
        f"- {answer['title']} (#{answer['solution']}) {answer['url']}"
        + (f"\n  {'confirmed' if answer['confirmed'] else 'possible'}: {answer['cause_title']}"
           if answer["cause"] else "")
        for answer in data["answers"]
        if answer["solution"]
    ]  # fmt: skip
    if shown:
        parts.append("Solutions seen:\n" + "\n".join(dict.fromkeys(shown)))
    if data["report"]:
        steps = [
            f"  {step['vantage']} {step['layer']}: {step['summary']}"
            for seen in data["report"]["observations"]
            for step in seen["steps"]
        ]
        parts.append(f"Checked: {data['report']['url']}\n" + "\n".join(steps[:40]))
    if data["request_id"]:
        parts.append(f"Request: {data['request_id']}")
    if data["reply_to"]:
        parts.append(f"Answer to: {data['reply_to']}")
    return "\n\n".join(parts)
