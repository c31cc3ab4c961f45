"""A rendered article made into the page's: permalinks, roles beside causes, tables that scroll."""

from __future__ import annotations

import itertools
import re
from typing import Final

from markupsafe import Markup, escape

from kb.article import Article
from kb.articles import RenderedArticle
from webapp import filters
from webapp.i18n import gettext, href

_HEADING: Final = re.compile(
    r'<h(?P<level>[23]) id="(?P<id>[^"]+)">(?P<text>.*?)</h[23]>', re.DOTALL
)
_TABLE: Final = re.compile("<table>")
_LINK: Final = re.compile(r'href="(?=/solutions/)')


def body(rendered: RenderedArticle, article: Article) -> Markup:
    """The article's body for its page; the HTML comes sanitised out of the library."""
    roles = {cause.id: filters.role(cause.who) for cause in article.causes}
    acts = gettext("Who must act")

    def heading(match: re.Match[str]) -> str:
        level, anchor, text = match["level"], match["id"], match["text"]
        label = escape(gettext("Link to this section"))
        link = f'<a class="permalink" href="#{anchor}" aria-label="{label}">#</a>'
        whole = f'<h{level} id="{anchor}">{text} {link}</h{level}>'
        if anchor in roles and level == "3":
            whole += f'<p class="who"><b>{escape(acts)}</b> {escape(roles[anchor])}</p>'
        return whole

    html = _HEADING.sub(heading, rendered.html)
    places = itertools.count(1)

    def region(_: re.Match[str]) -> str:
        label = escape(gettext("Table %(place)s", place=next(places)))
        return f'<div class="scroll" role="region" tabindex="0" aria-label="{label}"><table>'

    html = _TABLE.sub(region, html).replace("</table>", "</table></div>")
    html = _LINK.sub(f'href="{escape(href(""))}', html)
    return Markup(html)  # noqa: S704  # sanitised by the library, added to with escaped text only
