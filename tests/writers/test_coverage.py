"""``errordesk coverage``: what no lab case confirms, what is hard to find, what found nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.articles import KnowledgeBase
from kb.cli import main
from kb.coverage import coverage, read_cases
from kb.errors import ContentError
from kb.store import QuestionRecord, open_store
from tests.lab.cases import CASES
from tests.lab.coverage import FILE, declared


def run(folders: tuple[Path, ...], database: str, *arguments: str) -> str:
    environment = {
        "ERRORDESK_CONTENT": ":".join(map(str, folders)),
        "ERRORDESK_DATABASE_URL": database,
    }
    result = CliRunner().invoke(
        main, ["coverage", *arguments], env=environment, catch_exceptions=False
    )
    assert result.exit_code == 0
    return result.output


def test_the_file_has_what_the_cases_name() -> None:
    found = read_cases((FILE.parent,)) or {}
    there = {(cause, case) for cause, cases in found.items() for case in cases}
    assert declared() - there == set(), "run python -m tests.lab.coverage"
    assert {case for _, case in there} <= {case.id for case in CASES}


def test_every_confirmed_cause_is_there(base: KnowledgeBase, content: Path) -> None:
    there = {f"{article.id}/{cause.id}" for article in base.all for cause in article.causes}
    assert set(read_cases((content,)) or ()) <= there


def test_causes_without_a_case(folders: tuple[Path, ...], own: Path) -> None:
    (own / "lab.json").write_text('{"confirmed": {"100000/outside": ["portal"]}}')
    base = KnowledgeBase.load(folders)
    report = coverage(base, read_cases(folders))
    mine = [(cause.id, cause.told) for cause in report.open if cause.solution == 100000]
    assert mine == [("unplugged", True)]
    assert report.cases == 1
    assert report.confirmed == 1


def test_articles_that_nobody_finds(folders: tuple[Path, ...], own: Path) -> None:
    file = own / "articles" / "100000-staff-portal.md"
    text = file.read_text().replace("identifiers: [PORTAL-418]", "identifiers: []")
    file.write_text(text.replace("symptoms: [the staff portal is a teapot]", "symptoms: []"))
    report = coverage(KnowledgeBase.load(folders))
    (found,) = [item for item in report.hard_to_find if item.solution == 100000]
    assert (found.identifiers, found.symptoms) == (True, False)  # a registry leads to it
    assert report.cases is None


def test_registries_say_how_far_they_go(folders: tuple[Path, ...], own: Path) -> None:
    file = own / "registries" / "portal.yaml"
    file.write_text(file.read_text() + '  - { id: "ERR_PORTAL_GONE", solution: 100999 }\n')
    report = coverage(KnowledgeBase.load(folders))
    (listed,) = [item for item in report.registries if item.name == "The portal's codes"]
    assert (listed.entries, listed.nowhere) == (3, ("ERR_PORTAL_GONE",))


def test_questions_that_found_nothing_are_listed(folders: tuple[Path, ...], tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/desk.db"
    assert "found nothing" not in run(folders, url)
    assert not (tmp_path / "desk.db").exists()
    store = open_store(url)
    for _ in range(2):
        store.log_question(QuestionRecord("the coffee machine blinks\x1b[2J", False, "site"))
    store.close()
    assert "2× the coffee machine blinks" in run(folders, url)
    assert "\x1b" not in run(folders, url)
    assert "found nothing" not in run(folders, url, "--days", "0")
    data = json.loads(run(folders, url, "--format", "json"))
    assert data["found_nothing"][0]["count"] == 2
    markdown = run(folders, "off", "--format", "markdown")
    assert markdown.startswith("# Coverage\n")
    assert "## Articles that are hard to find" in markdown


def test_a_broken_file_of_cases_is_named(own: Path) -> None:
    (own / "lab.json").write_text("[]")
    with pytest.raises(ContentError, match=r"lab\.json"):
        read_cases((own,))
