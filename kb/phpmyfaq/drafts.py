"""Records into drafts in a content folder, without ever overwriting; and a report of the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from kb.articles import KnowledgeBase
from kb.articles.parse import slugify
from kb.phpmyfaq.prose import Prose, to_markdown
from kb.phpmyfaq.records import Record

ANCHOR: Final = "what-it-means"
MAX_SLUG: Final = 80
UNSORTED: Final = "imported"
NOBODY: Final = "phpMyFAQ"
# Said once, since it is true of every record.
GENERAL: Final = "Comments, ratings, visits, tags, attachments and e-mail addresses stay behind."


@dataclass(slots=True)
class Imported:
    """What came of it: the files written, what was not kept (``subject: sentence``), and the two
    tables that the writer adds, if any, to ``categories.yaml`` and ``redirects.yaml``."""

    files: list[Path] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    categories: dict[str, dict[str, str]] = field(default_factory=dict)
    records: dict[int, int] = field(default_factory=dict)


def import_records(
    records: Iterable[Record], folders: Path | Sequence[Path], today: date, write: bool = True
) -> Imported:
    """Write each record as a draft into the last content folder; English is the main language.

    An ID that is taken, in any of the folders or by an earlier record, is reported and left alone.
    Raises ContentError where ``folders`` are no content folders.
    """
    base = KnowledgeBase.load(folders, drafts=True)
    articles = base.roots[-1] / "articles"
    articles.mkdir(exist_ok=True)
    taken = {article.id for article in base.all}
    taken |= {int(p.name.split("-")[0]) for p in articles.glob("[0-9]*-*.md")}
    done = Imported(lost=[GENERAL])
    groups: dict[int, list[Record]] = defaultdict(list)
    for record in records:
        groups[record.id].append(record)
    solutions = {number: _solution(group) for number, group in groups.items()}
    unknown = [number for number, group in groups.items() if group[0].solution is None]
    if unknown:
        done.lost.append(
            f"{len(unknown)} records came without a solution ID (the JSON export has none), so "
            "that their own number is the ID; import from the database to keep solution IDs."
        )
    for number, group in sorted(groups.items()):
        solution = solutions[number]
        if solution in taken:
            done.lost.append(f"record {number}: the ID {solution} is taken; nothing was written.")
            continue
        taken.add(solution)
        if number != solution:
            done.records[number] = solution
        _write(group, solution, solutions, base, done, today, write)
    return done


def _solution(group: list[Record]) -> int:
    return next((item.solution for item in group if item.solution), group[0].id)


def _write(
    group: list[Record],
    solution: int,
    solutions: dict[int, int],
    base: KnowledgeBase,
    done: Imported,
    today: date,
    write: bool,
) -> None:
    main = next((item for item in group if item.language == "en"), group[0])
    slug = slugify(main.question)[:MAX_SLUG].strip("-")
    folder = base.roots[-1] / "articles"
    _place(folder / f"{solution}-{slug}.md", _article(main, solution, solutions, base, done, today),
           done, write)  # fmt: skip
    if main.language != "en":
        done.lost.append(f"#{solution}: there is no English; {main.language} stands in its place.")
    seen = {main.language}
    for other in group:
        if other is main:
            continue
        if other.language in seen:
            done.lost.append(f"#{solution}: a second record in {other.language} was left out.")
            continue
        seen.add(other.language)
        text = _translation(other, solution, solutions, done, today)
        _place(folder / f"{solution}-{slug}.{other.language}.md", text, done, write)


def _article(
    record: Record,
    solution: int,
    solutions: dict[int, int],
    base: KnowledgeBase,
    done: Imported,
    today: date,
) -> str:
    prose = _prose(record, solution, solutions, done)
    updated = record.updated or today
    if record.updated is None:
        done.lost.append(f"#{solution}: the date of its last change cannot be read; today stands.")
    head = {
        "id": solution,
        "title": record.question or f"Record {record.id}",
        "summary": prose.summary or record.question or f"Record {record.id}",
        "category": _category(record, solution, base, done),
        "identifiers": [],
        "symptoms": list(record.keywords),
        "causes": [],
        "related": [],
        "authors": [record.author or NOBODY],
        "created": min(record.created or updated, updated),
        "updated": updated,
        "origin": f"phpMyFAQ, record {record.id} ({record.language})",
        "status": "draft",
    }
    return _file(head, prose)


def _translation(
    record: Record, solution: int, solutions: dict[int, int], done: Imported, today: date
) -> str:
    prose = _prose(record, solution, solutions, done)
    title = record.question or f"Record {record.id}"
    head = {
        "id": solution,
        "title": title,
        "summary": prose.summary or title,
        "symptoms": list(record.keywords),
        "causes": [],
        "updated": record.updated or today,
    }
    return _file(head, prose)


def _prose(record: Record, solution: int, solutions: dict[int, int], done: Imported) -> Prose:
    prose = to_markdown(record.answer, solutions)
    done.lost.extend(
        f"#{solution} ({record.language}): {said} was left out." for said in prose.lost
    )
    return prose


def _category(record: Record, solution: int, base: KnowledgeBase, done: Imported) -> str:
    names = record.category or (UNSORTED.capitalize(),)
    if not record.category:
        done.lost.append(f"#{solution}: it has no category; {UNSORTED} stands in its place.")
    parts: list[str] = []
    for name in names:
        parts.append(slugify(name))
        path = "/".join(parts)
        if base.category(path) is None:
            done.categories.setdefault(path, {"name": name, "summary": f"{name}, from phpMyFAQ."})
    return "/".join(parts)


def _file(head: dict[str, Any], prose: Prose) -> str:
    fields = yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=100)
    return f"---\n{fields}---\n\n## What it means {{#{ANCHOR}}}\n\n{prose.markdown}\n"


def _place(file: Path, text: str, done: Imported, write: bool) -> None:
    if write:
        with file.open("x", encoding="utf-8") as target:  # "x": never over another file
            target.write(text)
    done.files.append(file)
