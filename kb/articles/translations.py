"""Articles, questions and categories in other languages; what drifted from English is refused.

A translated article is ``articles/ID-slug.LANG.md``. It holds words only: what decides (conditions,
roles, weights, identifiers) stays in the English file, so that a diagnosis is the same everywhere.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import yaml

from kb.article import Article, Category, Cause
from kb.articles.parse import (
    Reader,
    cause_sections,
    load_head,
    sections_of,
    split_head,
)
from kb.articles.yamltext import load
from kb.errors import ContentError
from kb.facts import as_text

NAME: Final = re.compile(r"(?P<id>\d+)-[a-z0-9-]+\.(?P<language>[a-z]{2})\.md")
SHARED: Final = re.compile(r"(?P<kind>categories|questions)\.(?P<language>[a-z]{2})\.yaml")
_SLOT: Final = re.compile(r"\{([a-z_0-9.]+)\}")
_REQUIRED: Final = ("id", "title", "summary", "symptoms", "causes", "updated")
_CAUSE: Final = ("id", "evidence", "fix")


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """A question in another language: ``answers`` are labels by the value's text."""

    ask: str
    why: str
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Translations:
    """What exists in other languages, each by its key and the language (``de``)."""

    articles: Mapping[tuple[int, str], Article] = field(default_factory=dict)
    questions: Mapping[tuple[str, str], QuestionWords] = field(default_factory=dict)
    categories: Mapping[tuple[str, str], Category] = field(default_factory=dict)

    def merged(self, later: Translations) -> Translations:
        """Both in one; ``later`` wins where both have something."""
        return Translations(
            {**self.articles, **later.articles},
            {**self.questions, **later.questions},
            {**self.categories, **later.categories},
        )


def parse_translation(text: str, path: str, article: Article) -> Article:
    """``article`` in the words of the file ``text``.

    Raises ContentError where it does not have exactly the causes, sections and evidence slots of
    the English article.
    """
    match = NAME.fullmatch(path.rsplit("/", 1)[-1])
    if match is None:
        raise ContentError("A translation's name must be ID-slug.LANG.md.", path)
    head, body, line = split_head(text, path)
    fields = load_head(head, path)
    reader = Reader(fields, path)
    reader.require(_REQUIRED, frozenset(_REQUIRED))
    if reader.integer("id") != article.id:
        raise ContentError(f"The head does not say id {article.id}.", path, 2)
    anchors = [section.anchor for section in article.sections]
    sections = sections_of(body, path, line)
    if [section.anchor for section in sections] != anchors:
        raise ContentError(
            f"The sections must carry the anchors {', '.join('{#' + a + '}' for a in anchors)}, "
            "in this order.",
            path,
            line,
        )
    return replace(
        article,
        title=reader.string("title"),
        summary=reader.string("summary"),
        symptoms=reader.strings("symptoms"),
        causes=_causes(fields["causes"], article, body, path),
        updated=reader.day("updated"),
        body=body,
        sections=sections,
        path=path,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        language=match["language"],
    )


def _causes(value: Any, article: Article, body: str, path: str) -> tuple[Cause, ...]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ContentError("causes must be a list of causes, each with its fields.", path, 2)
    given = [str(item.get("id")) for item in value]
    wanted = [cause.id for cause in article.causes]
    if sorted(given) != sorted(wanted):
        raise ContentError(
            f"The causes must be {', '.join(wanted)}, as in {article.path}.", path, 2
        )
    items = dict(zip(given, value, strict=True))
    titles = cause_sections(body)
    causes = []
    for cause in article.causes:
        item = items[cause.id]
        reader = Reader(item, path)
        reader.require(_CAUSE, frozenset(_CAUSE))
        evidence = reader.strings("evidence")
        slots = [sorted(_SLOT.findall(sentence)) for sentence in evidence]
        if slots != [sorted(_SLOT.findall(sentence)) for sentence in cause.evidence]:
            raise reader.fail(
                f"The evidence of {cause.id} must have the slots of {article.path}, "
                "sentence by sentence."
            )
        if cause.id not in titles:
            raise reader.fail(f"The cause {cause.id} has no section {{#{cause.id}}}.")
        title, section, _ = titles[cause.id]
        causes.append(
            replace(
                cause,
                title=title,
                evidence=evidence,
                fix=reader.string("fix"),
                section=section,
                line=reader.line,
            )
        )
    return tuple(causes)


def parse_words(text: str, path: str) -> Translations:
    """Read ``questions.LANG.yaml`` or ``categories.LANG.yaml``. Raises ContentError."""
    match = SHARED.fullmatch(path.rsplit("/", 1)[-1])
    if match is None:
        raise ContentError("The name must be questions.LANG.yaml or categories.LANG.yaml.", path)
    language = match["language"]
    questions: dict[tuple[str, str], QuestionWords] = {}
    categories: dict[tuple[str, str], Category] = {}
    try:
        for key, node in load(text).items():
            if match["kind"] == "categories":
                categories[key, language] = Category(key, str(node["name"]), str(node["summary"]))
            else:
                labels = {as_text(value): str(label) for value, label in node["answers"].items()}
                questions[key, language] = QuestionWords(str(node["ask"]), str(node["why"]), labels)
    except (yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        raise ContentError(f"The translated words cannot be read: {error}.", path) from None
    return Translations({}, questions, categories)
