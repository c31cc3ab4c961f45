"""An operator's folder over the shipped one: articles, overrides and words, without a merge."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from kb.answer import Verdict
from kb.articles import KnowledgeBase
from kb.cli import main
from kb.desk import Desk, Query
from kb.errors import ContentError
from kb.lint import lint, notes
from kb.newarticle import create_article, create_override
from kb.settings import BadSetting, Settings, content_folders, shipped_content
from tests.observe.servers import saying, serving
from webapp import create_app

PORTAL = b"HTTP/1.1 418 No\r\nX-Portal: outside\r\nContent-Length: 0\r\n\r\n"
SHIPPED = "2173-http-401-unauthorized"


@pytest.fixture
def settings(folders: tuple[Path, ...], tmp_path: Path) -> Settings:
    return Settings(
        content=folders,
        data=tmp_path / "data",
        database_url="off",
        probe_allow="127.0.0.0/8",
        edit_url=("https://git.example/{path}",),
    )


@pytest.fixture
def overridden(folders: tuple[Path, ...]) -> Path:
    """The override of the 401 article, with words of the operator's own."""
    file, *_ = create_override(folders, 2173)
    text = file.read_text()
    file.write_text(text.replace("title: HTTP 401 Unauthorized", "title: Sign in at our portal"))
    return file


def findings(folders: tuple[Path, ...]) -> list[str]:
    """What the lint says of the operator's files; the stand-in lacks what its articles link to."""
    return [str(item) for item in lint(folders) if item.path.startswith(str(folders[1]))]


def run(*arguments: str, **environment: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, arguments, env=environment, catch_exceptions=False)
    return result.exit_code, result.output


def test_an_own_article_diagnoses_a_live_site(settings: Settings) -> None:
    desk = Desk.open(settings)
    with serving(saying(PORTAL)) as port:
        answer = desk.ask(Query(f"PORTAL-418 at http://127.0.0.1:{port}/"))
    first = answer.causes[0]
    assert (first.solution, first.id, first.verdict) == (100000, "outside", Verdict.CONFIRMED)
    assert first.evidence == ("The portal answered 418.",)


@pytest.mark.parametrize(
    ("text", "solution"),
    [
        ("PORTAL-418", 100000),  # what the article claims
        ("ERR_PORTAL_OUTSIDE", 100000),  # an entry of the own registry
        ("net::ERR_CERT_DATE_INVALID", 100000),  # one that the shipped registry has for another
        ("the staff frobnicator is a teapot", 100000),  # a synonym
        ("curl: (6) Could not resolve host: www.example.com", 2230),  # the shipped ones still work
    ],
)
def test_own_words_lead_to_own_articles(settings: Settings, text: str, solution: int) -> None:
    answer = Desk.open(settings).ask(Query(text, probe=False))
    assert answer.solutions[0].id == solution


def test_an_entry_of_ones_own_keeps_what_it_does_not_say(settings: Settings) -> None:
    answer = Desk.open(settings).ask(Query("ERR_CERT_DATE_INVALID", probe=False))
    assert answer.facts["tls"]["outcome"] == "untrusted"


def test_an_override_replaces_the_shipped_article(settings: Settings, overridden: Path) -> None:
    client = create_app(settings).test_client()
    page = client.get(f"/solutions/{SHIPPED}")
    assert "Sign in at our portal" in page.text
    assert "Sign in at our portal" in client.get("/solutions/2173.md").text
    assert f"https://git.example/articles/{SHIPPED}.md" in page.text
    assert "Sign in at our portal" in client.get("/search?q=sign+in+at+our+portal").text
    german = client.get(f"/de/solutions/{SHIPPED}").text
    assert '<html lang="de"' in german
    assert "Sign in at our portal" not in german  # the translation was copied as well


def site(settings: Settings) -> FlaskClient:
    return create_app(settings).test_client()


