"""The articles that sizes are measured with are articles, and the same each time."""

from __future__ import annotations

from pathlib import Path

from kb.articles import KnowledgeBase
from tests.scale.__main__ import agreement
from tests.scale.corpus import WORDS, Description, questions, write
from tests.scale.plot import svg

PACKAGES = [
    Description(
        f"package-{number}",
        f"tool number {number}",
        (f"Package {number} prints lines. It reads files and sorts them by name.", "And more."),
    )
    for number in range(7)
]


def test_articles_are_whole_and_the_same_each_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(tmp_path / name, 20, PACKAGES)
    one, two = (KnowledgeBase.load(tmp_path / name) for name in ("one", "two"))
    assert one.problems == ()
    assert len(one.published) == 20
    assert one.revision == two.revision
    assert all(len(article.body.split()) >= WORDS for article in one.published)
    assert list(questions(PACKAGES, 5)) == list(questions(PACKAGES, 5))


def test_agreement_counts_first_and_three() -> None:
    assert agreement([[1, 2, 3], [4]], [[1, 3, 5], [6]]) == (0.5, (2 / 3 + 0) / 2)


def test_the_plot_has_a_line_for_each_engine() -> None:
    costs = [
        {"engine": engine, "articles": count, "scores": {"p50": 1.0, "p95": count / 100}}
        for engine in ("whoosh", "tantivy")
        for count in (150, 1500)
    ]
    picture = svg(costs)
    assert picture.count("<circle") == 4
    assert all(f">{engine}</text>" in picture for engine in ("whoosh", "tantivy"))
