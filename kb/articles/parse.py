"""One Markdown file into one :class:`~kb.article.Article`, or a ContentError with file and line."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import yaml

from kb.answer import Who
from kb.article import Article, Cause, Section, Status
from kb.articles.yamltext import LINE, load_with_lines
from kb.errors import ContentError

_NAME: Final = re.compile(r"(?P<id>\d+)-(?P<slug>[a-z0-9]+(?:-[a-z0-9]+)*)\.md")
_HEADING: Final = re.compile(
    r"^(?P<marks>#{2,3})\s+(?P<title>.+?)\s*(?:\{#(?P<anchor>[a-z0-9-]+)\})?\s*$"
)
_FENCE: Final = re.compile(r"^(```|~~~)")
_ANCHOR: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

REQUIRED: Final = ("id", "title", "summary", "category", "causes", "authors", "created", "updated")
KNOWN: Final = frozenset(
    (*REQUIRED, "identifiers", "symptoms", "related", "origin", "status", "successors", "overrides")
)
CAUSE_REQUIRED: Final = ("id", "who", "when", "evidence", "fix")
CAUSE_KNOWN: Final = frozenset((*CAUSE_REQUIRED, "weight", "explains"))


def slugify(title: str) -> str:
    """An ASCII slug for a file name or an anchor."""
    words = re.findall(r"[a-z0-9]+", title.lower())
    return "-".join(words) or "section"


def parse_article(text: str, path: str) -> Article:
    """Read the article in ``text``; ``path`` names the file, in the article and in errors.

    Raises ContentError, with the line, for anything that is not in the form of
    docs/writing-articles.md.
    """
    name = path.rsplit("/", 1)[-1]
    match = _NAME.fullmatch(name)
    if match is None:
        raise ContentError("The file's name must be ID-slug.md, such as 2173-http-401.md.", path)
    head, body, body_line = split_head(text, path)
    fields = load_head(head, path)
    reader = Reader(fields, path)
    reader.require(REQUIRED, KNOWN)
    article_id = reader.integer("id")
    if article_id != int(match["id"]):
        raise ContentError(
            f"The head says id {article_id}, the file's name says {match['id']}.", path, 2
        )
    sections = sections_of(body, path, body_line)
    status = reader.choice("status", Status, Status.PUBLISHED)
    return Article(
        id=article_id,
        slug=match["slug"],
        title=reader.string("title"),
        summary=reader.string("summary"),
        category=reader.string("category"),
        identifiers=reader.strings("identifiers"),
        symptoms=reader.strings("symptoms"),
        causes=_causes(fields["causes"], article_id, body, path),
        related=reader.integers("related"),
        authors=reader.strings("authors"),
        created=reader.day("created"),
        updated=reader.day("updated"),
        origin=reader.string("origin", ""),
        status=status,
        successors=reader.integers("successors"),
        body=body,
        sections=sections,
        path=path,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        overrides=reader.string("overrides", ""),
    )


def split_head(text: str, path: str) -> tuple[str, str, int]:
    """The head, the body and the line where the body begins. Raises ContentError."""
    lines = text.splitlines(keepends=True)
    if not lines or lines[0].strip() != "---":
        raise ContentError("The article must begin with a line of three hyphens.", path)
    for number, line in enumerate(lines[1:], start=2):
        if line.strip() == "---":
            return "".join(lines[1 : number - 1]), "".join(lines[number:]), number + 1
    raise ContentError("The head has no closing line of three hyphens.", path)


def load_head(head: str, path: str) -> dict[str, Any]:
    """The fields of the head. Raises ContentError with the line."""
    try:
        fields = load_with_lines(head)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise ContentError(f"The head is no valid YAML: {error.problem}.", path, line) from None
    except (yaml.YAMLError, ValueError) as error:
        raise ContentError(f"The head is no valid YAML: {error}.", path) from None
    if not isinstance(fields, dict):
        raise ContentError("The head must be fields with values.", path)
    return fields


class Reader:
    """Typed access to the fields of a YAML mapping, with errors that name the field."""

    def __init__(self, fields: Mapping[str, Any], path: str) -> None:
        self._fields = fields
        self._path = path
        # The head begins below the first line of hyphens.
        self.line = int(fields.get(LINE, 1)) + 1

    def fail(self, message: str) -> ContentError:
        return ContentError(message, self._path, self.line)

    def require(self, required: tuple[str, ...], known: frozenset[str]) -> None:
        for name in required:
            if name not in self._fields:
                raise self.fail(f"The field {name} is missing.")
        for name in self._fields:
            if name not in known and name != LINE:
                raise self.fail(f"There is no field {name}.")

    def string(self, name: str, default: str | None = None) -> str:
        value = self._fields.get(name, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.fail(f"{name} must be a text (quote it where it looks like a number).")
        return value.strip()

    def integer(self, name: str) -> int:
        value = self._fields.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self.fail(f"{name} must be a positive number.")
        return value

    def number(self, name: str, default: float, low: float, high: float) -> float:
        value = self._fields.get(name, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.fail(f"{name} must be a number.")
        if not low <= value <= high:
            raise self.fail(f"{name} must be between {low} and {high}.")
        return float(value)

    def strings(self, name: str) -> tuple[str, ...]:
        value = self._fields.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.fail(f"{name} must be a list of texts (quote what looks like a number).")
        return tuple(item.strip() for item in value)

    def integers(self, name: str) -> tuple[int, ...]:
        value = self._fields.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, int) for item in value):
            raise self.fail(f"{name} must be a list of solution IDs.")
        return tuple(value)

    def day(self, name: str) -> date:
        value = self._fields.get(name)
        if not isinstance(value, date):
            raise self.fail(f"{name} must be a date such as 2026-11-24.")
        return value

    def choice(self, name: str, kind: type[Status], default: Status) -> Status:
        value = self._fields.get(name, default.value)
        try:
            return kind(value)
        except ValueError:
            values = ", ".join(item.value for item in kind)
            raise self.fail(f"{name} must be one of {values}.") from None


def _headings(body: str) -> list[tuple[int, int, str, str | None]]:
    """The headings of level 2 and 3 outside of code: line (from 0), level, title, anchor."""
    found = []
    fenced = False
    for number, line in enumerate(body.splitlines()):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and (match := _HEADING.match(line)):
            found.append((number, len(match["marks"]), match["title"], match["anchor"]))
    return found


def sections_of(body: str, path: str, body_line: int) -> tuple[Section, ...]:
    """The ``##`` sections of the body. Raises ContentError when there is none."""
    lines = body.splitlines(keepends=True)
    heads = [head for head in _headings(body) if head[1] == 2]
    if not heads:
        raise ContentError(
            "The article has no section (a line that begins with ##).", path, body_line
        )
    ends = [head[0] for head in heads[1:]] + [len(lines)]
    return tuple(
        Section(title, anchor or slugify(title), "".join(lines[start + 1 : end]).strip())
        for (start, _, title, anchor), end in zip(heads, ends, strict=True)
    )


