"""The knowledge base on disk: reading, checking, rendering and creating articles."""

from kb.articles.base import KnowledgeBase
from kb.articles.render import RenderedArticle, TocEntry, render_article

__all__ = ["KnowledgeBase", "RenderedArticle", "TocEntry", "render_article"]
