"""A new article with the next free ID and every section in place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kb.articles import KnowledgeBase
from kb.articles.parse import slugify

FIRST_ID = 2173


@dataclass(frozen=True, slots=True)
class Draft:
    """An article that is not written yet: where it goes, and its text."""

    file: Path
    text: str

    def write(self) -> Path:
        """Write it, never over another file; gives its path. Raises FileExistsError."""
        with self.file.open("x", encoding="utf-8") as target:
            target.write(self.text)
        return self.file


def create_article(root: Path, title: str, today: date) -> Path:
    """Write a draft called ``title`` and give its path. Raises ContentError for a bad folder."""
    return draft_article(root, title, today).write()


def draft_article(
    root: Path,
    title: str,
    today: date,
    symptoms: Sequence[str] = (),
    when: str = "http.status == 599",
) -> Draft:
    """A draft called ``title`` with the next free ID; nothing is written.

    Raises ContentError for a bad folder.
    """
    base = KnowledgeBase.load(root, drafts=True)
    taken = [article.id for article in base.all]
    taken += [int(p.name.split("-")[0]) for p in (root / "articles").glob("[0-9]*-*.md")]
    number = max(taken, default=FIRST_ID - 1) + 1
    category = next((c.path for c in base.categories if "/" in c.path), "http/client-errors")
    file = root / "articles" / f"{number}-{slugify(title)}.md"
    text = _TEMPLATE.format(
        id=number,
        title=_quoted(title),
        category=category,
        symptoms=" []" if not symptoms else "".join(f"\n  - {_quoted(one)}" for one in symptoms),
        when=_quoted(when) if '"' in when else when,
        today=today,
    )
    return Draft(file, text)


def _quoted(text: str) -> str:
    """Any text as a YAML scalar in double quotes, which JSON's strings are."""
    return json.dumps(text, ensure_ascii=False)


_TEMPLATE = """\
---
id: {id}
title: {title}
summary: One sentence that says what is wrong, in the words of the person who meets it.
category: {category}
identifiers: []
symptoms:{symptoms}
causes:
  - id: first-cause
    who: owner
    when: {when}
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
