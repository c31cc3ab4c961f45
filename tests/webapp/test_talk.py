"""Conversations over HTTP, as a browser without scripts has them and as a client of the API."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html

from kb.settings import Settings
from tests.observe.servers import saying, serving
from webapp import create_app

REGISTERED = "I just registered and get 401"
NO_CORS = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture
def client(index_folder: Path) -> FlaskClient:
    settings = Settings(
        data=index_folder, probe_allow="127.0.0.0/8", probe_rate="1000/minute", database_url="off"
    )
    return create_app(settings).test_client()


class Talk:
    """One reader's pages: each step sends the form of the page before, changed by the reader."""

    def __init__(self, client: FlaskClient, text: str, path: str = "/ask") -> None:
        self._client, self._path = client, path
        self._show(client.post(path, data={"q": text, "wait": "1"}).text)

    def _show(self, text: str) -> None:
        self.text = text
        self.page = html.fromstring(text)

    @property
    def question(self) -> str:
        return str(self.page.xpath("string(//h2[@id='next'])"))

    @property
    def title(self) -> str:
        return str(self.page.xpath("string(//article//h1)")).strip()

    @property
    def told(self) -> list[str]:
        return [" ".join(item.text_content().split()) for item in self._buttons("undo")]

    @property
    def advice(self) -> list[str]:
        return [item.text_content() for item in self.page.xpath("//section[@class='advice']//h3")]

    def _buttons(self, name: str) -> list[Any]:
        return list(self.page.xpath(f"//button[@name='{name}']"))

    def _send(self, **more: str) -> None:
        fields = [
            (field.get("name"), field.get("value"))
            for field in self.page.xpath("//form[@id='talk']//input[@type='hidden']")
        ]
        data: dict[str, list[str]] = {}
        for name, value in [*fields, *more.items()]:
            data.setdefault(name, []).append(value)
        self._show(self._client.post(self._path, data=data).text)

    def press(self, label: str) -> None:
        (value,) = [
            button.get("value")
            for button in self._buttons("answer")
            if button.text_content().strip() == label
        ]
        self._send(answer=value)

    def say(self, words: str) -> None:
        self._send(say=words)

    def undo(self, words: str) -> None:
        (value,) = [
            button.get("value")
            for button in self._buttons("undo")
            if words in " ".join(button.text_content().split())
        ]
        self._send(undo=value)

    def go_on(self) -> None:
        self._send(on="1")


def test_the_conversation_of_the_seed(client: FlaskClient) -> None:
    talk = Talk(client, REGISTERED)
    assert "without any login" in talk.question
    assert "It is new" in " ".join(talk.told)
    talk.say("it opens there")
    assert "Yes, it opens there" in " ".join(talk.told)
    assert "script" in talk.question
    talk.press("A script or robot")
    assert talk.title == "The site refuses automated clients"
    turns = [
        " ".join(item.text_content().split()) for item in talk.page.xpath("//ol[@class='talk']/li")
    ]
    assert len(turns) == 3
    assert "UnderstoodHTTP 401" in turns[0]
    assert "without any login" in turns[1]
    assert all("Still possible" in turn for turn in turns)
    talk.undo("Yes, it opens there")
    assert talk.title != "The site refuses automated clients"
    assert "without any login" in talk.question
    talk.undo("It is new")
    assert "It is new" not in " ".join(talk.told)
    assert "A script or robot" in " ".join(talk.told)


def test_dns(client: FlaskClient) -> None:
    talk = Talk(client, "DNS_PROBE_FINISHED_NXDOMAIN")
    assert "another network" in talk.question
    talk.say("no")
    talk.press("I visit the site")
    assert "other people" in talk.question or "other sites" in talk.question.lower()
    while talk.page.xpath("//button[@name='answer']"):
        talk.say("only me" if "people" in talk.question else "yes")
    assert "typed" in talk.text
    assert len(talk.told) == 4 or talk.advice


def test_certificate(client: FlaskClient) -> None:
    talk = Talk(client, "NET::ERR_CERT_DATE_INVALID")
    talk.say("I just visit it")
    assert "date and time" in talk.question
    talk.say("no, it is one hour behind")
    assert talk.title == "The clock of your device is wrong"


def test_403_only_for_a_script(client: FlaskClient) -> None:
    talk = Talk(client, "HTTP 403 from my script")
    talk.say("not sure, but it opens on my phone")
    assert talk.title == "The site refuses automated clients"
    assert "403" in talk.text


