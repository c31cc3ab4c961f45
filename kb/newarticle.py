"""A new article with the next free ID, or a copy that overrides a shipped one."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kb.article import FIRST_ID, FIRST_OWN_ID
from kb.articles import KnowledgeBase
from kb.articles.parse import slugify
from kb.errors import ContentError
from kb.settings import shipped_content


@dataclass(frozen=True, slots=True)
class Draft:
    """An article that is not written yet: where it goes, and its text."""

    file: Path
    text: str

    def write(self) -> Path:
        """Write it, never over another file; gives its path. Raises FileExistsError."""
        self.file.parent.mkdir(exist_ok=True)
        with self.file.open("x", encoding="utf-8") as target:
            target.write(self.text)
        return self.file


def create_article(folders: Path | Sequence[Path], title: str, today: date) -> Path:
    """Write a draft called ``title`` into the last of the content folders and give its path.

    Raises ContentError for folders that are none.
    """
    return draft_article(folders, title, today).write()


def draft_article(
    folders: Path | Sequence[Path],
    title: str,
    today: date,
    symptoms: Sequence[str] = (),
    when: str = "http.status == 599",
) -> Draft:
    """A draft called ``title`` for the last of the content folders, with its next free ID.

    Nothing is written. Raises ContentError for folders that are none.
    """
    base = KnowledgeBase.load(folders, drafts=True)
    own = base.roots[-1].resolve() != shipped_content().resolve()
    first, end = (FIRST_OWN_ID, 10**9) if own else (FIRST_ID, FIRST_OWN_ID)
    articles = base.roots[-1] / "articles"
    taken = [article.id for article in base.all]
    taken += [int(file.name.split("-")[0]) for file in articles.glob("[0-9]*-*.md")]
    number = max((item for item in taken if first <= item < end), default=first - 1) + 1
    category = next((c.path for c in base.categories if "/" in c.path), "http/client-errors")
    text = _TEMPLATE.format(
        id=number,
        title=_quoted(title),
        category=category,
        symptoms=" []" if not symptoms else "".join(f"\n  - {_quoted(one)}" for one in symptoms),
        when=_quoted(when) if '"' in when else when,
        today=today,
    )
    return Draft(articles / f"{number}-{slugify(title)}.md", text)


def create_override(folders: Path | Sequence[Path], number: int) -> tuple[Path, ...]:
    """Copy the article with this ID, and its translations, into the last of the content folders.

    The copy says in ``overrides`` which revision it was made from. Raises ContentError where there
    is no such article, or the last folder has it already.
    """
    base = KnowledgeBase.load(folders, drafts=True)
    article = base.get(number)
    root = base.roots[-1]
    if article is None:
        raise ContentError(f"There is no article #{number} to override.", str(root))
    if article.folder == len(base.roots) - 1:
        raise ContentError(f"#{number} stands in this folder already.", base.shown(article))
    drafts = []
    for item in base.in_all_languages(article):
        text = base.file_of(item).read_text(encoding="utf-8")
        if item is article:
            text = re.sub(r"^overrides:.*\n", "", text, count=1, flags=re.MULTILINE)
            line = f'\\g<0>overrides: "{article.revision}"\n'
            text = re.sub(r"^id:.*\n", line, text, count=1, flags=re.MULTILINE)
        drafts.append(Draft(root / item.path, text))
    return tuple(draft.write() for draft in drafts)


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