def test_the_site_serves_both_folders(settings: Settings, own: Path) -> None:
    client = site(settings)
    page = client.get("/solutions/100000-staff-portal").text
    assert "gzornenplatz" in page
    assert "https://git.example/articles/100000-staff-portal.md" in page
    assert "https://git.example/" not in client.get("/solutions/2174", follow_redirects=True).text
    assert client.get("/portal").headers["Location"].endswith("/solutions/100000")
    assert "The portal" in client.get("/browse").text
    source = own / "articles" / "100000-staff-portal.md"
    assert client.get("/solutions/100000.md").text == source.read_text()
    assert "100000-staff-portal" in client.get("/sitemap.xml").text


def test_each_folder_has_its_own_history(settings: Settings, own: Path) -> None:
    git = ["git", "-C", str(own), "-c", "user.name=a", "-c", "user.email=a@b.example"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "The portal speaks"]):
        subprocess.run([*git, *command], check=True)
    assert "The portal speaks" in site(settings).get("/solutions/100000-staff-portal").text


def test_the_revision_follows_every_folder(folders: tuple[Path, ...], own: Path) -> None:
    before = KnowledgeBase.load(folders).revision
    assert before != KnowledgeBase.load(folders[0]).revision
    file = own / "articles" / "100000-staff-portal.md"
    file.write_text(file.read_text().replace("A text of ours", "Our text"))
    assert KnowledgeBase.load(folders).revision != before


def test_own_folders_are_linted_with_the_shipped_one(
    content: Path, own: Path, overridden: Path
) -> None:
    assert [str(finding) for finding in lint((content, own))] == []
    both = KnowledgeBase.load((content, own), drafts=True)
    assert [str(note) for note in notes(both)] == [
        f"{overridden}:3: This overrides {content}/articles/{SHIPPED}.md, unchanged since."
    ]


def test_a_finding_names_the_right_folders_file(folders: tuple[Path, ...], own: Path) -> None:
    file = own / "articles" / "100000-staff-portal.md"
    file.write_text(file.read_text().replace("related: [2173]", "related: [99]"))
    (own / "redirects.yaml").write_text("paths:\n  /portal: 99\n")
    (own / "synonyms.yaml").write_text("- [alone]\n")
    assert sorted(finding.partition(": ")[0] for finding in findings(folders)) == [
        f"{file}:23",
        f"{own}/redirects.yaml:2",
        f"{own}/synonyms.yaml:1",
    ]


def test_the_lint_says_when_the_overridden_article_changed(
    folders: tuple[Path, ...], overridden: Path
) -> None:
    text = overridden.read_text()
    old = KnowledgeBase.load(folders[0]).all[0].revision
    overridden.write_text(text.replace(f'overrides: "{old}"', 'overrides: "0123456789ab"'))
    (finding,) = [item for item in findings(folders) if item.startswith(f"{overridden}:3")]
    assert finding.startswith(f"{overridden}:3: {folders[0]}/articles/{SHIPPED}.md has changed")
    assert f'overrides: "{old}"' in finding


def test_a_broken_override_leaves_the_shipped_article(
    folders: tuple[Path, ...], overridden: Path
) -> None:
    overridden.write_text(overridden.read_text().replace("id: 2173", "id: [2173"))
    base = KnowledgeBase.load(folders)
    article = base.visible(2173)
    assert article is not None
    assert article.title == "HTTP 401 Unauthorized"
    assert base.problems[0].startswith(f"{overridden}:")


def test_a_draft_overrides_nothing_yet(folders: tuple[Path, ...], overridden: Path) -> None:
    overridden.write_text(overridden.read_text().replace("causes:", "status: draft\ncauses:", 1))
    shipped = KnowledgeBase.load(folders).visible(2173)
    draft = KnowledgeBase.load(folders, drafts=True).visible(2173)
    assert shipped is not None
    assert draft is not None
    assert (shipped.folder, draft.folder) == (0, 1)


