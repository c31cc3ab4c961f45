"""The tree of categories with counts, and the solutions that others lead to most."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from kb.article import Article, Category
from kb.articles import KnowledgeBase

OFTEN = 8


@dataclass(frozen=True, slots=True)
class Branch:
    """One category in a language: how many solutions it and its branches hold, and the branches."""

    category: Category
    count: int
    branches: tuple[Branch, ...]
    often: tuple[Article, ...]


@functools.lru_cache(maxsize=16)
def tree(base: KnowledgeBase, language: str) -> tuple[Branch, ...]:
    """The categories of the first level that hold something, each with its second level."""
    ranked = _by_links(base)
    return tuple(
        branch
        for category in base.categories
        if "/" not in category.path and (branch := _branch(base, category.path, language, ranked))
    )


def find(base: KnowledgeBase, path: str, language: str) -> Branch | None:
    """The category at ``path`` with its branches, also when it is empty; None when unknown."""
    category = base.category_in(path, language)
    if category is None:
        return None
    return _branch(base, path, language, _by_links(base)) or Branch(category, 0, (), ())


@functools.lru_cache(maxsize=16)
def often(base: KnowledgeBase, language: str, limit: int = OFTEN) -> tuple[Article, ...]:
    """The solutions that most others lead to, as a measure of what people need."""
    return tuple(base.in_language(article, language) for article in _by_links(base)[:limit])


@functools.lru_cache(maxsize=4)
def _by_links(base: KnowledgeBase) -> tuple[Article, ...]:
    counts = {article.id: len(base.backlinks(article.id)) for article in base.published}
    return tuple(sorted(base.published, key=lambda item: (-counts[item.id], item.id)))


def _branch(
    base: KnowledgeBase, path: str, language: str, ranked: tuple[Article, ...]
) -> Branch | None:
    category = base.category_in(path, language)
    count = len(base.in_category(path))
    if category is None or not count:
        return None
    below = [
        item.path
        for item in base.categories
        if item.path.startswith(f"{path}/") and "/" not in item.path.removeprefix(f"{path}/")
    ]
    inside = {item.id for item in base.in_category(path)}
    return Branch(
        category,
        count,
        tuple(found for name in below if (found := _branch(base, name, language, ranked))),
        tuple(base.in_language(item, language) for item in ranked if item.id in inside)[:3],
    )
