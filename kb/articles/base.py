"""The knowledge base in memory: an immutable snapshot of one content folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import yaml

from kb.article import Article, Category, Status
from kb.articles.links import mentioned
from kb.articles.parse import parse_article
from kb.articles.questions import QuestionSpec, parse_questions
from kb.articles.redirects import NAME as REDIRECTS
from kb.articles.redirects import Redirects, parse_redirects
from kb.articles.registry import OWN, Entry, Registry, Says, load_registries
from kb.articles.synonyms import Synonyms, parse_synonyms
from kb.articles.translations import NAME as TRANSLATED
from kb.articles.translations import Translations, load_translations
from kb.articles.yamltext import load
from kb.errors import ContentError

MAX_ARTICLE_BYTES = 1_000_000


class KnowledgeBase:
    """All articles of a content folder, the broken ones left out and named in ``problems``.

    A reader of the site sees what :meth:`visible` and :attr:`published` give, and nothing else:
    this is the one visibility check of pages, API, search and cards.
    """

    def __init__(
        self,
        root: Path,
        articles: Iterable[Article],
        categories: tuple[Category, ...],
        questions: tuple[QuestionSpec, ...],
        problems: tuple[ContentError, ...] = (),
        drafts: bool = False,
        registries: tuple[Registry, ...] = (),
        synonyms: Synonyms | None = None,
        translations: Translations | None = None,
        redirects: Redirects | None = None,
    ) -> None:
        self.root = root
        self.registries = registries
        self.synonyms = synonyms or Synonyms(())
        self.categories = categories
        self.questions = questions
        self.errors = problems
        self.translations = translations or Translations()
        self.redirects = redirects or Redirects()
        self._drafts = drafts
        self._articles = {article.id: article for article in articles}

    @classmethod
    def load(cls, root: Path, drafts: bool = False) -> KnowledgeBase:
        """Read the folder. A broken article is skipped and named in :attr:`errors`.

        Raises ContentError when the folder itself cannot serve (no articles/ in it).
        """
        folder = root / "articles"
        if not folder.is_dir():
            raise ContentError("There is no folder articles/ here.", str(root))
        articles: dict[int, Article] = {}
        problems: list[ContentError] = []
        for file in sorted(folder.glob("*.md"), key=lambda file: (len(file.name), file.name)):
            if TRANSLATED.fullmatch(file.name):
                continue
            path = f"articles/{file.name}"
            try:
                article = parse_article(_read(file, path), path)
            except ContentError as error:
                problems.append(error)
                continue
            if article.id in articles:
                first = articles[article.id].path
                problems.append(
                    ContentError(f"The ID {article.id} belongs to {first} already.", path, 2)
                )
                continue
            articles[article.id] = article
        categories, questions = _load_shared(root, problems)
        registries = load_registries(root, problems)
        synonyms = _load_synonyms(root, problems)
        translations = load_translations(root, articles, problems)
        redirects = _load_redirects(root, problems)
        return cls(
            root,
            articles.values(),
            categories,
            questions,
            tuple(problems),
            drafts,
            registries,
            synonyms,
            translations,
            redirects,
        )

    @cached_property
    def revision(self) -> str:
        """Twelve hexadecimal digits that change whenever any article changes."""
        digest = hashlib.sha256(b"drafts" if self._drafts else b"")
        for article in sorted(self._articles.values(), key=lambda article: article.id):
            digest.update(f"{article.id}:{self.digest_of(article)}\n".encode())
        return digest.hexdigest()[:12]

    def digest_of(self, article: Article) -> str:
        """A hash of an article in all its languages: what an index compares."""
        others = [item.digest for item in self.in_all_languages(article)[1:]]
        text = "".join((article.digest, *others))
        return hashlib.sha256(text.encode()).hexdigest() if others else article.digest

    def in_language(self, article: Article, language: str) -> Article:
        """The article in a language, or as it is where nobody has translated it."""
        return self.translations.articles.get((article.id, language), article)

    def in_all_languages(self, article: Article) -> tuple[Article, ...]:
        """The article as written, then its translations by language."""
        found = sorted(
            (language, item)
            for (key, language), item in self.translations.articles.items()
            if key == article.id
        )
        return (article, *(item for _, item in found))

    def category_in(self, path: str, language: str) -> Category | None:
        """The category at ``path`` in a language, in English where it is not translated."""
        return self.translations.categories.get((path, language)) or self.category(path)

    @cached_property
    def problems(self) -> tuple[str, ...]:
        """The broken files, each as ``file:line: sentence``."""
        return tuple(str(error) for error in self.errors)

    @cached_property
    def all(self) -> tuple[Article, ...]:
        """Every readable article in any status, by ID."""
        return tuple(sorted(self._articles.values(), key=lambda article: article.id))

    @cached_property
    def published(self) -> tuple[Article, ...]:
        """The articles that readers may see, by ID."""
        return tuple(article for article in self.all if self._shown(article))

    def get(self, article_id: int) -> Article | None:
        """The article in any status, for redirects and tombstones."""
        return self._articles.get(article_id)

    def visible(self, article_id: int) -> Article | None:
        """The article if readers may see it."""
        article = self._articles.get(article_id)
        return article if article is not None and self._shown(article) else None

    def in_category(self, path: str) -> tuple[Article, ...]:
        """The published articles of a category and of those below it."""
        return tuple(
            article
            for article in self.published
            if article.category == path or article.category.startswith(path + "/")
        )

    def category(self, path: str) -> Category | None:
        """The category at ``path``."""
        return next((category for category in self.categories if category.path == path), None)

    def nearby(self, article_id: int, limit: int = 5) -> tuple[Article, ...]:
        """The published articles with the closest IDs, for a reader who followed a wrong one."""
        closest = sorted(self.published, key=lambda article: abs(article.id - article_id))
        return tuple(closest[:limit])

    def backlinks(self, article_id: int) -> tuple[Article, ...]:
        """The published articles that mention ``#article_id`` or list it as related."""
        return tuple(article for article in self.published if article_id in self._links[article.id])

    @cached_property
    def _links(self) -> dict[int, frozenset[int]]:
        return {
            article.id: frozenset((*mentioned(article.body), *article.related)) - {article.id}
            for article in self.all
        }

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every identifier that leads to a published article: the registries' and the articles'."""
        listed = [
            entry
            for registry in self.registries
            for entry in registry.entries
            if self.visible(entry.solution) is not None
        ]
        claimed = {spelling.lower() for entry in listed for spelling in entry.spellings}
        own = [
            Entry(name, article.id, says=Says.CAUSE, registry=OWN, path=article.path)
            for article in self.published
            for name in article.identifiers
            if name.lower() not in claimed
        ]
        return (*listed, *own)

    @cached_property
    def by_identifier(self) -> dict[str, int]:
        """Claimed identifiers in lower case, to the ID of their published article.

        What an article claims itself wins over a registry.
        """
        claims = {
            name.lower(): article.id for article in self.published for name in article.identifiers
        }
        for entry in self.entries:
            for name in entry.spellings:
                claims.setdefault(name.lower(), entry.solution)
        return claims

    def _shown(self, article: Article) -> bool:
        return article.status is Status.PUBLISHED or (
            article.status is Status.DRAFT and self._drafts
        )


def _read(file: Path, path: str) -> str:
    try:
        if file.stat().st_size > MAX_ARTICLE_BYTES:
            raise ContentError("The file is larger than 1 MB; an article never is.", path)
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ContentError("The file is not UTF-8.", path) from None
    except OSError as error:
        raise ContentError(f"The file cannot be read: {error.strerror}.", path) from None


def _load_shared(
    root: Path, problems: list[ContentError]
) -> tuple[tuple[Category, ...], tuple[QuestionSpec, ...]]:
    categories: tuple[Category, ...] = ()
    questions: tuple[QuestionSpec, ...] = ()
    try:
        categories = _parse_categories(_read(root / "categories.yaml", "categories.yaml"))
    except ContentError as error:
        problems.append(error)
    try:
        questions = parse_questions(_read(root / "questions.yaml", "questions.yaml"))
    except ContentError as error:
        problems.append(error)
    return categories, questions


def _load_synonyms(root: Path, problems: list[ContentError]) -> Synonyms:
    if not (root / "synonyms.yaml").is_file():
        return Synonyms(())
    try:
        return parse_synonyms(_read(root / "synonyms.yaml", "synonyms.yaml"))
    except ContentError as error:
        problems.append(error)
        return Synonyms(())


def _load_redirects(root: Path, problems: list[ContentError]) -> Redirects:
    if not (root / REDIRECTS).is_file():
        return Redirects()
    try:
        return parse_redirects(_read(root / REDIRECTS, REDIRECTS))
    except ContentError as error:
        problems.append(error)
        return Redirects()


def _parse_categories(text: str) -> tuple[Category, ...]:
    try:
        tree = load(text)
        return tuple(
            Category(str(path), str(node["name"]), str(node["summary"]))
            for path, node in tree.items()
        )
    except (yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        raise ContentError(
            f"Each category is a path with a name and a summary: {error}.", "categories.yaml"
        ) from None
