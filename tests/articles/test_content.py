"""The shipped content is clean, and the lint finds what a writer gets wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kb.articles import KnowledgeBase, render_article
from kb.articles.links import mentioned
from kb.lint import lint

ARTICLE = "articles/2173-http-401-unauthorized.md"


@pytest.fixture
def folder(content: Path, tmp_path: Path) -> Path:
    """A writer's folder that holds the 401 article alone."""
    (tmp_path / "articles").mkdir()
    for name in (ARTICLE, "categories.yaml", "questions.yaml"):
        shutil.copy(content / name, tmp_path / name)
    return tmp_path


def change(folder: Path, old: str, new: str) -> list[str]:
    file = folder / ARTICLE
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    return [str(finding) for finding in lint(folder)]


def test_the_shipped_content_is_clean(content: Path) -> None:
    assert [str(finding) for finding in lint(content)] == []


def test_the_401_article_keeps_its_id(base: KnowledgeBase) -> None:
    article = base.visible(2173)
    assert article is not None
    assert article.title == "HTTP 401 Unauthorized"
    assert article.url == "/solutions/2173-http-401-unauthorized"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id: 2173", "id: 2174", ":2: The head says id 2174"),
        ("who: owner", "who: nobody", "who must be one of"),
        ("{#no-challenge}", "{#no-chalenge}", "The cause no-challenge has no section"),
        (
            "http.challenge_error in",
            "http.chalenge_error in",
            "There is no fact http.chalenge_error",
        ),
        ("when: http.status == 401 && (", "when: http.status == = 401 && (", "does not compile"),
        ("{vantage.browser.status}", "{vantage.brwser.status}", "no fact vantage.brwser.status"),
        ("explains: [credentials-refused]", "explains: [credential]", "which is no cause"),
        ("category: http/client-errors", "category: http/nowhere", "no category http/nowhere"),
        ("## Check it yourself", "## Test it", "'Check it yourself' is missing"),
        ("Three questions", "As #9999 says, three questions", "#9999 leads nowhere"),
        ("updated: 2026-11-24", "updated: soon", "updated must be a date"),
        ("summary:", "sumary:", "summary is missing"),
        ("title: HTTP", "title: [HTTP", "no valid YAML"),
    ],
)
def test_the_lint_names_the_mistake_and_its_place(
    folder: Path, old: str, new: str, message: str
) -> None:
    findings = change(folder, old, new)
    assert any(message in finding for finding in findings), findings
    assert all(finding.startswith(ARTICLE + ":") for finding in findings)


def test_a_duplicate_id_is_named(folder: Path) -> None:
    shutil.copy(folder / ARTICLE, folder / "articles/2173-other.md")
    assert any("belongs to" in str(finding) for finding in lint(folder))


def test_a_broken_article_leaves_the_rest(folder: Path) -> None:
    (folder / "articles/2999-broken.md").write_bytes(b"\xff\xfe")
    base = KnowledgeBase.load(folder)
    assert [article.id for article in base.published] == [2173]
    assert base.problems == ("articles/2999-broken.md:1: The file is not UTF-8.",)


def test_solution_links_are_found_outside_of_code() -> None:
    assert mentioned("(#2173), [a](#2174), [#2175](x)") == (2173,)
    assert mentioned("see #2173 and `#2174`, not \\#2175 nor a#2176\n```\n#2177\n```\n") == (2173,)


def test_an_article_is_rendered_safely(folder: Path) -> None:
    change(folder, "Three questions", "<script>alert(1)</script><img src=x onerror=a> Three #2173")
    base = KnowledgeBase.load(folder)
    article = base.visible(2173)
    assert article is not None
    page = render_article(base, article)
    assert "<script" not in page.html
    assert "onerror" not in page.html
    assert 'href="/solutions/2173-http-401-unauthorized"' in page.html
    assert 'id="automated-clients-refused"' in page.html
    assert ("The site refuses automated clients", "automated-clients-refused", 3) in [
        (entry.title, entry.anchor, entry.level) for entry in page.toc
    ]
