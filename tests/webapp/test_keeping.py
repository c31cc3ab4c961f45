"""Feedback, shared reports and the log of questions: stored once, scrubbed, and honest when not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from kb.settings import Settings
from tests.lab.servers import free_port
from tests.observe.servers import saying, serving
from webapp import create_app

ARTICLE = "/solutions/2173-http-401-unauthorized"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/desk.db"


@pytest.fixture
def client(index_folder: Path, url: str) -> FlaskClient:
    settings = Settings(data=index_folder, database_url=url, probe_allow="127.0.0.0/8")
    return create_app(settings).test_client()


def rows(client: FlaskClient, url: str, table: str) -> list[Any]:
    client.application.extensions["errordesk"].store.flush()
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return [dict(row) for row in connection.execute(text(f"select * from {table}")).mappings()]


def test_feedback_is_stored_once(client: FlaskClient, url: str) -> None:
    sent = {"solution": 2173, "helpful": False, "comment": "ask me@example.com", "key": "a" * 12}
    statuses = [client.post("/api/v1/feedback", json=sent).status_code for _ in range(2)]
    assert statuses == [201, 200]
    (row,) = rows(client, url, "feedback")
    assert row["comment"] == "ask [removed]"
    assert not row["helpful"]


def test_pages_elsewhere_read_and_store_nothing_unless_they_are_allowed(
    client: FlaskClient, url: str
) -> None:
    elsewhere = {"Origin": "https://shop.example"}
    sent = {"solution": 2173, "helpful": True}
    assert client.post("/api/v1/feedback", json=sent, headers=elsewhere).status_code == 403
    assert client.get("/api/v1/search?q=401", headers=elsewhere).status_code == 200
    assert client.post("/api/v1/feedback", json=sent).status_code == 201
    assert len(rows(client, url, "feedback")) == 1


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ([], 400),
        ({"solution": 2173}, 422),
        ({"solution": 2173, "helpful": True, "key": "no spaces"}, 422),
        ({"solution": 2173, "helpful": True, "who": "me"}, 422),
        ({"solution": 1, "helpful": True}, 404),
    ],
)
def test_feedback_that_cannot_be_taken(client: FlaskClient, sent: object, status: int) -> None:
    response = client.post("/api/v1/feedback", json=sent)
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"


def test_the_form_needs_no_script(client: FlaskClient, url: str) -> None:
    page = client.post("/ask", data={"q": "HTTP 401"}).text
    shown = client.get(ARTICLE).text
    for form in (page, shown):
        assert 'action="/feedback"' in form
    key = re.search(r'name="key" value="([^"]+)"', client.get("/ask?q=HTTP+401").text)
    assert key
    fields = {"solution": "2173", "helpful": "yes", "question": "HTTP 401", "key": key[1]}
    for _ in range(2):
        response = client.post("/feedback", data=fields)
        assert response.status_code == 200
        assert "Thank you" in response.text
    assert len(rows(client, url, "feedback")) == 1
    for elsewhere in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://["},
    ):
        assert client.post("/feedback", data=fields, headers=elsewhere).status_code == 403
        asked = {"solution": 2173, "helpful": True}
        if "Origin" in elsewhere:
            sent = client.post("/api/v1/feedback", json=asked, headers=elsewhere)
            assert sent.status_code == 403
    # Our own pages name no referrer, so that older browsers send no origin either.
    for ours in ({"Origin": "null"}, {"Origin": "http://localhost"}):
        assert client.post("/feedback", data=fields, headers=ours).status_code == 200
    assert client.post("/feedback", data={"solution": "x", "helpful": "yes"}).status_code == 400


def test_too_much_feedback_is_refused(client: FlaskClient) -> None:
    sent = {"solution": 2173, "helpful": True}
    statuses = [client.post("/api/v1/feedback", json=sent).status_code for _ in range(31)]
    assert statuses == [201] * 30 + [429]


def test_a_database_that_is_away_is_said_and_answers_go_on(index_folder: Path) -> None:
    away = f"postgresql://desk@127.0.0.1:{free_port()}/d"
    client = create_app(Settings(data=index_folder, database_url=away)).test_client()
    assert client.get(ARTICLE).status_code == 200
    assert client.post("/api/v1/answers", json={"text": "HTTP 401"}).status_code == 200
    sent = {"solution": 2173, "helpful": True}
    assert client.post("/api/v1/feedback", json=sent).status_code == 503
    form = client.post("/feedback", data={"solution": "2173", "helpful": "no"})
    assert form.status_code == 503
    assert "Not stored" in form.text
    assert client.get("/reports/0123456789").status_code == 503


def test_off_stores_nothing_and_offers_nothing(index_folder: Path) -> None:
    client = create_app(Settings(data=index_folder, database_url="off")).test_client()
    for page in (client.get(ARTICLE), client.post("/ask", data={"q": "HTTP 401"})):
        assert page.status_code == 200
        assert "/feedback" not in page.text
        assert "/reports" not in page.text
    assert client.post("/feedback", data={"solution": "2173"}).status_code == 404
    sent = {"solution": 2173, "helpful": True}
    assert client.post("/api/v1/feedback", json=sent).status_code == 503


def test_questions_are_logged_without_who_asked(client: FlaskClient, url: str) -> None:
    body = {"text": "HTTP 401 for me@example.com from 203.0.113.9", "probe": False}
    again = [client.post("/api/v1/answers", json=body) for _ in range(2)]
    assert again[0].data == again[1].data
    client.post("/ask", data={"q": "zzqx wobble"})
    logged = rows(client, url, "questions")
    assert [row["front"] for row in logged] == ["api", "api", "site"]
    assert logged[0]["text"] == "HTTP 401 for [removed] from [removed]"
    assert (logged[0]["known"], logged[0]["solution"]) == (1, 2173)
    assert (logged[2]["known"], logged[2]["solution"]) == (0, None)


def test_what_a_probe_saw_and_no_cause_explains_is_a_gap(client: FlaskClient, url: str) -> None:
    with serving(saying(b"HTTP/1.1 499 Odd\r\nContent-Length: 0\r\n\r\n")) as port:
        client.post("/api/v1/answers", json={"text": f"what is this http://127.0.0.1:{port}/"})
    (row,) = rows(client, url, "questions")
    assert row["probed"]
    assert row["confirmed"] or "http.status=499" in row["signature"]


def test_a_shared_report_shows_the_answer_without_secrets(client: FlaskClient, url: str) -> None:
    fields = {"q": "HTTP 401 Authorization: Bearer abcdefgh12345678 <script>alert(1)</script>"}
    made = client.post("/reports", data=fields)
    assert made.status_code == 303
    page = client.get(made.location)
    assert page.status_code == 200
    assert "A shared report" in page.text
    assert "#2173" in page.text
    assert "abcdefgh12345678" not in page.text
    assert "<script>alert" not in page.text
    assert "/solutions/[removed]" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "data-refine" not in page.text
    (row,) = rows(client, url, "reports")
    json.loads(row["answer"])
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text("update reports set expires = '2001-01-01 00:00:00.000000'"))
    assert client.get(made.location).status_code == 404
    assert client.get("/reports/../etc").status_code == 404


def test_what_follows_an_answer_names_its_question(client: FlaskClient, url: str) -> None:
    sent = {"text": "HTTP 401 from our robot", "probe": False}
    key = client.post("/api/v1/answers", json=sent).headers["Errordesk-Question"]
    facts = {"reader.automated": "true"}
    refined = client.post("/api/v1/answers", json={**sent, "facts": facts, "asked": key})
    assert refined.headers["Errordesk-Question"] == key
    client.post("/api/v1/feedback", json={"solution": 2173, "helpful": True, "asked": key})
    page = client.post("/ask", data={"q": "HTTP 401"}).text
    (asked,) = set(re.findall(r'name="asked" value="([^"]+)"', page))
    client.post("/feedback", data={"solution": "2173", "helpful": "no", "asked": asked})
    assert [row["question_key"] for row in rows(client, url, "feedback")] == [key, asked]
    logged = {row["key"]: row["follows"] for row in rows(client, url, "questions")}
    assert (logged[key], logged[asked]) == (None, None)
