"""Every link that was ever given out: renamed, merged, withdrawn, and of the FAQ before us."""

from __future__ import annotations

import shutil
from pathlib import Path
from xml.etree import ElementTree

import html5lib
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from kb.articles import KnowledgeBase
from kb.cli import main
from kb.lint import lint
from kb.settings import Settings
from webapp import create_app

NAME = "http-401-unauthorized"


@pytest.fixture(scope="module")
def moved(content: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content after a year: #2173 renamed, #2176 merged into it, #2180 withdrawn."""
    root = tmp_path_factory.mktemp("moved") / "content"
    shutil.copytree(content, root)
    articles = root / "articles"
    for file in articles.glob("2173-*"):
        file.rename(articles / file.name.replace(NAME, "who-are-you"))
    for number, head in (
        (2176, "status: merged\nsuccessors: [2173]\n---\n"),
        (2180, "status: withdrawn\nsuccessors: [2173]\n---\n"),
    ):
        for file in articles.glob(f"{number}-*"):
            if file.name.count(".") > 1:
                file.unlink()  # a translation goes with its article
                continue
            start, text, rest = file.read_text(encoding="utf-8").split("---\n", 2)
            file.write_text(f"{start}---\n{text}{head}{rest}", encoding="utf-8")
    (root / "redirects.yaml").write_text(
        f"slugs: {{{NAME}: 2173, forbidden: 2176}}\nrecords: {{12: 2173, 13: 2180}}\n"
        "paths: {/help/login.html: 2173}\n"
    )
    return root


@pytest.fixture(scope="module")
def app(moved: Path) -> Flask:
    return create_app(Settings(content=(moved,), data=moved.parent / "index", database_url="off"))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


OLD = [
    "/2173",
    "/solutions/2173",
    f"/solutions/2173-{NAME}",
    f"/solutions/{NAME}",
    f"/{NAME}.html",
    "/help/login.html",
    "/solution_id_2173.html",
    "/index.php?solution_id=2173",
    "/index.php?action=artikel&cat=3&id=12&artlang=en",
    "/index.php?action=faq&cat=3&id=12&artlang=en",
    "/index.php?action=artikel&cat=3&id=2173&artlang=en",
    "/content/3/12/en/why-401.html",
    "/2176",
    "/solutions/2176-http-403-forbidden",
    "/solutions/forbidden",
    "/solution_id_2176.html",
]


@pytest.mark.parametrize("path", OLD)
def test_every_old_link_leads_to_the_solution(client: FlaskClient, path: str) -> None:
    response = client.get(path, follow_redirects=True)
    assert response.status_code == 200
    assert response.request.path.endswith("/solutions/2173-who-are-you")
    assert all(hop.status_code in (301, 308) for hop in response.history)
    assert len(response.history) <= 3


def test_the_language_of_an_old_link_is_kept(client: FlaskClient) -> None:
    for path in ("/content/3/12/de/warum.html", "/index.php?action=faq&id=12&artlang=de"):
        response = client.get(path, follow_redirects=True)
        assert response.request.path == "/de/solutions/2173-who-are-you"
        assert 'lang="de"' in response.text


@pytest.mark.parametrize(
    "path",
    ["/2180", "/solution_id_2180.html", "/index.php?action=faq&id=13", "/content/1/13/en/a.html"],
)
def test_what_was_withdrawn_says_so_and_names_its_successor(client: FlaskClient, path: str) -> None:
    response = client.get(path, follow_redirects=True)
    assert response.status_code == 410
    assert "/solutions/2173-who-are-you" in response.text
    html5lib.HTMLParser(strict=True).parse(response.text)


@pytest.mark.parametrize(
    "path",
    ["/index.php?action=search&id=12", "/index.php?action=faq&id=x", "/solutions/no-such-name",
     "/index.php?action=faq&id=99999999", "/no.html", "/content/1/x/en/a.html"],
)  # fmt: skip
def test_what_never_was_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path, follow_redirects=True).status_code == 404


