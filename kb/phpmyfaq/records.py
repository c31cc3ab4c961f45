"""phpMyFAQ's records, from its JSON export or from its database.

The export is a list of ``{"faq": {…}}``. It has the number of the record, not the solution ID (one
given as ``solution_id`` is taken), the path of the category joined by `` >> ``, and the answer's
HTML with its special characters escaped. The database (tables ``faqdata``, ``faqcategories``,
``faqcategoryrelations``, with a prefix) has the solution ID and the date of creation, too.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import MetaData, create_engine, select
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from kb.databases import database_url
from kb.errors import ErrordeskError

MAX_BYTES: Final = 200_000_000
_DAY: Final = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")
_TAG: Final = re.compile(r"<[^>]*>")


class BadExport(ErrordeskError):
    """The file or database is not phpMyFAQ's, or cannot be read."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record in one language. ``solution`` is None where the source does not tell it;
    ``category`` are the names from the top; ``answer`` is HTML."""

    id: int
    language: str
    solution: int | None
    category: tuple[str, ...]
    keywords: tuple[str, ...]
    question: str
    answer: str
    author: str
    updated: date | None
    created: date | None = None


def from_json(file: Path) -> list[Record]:
    """The records of a JSON export. Raises BadExport with the number of the entry that is wrong."""
    try:
        if file.stat().st_size > MAX_BYTES:
            raise BadExport(f"{file} is larger than 200 MB.")
        entries = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadExport(f"{file} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError) as error:
        raise BadExport(f"{file} is no JSON: {error}.") from None
    if not isinstance(entries, list):
        raise BadExport(f"{file} is no export of phpMyFAQ: a list of records is expected.")
    return [_exported(entry, number) for number, entry in enumerate(entries, start=1)]


def _exported(entry: Any, number: int) -> Record:
    faq = entry.get("faq") if isinstance(entry, dict) else None
    if not isinstance(faq, dict) or not {"id", "question", "answer"} <= faq.keys():
        raise BadExport(f"Entry {number} is no record: faq with id, question, answer is expected.")
    category = str(faq.get("category") or "")
    return Record(
        id=_integer(faq["id"], f"Entry {number}: id"),
        language=_language(faq.get("language")),
        solution=_optional(faq.get("solution_id"), f"Entry {number}: solution_id"),
        category=tuple(_words(part) for part in category.split(" >> ") if part.strip()),
        keywords=_keywords(faq.get("keywords")),
        question=_words(faq["question"]),
        answer=html.unescape(str(faq["answer"] or "")),
        author=_words(faq.get("author")),
        updated=_day(faq.get("last_modified")),
    )


def from_database(url: str, prefix: str = "") -> list[Record]:
    """The records of a phpMyFAQ database (MySQL, PostgreSQL, SQLite). Raises BadExport.

    ``url`` is SQLAlchemy's, ``prefix`` what phpMyFAQ was told to begin its tables with. Read only.
    """
    names = ("faqdata", "faqcategories", "faqcategoryrelations")
    try:
        engine = create_engine(database_url(url))
    except (ArgumentError, ImportError, ValueError) as error:
        raise BadExport(f"This database cannot be used: {error}") from None
    try:
        metadata = MetaData()
        metadata.reflect(engine, only=[prefix + name for name in names])
        tables = [metadata.tables[prefix + name] for name in names]
        with engine.connect() as connection:
            data, categories, relations = (
                [dict(row) for row in connection.execute(select(table)).mappings()]
                for table in tables
            )
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise BadExport(f"The database cannot be read as phpMyFAQ's: {said}.") from None
    finally:
        engine.dispose()
    paths = _paths(categories)
    homes: dict[tuple[int, str], tuple[str, ...]] = {}
    for row in sorted(relations, key=lambda row: int(row["category_id"])):
        path = paths.get((int(row["category_id"]), str(row["category_lang"])), ())
        homes.setdefault((int(row["record_id"]), str(row["record_lang"])), path)
    return [_stored(row, homes) for row in sorted(data, key=lambda row: int(row["id"]))]


def _stored(row: Mapping[str, Any], homes: Mapping[tuple[int, str], tuple[str, ...]]) -> Record:
    number = _integer(row["id"], "faqdata.id")
    return Record(
        id=number,
        language=_language(row["lang"]),
        solution=_optional(row.get("solution_id"), f"faqdata {number}: solution_id"),
        category=homes.get((number, str(row["lang"])), ()),
        keywords=_keywords(row.get("keywords")),
        question=_words(row["thema"]),
        answer=str(row.get("content") or ""),
        author=_words(row.get("author")),
        updated=_day(row.get("updated")),
        created=_day(row.get("created")),
    )


def _paths(rows: list[dict[str, Any]]) -> dict[tuple[int, str], tuple[str, ...]]:
    nodes = {(int(row["id"]), str(row["lang"])): row for row in rows}

    def path(key: tuple[int, str], seen: frozenset[tuple[int, str]]) -> tuple[str, ...]:
        row = nodes.get(key)
        if row is None or key in seen:  # a damaged tree may go round in circles
            return ()
        above = path((int(row["parent_id"] or 0), key[1]), seen | {key})
        return (*above, _words(row["name"]))

    return {key: path(key, frozenset()) for key in nodes}


def _words(value: Any) -> str:
    return " ".join(html.unescape(_TAG.sub("", str(value or ""))).split())


def _keywords(value: Any) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(filter(None, (_words(part) for part in str(value or "").split(","))))
    )


def _language(value: Any) -> str:
    found = re.match(r"[a-z]{2}", str(value or "").lower())
    return found[0] if found else "en"


def _integer(value: Any, said: str) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = 0
    if not 0 < number < 10**9 or isinstance(value, (bool, float)):
        raise BadExport(f"{said} must be a number from 1 to 999999999.")
    return number


def _optional(value: Any, said: str) -> int | None:
    return None if value in (None, "", 0, "0") else _integer(value, said)


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    match = _DAY.match(str(value or ""))
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None
