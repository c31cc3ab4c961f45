"""Articles as sanitised HTML: Markdown, solution links, anchors and the table of contents."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Final

import markdown
import nh3

from kb.article import Article
from kb.articles.base import KnowledgeBase
from kb.articles.links import replace_links
from kb.articles.parse import slugify

_TAGS: Final = frozenset(
    {"a", "abbr", "blockquote", "br", "code", "dd", "del", "dl", "dt", "em", "h2", "h3", "h4"}
    | {"hr", "kbd", "li", "ol", "p", "pre", "strong", "sub", "sup", "table", "tbody", "td", "th"}
    | {"thead", "tr", "ul"}
)
_ATTRIBUTES: Final = {
    "a": {"href", "title", "class"},
    "code": {"class"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "ol": {"start"},
    "th": {"scope"},
}
_HEADING: Final = re.compile(
    r'<h(?P<level>[23]) id="(?P<anchor>[^"]+)">(?P<text>.*?)</h[23]>', re.DOTALL
)
_TAG: Final = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class TocEntry:
    """One heading: its text, anchor and level (2 or 3)."""

    title: str
    anchor: str
    level: int


@dataclass(frozen=True, slots=True)
class RenderedArticle:
    """The body as safe HTML and its headings."""

    html: str
    toc: tuple[TocEntry, ...]


def render_article(base: KnowledgeBase, article: Article) -> RenderedArticle:
    """Render the body of ``article``; links to solutions nobody may see stay text."""
    safe = render_markdown(base, article.body)
    toc = tuple(
        TocEntry(html.unescape(_TAG.sub("", match["text"])), match["anchor"], int(match["level"]))
        for match in _HEADING.finditer(safe)
    )
    return RenderedArticle(safe, toc)


def render_markdown(base: KnowledgeBase, text: str) -> str:
    """Markdown of the knowledge base as sanitised HTML (nh3, an allow-list of tags)."""

    def link(match: re.Match[str]) -> str:
        target = base.visible(int(match[1]))
        return f"[\\#{target.id}]({target.url})" if target else f"\\#{match[1]}"

    converter = markdown.Markdown(
        extensions=["tables", "fenced_code", "attr_list", "def_list", "toc", "sane_lists"],
        extension_configs={"toc": {"slugify": lambda value, _separator: slugify(value)}},
        output_format="html",
    )
    return nh3.clean(
        converter.convert(replace_links(text, link)),
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
