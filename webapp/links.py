"""Absolute links: the public URL of the site, as configured or as the request came in."""

from __future__ import annotations

from flask import request

from kb.article import Article
from webapp import i18n
from webapp.services import services


def path_of(article: Article) -> str:
    """The canonical path of an article in its language; English needs no prefix."""
    return article.url if article.language == i18n.DEFAULT else f"/{article.language}{article.url}"


def absolute(path: str) -> str:
    """The public URL of a path of the site."""
    base = services().settings.base_url
    return f"{base}{path}" if base else f"{request.host_url.rstrip('/')}{i18n.mount()}{path}"
