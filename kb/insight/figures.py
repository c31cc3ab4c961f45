"""The sums over the log, in SQL that SQLite and PostgreSQL understand alike.

A *question* here is a line of the log that follows no other (see QuestionRecord.follows) and did
not come from the search box. It was *deflected* when somebody said that its answer helped, or when
nobody went on from it to ask a person:

    deflection = (questions with "helpful" or without contact - contacts of no known question)
                 / questions, and 0 where that is negative

A reader who leaves without a word counts as deflected, so this is the most that can be claimed;
the least is the share of questions with "helpful".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, not_, or_, select

from kb.store.tables import CONTACTS, FEEDBACK, QUESTIONS

# Distinct texts that are taken into account, the most frequent first.
MAX_TEXTS: Final = 3_000
MAX_COMMENTS: Final = 200
_Q, _F, _C = QUESTIONS.c, FEEDBACK.c, CONTACTS.c


@dataclass(frozen=True, slots=True)
class Totals:
    """Numbers over the whole period. ``stray`` contacts name no question that the log knows;
    ``nothing`` are searches that found nothing."""

    asked: int
    known: int
    probed: int
    confirmed: int
    helped: int
    kept: int
    helpful: int
    unhelpful: int
    contacts: int
    stray: int
    nothing: int

    @property
    def deflected(self) -> int:
        """Questions that ended in "helpful" or without contact; see the head of this module."""
        return max(0, self.kept - self.stray)

    @property
    def deflection(self) -> float | None:
        """The share of questions that were deflected, 0 to 1; None without a question."""
        return self.deflected / self.asked if self.asked else None

    @property
    def helped_share(self) -> float | None:
        """The share of questions whose answer was said to help, 0 to 1."""
        return self.helped / self.asked if self.asked else None


@dataclass(frozen=True, slots=True)
class Day:
    """One day (UTC, ISO 8601) of the trend."""

    day: str
    known: int = 0
    unknown: int = 0
    helpful: int = 0
    unhelpful: int = 0
    contacts: int = 0
    deflected: int = 0

    @property
    def asked(self) -> int:
        """Questions of that day."""
        return self.known + self.unknown


@dataclass(frozen=True, slots=True)
class Asked:
    """One text, how often it was asked, when last, and which solution it led to."""

    text: str
    count: int
    last: datetime
    solution: int | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """What a probe saw that no cause explains: the facts, how often, and one question."""

    signature: str
    count: int
    last: datetime
    question: str


@dataclass(frozen=True, slots=True)
class Votes:
    """How often a solution was said to help and not to help."""

    solution: int
    helpful: int
    unhelpful: int


@dataclass(frozen=True, slots=True)
class Comment:
    """A sentence that came with a "no"."""

    solution: int
    created: datetime
    comment: str
    question: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A cause (``solution#cause``) and the questions in which it was confirmed."""

    cause: str
    count: int
    probed: int