def test_the_api_follows_as_the_pages_do(client: FlaskClient) -> None:
    merged = client.get("/api/v1/solutions/2176?view=card&lang=de", follow_redirects=True)
    assert merged.json is not None
    assert merged.json["id"] == 2173
    assert merged.json["language"] == "de"
    gone = client.get("/api/v1/solutions/2180")
    assert gone.status_code == 410
    assert gone.json is not None
    assert "#2173" in gone.json["detail"]
    assert client.get("/api/v1/solutions/1").status_code == 404


def test_a_card_holds_what_a_chat_tool_shows(client: FlaskClient) -> None:
    card = client.get("/api/v1/solutions/2173?view=card", base_url="https://help.example").json
    assert card is not None
    assert card["url"] == "https://help.example/solutions/2173-who-are-you"
    assert card["title"] == "HTTP 401 Unauthorized"
    assert {"id", "title", "who"} == set(card["causes"][0])
    assert "markdown" not in card


def test_autolinks_are_ready_to_paste(client: FlaskClient) -> None:
    links = client.get("/api/v1/autolinks", base_url="https://help.example").json
    assert links is not None
    assert links["github"] == {
        "key_prefix": "KB-",
        "url_template": "https://help.example/solutions/<num>",
        "is_alphanumeric": False,
    }
    path = (
        links["github"]["url_template"]
        .replace("<num>", "2176")
        .removeprefix("https://help.example")
    )
    assert client.get(path, follow_redirects=True).status_code == 200


@pytest.mark.parametrize(
    ("number", "status", "words"),
    [(2173, 200, "HTTP 401 Unauthorized"), (2176, 200, "→ #2173"), (2180, 410, "withdrawn"),
     (9, 404, "unknown")],
)  # fmt: skip
def test_a_badge_says_what_became_of_the_id(
    client: FlaskClient, number: int, status: int, words: str
) -> None:
    response = client.get(f"/solutions/{number}/badge.svg")
    assert response.status_code == status
    assert response.mimetype == "image/svg+xml"
    title = ElementTree.fromstring(response.data).find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text == f"#{number}: {words}"


def test_links_in_other_files_are_checked(moved: Path, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.md", tmp_path / "bad.txt"
    good.write_text(
        "See #2173, KB-2176 and https://help.example/solutions/2173-old.\ncolor: #123456;"
    )
    bad.write_text("Fine: #2173\n#9999 and solution_id=2180, issue #12, step &#8217; a#2222\n")
    run = CliRunner()
    fine = run.invoke(main, ["links", "--content", str(moved), str(good)])
    assert fine.exit_code == 0
    assert fine.stdout == f"{good}:1: #2176 was merged into #2173 (HTTP 401 Unauthorized).\n"
    dangling = run.invoke(main, ["links", "--content", str(moved), str(good), str(bad)])
    assert dangling.exit_code == 1
    assert f"{bad}:2: #9999 is no solution." in dangling.stdout
    assert f"{bad}:2: #2180 was withdrawn." in dangling.stdout
    assert "5 links, 2 dangling." not in dangling.stderr
    assert "6 links, 2 dangling." in dangling.stderr
    piped = run.invoke(main, ["links", "--content", str(moved), "-"], input="KB-1\n")
    assert piped.exit_code == 1
    assert run.invoke(main, ["links", str(tmp_path / "none")]).exit_code == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [("slugs: {a: 99999}", "a leads to #99999, which is no solution"), ("slugs: [1]", "table"),
     ("records: {x: 2173}", "not a number"), ("paths: {help: 2173}", "not a path"),
     ("other: {}", "The tables are"), ("slugs: {Bad Slug: 2173}", "not a slug"),
     ("slugs: {a: b}", "must lead to"), ("slugs: {", "no valid YAML")],
)  # fmt: skip
def test_a_wrong_redirect_is_named(content: Path, tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "articles").mkdir()
    for file in (*content.glob("*.yaml"), *content.glob("articles/2173-*")):
        shutil.copy(file, tmp_path / file.relative_to(content))
    (tmp_path / "redirects.yaml").write_text(text)
    said = [str(finding) for finding in lint(tmp_path) if finding.path == "redirects.yaml"]
    assert len(said) == 1
    assert words in said[0]
    assert KnowledgeBase.load(tmp_path).visible(2173) is not None
