"""Coming from phpMyFAQ, with an export as its own code makes it and its own tables."""

from __future__ import annotations

import contextlib
import html
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine

from kb.articles import KnowledgeBase
from kb.cli import main
from kb.databases import database_url
from kb.phpmyfaq.prose import to_markdown
from tests.lab.databases import mariadb, postgresql

ANSWER = """<h2>Steps</h2><p>Open <a href="index.php?action=faq&amp;cat=1&amp;id=12">the
other</a> page. Then wait; see #4711.</p><pre><code>ls -l
# 2173</code></pre><ul><li>one</li><li>two</li></ul><img src="images/a.png" alt="A window">
<script>alert(1)</script><iframe src="https://x.example/"></iframe><a href="javascript:x()">no</a>
<table><tr><th colspan="2">a</th></tr><tr><td>b</td><td>c</td></tr></table>"""


def exported(**fields: object) -> dict[str, object]:
    """An entry as Export/Json.php writes it: tags stripped, the answer escaped."""
    faq = {
        "id": 11,
        "language": "en",
        "category": "Network >> Proxy",
        "keywords": "proxy, 407",
        "question": "Why does the proxy ask?",
        "answer": html.escape(ANSWER),
        "author": "Ada Müller",
        "last_modified": "2021-03-04T10:11:12+0100",
    }
    return {"faq": {**faq, **fields}}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "articles").mkdir()
    (tmp_path / "categories.yaml").write_text("network: {name: Network, summary: All of it.}\n")
    (tmp_path / "questions.yaml").write_text("[]\n")
    return tmp_path


def run(root: Path, source: object, *options: str) -> Result:
    return CliRunner().invoke(
        main,
        ["import", "phpmyfaq", str(source), *options],
        env={"ERRORDESK_CONTENT": str(root)},
    )


def write(root: Path, *entries: dict[str, object]) -> Path:
    file = root / "export.json"
    file.write_text(json.dumps(entries))
    return file


def test_an_export_becomes_drafts_that_parse(root: Path) -> None:
    german = exported(language="de", question="Warum fragt der Proxy?", answer="<p>Darum.</p>")
    result = run(root, write(root, exported(), german, exported(id=12, question="Other")))
    assert result.exit_code == 0, result.output
    base = KnowledgeBase.load(root, drafts=True)
    assert base.problems == ()
    article = base.get(11)
    assert article is not None
    assert (article.title, article.category) == ("Why does the proxy ask?", "network/proxy")
    assert (article.authors, article.updated) == (("Ada Müller",), date(2021, 3, 4))
    assert article.symptoms == ("proxy", "407")
    assert article.status == "draft"
    assert article.origin == "phpMyFAQ, record 11 (en)"
    assert base.in_language(article, "de").title == "Warum fragt der Proxy?"
    assert "[the\nother](/solutions/12)" in article.body
    assert "#### Steps" in article.body
    assert "- one\n- two" in article.body
    assert "ls -l\n# 2173" in article.body
    assert "\\#4711" in article.body
    assert len(article.sections) == 1
    for gone in ("<", "alert", "javascript:"):
        assert gone not in article.body
    for said in ("images/a.png", "a script", "an embedded page", "no web address", "span others",
                 "without a solution ID", "network/proxy:"):  # fmt: skip
        assert said in result.stderr, said
    assert KnowledgeBase.load(root).published == ()


def test_nothing_is_overwritten(root: Path) -> None:
    file = write(root, exported())
    run(root, file)
    article = next((root / "articles").glob("11-*.md"))
    article.write_text("mine")
    again = run(root, write(root, exported(question="Quite another title")))
    assert again.exit_code == 0
    assert "the ID 11 is taken" in again.stderr
    assert article.read_text() == "mine"
    assert len(list((root / "articles").iterdir())) == 1


def test_a_dry_run_writes_nothing(root: Path) -> None:
    result = run(root, write(root, exported()), "--dry-run")
    assert "11-why-does-the-proxy-ask.md" in result.stdout
    assert list((root / "articles").iterdir()) == []


