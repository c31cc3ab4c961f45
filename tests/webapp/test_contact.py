"""Asking a person: the form without scripts, the API, what is counted, and what is said."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from kb.desk import Desk
from kb.settings import Settings
from tests.contact.receiver import SECRET, Received, receiving
from tests.observe.servers import saying, serving
from webapp import create_app

KEY = "0b0e3f0a-6c1f-4a6e-9a53-6d1f3c1f8f0e"
BASIC = b'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="Staff"\r\nContent-Length: 0\r\n\r\n'


@pytest.fixture(scope="module")
def desk(index_folder: Path) -> Desk:
    """One desk for all sites of this module: loading the content is what takes long."""
    return Desk.open(Settings(data=index_folder, probe_allow="127.0.0.0/8"))


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/desk.db"


@pytest.fixture
def received() -> Iterator[Received]:
    with receiving() as found:
        yield found


def client_of(desk: Desk, url: str, received: Received, **more: Any) -> FlaskClient:
    settings = Settings(
        database_url=url,
        base_url="https://help.example.com",
        contact_webhook=received.url,
        contact_secret=SECRET,
        **more,
    )
    return create_app(settings, desk).test_client()


@pytest.fixture
def client(desk: Desk, url: str, received: Received) -> FlaskClient:
    return client_of(desk, url, received)


def contacts(url: str) -> list[Any]:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return [dict(row) for row in connection.execute(text("select * from contacts")).mappings()]


def fields_of(page: str) -> dict[str, str]:
    """The hidden fields of the form, as a browser would send them."""
    form = page[page.index('<form class="contact"') :].partition("</form>")[0]
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found}


def test_from_an_answer_to_a_person_without_a_script(
    client: FlaskClient, received: Received, url: str
) -> None:
    with serving(saying(BASIC)) as port:
        asked = {"q": f"HTTP 401 token=geheim1234 http://127.0.0.1:{port}/feed", "wait": "1"}
        answer = client.post("/ask", data=asked)
        assert 'action="/contact"' in answer.text
        named = re.search(r'name="asked" value="([^"]+)"', answer.text)
        assert named
        form = client.post("/contact", data={**asked, "probed": "1", "asked": named[1]})
    assert "What goes along" in form.text
    assert received.attempts == []
    fields = fields_of(form.text)
    sent = client.post(
        "/contact", data={**fields, "message": "Please help", "reply_to": "anna@example.com"}
    )
    assert sent.status_code == 200
    assert "answers to anna@example.com" in sent.text
    (message,) = received.messages
    data = message["data"]
    assert data["answers"][0]["cause"] == "no-credentials"
    assert data["answers"][0]["confirmed"] is True
    assert data["report"]["facts"]["http"]["status"] == 401
    assert data["reply_to"] == "anna@example.com"
    assert "geheim1234" not in str(message)
    assert client.post("/contact", data=fields).status_code == 200
    assert len(received.attempts) == 1
    (row,) = contacts(url)
    assert (row["via"], row["solutions"], row["delivered"]) == ("webhook", "2173", 1)
    assert row["question_key"] == named[1]
    assert "anna" not in str(row)


def test_what_is_not_delivered_is_said_and_can_be_sent_again(desk: Desk, url: str) -> None:
    with receiving(500, 500, 500) as received:
        client = client_of(desk, url, received, contact_url="mailto:help@example.com")
        fields = {"send": "1", "key": KEY, "question": "HTTP 599", "message": "What now?"}
        lost = client.post("/contact", data=fields)
        assert lost.status_code == 502
        assert "please send it again" in lost.text
        assert "mailto:help@example.com" in lost.text
        assert "What now?" in lost.text
        assert fields_of(lost.text)["key"] == KEY
        assert contacts(url)[0]["delivered"] == 0
        assert client.post("/contact", data=fields).status_code == 200
    assert len(received.messages) == 1
    assert [row["delivered"] for row in contacts(url)] == [1]


def test_the_api_delivers_once(client: FlaskClient, received: Received, url: str) -> None:
    answer = client.post("/api/v1/answers", json={"text": "HTTP 401", "probe": False}).json
    assert answer is not None
    sent = {
        "question": "HTTP 401",
        "key": KEY,
        "language": "de",
        "answers": [{"question": "HTTP 401", "known": True, "solution": 2173}],
        "report": {"url": "https://x.example/", "facts": answer["facts"], "observations": []},
    }
    statuses = [client.post("/api/v1/contact", json=sent).status_code for _ in range(3)]
    assert statuses == [201, 200, 200]
    assert len(received.attempts) == 1
    assert contacts(url)[0]["language"] == "de"


def test_a_contact_elsewhere_is_counted_and_not_sent(
    client: FlaskClient, received: Received, url: str
) -> None:
    sent = {"elsewhere": True, "key": KEY, "answers": [{"solution": 2173}, {"solution": 7}]}
    statuses = [client.post("/api/v1/contact", json=sent).status_code for _ in range(2)]
    assert statuses == [201, 200]
    assert received.attempts == []
    (row,) = contacts(url)
    assert (row["via"], row["solutions"]) == ("elsewhere", "2173")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ([], 400),
        ({}, 422),
        ({"question": "x", "reply_to": "nobody"}, 422),
        ({"question": "x", "reply_to": "a@b\r\nBcc: c@d"}, 422),
        ({"question": "x", "report": {"url": 1}}, 422),
        ({"question": "x", "key": "no spaces"}, 422),
    ],
)
def test_what_cannot_be_taken(client: FlaskClient, sent: object, status: int) -> None:
    response = client.post("/api/v1/contact", json=sent)
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"


def test_brackets_in_brackets_are_no_message(client: FlaskClient) -> None:
    body = b'{"question":' + b"[" * 100_000
    for path in ("contact", "answers", "feedback"):
        response = client.post(f"/api/v1/{path}", data=body, content_type="application/json")
        assert response.status_code == 400
    response = client.post("/contact", data={"send": "1", "kept": "[" * 100_000})
    assert response.status_code == 400


def test_pages_elsewhere_send_nothing_unless_they_are_allowed(
    desk: Desk, url: str, received: Received
) -> None:
    shop = {"Origin": "https://shop.example"}
    sent = {"question": "HTTP 401"}
    closed = client_of(desk, url, received)
    assert closed.post("/api/v1/contact", json=sent, headers=shop).status_code == 403
    own = {"Origin": "https://help.example.com"}
    assert closed.post("/api/v1/contact", json=sent, headers=own).status_code == 201
    opened = client_of(desk, url, received, allowed_origins=("https://shop.example",))
    assert opened.post("/api/v1/contact", json=sent, headers=shop).status_code == 201
    form = {"send": "1", "question": "HTTP 401"}
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert opened.post("/contact", data=form, headers=elsewhere).status_code == 403


def test_too_many_are_refused(client: FlaskClient, received: Received) -> None:
    sent = {"elsewhere": True}
    statuses = [client.post("/api/v1/contact", json=sent).status_code for _ in range(31)]
    assert statuses == [201] * 30 + [429]
    page = client.post("/contact", data={"send": "1", "question": "HTTP 401"})
    assert page.status_code == 429
    assert received.attempts == []


def test_a_wrong_address_is_said_beside_what_was_written(client: FlaskClient) -> None:
    fields = {"send": "1", "question": "HTTP 401", "message": "Hello", "reply_to": "nobody"}
    page = client.post("/contact", data=fields)
    assert page.status_code == 422
    assert "no mail address" in page.text
    assert "Hello" in page.text


def test_nobody_to_ask_is_not_offered(desk: Desk) -> None:
    client = create_app(Settings(), desk).test_client()
    assert client.get("/contact").status_code == 404
    assert "Ask a person" not in client.post("/ask", data={"q": "HTTP 401"}).text
    sent = {"question": "HTTP 401"}
    assert client.post("/api/v1/contact", json=sent).status_code == 503


def test_a_mail_carries_the_text_for_the_ticket(desk: Desk) -> None:
    settings = Settings(contact_url="mailto:help@example.com")
    client = create_app(settings, desk).test_client()
    page = client.post("/ask", data={"q": "HTTP 401 for our robot"}).text
    assert re.search(r'href="mailto:help@example.com\?subject=[^"+]+&amp;body=[^"+]+"', page)
    assert client.get("/contact").location == "mailto:help@example.com"
