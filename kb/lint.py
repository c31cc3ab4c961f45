"""What is wrong with the content folders: every finding with its file and line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from kb.article import FIRST_ID, FIRST_OWN_ID, Article, Status
from kb.articles import KnowledgeBase
from kb.articles.folders import shown
from kb.articles.links import mentioned
from kb.articles.parse import cause_sections
from kb.articles.redirects import NAME as REDIRECTS
from kb.articles.registry import OWN, Entry, conflicts
from kb.diagnose.condition import BadCondition, Condition
from kb.diagnose.evidence import SLOT
from kb.errors import ContentError
from kb.facts import REGISTRY

QUESTIONS = "questions.yaml"
SECTIONS = (
    "What it means",
    "What you may see",
    "Causes and fixes",
    "Check it yourself",
    "See also",
    "Sources",
)


def lint(folders: Path | Sequence[Path]) -> list[ContentError]:
    """All findings of the content folders, by file and line; empty when they are clean.

    Raises ContentError when the folders cannot be read as a knowledge base at all.
    """
    return lint_base(KnowledgeBase.load(folders, drafts=True))


def lint_base(base: KnowledgeBase) -> list[ContentError]:
    """All findings of a knowledge base that was loaded with its drafts."""
    findings = [*base.errors]
    claimed: dict[tuple[int, str], Article] = {}
    for article in base.all:
        findings.extend(_lint_article(base, article))
        findings.extend(_lint_override(base, article))
        for name in article.identifiers:
            # What a later folder claims is its own: it wins on purpose.
            other = claimed.setdefault((article.folder, name.lower()), article)
            if other is not article:
                findings.append(
                    ContentError(
                        f"The identifier {name!r} belongs to {base.shown(other)} already.",
                        base.shown(article),
                        _line_of(base, article, name),
                    )
                )
    findings.extend(_lint_registries(base))
    for question in base.questions:
        try:
            Condition(question.unless or "true")
        except BadCondition as error:
            said = f"unless of {question.fact}: {error}"
            findings.append(ContentError(said, *_place_of(base, QUESTIONS, question.fact)))
    for old, target in base.redirects.targets():
        if base.get(target) is None:
            said = f"{old} leads to #{target}, which is no solution."
            findings.append(ContentError(said, *_place_of(base, REDIRECTS, old)))
    return sorted(findings, key=lambda finding: (finding.path, finding.line))


def notes(base: KnowledgeBase) -> list[ContentError]:
    """What the folders override, by ID: nothing to mend, and good to know."""
    found = []
    for number, former in sorted(base.replaced.items()):
        article = base.get(number)
        if article is None or article.folder == former.folder:
            continue
        said = f"This overrides {base.shown(former)}, unchanged since."
        if not article.overrides:
            said = (
                f"This overrides {base.shown(former)}. To be told when that changes, add "
                f'overrides: "{former.revision}"'
            )
        elif article.overrides != former.revision:
            continue  # a finding says it
        found.append(ContentError(said, base.shown(article), _line_of(base, article, "overrides:")))
    return found


def _lint_override(base: KnowledgeBase, article: Article) -> Iterator[ContentError]:
    """What concerns an article of a later folder: its ID, and what it overrides."""

    def finding(message: str, needle: str) -> ContentError:
        return ContentError(message, base.shown(article), _line_of(base, article, needle))

    former = base.replaced.get(article.id)
    if former is None:
        if article.overrides:
            said = f"There is no #{article.id} in an earlier folder that this could override."
            yield finding(said, "overrides:")
        elif article.folder and FIRST_ID <= article.id < FIRST_OWN_ID:
            yield finding(
                f"IDs below {FIRST_OWN_ID} belong to the content that this folder adds to, which "
                f"may use {article.id} one day: take one from {FIRST_OWN_ID} on.",
                "id:",
            )
    elif article.overrides and article.overrides != former.revision:
        yield finding(
            f"{base.shown(former)} has changed since this was written (updated {former.updated}): "
            f'compare the two, then write overrides: "{former.revision}"',
            "overrides:",
        )


def _lint_registries(base: KnowledgeBase) -> Iterator[ContentError]:
    """Solutions that are none, and identifiers that two places give to different solutions."""
    entries = [entry for registry in base.registries for entry in registry.entries]
    for entry in entries:
        if base.get(entry.solution) is None:
            yield ContentError(
                f"{entry.id!r} leads to #{entry.solution}, which is no solution.",
                entry.path,
                entry.line,
            )
    own = [
        Entry(name, article.id, registry=OWN, path=base.shown(article), folder=article.folder)
        for article in base.all
        for name in article.identifiers
    ]
    for entry, spelling, first in conflicts([*own, *entries]):
        if entry.registry != OWN and entry.folder == first.folder:
            yield ContentError(
                f"{spelling!r} belongs to #{first.solution} in {first.path}, not to "
                f"#{entry.solution}.",
                entry.path,
                entry.line,
            )


def _lint_article(base: KnowledgeBase, article: Article) -> Iterator[ContentError]:
    def finding(message: str, needle: str = "") -> ContentError:
        return ContentError(message, base.shown(article), _line_of(base, article, needle))

    if base.category(article.category) is None:
        yield finding(f"There is no category {article.category}.", "category:")
    if article.status is not Status.PUBLISHED and article.status is not Status.DRAFT:
        if not article.successors and article.status is Status.MERGED:
            yield finding("A merged article names its one successor.", "status:")
    else:
        titles = [section.title for section in article.sections]
        for title in SECTIONS:
            if title not in titles:
                yield finding(f"The section {title!r} is missing.")
        if not article.causes:
            yield finding("The article has no cause.", "causes:")
    for target in (*article.related, *article.successors, *mentioned(article.body)):
        if base.get(target) is None:
            yield finding(f"#{target} leads nowhere.", str(target))
        elif target == article.id:
            yield finding(f"#{target} is this article.", f"#{target}")
    names = {cause.id for cause in article.causes}
    for anchor in cause_sections(article.body):
        if anchor not in names:
            yield finding(f"The section {{#{anchor}}} has no cause in the head.", f"{{#{anchor}}}")
    yield from _lint_causes(base, article)


def _lint_causes(base: KnowledgeBase, article: Article) -> Iterator[ContentError]:
    for cause in article.causes:

        def finding(message: str, line: int = cause.line) -> ContentError:
            return ContentError(message, base.shown(article), line)

        try:
            Condition(cause.when)
        except BadCondition as error:
            yield finding(str(error))
        if not cause.evidence:
            yield finding(f"The cause {cause.id} has no evidence sentence.")
        for sentence in cause.evidence:
            for name in SLOT.findall(sentence):
                if name not in REGISTRY:
                    yield finding(f"There is no fact {name} for the slot in an evidence sentence.")
        for owner, target in cause.explains:
            other = base.get(owner)
            if other is None or target not in {item.id for item in other.causes}:
                if other is not None and other.folder > article.folder:
                    # The override has to keep what others refer to.
                    yield ContentError(
                        f"This override has no cause {target}, which {article.id}/{cause.id} "
                        "explains away: keep its id.",
                        base.shown(other),
                        _line_of(base, other, "causes:"),
                    )
                    continue
                yield finding(f"explains names {owner}/{target}, which is no cause.")
            elif (owner, target) == (article.id, cause.id):
                yield finding(f"The cause {cause.id} explains itself.")


def _line_of(base: KnowledgeBase, article: Article, needle: str) -> int:
    return _line_in(base.file_of(article), needle) if needle else 1


def _place_of(base: KnowledgeBase, name: str, needle: str) -> tuple[str, int]:
    """The file ``name`` and the line that have ``needle``; of the last folder, which wins."""
    for folder, root in reversed(list(enumerate(base.roots))):
        file = root / name
        if file.is_file() and needle in file.read_text(encoding="utf-8"):
            return shown(base.roots, folder, name), _line_in(file, needle)
    return name, 1


def _line_in(file: Path, needle: str) -> int:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if needle in line:
            return number
    return 1
