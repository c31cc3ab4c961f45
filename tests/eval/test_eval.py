"""Floors under the numbers that ``make eval`` prints, so that no change loses them unseen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.articles import KnowledgeBase
from kb.cli import main
from kb.desk import Desk, Query
from kb.settings import Settings
from tests.eval.run import FRESH, PASTES, PEOPLE, Score, measure, questions, recognition


def test_recognition_is_precise(base: KnowledgeBase) -> None:
    result = recognition(base)
    assert result["false"] == 0, result["wrong"]
    assert result["recall"] >= 0.97, result["missed"]


@pytest.mark.parametrize(
    ("file", "split", "first", "third", "nonsense"),
    [
        ("questions.jsonl", "dev", 0.83, 0.95, 0.12),
        ("questions.jsonl", "test", 0.85, 0.95, 0.09),
        (FRESH, "held", 0.78, 0.9, 0.16),
        (FRESH, "last", 0.78, 0.94, 0.0),
        (PEOPLE, "blind", 0.56, 0.82, 0.5),
        (PASTES, "dev", 0.94, 0.96, 0.16),
        (PASTES, "held", 0.84, 0.9, 0.23),
    ],
)
def test_questions_find_their_solution(
    file: str,
    split: str,
    first: float,
    third: float,
    nonsense: float,
    base: KnowledgeBase,
    index_folder: Path,
) -> None:
    desk = Desk.open(Settings(data=index_folder, semantic=True))

    def rank(text: str) -> tuple[list[int], bool]:
        answer = desk.ask(Query(text, probe=False))
        return [solution.id for solution in answer.solutions], answer.known

    asked = [
        item
        for item in questions(file)
        if item.split == split
        and (not item.solutions or any(base.visible(number) for number in item.solutions))
    ]
    scores = measure(asked, rank)
    known, unknown = scores[split, "all"], scores.get((split, "unknown"), Score())
    assert known.first / known.count >= first
    assert known.third / known.count >= third
    assert unknown.known <= nonsense * unknown.count


def test_a_file_of_questions_is_answered_in_order(tmp_path: Path, index_folder: Path) -> None:
    file = tmp_path / "tickets.jsonl"
    lines = [
        '{"q": "HTTP 401"}',
        "",
        "no JSON",
        '{"q": ""}',
        '{"q": "curl: (7) see http://127.0.0.1/"}',
    ]
    file.write_text("\n".join(lines))
    done = CliRunner().invoke(
        main, ["ask", "--batch", str(file)], env={"ERRORDESK_DATA": str(index_folder)}
    )
    assert done.exit_code == 0, done.output
    answers = [json.loads(line) for line in done.output.splitlines()]
    assert len(answers) == 4
    assert answers[0]["solutions"][0]["id"] == 2173
    assert "Line 3" in answers[1]["error"]
    assert "error" in answers[2]
    assert not answers[3].get("observations")  # nothing is probed
