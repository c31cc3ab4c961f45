"""Reading content folders: each alone, then one over the other, so that the later one wins.

An operator keeps articles, overrides and words of their own in a second folder beside the shipped
one, and upgrades the shipped one without a merge. What is the same is told by the article's ID, the
category's path, the question's fact, the old address and the identifier's spelling; synonyms add
up, and of a glossary's word the later meaning counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TypeVar, cast

import yaml

from kb.article import Article, Category, Status
from kb.articles.glossary import NAME as GLOSSARY
from kb.articles.glossary import Glossary, parse_glossary
from kb.articles.parse import parse_article
from kb.articles.questions import QuestionSpec, parse_questions
from kb.articles.redirects import NAME as REDIRECTS
from kb.articles.redirects import Redirects, parse_redirects
from kb.articles.registry import Registry, merge_registries, parse_registry
from kb.articles.synonyms import parse_synonyms
from kb.articles.translations import NAME as TRANSLATED
from kb.articles.translations import SHARED, Translations, parse_translation, parse_words
from kb.articles.yamltext import load
from kb.errors import ContentError
from kb.recent import Recent

# What was read from the same text before: a writer saves one file of two hundred.
_PARSED: Final[Recent[tuple[Callable[[str, str], object], str, str], object]] = Recent(1_024)
MAX_ARTICLE_BYTES: Final = 1_000_000
T = TypeVar("T")


@dataclass
class Contents:
    """What the folders hold together. ``replaced`` are the articles that a later folder overrides,
    by ID, each the one that its override stands for."""

    articles: dict[int, Article] = field(default_factory=dict)
    replaced: dict[int, Article] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    questions: dict[str, QuestionSpec] = field(default_factory=dict)
    registries: list[Registry] = field(default_factory=list)
    synonyms: tuple[tuple[str, ...], ...] = ()
    glossary: Glossary = field(default_factory=Glossary)
    translations: Translations = field(default_factory=Translations)
    redirects: Redirects = field(default_factory=Redirects)
    problems: list[ContentError] = field(default_factory=list)


def shown(roots: Sequence[Path], folder: int, path: str) -> str:
    """How a file is named in findings: as it stands in the folder, or with the folder where there
    are several."""
    return path if len(roots) == 1 else str(roots[folder] / path)


def read_folders(roots: Sequence[Path], drafts: bool = False) -> Contents:
    """Read all folders. What is broken is left out and named in ``problems``.

    A draft overrides nothing unless ``drafts`` are shown.

    Raises ContentError when they cannot serve at all: the first has no ``articles/``, or one is
    not there.
    """
    if not (roots[0] / "articles").is_dir():
        raise ContentError("There is no folder articles/ here.", str(roots[0]))
    for root in roots:
        if not root.is_dir():
            raise ContentError("There is no such content folder.", str(root))
    found = Contents()
    for folder in range(len(roots)):
        _Folder(roots, folder, found, drafts).read()
    return found


class _Folder:
    """One folder on its way into what the folders before it hold."""

    def __init__(self, roots: Sequence[Path], folder: int, found: Contents, drafts: bool) -> None:
        self._root = roots[folder]
        self._number = folder
        self._found = found
        self._drafts = drafts
        self._shown: Callable[[str], str] = lambda path: shown(roots, folder, path)

    def read(self) -> None:
        """Read every kind of file; all but the first folder may leave out any of them."""
        found = self._found
        self._articles()
        for categories in self._parsed("categories.yaml", parse_categories, self._number == 0):
            found.categories |= {item.path: item for item in categories}
        for questions in self._parsed("questions.yaml", parse_questions, self._number == 0):
            found.questions |= {item.fact: item for item in questions}
        for synonyms in self._parsed("synonyms.yaml", parse_synonyms):
            found.synonyms += synonyms.groups
        for file in sorted(self._root.glob("glossary.*.yaml")):
            if GLOSSARY.fullmatch(file.name):
                for glossary in self._parsed(file.name, parse_glossary):
                    found.glossary = found.glossary.merged(glossary)
        for redirects in self._parsed(REDIRECTS, parse_redirects):
            found.redirects = found.redirects.merged(redirects)
        self._registries()
        self._translations()

    def _parsed(
        self,
        path: str,
        parse: Callable[[str, str], T],
        needed: bool = False,
        remember: bool = True,
    ) -> Iterator[T]:
        """The parsed file, or nothing where it is broken, or missing and not needed.

        It is remembered where it depends on nothing but its own text and name.
        """
        if not needed and not (self._root / path).is_file():
            return
        shown = self._shown(path)
        try:
            text = _read(self._root / path, shown)
            found = _PARSED.get((parse, text, shown)) if remember else None
            if found is None:
                found = parse(text, shown)
                if remember:
                    _PARSED.put((parse, text, shown), found)
            yield cast(T, found)
        except ContentError as error:
            self._found.problems.append(error)

    def _articles(self) -> None:
        mine: dict[int, Article] = {}
        files = (self._root / "articles").glob("*.md")
        for file in sorted(files, key=lambda file: (len(file.name), file.name)):
            path = f"articles/{file.name}"
            if TRANSLATED.fullmatch(file.name):
                continue
            for article in self._parsed(path, parse_article, needed=True):
                if first := mine.get(article.id):
                    said = f"The ID {article.id} belongs to {self._shown(first.path)} already."
                    self._found.problems.append(ContentError(said, self._shown(path), 2))
                else:
                    mine[article.id] = replace(article, path=path, folder=self._number)
        all_articles = self._found.articles
        if not self._drafts:
            hidden = [key for key, item in mine.items() if item.status is Status.DRAFT]
            mine = {key: mine[key] for key in mine if key not in hidden or key not in all_articles}
        self._found.replaced |= {key: all_articles[key] for key in mine if key in all_articles}
        all_articles |= mine

    def _registries(self) -> None:
        mine = []
        for file in sorted((self._root / "registries").glob("*.yaml")):
            for registry in self._parsed(f"registries/{file.name}", parse_registry):
                entries = tuple(replace(e, folder=self._number) for e in registry.entries)
                mine.append(replace(registry, entries=entries))
        before = self._found.registries
        self._found.registries = (
            merge_registries(before, mine) if before and mine else before + mine
        )

    def _translations(self) -> None:
        # A translation of an article that this folder or a later one overrides is of other words.
        translated: dict[tuple[int, str], Article] = {
            key: item
            for key, item in self._found.translations.articles.items()
            if self._found.articles[key[0]].folder <= item.folder
        }
        for file in sorted((self._root / "articles").glob("*.md")):
            match = TRANSLATED.fullmatch(file.name)
            if match is None:
                continue
            number, language, path = int(match["id"]), match["language"], f"articles/{file.name}"
            for article in self._parsed(path, self._translation, needed=True, remember=False):
                translated[number, language] = replace(article, path=path, folder=self._number)
        self._found.translations = replace(self._found.translations, articles=translated)
        for file in sorted(self._root.glob("*.yaml")):
            if SHARED.fullmatch(file.name):
                for words in self._parsed(file.name, parse_words):
                    self._found.translations = self._found.translations.merged(words)

    def _translation(self, text: str, path: str) -> Article:
        name = path.rsplit("/", 1)[-1]
        match = TRANSLATED.fullmatch(name)
        article = self._found.articles.get(int(match["id"])) if match else None
        if (
            not match
            or not article
            or name != f"{article.id}-{article.slug}.{match['language']}.md"
        ):
            raise ContentError("There is no English article with this ID and slug.", path)
        return parse_translation(text, path, article)


def parse_categories(text: str, path: str) -> tuple[Category, ...]:
    """Read ``categories.yaml``. Raises ContentError."""
    try:
        tree = load(text)
        return tuple(
            Category(str(key), str(node["name"]), str(node["summary"]))
            for key, node in tree.items()
        )
    except (yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        raise ContentError(
            f"Each category is a path with a name and a summary: {error}.", path
        ) from None


def _read(file: Path, path: str) -> str:
    try:
        if file.stat().st_size > MAX_ARTICLE_BYTES:
            raise ContentError("The file is larger than 1 MB; an article never is.", path)
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ContentError("The file is not UTF-8.", path) from None
    except OSError as error:
        raise ContentError(f"The file cannot be read: {error.strerror}.", path) from None
