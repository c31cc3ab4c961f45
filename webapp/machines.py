"""What other machines read: site map, feed, search description, oEmbed, robots, llms, security."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, jsonify, request

from kb.article import Article
from webapp import branches, caching, i18n
from webapp.links import absolute, path_of
from webapp.problems import problem
from webapp.services import services

blueprint = Blueprint("machines", __name__)
_ATOM = "http://www.w3.org/2005/Atom"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
_OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
FEED_ENTRIES = 50


def _xml(root: ET.Element, media_type: str) -> Response:
    ET.indent(root)
    body = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(body, content_type=f"{media_type}; charset=utf-8")


def _localised(article: Article) -> str:
    return absolute(path_of(article))


def _all_files() -> None:
    for_all = [
        file
        for root in services().desk.base.roots
        for file in (*(root / "articles").glob("*.md"), root / "categories.yaml")
    ]
    caching.content_time(*for_all)


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """Every page that may be indexed, with its languages (sitemaps.org)."""
    base = services().desk.base
    root = ET.Element("urlset", {"xmlns": _SITEMAP, "xmlns:xhtml": _XHTML})

    def add(location: str, modified: date | None, alternates: dict[str, str]) -> None:
        url = ET.SubElement(root, "url")
        ET.SubElement(url, "loc").text = location
        if modified:
            ET.SubElement(url, "lastmod").text = modified.isoformat()
        for code, target in alternates.items() if len(alternates) > 1 else ():
            link = {"rel": "alternate", "hreflang": code, "href": target}
            ET.SubElement(url, "xhtml:link", link)

    newest = max((item.updated for item in base.published), default=None)
    add(absolute("/"), newest, {"en": absolute("/"), "de": absolute("/de/")})
    for branch in branches.tree(base, i18n.DEFAULT):
        for item in (branch, *branch.branches):
            add(absolute(f"/browse/{item.category.path}"), None, {})
    for article in base.published:
        languages = base.in_all_languages(article)
        alternates = {words.language: _localised(words) for words in languages}
        for words in languages:
            add(_localised(words), words.updated, alternates)
    _all_files()
    return _xml(root, "application/xml")


@blueprint.get("/feed.atom")
def feed() -> Response:
    """New and changed articles, newest first (RFC 4287)."""
    base = services().desk.base
    settings = services().settings
    language = i18n.language()
    newest = sorted(base.published, key=lambda item: (item.updated, item.id), reverse=True)
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": i18n.language()})

    def add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> None:
        ET.SubElement(parent, name, attributes).text = text

    prefix = "" if language == i18n.DEFAULT else f"/{language}"
    add(root, "title", settings.site_name)
    add(root, "id", absolute(f"{prefix}/feed.atom"))
    add(root, "link", rel="self", href=absolute(f"{prefix}/feed.atom"))
    add(root, "link", rel="alternate", href=absolute(f"{prefix}/"), type="text/html")
    updated = newest[0].updated if newest else datetime.now(UTC).date()
    add(root, "updated", f"{updated.isoformat()}T00:00:00Z")
    for original in newest[:FEED_ENTRIES]:
        article = base.in_language(original, language)
        entry = ET.SubElement(root, "entry")
        add(entry, "title", f"{article.title} (#{article.id})")
        # Never the name: an entry's ID outlives every rename (RFC 4287, 4.2.6).
        add(entry, "id", absolute(f"{prefix}/solutions/{article.id}"))
        add(entry, "link", rel="alternate", href=_localised(article), type="text/html")
        add(entry, "published", f"{article.created.isoformat()}T00:00:00Z")
        add(entry, "updated", f"{article.updated.isoformat()}T00:00:00Z")
        for name in article.authors:
            author = ET.SubElement(entry, "author")
            add(author, "name", name)
        add(entry, "category", term=article.category)
        add(entry, "summary", article.summary)
    _all_files()
    return _xml(root, "application/atom+xml")


@blueprint.get("/opensearch.xml")
def opensearch() -> Response:
    """How a browser's address bar searches here (OpenSearch 1.1)."""
    settings = services().settings
    root = ET.Element("OpenSearchDescription", {"xmlns": _OPENSEARCH})

    def add(name: str, text: str | None = None, **attributes: str) -> None:
        ET.SubElement(root, name, attributes).text = text

    add("ShortName", settings.site_name[:16])
    add("Description", f"Search the solutions of {settings.site_name}"[:1024])
    add("InputEncoding", "UTF-8")
    add("Url", type="text/html", method="get", template=absolute("/search?q={searchTerms}"))
    add(
        "Url",
        type="application/opensearchdescription+xml",
        rel="self",
        template=absolute("/opensearch.xml"),
    )
    return _xml(root, "application/opensearchdescription+xml")


