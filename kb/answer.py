"""The one answer that every front renders: site, API, command, and later widget, chat and MCP.

All values are plain data, so that ``to_json()`` is the contract of DESIGN 7 and of the API.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, is_dataclass
from enum import StrEnum
from typing import Any, Final

import orjson


class Verdict(StrEnum):
    """What the facts say of a cause."""

    CONFIRMED = "confirmed"
    POSSIBLE = "possible"
    RULED_OUT = "ruled_out"


class Who(StrEnum):
    """Who must act first."""

    VISITOR = "visitor"
    DEVELOPER = "developer"
    OWNER = "owner"
    HOST = "host"
    NETWORK = "network"

    @property
    def label(self) -> str:
        """The role in words for a page."""
        return _WHO_LABELS[self]


_WHO_LABELS = {
    Who.VISITOR: "you, the visitor",
    Who.DEVELOPER: "the developer of the client",
    Who.OWNER: "the owner of the site",
    Who.HOST: "the host, CDN or DNS provider",
    Who.NETWORK: "the network you are in",
}


@dataclass(frozen=True, slots=True)
class IdentifierHit:
    """An identifier found in the text; ``span`` counts characters, start and end (exclusive).

    The text is the question, and behind it each text that later turns added, a line break between.
    ``meaning`` is one sentence about it, '' where its solution says it all.
    """

    name: str
    span: tuple[int, int]
    solution: int | None = None
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class CauseReport:
    """One cause of one solution, judged by the facts at hand."""

    solution: int
    id: str
    title: str
    verdict: Verdict
    evidence: tuple[str, ...]
    who: Who
    fix: str
    url: str
    explained_by: str | None = None


@dataclass(frozen=True, slots=True)
class SolutionReport:
    """One solution of the ranked list. ``passage`` is plain text; ``marks`` are the spans in it
    that match the question. ``matched_by`` is ``identifier``, ``words``, ``id`` or ``facts``."""

    id: int
    title: str
    summary: str
    url: str
    score: float
    passage: str
    marks: tuple[tuple[int, int], ...]
    matched_by: str
    causes: tuple[CauseReport, ...] = ()

    def ranked(
        self, score: float, matched_by: str, causes: tuple[CauseReport, ...] | None = None
    ) -> SolutionReport:
        """The same at another place, found otherwise. It is called for each solution of each
        answer, and takes a quarter of what :func:`dataclasses.replace` does."""
        return SolutionReport(
            self.id, self.title, self.summary, self.url, score, self.passage, self.marks,
            matched_by, self.causes if causes is None else causes,
        )  # fmt: skip

    def with_causes(self, causes: tuple[CauseReport, ...]) -> SolutionReport:
        """The same with its causes."""
        return self.ranked(self.score, self.matched_by, causes)


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question: what the button says and the value that the fact gets."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Question:
    """The next best question: ``fact`` is what it settles, ``gain`` the expected information in
    bits, ``settles`` the titles of the causes that it tells apart."""

    fact: str
    text: str
    why: str
    choices: tuple[Choice, ...]
    gain: float
    settles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenCause:
    """A cause that a turn leaves possible."""

    solution: int
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a conversation: what the reader said, and what that made of the question.

    ``kind`` is ``question`` (the first turn), ``answer``, ``unknown`` ("I don't know") or ``added``
    (more about the trouble). ``fact`` is that of the question that stood there, ``question`` its
    words; a pressed button gives ``value``, typed words ``text`` (without secrets), and
    ``said`` is either for showing. ``identifiers``, ``urls`` and ``facts`` are what this turn
    added, ``checked`` what was looked at, ``possible`` the likeliest of the ``open`` causes that
    are possible or confirmed after it.
    """

    kind: str
    said: str
    fact: str = ""
    value: str = ""
    text: str = ""
    question: str = ""
    identifiers: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)
    checked: tuple[str, ...] = ()
    possible: tuple[OpenCause, ...] = ()
    open: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """One thing the reader told, each to be taken back by itself: what was ``said`` to
    ``question``, as its button says it; '' is "I don't know", without a question it is what was
    typed.

    ``turn`` is its place in the request's ``turns``, or None for what came with ``facts`` or was
    read out of the words: then take it out of ``facts``, or name it in ``forget``.
    """

    fact: str
    value: str
    said: str
    turn: int | None = None
    question: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """A cause that is still possible, with what to do and how to check it oneself."""

    solution: int
    id: str
    title: str
    who: Who
    fix: str
    check: str
    url: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns so far, the question first; see :mod:`kb.conversation`.

    ``asked`` counts the questions answered or skipped. ``paused`` says that another question is
    left but advice comes first: ``more`` of the request, raised by one, goes on. ``given`` and
    ``forgotten`` are the request's ``facts`` and ``forget``, to be sent again.
    """

    turns: tuple[Turn, ...] = ()
    told: tuple[Told, ...] = ()
    advice: tuple[Advice, ...] = ()
    asked: int = 0
    more: int = 0
    paused: bool = False
    given: dict[str, str] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    forgotten: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an observation: ``layer`` is dns, tcp, tls, http or guard; ``status`` is done,
    failed or not_tried; ``start_ms`` counts from the start of the observation."""

    vantage: str
    layer: str
    status: str
    summary: str
    start_ms: float = 0.0
    duration_ms: float = 0.0
    detail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Observation:
    """What one observer did: ``source`` is probe, transcript, har or reader; ``at`` ISO 8601."""

    source: str
    target: str
    at: str
    outcome: str
    summary: str
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was claimed against what was seen, one sentence; ``agrees`` says whether they match."""

    claimed: str
    seen: str
    agrees: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Change:
    """A fact that differs between two probes of the same URL (*check again*)."""

    fact: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """The text to send to whoever must act, without secrets."""

    to: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that is known about one question. See DESIGN 1 and 7 for each field.

    ``headline`` is one sentence: what it is. ``verdict`` is the best cause's verdict, if any.
    ``first_step`` is what to do now, ``who`` whose move it is, ``layer`` which layer answered.
    ``works`` says that nothing is known to be wrong and the probe got the page as it should be.
    """

    question: str
    headline: str
    known: bool
    identifiers: tuple[IdentifierHit, ...]
    solutions: tuple[SolutionReport, ...]
    causes: tuple[CauseReport, ...]
    next_question: Question | None
    facts: dict[str, Any]
    observations: tuple[Observation, ...]
    content_revision: str
    url: str | None = None
    who: Who | None = None
    layer: str | None = None
    layer_sentence: str | None = None
    first_step: str | None = None
    comparison: Comparison | None = None
    reproduce: tuple[str, ...] = ()
    ticket: Ticket | None = None
    unknown: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    did_you_mean: str | None = None
    changes: tuple[Change, ...] = ()
    reader_facts: dict[str, str] = field(default_factory=dict)
    conversation: Conversation = field(default_factory=Conversation)
    works: bool = False

    @property
    def confirmed(self) -> tuple[CauseReport, ...]:
        """The confirmed causes, best first."""
        return tuple(cause for cause in self.causes if cause.verdict is Verdict.CONFIRMED)

    def to_json(self) -> dict[str, Any]:
        """The answer as JSON-ready data; field names are a contract (DESIGN 7)."""
        data: dict[str, Any] = json.loads(self.to_json_text())
        return data

    def to_json_text(self) -> str:
        """The same as JSON text."""
        return self.to_json_bytes().decode()

    def to_json_bytes(self) -> bytes:
        """The same as JSON in UTF-8."""
        try:
            return orjson.dumps(self)
        except orjson.JSONEncodeError:
            # An integer of more than 64 bits: a server may send any length it likes.
            return _ENCODER.encode(self).encode(errors="replace")


def _fields(value: object) -> dict[str, Any]:
    """A record of this module as a mapping, for the encoder of the rare cases."""
    if not is_dataclass(value):
        raise TypeError(f"{type(value).__name__} is no record of an answer.")
    return {item.name: getattr(value, item.name) for item in fields(value)}


_ENCODER: Final = json.JSONEncoder(default=_fields, ensure_ascii=False)