def test_a_slow_site_ends_in_advice_and_goes_on_when_wanted(client: FlaskClient) -> None:
    talk = Talk(client, "the page loads very slowly")
    talk.say("I run it")
    talk.say("yes, it does")
    talk.press("No")
    assert not talk.page.xpath("//button[@name='answer']")
    assert len(talk.advice) == 3
    assert "How to check it yourself" in talk.text
    talk.go_on()
    assert talk.page.xpath("//button[@name='answer']")
    asked = talk.question
    talk.press("I don’t know")
    assert talk.question != asked


def test_cors_is_settled_by_the_url_that_is_told_later(client: FlaskClient) -> None:
    talk = Talk(
        client, "blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present"
    )
    with serving(saying(NO_CORS)) as port:
        talk.say(f"it is http://127.0.0.1:{port}/api")
        assert "Checked" in talk.text
        assert talk.title == "The server sends no permission at all"
        assert "Confirmed" in talk.text


def test_it_speaks_german(client: FlaskClient) -> None:
    talk = Talk(client, "Ich habe mich gerade registriert und bekomme 401", "/de/ask")
    assert "privaten Fenster" in talk.question
    talk.say("keine Ahnung")
    assert "Weiß ich nicht" in " ".join(talk.told)
    talk.say("ein Skript")
    assert "Ein Skript oder Roboter" in " ".join(talk.told)
    assert "Noch möglich" in talk.text


def test_a_link_carries_the_conversation(client: FlaskClient) -> None:
    talk = Talk(client, REGISTERED)
    talk.say("it opens there")
    (link,) = talk.page.xpath("//a[@data-share]/@href")
    assert "turn=reader.clean_browser_works%3Ait+opens+there" in link
    page = client.get(link).text
    assert "Yes, it opens there" in page
    talk.say("x" * 3000)
    assert not talk.page.xpath("//a[@data-share]")
    assert "Yes, it opens there" in talk.text


@pytest.mark.parametrize(
    "turn", ["nonsense", "reader.nothing=1", "reader.account=rich", "http.status=200"]
)
def test_a_turn_that_is_none_gets_a_sentence(client: FlaskClient, turn: str) -> None:
    response = client.get("/ask", query_string={"q": "HTTP 401", "turn": turn})
    assert response.status_code == 400
    assert "question" in response.text or "conversation" in response.text


def test_what_a_stranger_says_stays_text(client: FlaskClient) -> None:
    talk = Talk(client, "HTTP 401")
    talk.say('<script>alert(1)</script>"><img src=x onerror=a>')
    assert "<script>alert" not in talk.text
    assert "<img" not in talk.text


def answer(client: FlaskClient, **body: object) -> dict[str, Any]:
    response = client.post("/api/v1/answers", json={"text": REGISTERED, "probe": False, **body})
    assert response.status_code == 200, response.text
    found = response.json
    assert isinstance(found, dict)
    return found


def test_the_api_carries_the_conversation(client: FlaskClient) -> None:
    first = answer(client)
    fact = first["next_question"]["fact"]
    second = answer(client, turns=[{"fact": fact, "text": "it opens there"}])
    assert second["reader_facts"] == {"reader.account": "new", fact: "true"}
    sent = [
        {name: turn[name] for name in ("fact", "value", "text")}
        for turn in second["conversation"]["turns"][1:]
    ]
    third = answer(client, turns=[*sent, {"fact": second["next_question"]["fact"]}])
    assert [turn["kind"] for turn in third["conversation"]["turns"]] == [
        "question",
        "answer",
        "unknown",
    ]
    assert answer(client, turns=sent, forget=["reader.account"])["reader_facts"] == {fact: "true"}
    skipped = answer(client, skipped=[fact])
    assert skipped["next_question"]["fact"] != fact
    german = answer(client, turns=sent, lang="de")
    assert re.match("Öffnet sich", german["conversation"]["turns"][1]["question"])
    wrong = client.post("/api/v1/answers", json={"text": "401", "turns": [{"fact": "x"}]})
    assert wrong.status_code == 400
    assert wrong.content_type == "application/problem+json"


def test_the_document_of_the_api_has_the_conversation(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").json
    assert isinstance(document, dict)
    schemas = document["components"]["schemas"]
    assert {"turns", "skipped", "forget", "more"} <= set(schemas["AnswerRequest"]["properties"])
    assert {"turns", "told", "advice"} <= set(schemas["Conversation"]["properties"])