@blueprint.get("/oembed")
def oembed() -> Response:
    """A solution's link as a card (oembed.com), for chat tools."""
    url = request.args.get("url", "")
    if request.args.get("format", "json") != "json":
        return problem(501, "Not Implemented", "This provider answers in JSON only.")
    ours, theirs = urlsplit(absolute("/")), urlsplit(url)
    match = re.fullmatch(r"(?:/(?P<lang>[a-z]{2}))?(?:/solutions)?/(?P<id>\d{1,9})(?:-[a-z0-9-]*)?",
                         theirs.path.removeprefix(ours.path.rstrip("/")))  # fmt: skip
    base = services().desk.base
    article = base.visible(int(match["id"])) if match and theirs.netloc == ours.netloc else None
    if article is None or match is None:
        return problem(404, "Not Found", "This is no link to a solution of this site.")
    shown = base.in_language(article, match["lang"] or i18n.DEFAULT)
    settings = services().settings
    return jsonify(
        version="1.0",
        type="link",
        title=f"{shown.title} (#{shown.id})",
        author_name=", ".join(shown.authors),
        provider_name=settings.site_name,
        provider_url=absolute("/"),
        cache_age=3600,
    )


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Answers are made for people; articles may be indexed."""
    prefixes = ["", *(f"/{code}" for code in i18n.LANGUAGES)]
    closed = [f"Disallow: {prefix}/{page}" for prefix in prefixes for page in ("ask", "search")]
    lines = ["User-agent: *", *closed, "", f"Sitemap: {absolute('/sitemap.xml')}"]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/llms.txt")
def llms() -> Response:
    """The site for language models: what it is, and every article as Markdown (llmstxt.org)."""
    base = services().desk.base
    lines = [
        f"# {services().settings.site_name}",
        "",
        "> Solutions for web errors by permanent ID, each with its causes, how to tell them apart "
        "and what to do. POST /api/v1/answers answers a question and can probe a URL.",
        "",
        f"- [API]({absolute('/api/v1/openapi.json')}): OpenAPI document",
    ]
    for branch in branches.tree(base, i18n.DEFAULT):
        for child in branch.branches or (branch,):
            lines += ["", f"## {child.category.name}", ""]
            lines += [
                f"- [{item.title}]({absolute(f'/solutions/{item.id}.md')}): {item.summary}"
                for item in base.in_category(child.category.path)
            ]
    _all_files()
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/.well-known/security.txt")
def security() -> Response:
    """Whom to tell about a weakness of this installation (RFC 9116); needs CONTACT_URL."""
    contact = services().settings.contact_url
    if not contact:
        abort(404)
    expires = datetime.now(UTC).date() + timedelta(days=180)
    lines = [
        f"Contact: {contact}",
        f"Expires: {expires.isoformat()}T00:00:00Z",
        f"Preferred-Languages: {', '.join(i18n.LANGUAGES)}",
    ]
    if services().settings.base_url:
        lines.append(f"Canonical: {absolute('/.well-known/security.txt')}")
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
