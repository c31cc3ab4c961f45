"""Structured data (schema.org as JSON-LD): what an article, a category and the site are."""

from __future__ import annotations

from typing import Any

from kb.article import Article, Category
from kb.settings import Settings
from webapp.links import absolute
from webapp.services import services


def site() -> dict[str, Any]:
    """The site and how it is searched."""
    return {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": services().settings.site_name,
        "url": absolute("/"),
        "potentialAction": {
            "@type": "SearchAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": absolute("/search?q={search_term_string}"),
            },
            "query-input": "required name=search_term_string",
        },
    }


def article(item: Article, url: str, category: Category | None) -> dict[str, Any]:
    """An article with its sections, and the way to it."""
    crumbs = [("Help", absolute("/"))]
    if category:
        crumbs.append((category.name, absolute(f"/browse/{category.path}")))
    crumbs.append((item.title, url))
    return {
        "@context": "https://schema.org",
        "@graph": [
            {
                "@type": "TechArticle",
                "@id": url,
                "url": url,
                "headline": item.title,
                "description": item.summary,
                "inLanguage": item.language,
                "identifier": f"#{item.id}",
                **({"keywords": list(item.identifiers)} if item.identifiers else {}),
                "datePublished": item.created.isoformat(),
                "dateModified": item.updated.isoformat(),
                "author": [{"@type": "Organization", "name": name} for name in item.authors],
                "publisher": _publisher(services().settings),
                "hasPart": [
                    {
                        "@type": "WebPageElement",
                        "name": cause.title,
                        "text": cause.fix,
                        "url": f"{url}#{cause.id}",
                    }
                    for cause in item.causes
                ],
            },
            {
                "@type": "BreadcrumbList",
                "itemListElement": [
                    {"@type": "ListItem", "position": place, "name": name, "item": target}
                    for place, (name, target) in enumerate(crumbs, start=1)
                ],
            },
        ],
    }


def _publisher(settings: Settings) -> dict[str, Any]:
    return {"@type": "Organization", "name": settings.site_name, "url": absolute("/")}
