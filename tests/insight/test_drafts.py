"""A question without an answer becomes a draft that the parser takes, whatever strangers typed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kb.articles.parse import parse_article
from kb.errors import ErrordeskError
from kb.insight import Cluster, Gap, draft_from_cluster, draft_from_gap
from kb.insight.clusters import clustered
from kb.insight.figures import Asked
from kb.store.records import now

TODAY = date(2026, 11, 25)


def cluster(*texts: str) -> Cluster:
    return clustered([Asked(text, 9 - place, now()) for place, text in enumerate(texts)])[0]


def test_a_draft_has_the_next_id_and_the_questions_as_symptoms(content: Path) -> None:
    first, second = "the carousel spins backwards", "carousel spinning backwards"
    draft = draft_from_cluster(content, cluster(first, second), TODAY)
    number = int(draft.file.name.split("-")[0])
    article = parse_article(draft.text, f"articles/{draft.file.name}")
    assert draft.file.name == f"{number}-the-carousel-spins-backwards.md"
    assert not draft.file.exists()
    assert list((content / "articles").glob(f"{number}-*")) == []
    assert list((content / "articles").glob(f"{number - 1}-*")) != []
    assert (article.id, article.title) == (number, "The carousel spins backwards")
    assert article.symptoms == (first, second)
    assert article.status == "draft"


@pytest.mark.parametrize(
    "text",
    [
        '"]\nstatus: published\nid: 1',
        "../../../../etc/passwd\0",
        "--- !!python/object:os.system {{ x }} {0} \\ \x1b[31m \u2028 red",
        "</script><script>alert(1)</script>",
        "https://only.example/a-url",
        "\u202e" * 50,
        "a" * 2_000,
    ],
)
def test_whatever_was_asked_stays_words(content: Path, text: str) -> None:
    draft = draft_from_cluster(content, cluster(text), TODAY)
    assert draft.file.parent == content / "articles"
    assert len(draft.file.name) < 120
    article = parse_article(draft.text, f"articles/{draft.file.name}")
    assert article.status == "draft"
    assert all(symptom.isprintable() for symptom in (article.title, *article.symptoms))


def test_a_gap_becomes_a_condition(content: Path) -> None:
    gap = Gap("dns.outcome=ok http.status=499", 3, now(), "what is this")
    draft = draft_from_gap(content, gap, TODAY)
    article = parse_article(draft.text, f"articles/{draft.file.name}")
    assert article.causes[0].when == 'dns.outcome == "ok" && http.status == 499'
    with pytest.raises(ErrordeskError, match="no fact"):
        draft_from_gap(content, Gap("no.fact=1", 1, now(), ""), TODAY)


def test_a_draft_is_never_written_over_a_file(content: Path, tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    for file in content.glob("*.yaml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    drafts = [draft_from_cluster(tmp_path, cluster("a question"), TODAY) for _ in range(2)]
    drafts[0].write()
    with pytest.raises(FileExistsError):
        drafts[1].write()
