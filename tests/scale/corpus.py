"""Content folders of any size, cut from the long descriptions of Debian's packages.

The descriptions have some four million words: enough for 7,000 articles of 500 words. A larger base
takes the same paragraphs in other company: an article is one package's description, which no other
article begins with, and paragraphs of further packages. The causes' conditions are those of the
shipped articles, in turn.
"""

from __future__ import annotations

import itertools
import random
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from kb.articles import KnowledgeBase
from kb.settings import shipped_content

WORDS = 500
FIRST_ID = 100_000
_PATTERN = "*Translation-en"
_DAY = date(2026, 1, 1)
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_SLUG = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Description:
    """A package with what its long description says, paragraph by paragraph."""

    name: str
    summary: str
    paragraphs: tuple[str, ...]


def descriptions() -> list[Description]:
    """All long descriptions of the machine's Debian release, each text once, by package name.

    Where apt was told to leave them out, they are fetched beside its own lists.
    """
    files = sorted(Path("/var/lib/apt/lists").glob(_PATTERN))
    if files:
        return _read(files)
    folder = Path(tempfile.gettempdir()) / "errordesk-scale-lists"
    if not any(folder.glob(_PATTERN)):
        (folder / "partial").mkdir(parents=True, exist_ok=True)
        options = {
            "Acquire::Languages": "en",
            "Acquire::GzipIndexes": "false",
            "Dir::State::Lists": str(folder),
        }
        given = itertools.chain.from_iterable(("-o", f"{k}={v}") for k, v in options.items())
        subprocess.run(["apt-get", "update", "-q", *given], check=True, capture_output=True)
    return _read(sorted(folder.glob(_PATTERN)))


def _read(files: list[Path]) -> list[Description]:
    found: dict[str, Description] = {}
    seen: set[str] = set()
    for file in files:
        for record in file.read_text(encoding="utf-8").split("\n\n"):
            head, _, rest = record.partition("\nDescription-en: ")
            name = head.partition("Package: ")[2].partition("\n")[0]
            summary, _, text = rest.partition("\n")
            if not name or not text or text in seen:
                continue
            seen.add(text)
            # What begins like a fence of code would swallow the headings behind it.
            paragraphs = (" ".join(part.split()).lstrip("~`#") for part in text.split("\n ."))
            found[name] = Description(name, summary, tuple(filter(None, paragraphs)))
    return [found[name] for name in sorted(found)]


def write(folder: Path, count: int, packages: list[Description]) -> None:
    """A content folder with ``count`` articles; the same for the same packages."""
    (folder / "articles").mkdir(parents=True)
    shipped = shipped_content()
    for name in ("categories.yaml", "questions.yaml", "synonyms.yaml"):
        (folder / name).write_text((shipped / name).read_text(encoding="utf-8"), encoding="utf-8")
    base = KnowledgeBase.load(shipped)
    conditions = itertools.cycle(cause.when for item in base.published for cause in item.causes)
    categories = itertools.cycle(category.path for category in base.categories)
    chance = random.Random(7)
    order = list(packages)
    chance.shuffle(order)
    for number in range(count):
        package = order[number % len(order)]
        slug = "-".join(_SLUG.findall(package.name.lower()))
        text = _article(
            FIRST_ID + number,
            package,
            next(categories),
            _body(package, packages, chance),
            [next(conditions) for _ in range(3)],
        )
        file = folder / "articles" / f"{FIRST_ID + number}-{slug}.md"
        file.write_text(text, encoding="utf-8")


def _body(package: Description, packages: list[Description], chance: random.Random) -> list[str]:
    paragraphs = list(package.paragraphs)
    words = sum(len(text.split()) for text in paragraphs)
    while words < WORDS:
        text = chance.choice(chance.choice(packages).paragraphs)
        paragraphs.append(text)
        words += len(text.split())
    return paragraphs


def _article(
    number: int, package: Description, category: str, paragraphs: list[str], conditions: list[str]
) -> str:
    sentences = [s.strip(" *-•")[:120] for text in paragraphs for s in text.split(". ")]
    symptoms = [s for s in sentences if 4 <= len(s.split()) <= 16][:6]
    head: dict[str, Any] = {
        "id": number,
        "title": f"{package.summary} ({package.name})"[:110],
        "summary": paragraphs[0][:200],
        "category": category,
        "identifiers": [f"{package.name} error {number}"],
        "symptoms": symptoms,
        "causes": [
            {
                "id": f"cause-{place}",
                "who": "owner",
                "when": condition,
                "evidence": ["It was seen."],
                "fix": "Install the package again.",
            }
            for place, condition in enumerate(conditions)
        ],
        "authors": ["Debian"],
        "created": _DAY,
        "updated": _DAY,
    }
    third = max(1, len(paragraphs) // 3)
    lines = ["## What it means", *paragraphs[:third], "## Causes and fixes"]
    for place in range(len(conditions)):
        lines += [
            f"### Cause {place} of {package.name} {{#cause-{place}}}",
            *paragraphs[third + place :: 3],
        ]
    return (
        f"---\n{yaml.dump(head, Dumper=_Dumper, allow_unicode=True)}---\n"
        + "\n\n".join(lines)
        + "\n"
    )


def questions(packages: list[Description], count: int) -> Iterator[str]:
    """What people could ask: some words of a sentence of some description, the same every time."""
    chance = random.Random(11)
    for _ in range(count):
        words = chance.choice(chance.choice(packages).paragraphs).split()
        start = chance.randrange(max(1, len(words) - 14))
        asked = [word for word in words[start : start + 14] if chance.random() < 0.65]
        yield " ".join(asked)
