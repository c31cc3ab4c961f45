"""The records that are stored. Readers stay anonymous: no record has room for who they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from kb.errors import ErrordeskError

MAX_COMMENT = 1_000
MAX_QUESTION = 2_000
FRONTS = ("site", "api", "widget", "mcp", "command", "search")


class StoreUnavailable(ErrordeskError):
    """The database cannot be reached or written to; nothing was stored."""


def now() -> datetime:
    """The time in UTC, to the second, without a zone: what every database keeps alike."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def new_key() -> str:
    """A random key (UUID, RFC 9562) of a record."""
    return str(uuid4())


@dataclass(frozen=True, slots=True)
class Feedback:
    """Whether a solution helped, and an optional sentence.

    ``key`` is chosen by whoever sends it, so that a repeated sending is stored once;
    ``question_key`` is that of the question whose answer it is about.
    """

    solution: int
    helpful: bool
    comment: str = ""
    question: str = ""
    question_key: str | None = None
    key: str = field(default_factory=new_key)
    created: datetime = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class QuestionRecord:
    """One question that was answered: its scrubbed text and what came of it.

    ``solution`` and ``cause`` are the best ones, ``confirmed`` whether the cause was confirmed;
    ``signature`` names what a probe saw when no cause matched (the gap report). ``follows`` is the
    key of the question that a reader's answers refine, '' where that is not known.
    """

    text: str
    known: bool
    front: str
    solution: int | None = None
    cause: str | None = None
    confirmed: bool = False
    probed: bool = False
    signature: str | None = None
    took_ms: int = 0
    follows: str | None = None
    key: str = field(default_factory=new_key)
    created: datetime = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """That somebody went on to ask a person, after these solutions; never who, and no words.

    ``via`` is ``webhook`` (we sent the message) or ``elsewhere`` (mail, or the ticket system of a
    page with the widget); ``delivered`` whether the webhook took it.
    """

    via: str
    language: str = "en"
    solutions: tuple[int, ...] = ()
    question_key: str | None = None
    delivered: bool = False
    key: str = field(default_factory=new_key)
    created: datetime = field(default_factory=now)
