"""The scenarios of the main job: text in, the right solution and its confirmed cause out."""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.answer import Verdict
from kb.cli import main
from kb.desk import Desk, Query
from kb.errors import BadQuestion
from kb.settings import Settings
from tests.observe.servers import Handler, request, saying, serving

BASIC = b'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="Staff"\r\nContent-Length: 0\r\n\r\n'


def robots_refused(connection: socket.socket) -> None:
    browser = "Mozilla" in request(connection)
    status = b"200 OK" if browser else b"401 Unauthorized"
    connection.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")


@pytest.fixture(scope="module")
def desk(index_folder: Path) -> Desk:
    return Desk.open(Settings(data=index_folder, probe_allow="127.0.0.0/8", probe_deadline=2.0))


def question(port: int) -> str:
    return (
        "HTTP Error 401 Unauthorized from our robot, but it opens in my browser: "
        f"http://127.0.0.1:{port}/feed"
    )


@pytest.mark.parametrize(
    ("handle", "cause", "evidence"),
    [
        (robots_refused, "automated-clients-refused", ("200", "401")),
        (saying(BASIC), "no-credentials", ("basic", "Staff")),
    ],
)
def test_the_first_cause_is_confirmed_with_evidence(
    desk: Desk, handle: Handler, cause: str, evidence: tuple[str, ...]
) -> None:
    with serving(handle) as port:
        answer = desk.ask(Query(question(port)))
    first = answer.causes[0]
    assert answer.solutions[0].id == 2173
    assert (first.id, first.verdict) == (cause, Verdict.CONFIRMED)
    assert all(word in " ".join(first.evidence) for word in evidence)
    assert answer.ticket is not None
    assert answer.comparison is not None
    assert answer.reproduce


def test_a_question_without_a_url_gets_a_follow_up_question(desk: Desk) -> None:
    answer = desk.ask(Query("I just registered and get 401"))
    assert answer.solutions[0].id == 2173
    assert answer.reader_facts["reader.account"] == "new"
    refined = desk.ask(Query("HTTP 401", reader={"reader.credentials_sent": "true"}))
    assert [c.id for c in refined.confirmed] == ["credentials-refused"]


def test_check_again_says_what_changed(desk: Desk) -> None:
    mended = threading.Event()

    def repaired(connection: socket.socket) -> None:
        path = request(connection).split()[1]
        good = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        absent = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        connection.sendall(BASIC if not mended.is_set() else good if path == "/feed" else absent)

    with serving(repaired) as port:
        desk.ask(Query(question(port)))
        mended.set()
        again = desk.ask(Query(question(port), fresh=True))
    assert ("http.status", "401", "200") in [(c.fact, c.before, c.after) for c in again.changes]
    assert not again.confirmed


def test_what_nobody_knows_is_said(desk: Desk) -> None:
    answer = desk.ask(Query("zyxwv qwertz"))
    assert answer.known is False
    assert answer.first_step is None


def test_a_private_address_is_refused_and_still_answered(desk: Desk) -> None:
    answer = desk.ask(Query("HTTP 401 at http://10.0.0.1/"))
    assert answer.facts["probe"]["refusal"] == "address"
    assert answer.solutions[0].id == 2173
    assert "not a public address" in answer.notices[0]


def test_an_answer_that_is_none_gets_a_sentence(desk: Desk) -> None:
    with pytest.raises(BadQuestion):
        desk.ask(Query("HTTP 401", reader={"http.status": "200"}))


def run(*arguments: str, text: str | None = None, data: Path) -> tuple[int, str]:
    result = CliRunner().invoke(
        main, arguments, input=text, env={"ERRORDESK_DATA": str(data)}, catch_exceptions=False
    )
    return result.exit_code, result.output


def test_the_command_answers_like_the_library(index_folder: Path) -> None:
    with serving(robots_refused) as port:
        code, output = run(
            "ask", question(port), "--json", "--allow", "127.0.0.0/8", data=index_folder
        )
    answer = json.loads(output)
    assert code == 0
    assert answer["solutions"][0]["id"] == 2173
    assert answer["causes"][0]["verdict"] == "confirmed"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("HTTP 401", 0),
        ("zyxwv", 1),
        ("", 2),
        ("401 http://a:b@c.example/", 2),
        ("http://10.0.0.1/", 3),
    ],
)
def test_exit_codes(text: str, code: int, index_folder: Path) -> None:
    assert run("ask", "-", text=text, data=index_folder)[0] == code


def test_probe_prints_facts_alone(tmp_path: Path) -> None:
    with serving(saying(BASIC)) as port:
        _, output = run(
            "probe", f"http://127.0.0.1:{port}/", "--json", "--allow", "127.0.0.0/8", data=tmp_path
        )
    assert set(json.loads(output)) == {"facts", "observations"}


def test_new_writes_a_draft_that_the_lint_takes(content: Path, tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "content"
    shutil.copytree(content, folder)
    code, output = run("new", 'A "new" error', "--content", str(folder), data=tmp_path)
    assert code == 0
    assert Path(output.strip()).is_file()
    assert run("lint", "--content", str(folder), data=tmp_path)[0] == 0


GOOD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 26\r\n\r\n"
    b"<title>Apples</title>Pears"
)


@pytest.mark.parametrize("words", ["is it down?", "my shop is broken", ""])
def test_a_site_on_which_nothing_is_wrong_is_said_to_work_and_the_difference_is_asked_for(
    desk: Desk, words: str
) -> None:
    with serving(saying(GOOD)) as port:
        query = Query(f"{words} http://127.0.0.1:{port}/")
        answer = desk.ask(query)
        assert answer.works
        assert not answer.known
        assert answer.headline == "From here it works"
        assert answer.next_question is not None
        told = desk.ask(replace(query, reader={answer.next_question.fact: "true"}))
    assert not any(cause.verdict is Verdict.CONFIRMED for cause in answer.causes)
    assert told.conversation.asked or told.next_question != answer.next_question


def test_what_is_wrong_with_a_page_that_opens_is_still_answered_by_the_words(desk: Desk) -> None:
    with serving(saying(GOOD)) as port:
        answer = desk.ask(Query(f"CORS error in the console http://127.0.0.1:{port}/"))
    assert answer.known
    assert not answer.works
    assert answer.solutions[0].id == 2302
