"""What the operator learns, on every database: counts, groups, gaps, deflection, exports."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from kb.insight import as_csv, as_json, look
from kb.insight.clusters import clustered
from kb.insight.export import TABLES
from kb.insight.figures import Asked
from kb.store import ContactRecord, Feedback, QuestionRecord, Store
from kb.store.records import now

YESTERDAY = now() - timedelta(days=1)


def asked(store: Store, text: str, solution: int | None = 2173, **values: Any) -> str:
    record = QuestionRecord(text, solution is not None, "site", solution, **values)
    store.log_question(record)
    return record.key


@pytest.fixture
def filled(store: Store) -> Store:
    """Four questions: one helped, one went on to a person, one helped after it, one is silent."""
    helped = asked(store, "HTTP 401 from our robot", created=YESTERDAY)
    went = asked(store, "401 robot")
    both = asked(store, "what is 499 odd", None, probed=True, signature="http.status=499")
    asked(store, "the carousel spins backwards", None)
    cause: dict[str, Any] = {
        "cause": "2173#automated-clients-refused",
        "confirmed": True,
        "probed": True,
    }
    asked(store, "HTTP 401 from our robot", follows=helped, **cause)
    asked(store, "HTTP 401 from our robot", follows=helped, **cause)
    store.log_question(QuestionRecord("carousel spinning backwards", False, "search"))
    asked(store, "HTTP 401 from our robot", created=now() - timedelta(days=20))
    store.flush()
    store.add_feedback(Feedback(2173, True, question_key=helped, created=YESTERDAY))
    store.add_feedback(Feedback(2173, True, question_key=both))
    store.add_feedback(Feedback(2173, False, "=1+1 did not help", "401 robot", went))
    store.add_contact(ContactRecord("elsewhere", question_key=went, key="c" * 8))
    store.add_contact(ContactRecord("elsewhere", question_key=both, key="d" * 8))
    return store


def test_questions_are_counted_once_and_their_outcome_is_known(filled: Store) -> None:
    totals = look(filled, 7).totals
    assert (totals.asked, totals.known, totals.probed, totals.confirmed) == (4, 2, 1, 1)
    assert (totals.helpful, totals.unhelpful, totals.contacts, totals.nothing) == (2, 1, 2, 1)
    # Three of four: helped, helped although a person was asked, and silent.
    assert (totals.deflected, totals.deflection, totals.helped_share) == (3, 0.75, 0.5)
    assert look(filled, 30).totals.asked == 5


def test_a_contact_of_no_known_question_counts_against_deflection(filled: Store) -> None:
    filled.add_contact(ContactRecord("elsewhere", key="e" * 8))
    filled.add_contact(ContactRecord("elsewhere", question_key="not-a-question", key="f" * 8))
    totals = look(filled, 7).totals
    assert (totals.stray, totals.deflected) == (2, 1)


def test_the_trend_has_every_day_and_adds_up(filled: Store) -> None:
    found = look(filled, 7)
    assert len(found.trend) == 7
    assert found.trend[-1].day == str(now().date())
    days = found.trend[-2:]
    assert [(day.known, day.unknown, day.contacts) for day in days] == [(1, 0, 0), (1, 2, 2)]
    assert sum(day.deflected for day in found.trend) == found.totals.deflected
    assert sum(day.asked for day in found.trend) == found.totals.asked


def test_similar_questions_stand_together(filled: Store) -> None:
    found = look(filled, 7)
    (known,) = found.questions
    assert (known.title, known.count, known.solution) == ("401 robot", 2, 2173)
    assert [(one.count, one.solution) for one in found.nothing] == [(2, None), (1, None)]
    assert {text for text, _ in found.nothing[0].texts} == {
        "the carousel spins backwards",
        "carousel spinning backwards",
    }


def test_gaps_causes_votes_and_comments(filled: Store) -> None:
    found = look(filled, 7)
    assert [(gap.signature, gap.count) for gap in found.gaps] == [("http.status=499", 1)]
    assert [(one.cause, one.count) for one in found.causes] == [
        ("2173#automated-clients-refused", 1)
    ]
    assert [(one.solution, one.helpful, one.unhelpful) for one in found.votes] == [(2173, 2, 1)]
    assert [one.question for one in found.comments] == ["401 robot"]


def test_nothing_stored_gives_nothing_and_no_share(store: Store) -> None:
    found = look(store, 30)
    assert found.totals.asked == 0
    assert found.totals.deflection is None
    assert len(found.trend) == 30
    assert not found.questions + found.nothing
    assert not found.gaps


def test_tables_as_csv_and_json_say_the_same(filled: Store) -> None:
    found = look(filled, 7)
    plain = as_json(found)
    assert plain["deflection"]["at_most"] == 0.75
    for name in TABLES:
        rows = list(csv.DictReader(io.StringIO(as_csv(found, name))))
        assert len(rows) == len(plain[name])
        assert all(set(row) == set(one) for row, one in zip(rows, plain[name], strict=True))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "  =", "＝"])
def test_a_spreadsheet_runs_nothing_out_of_a_csv(store: Store, start: str) -> None:
    store.add_feedback(Feedback(2173, False, f"{start}HYPERLINK(1)", "why"))
    (row,) = csv.DictReader(io.StringIO(as_csv(look(store, 7), "comments"), newline=""))
    assert row["comment"].startswith("'")
    assert "HYPERLINK(1)" in row["comment"]


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("502 bad gateway nginx", "nginx says 502 Bad Gateway please help", True),
        ("502 bad gateway nginx", "504 gateway nginx bad", False),
        ("HTTP 401", "HTTP 404", False),
        ("my shop is slow", "the shop got slow since yesterday", True),
        ("my shop is slow", "the certificate ran out", False),
        ("https://a.example/x", "https://a.example/x", True),
        ("https://a.example/x", "https://b.example/y", False),
    ],
)
def test_what_counts_as_similar(one: str, other: str, together: bool) -> None:
    groups = clustered([Asked(one, 2, now()), Asked(other, 1, now())])
    assert len(groups) == (1 if together else 2)
    assert groups[0].title == one