def _counted(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _asked(since: datetime) -> ColumnElement[bool]:
    return and_(_Q.created >= since, _Q.follows.is_(None), _Q.front != "search")


_HELPED = exists().where(_F.question_key == _Q.key, _F.helpful.is_(True))
_CONTACTED = exists().where(_C.question_key == _Q.key)
_KEPT = or_(_HELPED, not_(_CONTACTED))
_STRAY = not_(exists().where(_Q.key == _C.question_key))


def totals(connection: Connection, since: datetime) -> Totals:
    """The numbers since ``since``."""
    questions = connection.execute(
        select(
            func.count().label("asked"),
            _counted(_Q.known).label("known"),
            _counted(_Q.probed).label("probed"),
            _counted(_HELPED).label("helped"),
            _counted(_KEPT).label("kept"),
        )
        .select_from(QUESTIONS)
        .where(_asked(since))
    ).one()
    confirmed = connection.execute(
        select(func.count(_root().distinct())).where(_Q.created >= since, _Q.confirmed.is_(True))
    ).scalar_one()
    votes = connection.execute(
        select(_counted(_F.helpful).label("helpful"), func.count().label("all"))
        .select_from(FEEDBACK)
        .where(_F.created >= since)
    ).one()
    contacts = connection.execute(
        select(func.count().label("all"), _counted(_STRAY).label("stray"))
        .select_from(CONTACTS)
        .where(_C.created >= since)
    ).one()
    nothing = connection.execute(
        select(func.count())
        .select_from(QUESTIONS)
        .where(_Q.created >= since, _Q.front == "search", _Q.known.is_(False))
    ).scalar_one()
    return Totals(
        asked=questions.asked,
        known=questions.known,
        probed=questions.probed,
        confirmed=confirmed,
        helped=questions.helped,
        kept=questions.kept,
        helpful=votes.helpful,
        unhelpful=votes[1] - votes.helpful,
        contacts=contacts[0],
        stray=contacts.stray,
        nothing=nothing,
    )


def days(connection: Connection, since: datetime) -> dict[str, Day]:
    """The trend by day, for the days on which something happened."""
    found: dict[str, dict[str, int]] = {}

    def add(rows: Any) -> None:
        for row in rows.mappings():
            values = dict(row)
            found.setdefault(str(values.pop("day")), {}).update(values)

    date = func.date(_Q.created).label("day")
    add(
        connection.execute(
            select(
                date,
                _counted(_Q.known).label("known"),
                _counted(_Q.known.is_(False)).label("unknown"),
                _counted(_KEPT).label("deflected"),
            )
            .where(_asked(since))
            .group_by(date)
        )
    )
    date = func.date(_F.created).label("day")
    add(
        connection.execute(
            select(
                date,
                _counted(_F.helpful).label("helpful"),
                _counted(_F.helpful.is_(False)).label("unhelpful"),
            )
            .where(_F.created >= since)
            .group_by(date)
        )
    )
    date = func.date(_C.created).label("day")
    contacts = connection.execute(
        select(date, func.count().label("contacts"), _counted(_STRAY).label("stray"))
        .where(_C.created >= since)
        .group_by(date)
    )
    add(contacts)
    trend = {}
    for day, values in found.items():
        stray = values.pop("stray", 0)
        values["deflected"] = max(0, values.get("deflected", 0) - stray)
        trend[day] = Day(day, **values)
    return trend


def texts(connection: Connection, since: datetime, known: bool) -> list[Asked]:
    """What was asked, the most frequent first; unknown questions with the searches for nothing."""
    count = func.count().label("count")
    wanted = and_(_Q.created >= since, _Q.follows.is_(None), _Q.known.is_(known))
    if known:
        wanted = and_(wanted, _Q.front != "search")
    rows = connection.execute(
        select(_Q.text, count, func.max(_Q.created).label("last"), _Q.solution)
        .where(wanted)
        .group_by(_Q.text, _Q.solution)
        .order_by(count.desc(), _Q.text)
        .limit(MAX_TEXTS)
    )
    return [Asked(row.text, row[1], row.last, row.solution) for row in rows]


def gaps(connection: Connection, since: datetime) -> list[Gap]:
    """What probes saw and no cause explains, the most frequent first."""
    count = func.count().label("count")
    rows = connection.execute(
        select(_Q.signature, count, func.max(_Q.created).label("last"), func.min(_Q.text))
        .where(_Q.created >= since, _Q.signature.is_not(None))
        .group_by(_Q.signature)
        .order_by(count.desc(), _Q.signature)
        .limit(MAX_TEXTS)
    )
    return [Gap(row[0], row[1], row.last, row[3]) for row in rows]


def votes(connection: Connection, since: datetime) -> list[Votes]:
    """Solutions that were said not to help, the most often first."""
    helpful = _counted(_F.helpful).label("helpful")
    unhelpful = _counted(_F.helpful.is_(False)).label("unhelpful")
    rows = connection.execute(
        select(_F.solution, helpful, unhelpful)
        .where(_F.created >= since)
        .group_by(_F.solution)
        .having(unhelpful > 0)
        .order_by(unhelpful.desc(), _F.solution)
    )
    return [Votes(*row) for row in rows]


def comments(connection: Connection, since: datetime) -> list[Comment]:
    """What was said with a "no", the newest first."""
    rows = connection.execute(
        select(_F.solution, _F.created, _F.comment, _F.question)
        .where(_F.created >= since, _F.helpful.is_(False), _F.comment != "")
        .order_by(_F.created.desc(), _F.key)
        .limit(MAX_COMMENTS)
    )
    return [Comment(*row) for row in rows]


def _root() -> Any:
    """The key of the question that a line belongs to."""
    return func.coalesce(func.nullif(_Q.follows, ""), _Q.key)


def causes(connection: Connection, since: datetime) -> list[Confirmed]:
    """Confirmed causes, the most frequent first; a question counts once for each."""
    count = func.count(_root().distinct()).label("count")
    rows = connection.execute(
        select(_Q.cause, count, func.count(case((_Q.probed, _root())).distinct()))
        .where(_Q.created >= since, _Q.confirmed.is_(True), _Q.cause.is_not(None))
        .group_by(_Q.cause)
        .order_by(count.desc(), _Q.cause)
    )
    return [Confirmed(row[0], row[1], row[2]) for row in rows]
