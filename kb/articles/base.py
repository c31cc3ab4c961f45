"""The knowledge base in memory: an immutable snapshot of the content folders."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from kb.article import Article, Category, Status
from kb.articles.folders import Contents, read_folders, shown
from kb.articles.links import mentioned
from kb.articles.registry import OWN, Entry, Says, without
from kb.articles.synonyms import Synonyms


class KnowledgeBase:
    """All articles of the content folders, the broken ones left out and named in ``problems``.

    A reader of the site sees what :meth:`visible` and :attr:`published` give, and nothing else:
    this is the one visibility check of pages, API, search and cards.
    """

    def __init__(self, roots: Sequence[Path], contents: Contents, drafts: bool = False) -> None:
        self.roots = tuple(roots)
        self.registries = tuple(contents.registries)
        self.synonyms = Synonyms(contents.synonyms)
        self.glossary = contents.glossary
        self.categories = tuple(contents.categories.values())
        self.questions = tuple(contents.questions.values())
        self.errors = tuple(contents.problems)
        self.translations = contents.translations
        self.redirects = contents.redirects
        # What a later folder overrides, by ID: the article that its override stands for.
        self.replaced: Mapping[int, Article] = contents.replaced
        self._drafts = drafts
        self._articles = contents.articles

    @classmethod
    def load(cls, folders: Path | Sequence[Path], drafts: bool = False) -> KnowledgeBase:
        """Read one content folder, or several of which later ones win.

        A broken file is skipped and named in :attr:`errors`. Raises ContentError when the folders
        cannot serve at all (no articles/ in the first).
        """
        roots = (folders,) if isinstance(folders, Path) else tuple(folders)
        return cls(roots, read_folders(roots, drafts), drafts)

    def shown(self, article: Article) -> str:
        """The article's file as findings name it."""
        return shown(self.roots, article.folder, article.path)

    def file_of(self, article: Article) -> Path:
        """Where the article stands."""
        return self.roots[article.folder] / article.path

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
        return (article, *self._translated.get(article.id, ()))

    @cached_property
    def _translated(self) -> dict[int, tuple[Article, ...]]:
        """The translations of each article, by language."""
        found: dict[int, list[Article]] = {}
        for (key, _), item in sorted(self.translations.articles.items()):
            found.setdefault(key, []).append(item)
        return {key: tuple(items) for key, items in found.items()}

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
        return self._backlinks.get(article_id, ())

    @cached_property
    def _backlinks(self) -> dict[int, tuple[Article, ...]]:
        found: dict[int, list[Article]] = {}
        for article in self.published:
            for mentioned_id in self._links[article.id]:
                found.setdefault(mentioned_id, []).append(article)
        return {key: tuple(articles) for key, articles in found.items()}

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
            left
            for registry in self.registries
            for entry in registry.entries
            if self.visible(entry.solution) is not None
            and (left := without(entry, self._claimed_later(entry)))
        ]
        claimed = {spelling.lower() for entry in listed for spelling in entry.spellings}
        own = [
            Entry(name, article.id, says=Says.CAUSE, registry=OWN, path=self.shown(article))
            for article in self.published
            for name in article.identifiers
            if name.lower() not in claimed
        ]
        return (*listed, *own)

    def _claimed_later(self, entry: Entry) -> frozenset[str]:
        """Spellings of a registry's entry that an article of a later folder claims for itself."""
        if len(self.roots) == 1:
            return frozenset()
        claims = self._claims
        return frozenset(
            text.lower()
            for text in entry.spellings
            if (article := claims.get(text.lower()))
            and article.folder > entry.folder
            and article.id != entry.solution
        )

    @cached_property
    def _claims(self) -> dict[str, Article]:
        """What the published articles claim themselves, in lower case; later folders win."""
        ordered = sorted(self.published, key=lambda article: (article.folder, article.id))
        return {name.lower(): article for article in ordered for name in article.identifiers}

    @cached_property
    def by_identifier(self) -> dict[str, int]:
        """Claimed identifiers in lower case, to the ID of their published article.

        What an article claims itself wins over a registry, and a later folder over both.
        """
        claims = {name: (article.folder, article.id) for name, article in self._claims.items()}
        for entry in self.entries:
            for name in entry.spellings:
                folder, _ = claims.setdefault(name.lower(), (entry.folder, entry.solution))
                if folder < entry.folder:
                    claims[name.lower()] = (entry.folder, entry.solution)
        return {name: solution for name, (_, solution) in claims.items()}

    def _shown(self, article: Article) -> bool:
        return article.status is Status.PUBLISHED or (
            article.status is Status.DRAFT and self._drafts
        )
