"""Structured data in the words of schema.org, and what search engines require of it; the feed."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import feedparser
import pytest
from flask.testing import FlaskClient
from lxml import etree

SITE = "https://help.example.com"
ARTICLE = "/solutions/2173-http-401-unauthorized"
TEXT, URL, DATE, NUMBER = "text", "url", "date", "number"
# By type: its properties with the types that schema.org names for them (schema.org/TechArticle …).
VOCABULARY: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "TechArticle": {
        "url": (URL,), "headline": (TEXT,), "description": (TEXT,), "inLanguage": (TEXT,),
        "identifier": (TEXT,), "keywords": (TEXT,), "datePublished": (DATE,),
        "dateModified": (DATE,), "author": ("Organization",), "publisher": ("Organization",),
        "hasPart": ("WebPageElement",), "mainEntityOfPage": (URL,), "articleSection": (TEXT,),
        "isPartOf": ("WebSite",), "image": (URL,),
    },
    "WebPageElement": {"name": (TEXT,), "text": (TEXT,), "url": (URL,)},
    "Organization": {"name": (TEXT,), "url": (URL,), "logo": (URL,)},
    "BreadcrumbList": {"itemListElement": ("ListItem",)},
    "ListItem": {"position": (NUMBER,), "name": (TEXT,), "item": (URL,)},
    "WebSite": {
        "name": (TEXT,), "url": (URL,), "potentialAction": ("SearchAction",), "inLanguage": (TEXT,),
    },
    "SearchAction": {"target": ("EntryPoint",), "query-input": (TEXT,)},
    "EntryPoint": {"urlTemplate": (TEXT,)},
}  # fmt: skip
# What Google's documentation of rich results requires or recommends of these types.
REQUIRED: Final[dict[str, set[str]]] = {
    "TechArticle": {"headline", "author", "datePublished", "dateModified"},
    "Organization": {"name"},
    "WebPageElement": {"name"},
    "BreadcrumbList": {"itemListElement"},
    "ListItem": {"position", "name", "item"},
    "WebSite": {"name", "url", "potentialAction"},
    "SearchAction": {"target", "query-input"},
    "EntryPoint": {"urlTemplate"},
}


def judge(thing: object, allowed: tuple[str, ...], place: str) -> list[str]:
    """What is wrong with a value, each with its place."""
    if isinstance(thing, list):
        found = [judge(one, allowed, f"{place}[{at}]") for at, one in enumerate(thing)]
        return [fault for faults in found for fault in faults] if thing else [f"{place}: empty"]
    if isinstance(thing, dict):
        kind = thing.get("@type")
        if kind not in allowed or kind not in VOCABULARY:
            return [f"{place}: {kind} is not meant here"]
        given = {name: value for name, value in thing.items() if not name.startswith("@")}
        faults = [f"{place}: {name} is missing" for name in REQUIRED[kind] - given.keys()]
        for name, value in given.items():
            known = VOCABULARY[kind].get(name)
            faults += judge(value, known, f"{place}.{name}") if known else [f"{place}: {name}?"]
        return faults
    if NUMBER in allowed:
        return [] if isinstance(thing, int) else [f"{place}: no number"]
    if not isinstance(thing, str) or not thing.strip():
        return [f"{place}: no text"]
    if URL in allowed:
        url = urlsplit(thing)
        return [] if url.scheme == "https" and url.netloc else [f"{place}: no address"]
    if DATE in allowed:
        date.fromisoformat(thing)
    return [] if {TEXT, DATE} & set(allowed) else [f"{place}: a text is not meant here"]


def structured(client: FlaskClient, path: str) -> list[dict[str, Any]]:
    """The things that a page describes itself as."""
    blocks = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', client.get(path).text, re.DOTALL
    )
    things = []
    for block in blocks:
        data = json.loads(block)
        assert data.pop("@context") == "https://schema.org"
        things += data.get("@graph", [data])
    return things


def test_every_article_and_the_first_page_keep_to_the_vocabulary(client: FlaskClient) -> None:
    paths = ["/", "/de/", *re.findall(rf"<loc>{SITE}(\S+/solutions/\S+|/solutions/\S+)</loc>",
                                      client.get("/sitemap.xml").text)]  # fmt: skip
    assert len(paths) > 100
    for path in paths:
        things = structured(client, path)
        kinds = [thing["@type"] for thing in things]
        assert kinds == (["TechArticle", "BreadcrumbList"] if "solutions" in path else ["WebSite"])
        assert [f for thing in things for f in judge(thing, tuple(VOCABULARY), path)] == []
        if "solutions" in path:
            article, crumbs = things
            assert article["dateModified"] >= article["datePublished"], path
            places = [item["position"] for item in crumbs["itemListElement"]]
            assert places == list(range(1, len(places) + 1))
    query = structured(client, "/")[0]["potentialAction"]
    slot = query["query-input"].removeprefix("required name=")
    assert f"{{{slot}}}" in query["target"]["urlTemplate"]


@pytest.mark.parametrize(
    ("change", "words"),
    [({"headline": ""}, "headline: no text"), ({"heading": "x"}, "heading?"),
     ({"author": {"@type": "Recipe"}}, "Recipe is not meant"), ({"url": "/x"}, "url: no address")],
)  # fmt: skip
def test_the_judge_of_the_vocabulary_judges(
    client: FlaskClient, change: dict[str, object], words: str
) -> None:
    faults = judge({**structured(client, ARTICLE)[0], **change}, ("TechArticle",), "page")
    assert words in " ".join(faults)


@pytest.mark.parametrize("path", ["/feed.atom", "/de/feed.atom"])
def test_the_feed_is_valid_and_its_ids_outlive_a_rename(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    schema = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
    schema.assertValid(etree.fromstring(response.data))
    feed = feedparser.parse(response.data, response_headers={"content-type": response.content_type})
    assert (feed.bozo, feed.version) == (0, "atom10")
    ids = [entry.id for entry in feed.entries]
    assert len(ids) == len(set(ids)) > 10
    for entry in feed.entries:
        assert re.fullmatch(rf"{SITE}(/de)?/solutions/\d+", entry.id)
        assert client.get(entry.link.removeprefix(SITE)).status_code == 200


def test_crawlers_are_kept_from_answers_in_every_language(client: FlaskClient) -> None:
    lines = client.get("/robots.txt").text.splitlines()
    assert lines[0] == "User-agent: *"
    closed = {line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow: ")}
    assert closed >= {"/ask", "/search", "/de/ask", "/de/search"}
    assert f"Sitemap: {SITE}/sitemap.xml" in lines