def cause_sections(body: str) -> dict[str, tuple[str, str, int]]:
    """The ``###`` sections with an anchor: anchor to title, Markdown and line (from 0)."""
    lines = body.splitlines(keepends=True)
    heads = _headings(body)
    result = {}
    for index, (start, level, title, anchor) in enumerate(heads):
        if level == 3 and anchor:
            end = heads[index + 1][0] if index + 1 < len(heads) else len(lines)
            result[anchor] = (title, "".join(lines[start + 1 : end]).strip(), start)
    return result


def _causes(value: Any, article_id: int, body: str, path: str) -> tuple[Cause, ...]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ContentError("causes must be a list of causes, each with its fields.", path, 2)
    sections = cause_sections(body)
    causes: list[Cause] = []
    for item in value:
        reader = Reader(item, path)
        reader.require(CAUSE_REQUIRED, CAUSE_KNOWN)
        cause_id = reader.string("id")
        if not _ANCHOR.fullmatch(cause_id):
            raise reader.fail(f"The cause's id {cause_id!r} must be lower case words and hyphens.")
        if any(cause.id == cause_id for cause in causes):
            raise reader.fail(f"The cause {cause_id} stands twice in this article.")
        if cause_id not in sections:
            raise reader.fail(
                f"The cause {cause_id} has no section: add a heading ### … {{#{cause_id}}}."
            )
        title, markdown, _ = sections[cause_id]
        evidence = item["evidence"]
        try:
            who = Who(reader.string("who"))
        except ValueError:
            raise reader.fail(f"who must be one of {', '.join(Who)}.") from None
        causes.append(
            Cause(
                id=cause_id,
                title=title,
                when=" ".join(reader.string("when").split()),
                evidence=(evidence,) if isinstance(evidence, str) else reader.strings("evidence"),
                who=who,
                fix=reader.string("fix"),
                weight=reader.number("weight", 1.0, 0.1, 3.0),
                explains=tuple(
                    _explained(text, article_id, reader) for text in reader.strings("explains")
                ),
                section=markdown,
                line=reader.line,
            )
        )
    return tuple(causes)


def _explained(text: str, article_id: int, reader: Reader) -> tuple[int, str]:
    owner, slash, cause_id = text.rpartition("/")
    if slash and not owner.isdigit():
        raise reader.fail(f"explains takes cause-id or ID/cause-id, not {text!r}.")
    return (int(owner) if slash else article_id), cause_id
