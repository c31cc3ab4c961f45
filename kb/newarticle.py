"""A new article with the next free ID and every section in place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kb.articles import KnowledgeBase
from kb.articles.parse import slugify

FIRST_ID = 2173


def create_article(root: Path, title: str, today: date) -> Path:
    """Write a draft called ``title`` and give its path. Raises ContentError for a bad folder."""
    base = KnowledgeBase.load(root, drafts=True)
    taken = [article.id for article in base.all]
    taken += [int(p.name.split("-")[0]) for p in (root / "articles").glob("[0-9]*-*.md")]
    number = max(taken, default=FIRST_ID - 1) + 1
    category = next((c.path for c in base.categories if "/" in c.path), "http/client-errors")
    file = root / "articles" / f"{number}-{slugify(title)}.md"
    quoted = '"' + title.replace("\\", "\\\\").replace('"', '\\"') + '"'
    file.write_text(_TEMPLATE.format(id=number, title=quoted, category=category, today=today))
    return file


_TEMPLATE = """\
---
id: {id}
title: {title}
summary: One sentence that says what is wrong, in the words of the person who meets it.
category: {category}
identifiers: []
symptoms: []
causes:
  - id: first-cause
    who: owner
    when: http.status == 599
    evidence:
      - "The server answered {{http.status}}."
    fix: Say the first step in one sentence.
related: []
authors: [Errordesk editors]
created: {today}
updated: {today}
status: draft
---

## What it means

## What you may see

## Causes and fixes

### The first cause {{#first-cause}}

**How to tell.** …

**You visit the site.** …

**You run the client.** …

**You run the site.** …

## Check it yourself

## See also

## Sources
"""
