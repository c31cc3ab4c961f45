"""An operator's own content folder beside the shipped one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

ARTICLE = """\
---
id: 100000
title: The staff portal wants the company network
summary: The staff portal answers 418 to whoever is not in the company network.
category: company/portal
identifiers: [PORTAL-418]
symptoms: [the staff portal is a teapot]
causes:
  - id: outside
    who: network
    weight: 2
    when: http.status == 418 && 'x-portal' in http.headers && http.headers['x-portal'] == 'outside'
    evidence:
      - "The portal answered {http.status}."
    fix: Connect to the company network and open the page again.
    explains: [unplugged]
  - id: unplugged
    who: owner
    when: http.status == 418 && reader.happens_always
    evidence:
      - "The portal answered {http.status}, every time."
    fix: Plug the portal in.
related: [2173]
authors: [Help desk]
created: 2026-11-24
updated: 2026-11-24
---

## What it means

A text of ours about gzornenplatz.

## What you may see

## Causes and fixes

### You are outside of the company network {#outside}

### The portal is unplugged {#unplugged}

## Check it yourself

## See also

## Sources
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with one article, a category, a group of synonyms, an entry and a redirect."""
    folder = tmp_path / "desk"
    (folder / "articles").mkdir(parents=True)
    (folder / "registries").mkdir()
    (folder / "articles" / "100000-staff-portal.md").write_text(ARTICLE)
    (folder / "categories.yaml").write_text(
        "company: { name: Our company, summary: What is ours. }\n"
        "company/portal: { name: The portal, summary: The staff portal. }\n"
    )
    (folder / "synonyms.yaml").write_text("- [gzornenplatz, intranet, frobnicator]\n")
    (folder / "redirects.yaml").write_text("paths:\n  /portal: 100000\n")
    (folder / "registries" / "portal.yaml").write_text(
        "name: The portal's codes\norigin: https://portal.example/codes\nentries:\n"
        '  - { id: "ERR_PORTAL_OUTSIDE", solution: 100000, meaning: "You are outside." }\n'
        '  - { id: "ERR_CERT_DATE_INVALID", solution: 100000 }\n'
    )
    return folder


@pytest.fixture(scope="session")
def first(content: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small stand-in for the shipped folder: four of its articles, the rest as it is."""
    folder = tmp_path_factory.mktemp("first")
    (folder / "articles").mkdir()
    for number in (2173, 2174, 2230, 2252):
        for file in (content / "articles").glob(f"{number}-*.md"):
            shutil.copy(file, folder / "articles")
    (folder / "registries").mkdir()
    for name in ("chromium", "curl", "http"):
        shutil.copy(content / "registries" / f"{name}.yaml", folder / "registries")
    for file in content.glob("*.yaml"):
        shutil.copy(file, folder)
    return folder


@pytest.fixture
def folders(first: Path, own: Path) -> tuple[Path, ...]:
    """The shipped folder, and the operator's own over it."""
    return (first, own)
