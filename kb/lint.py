"""What is wrong with a content folder: every finding with its file and line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kb.article import Article, Status
from kb.articles import KnowledgeBase
from kb.articles.links import mentioned
from kb.articles.parse import cause_sections
from kb.articles.redirects import NAME as REDIRECTS
from kb.articles.registry import Entry, conflicts
from kb.diagnose.condition import BadCondition, Condition
from kb.diagnose.judge import SLOT
from kb.errors import ContentError
from kb.facts import REGISTRY

SECTIONS = (
    "What it means",
    "What you may see",
    "Causes and fixes",
    "Check it yourself",
    "See also",
    "Sources",
)


def lint(root: Path) -> list[ContentError]:
    """All findings of the folder ``root``, by file and line; empty when it is clean.

    Raises ContentError when the folder cannot be read as a knowledge base at all.
    """
    base = KnowledgeBase.load(root, drafts=True)
    findings = [*base.errors]
    claimed: dict[str, Article] = {}
    for article in base.all:
        findings.extend(_lint_article(base, article, root))
        for name in article.identifiers:
            other = claimed.setdefault(name.lower(), article)
            if other is not article:
                findings.append(
                    ContentError(
                        f"The identifier {name!r} belongs to {other.path} already.",
                        article.path,
                        _line_of(root, article, name),
                    )
                )
    findings.extend(_lint_registries(base))
    for old, target in base.redirects.targets():
        if base.get(target) is None:
            said = f"{old} leads to #{target}, which is no solution."
            findings.append(ContentError(said, REDIRECTS, _line_in(root / REDIRECTS, old)))
    return sorted(findings, key=lambda finding: (finding.path, finding.line))


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
        Entry(name, article.id, path=article.path)
        for article in base.all
        for name in article.identifiers
    ]
    for entry, spelling, first in conflicts([*own, *entries]):
        if entry.path.startswith("registries/"):
            yield ContentError(
                f"{spelling!r} belongs to #{first.solution} in {first.path}, not to "
                f"#{entry.solution}.",
                entry.path,
                entry.line,
            )


def _lint_article(base: KnowledgeBase, article: Article, root: Path) -> Iterator[ContentError]:
    def finding(message: str, needle: str = "") -> ContentError:
        return ContentError(message, article.path, _line_of(root, article, needle))

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
            return ContentError(message, article.path, line)

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
                yield finding(f"explains names {owner}/{target}, which is no cause.")
            elif (owner, target) == (article.id, cause.id):
                yield finding(f"The cause {cause.id} explains itself.")


def _line_of(root: Path, article: Article, needle: str) -> int:
    return _line_in(root / article.path, needle) if needle else 1


def _line_in(file: Path, needle: str) -> int:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if needle in line:
            return number
    return 1