TABLES = """
CREATE TABLE pma_faqdata (id INTEGER, lang VARCHAR(5), solution_id INTEGER,
    revision_id INTEGER, active CHAR(3), sticky INTEGER, keywords TEXT, thema TEXT,
    content TEXT, author VARCHAR(255), email VARCHAR(255), comment CHAR(1),
    updated VARCHAR(15), created TIMESTAMP, notes TEXT, PRIMARY KEY (id, lang));
CREATE TABLE pma_faqcategories (id INTEGER, lang VARCHAR(5), parent_id INTEGER,
    name VARCHAR(255), description VARCHAR(255), user_id INTEGER,
    PRIMARY KEY (id, lang));
CREATE TABLE pma_faqcategoryrelations (category_id INTEGER, category_lang VARCHAR(5),
    record_id INTEGER, record_lang VARCHAR(5));
INSERT INTO pma_faqcategories VALUES (1,'en',0,'Network','',1),(2,'en',1,'Proxy','',1),
    (3,'en',4,'Loop','',1),(4,'en',3,'Pool','',1);
INSERT INTO pma_faqdata VALUES (5,'en',1004,0,'yes',0,'a','Why?',
    '<p>Because. See <a href="solution_id_1006.html">this</a>.</p>','Ada Müller','a@b.example',
    'y','20200506070809','2019-01-02 03:04:05',''),
    (7,'en',1006,0,'no',0,'','How?','<p>So</p>','','','y','20200506','2019-01-02','');
INSERT INTO pma_faqcategoryrelations VALUES (2,'en',5,'en'),(3,'en',7,'en');
"""


@pytest.fixture(params=["sqlite", "postgresql", "no encoding", "mysql"])
def database(
    request: pytest.FixtureRequest, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A database with phpMyFAQ's tables; gives its URL."""
    with contextlib.ExitStack() as stack:
        url = f"sqlite:///{root / 'faq.db'}"
        if request.param == "postgresql":
            url = stack.enter_context(postgresql())
        elif request.param == "no encoding":
            url = request.getfixturevalue("ascii_url")
        elif request.param == "mysql":
            url = stack.enter_context(mariadb(tmp_path_factory.mktemp("mariadb")))
        engine = create_engine(database_url(url))
        with engine.begin() as connection:
            for statement in TABLES.split(";"):
                if statement.strip():
                    connection.exec_driver_sql(statement)
        engine.dispose()
        yield url


def test_a_database_keeps_solution_ids_and_both_dates(root: Path, database: str) -> None:
    result = run(root, database, "--prefix", "pma_")
    assert result.exit_code == 0, result.output
    base = KnowledgeBase.load(root, drafts=True)
    assert base.problems == ()
    assert [article.id for article in base.all] == [1004, 1006]
    article = base.get(1004)
    assert article is not None
    assert (article.created, article.updated) == (date(2019, 1, 2), date(2020, 5, 6))
    assert (article.category, article.authors) == ("network/proxy", ("Ada Müller",))
    assert "[this](/solutions/1006)" in article.body
    assert "a@b.example" not in article.body + result.output
    assert "5: 1004" in result.stderr
    wrong = run(root, database)
    assert wrong.exit_code == 2
    assert "cannot be read as phpMyFAQ's" in wrong.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [("{}", "list of records"), ("no", "no JSON"), ("[1]", "Entry 1"), ('[{"faq": {}}]', "Entry 1"),
     ('[{"faq": {"id": "x", "question": "", "answer": ""}}]', "id must be a number")],
)  # fmt: skip
def test_what_is_no_export_is_named(root: Path, text: str, words: str) -> None:
    file = root / "export.json"
    file.write_text(text)
    result = run(root, file)
    assert result.exit_code == 2
    assert words in result.stderr
    assert run(root, root / "none.json").exit_code == 2


TAGS = st.sampled_from(
    [
        *[
            "<p>",
            "</p>",
            "<h1>",
            "</h1>",
            "<pre>",
            "</pre>",
            "<code>",
            "<li>",
            "<td>",
            "<b",
            "---",
            "```",
            "&lt;",
            "#2173",
        ],
        *("<a href='x'>", "\n## x\n", "\n"),
    ]
)


@given(
    st.lists(st.one_of(TAGS, st.text(max_size=8)), max_size=12).map("".join),
    st.text(max_size=40),
    st.text(max_size=20),
)
def test_whatever_stands_in_a_record_gives_a_draft_that_parses(
    tmp_path_factory: pytest.TempPathFactory, answer: str, question: str, author: str
) -> None:
    root = tmp_path_factory.mktemp("content")
    (root / "articles").mkdir()
    (root / "categories.yaml").write_text("network: {name: Network, summary: All of it.}\n")
    (root / "questions.yaml").write_text("[]\n")
    entry = exported(answer=html.escape(answer), question=question, author=author)
    file = root / "export.json"
    file.write_text(json.dumps([entry]))
    result = run(root, file)
    assert result.exit_code == 0, result.output
    base = KnowledgeBase.load(root, drafts=True)
    assert base.problems == ()
    assert len(base.all) == 1


def test_headings_and_links_stay_below_ours() -> None:
    prose = to_markdown("<h1>A</h1><h2>B</h2><h5>C</h5><p>#2173</p>", {})
    assert prose.markdown == "#### A\n\n#### B\n\n##### C\n\n\\#2173"