def test_a_shipped_article_can_be_withdrawn(settings: Settings, overridden: Path) -> None:
    text = overridden.read_text().replace("causes:", "status: withdrawn\ncauses:", 1)
    overridden.write_text(text)
    assert site(settings).get("/2173").status_code == 410


def test_an_override_keeps_the_causes_that_others_name(content: Path, own: Path) -> None:
    folders = (content, own)
    base = KnowledgeBase.load(folders)
    user, cause, (owner, target) = next(
        (article, cause, named)
        for article in base.all
        for cause in article.causes
        for named in cause.explains
        if named[0] != article.id
    )
    file, *translations = create_override(folders, owner)
    for translation in translations:
        translation.unlink()
    text = file.read_text()
    file.write_text(
        text.replace(f"id: {target}\n", "id: renamed\n").replace(f"{{#{target}}}", "{#renamed}")
    )
    said = findings(folders)
    assert any(
        finding.startswith(f"{file}:") and f"{user.id}/{cause.id} explains away" in finding
        for finding in said
    ), said


def test_new_articles_take_ids_of_their_own_range(folders: tuple[Path, ...], own: Path) -> None:
    first = create_article(folders, "Another", date(2026, 11, 24))
    assert first == own / "articles" / "100001-another.md"
    assert findings(folders) == []


def test_an_id_of_the_shipped_range_is_named(folders: tuple[Path, ...], own: Path) -> None:
    old = own / "articles" / "100000-staff-portal.md"
    old.rename(own / "articles" / "9000-staff-portal.md")
    new = own / "articles" / "9000-staff-portal.md"
    new.write_text(new.read_text().replace("id: 100000", "id: 9000"))
    assert any("take one from 100000 on" in finding for finding in findings(folders))


def test_what_cannot_be_overridden_is_said(folders: tuple[Path, ...], overridden: Path) -> None:
    with pytest.raises(ContentError, match="in this folder already"):
        create_override(folders, 2173)
    with pytest.raises(ContentError, match="no article #99"):
        create_override(folders, 99)


def test_the_commands_work_on_an_empty_folder_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "desk"
    own.mkdir()
    both = {"ERRORDESK_CONTENT": f"shipped:{own}", "ERRORDESK_DATA": str(tmp_path / "data")}
    assert run("new", "An own error", **both) == (0, f"{own}/articles/100000-an-own-error.md\n")
    assert run("override", "2174", **both)[0] == 0
    code, output = run("lint", **both)
    assert code == 0
    assert "This overrides" in output
    other = tmp_path / "other"
    other.mkdir()
    assert run("new", "Elsewhere", "--content", str(other), **both)[1].startswith(str(other))


def test_the_list_of_folders(tmp_path: Path) -> None:
    assert content_folders(f"shipped:{tmp_path}") == (shipped_content(), tmp_path)
    assert content_folders("a, b") == (Path("a, b"),)
    assert content_folders("a:a:") == (Path("a"),)
    with pytest.raises(BadSetting, match="ERRORDESK_CONTENT"):
        content_folders(":")


def test_a_folder_that_is_not_there_is_named(content: Path, tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="no such content folder"):
        KnowledgeBase.load((content, tmp_path / "none"))


def test_edit_links_of_several_folders() -> None:
    folders = (Path("a"), Path("b"))
    both = Settings(content=folders, edit_url=("https://a/{path}", "https://b/{path}"))
    last = Settings(content=folders, edit_url=("https://b/{path}",))
    assert [both.edit_link(0, "x"), both.edit_link(1, "x")] == ["https://a/x", "https://b/x"]
    assert [last.edit_link(0, "x"), last.edit_link(1, "x")] == ["", "https://b/x"]
    given = Settings.from_environment({"ERRORDESK_EDIT_URL": "- https://b/{path}"})
    assert given.edit_url == ("", "https://b/{path}")
