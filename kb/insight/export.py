"""The insight for other tools: JSON of everything, CSV of each table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from kb.insight.clusters import Cluster
from kb.insight.insight import Insight

# A spreadsheet takes a cell that begins like this for a formula (OWASP, CSV injection).
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Texts of one group in a cell of the table and in the JSON.
MAX_TEXTS: Final = 20

Row = dict[str, Any]


def _clusters(clusters: Iterable[Cluster]) -> list[Row]:
    return [
        {
            "key": one.key,
            "question": one.title,
            "count": one.count,
            "solution": one.solution,
            "last": one.last,
            "texts": [text for text, _ in one.texts[:MAX_TEXTS]],
        }
        for one in clusters
    ]


TABLES: Final[Mapping[str, Callable[[Insight], list[Row]]]] = {
    "trend": lambda found: [{**asdict(day), "asked": day.asked} for day in found.trend],
    "questions": lambda found: _clusters(found.questions),
    "nothing": lambda found: _clusters(found.nothing),
    "gaps": lambda found: [asdict(gap) for gap in found.gaps],
    "votes": lambda found: [asdict(votes) for votes in found.votes],
    "comments": lambda found: [asdict(comment) for comment in found.comments],
    "causes": lambda found: [asdict(cause) for cause in found.causes],
}
_COLUMNS: Final = {
    "trend": ("day", "known", "unknown", "helpful", "unhelpful", "contacts", "deflected", "asked"),
    "questions": ("key", "question", "count", "solution", "last", "texts"),
    "nothing": ("key", "question", "count", "solution", "last", "texts"),
    "gaps": ("signature", "count", "last", "question"),
    "votes": ("solution", "helpful", "unhelpful"),
    "comments": ("solution", "created", "comment", "question"),
    "causes": ("cause", "count", "probed"),
}


def as_json(found: Insight) -> dict[str, Any]:
    """The insight as JSON-ready data: totals, deflection and every table by name."""
    totals = found.totals
    return {
        "days": found.days,
        "since": found.since.isoformat(),
        "totals": {**asdict(totals), "deflected": totals.deflected},
        "deflection": {"at_most": totals.deflection, "at_least": totals.helped_share},
        **{name: [_plain(row) for row in rows(found)] for name, rows in TABLES.items()},
    }


def _plain(row: Row) -> Row:
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in row.items()}


def as_csv(found: Insight, table: str) -> str:
    """One table as CSV (RFC 4180) with a head line. Raises KeyError for a name that is none.

    Texts of readers are strangers' texts: what a spreadsheet would run gets an apostrophe in front.
    """
    rows = TABLES[table](found)
    output = io.StringIO()
    writer = csv.DictWriter(output, _COLUMNS[table], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in _plain(row).items()} for row in rows)
    return output.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        value = " | ".join(value)
    if not isinstance(value, str):
        return value
    text = value.replace("\0", "")
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
