"""What is asked again is answered from memory, as it would be anew; each time is logged as one."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from werkzeug.test import TestResponse

from kb.desk import Desk
from kb.errors import IndexUnavailable
from kb.search.whooshindex import WhooshEngine
from kb.settings import Settings
from webapp import create_app
from webapp.keptanswers import PATH, QUESTION

ASKED = {"text": "HTTP 401 from our robot", "probe": False}


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'desk.db'}"


@pytest.fixture
def client(index_folder: Path, url: str) -> FlaskClient:
    return create_app(Settings(data=index_folder, database_url=url)).test_client()


def _logged(client: FlaskClient, url: str) -> list[tuple[str, str | None]]:
    client.application.extensions["errordesk"].store.flush()
    with create_engine(url, poolclass=NullPool).begin() as connection:
        found = connection.execute(text("select key, follows from questions")).all()
    return [(row[0], row[1]) for row in found]


def _unpacked(response: TestResponse) -> bytes:
    """The body; packed it holds the second in which it was packed."""
    packed = response.headers.get("Content-Encoding") == "gzip"
    return gzip.decompress(response.data) if packed else response.data


def _asking(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that reach the desk from now on."""
    texts: list[str] = []
    ask = Desk.ask

    def watched(self: Desk, query, observer=None):  # type: ignore[no-untyped-def]
        texts.append(query.text)
        return ask(self, query, observer)

    monkeypatch.setattr(Desk, "ask", watched)
    return texts


def test_the_second_response_is_the_first_and_a_question_of_its_own(
    client: FlaskClient, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = _asking(monkeypatch)
    first, second = client.post(PATH, json=ASKED), client.post(PATH, json=ASKED)
    assert asking == [ASKED["text"]]
    assert second.data == first.data
    own = {QUESTION, "X-Request-ID"}
    rest = [pair for pair in second.headers.items() if pair[0] not in own]
    assert sorted(rest) == sorted(p for p in first.headers.items() if p[0] not in own)
    keys = [response.headers[QUESTION] for response in (first, second)]
    assert keys[0] != keys[1]
    assert sorted(_logged(client, url)) == sorted((key, None) for key in keys)


@pytest.mark.parametrize(
    "other",
    [
        {"json": {**ASKED, "lang": "de"}},
        {"json": {**ASKED, "facts": {"reader.automated": "true"}}},
        {"json": {**ASKED, "turns": [{"text": "it is a script"}]}},
        {"json": ASKED, "headers": {"Accept-Encoding": "gzip"}},
        {"json": ASKED, "headers": {"Origin": "https://shop.example"}},
        {"data": '{"text": "HTTP 401 from our robot"}', "content_type": "text/plain"},
    ],
)
def test_what_differs_in_anything_is_made_anew(
    client: FlaskClient, other: dict[str, object]
) -> None:
    client.post(PATH, json=ASKED)
    fresh = create_app(client.application.extensions["errordesk"].settings).test_client()
    for _ in range(2):
        found, wanted = client.post(PATH, **other), fresh.post(PATH, **other)
        assert (found.status_code, _unpacked(found)) == (wanted.status_code, _unpacked(wanted))
        names = {QUESTION, "X-Request-ID"}
        assert {n: v for n, v in found.headers if n not in names} == {
            n: v for n, v in wanted.headers if n not in names
        }


def test_an_origin_that_is_not_allowed_gets_nothing_that_was_kept_for_another(
    index_folder: Path,
) -> None:
    settings = Settings(
        data=index_folder, database_url="off", allowed_origins=("https://a.example",)
    )
    client = create_app(settings).test_client()
    for _ in range(2):
        allowed = client.post(PATH, json=ASKED, headers={"Origin": "https://a.example"})
        other = client.post(PATH, json=ASKED, headers={"Origin": "https://b.example"})
        assert allowed.headers["Access-Control-Allow-Origin"] == "https://a.example"
        assert "Access-Control-Allow-Origin" not in other.headers


def test_a_refinement_keeps_the_key_of_what_it_follows(client: FlaskClient, url: str) -> None:
    key = client.post(PATH, json=ASKED).headers[QUESTION]
    for _ in range(2):
        assert client.post(PATH, json={**ASKED, "asked": key}).headers[QUESTION] == key


def test_an_answer_made_without_the_engine_is_not_kept(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_given: object) -> dict[int, float]:
        raise IndexUnavailable("The engine is away.")

    lookup = WhooshEngine.scores
    asked = {"text": "the certificate of our shop ran out on sunday", "probe": False}
    monkeypatch.setattr(WhooshEngine, "scores", away)
    client.post(PATH, json=asked)
    client.get("/ask?q=the+certificate+of+our+shop+ran+out")
    monkeypatch.setattr(WhooshEngine, "scores", lookup)
    texts = _asking(monkeypatch)
    client.post(PATH, json=asked)
    assert texts
    assert client.application.extensions.get("errordesk-pages") is None


def test_a_page_asked_again_is_the_same_with_keys_of_its_own(client: FlaskClient, url: str) -> None:
    pages = [client.get("/ask?q=HTTP+401+from+our+robot").text for _ in range(3)]
    keys = [set(re.findall(r'name="(?:key|asked)" value="([^"]+)"', page)) for page in pages]
    assert [len(found) for found in keys] == [2, 2, 2]
    assert len(set.union(*keys)) == 6
    for page, found in zip(pages, keys, strict=True):
        bare = page
        for key in found:
            bare = bare.replace(key, "KEY")
        assert bare == re.sub("|".join(keys[0]), "KEY", pages[0])
    asked = {re.search(r'name="asked" value="([^"]+)"', page)[1] for page in pages}  # type: ignore[index]
    assert {key for key, _ in _logged(client, url)} == asked


def test_each_language_host_and_question_has_a_page_of_its_own(client: FlaskClient) -> None:
    for _ in range(2):
        german = client.get("/de/ask?q=HTTP+401").text
        assert '<html lang="de">' in german
        assert '<html lang="en">' in client.get("/ask?q=HTTP+401").text
        assert (
            '<html lang="de">'
            in client.get("/ask?q=HTTP+401", headers={"Accept-Language": "de"}).text
        )
        assert "evil.example" not in client.get("/ask?q=HTTP+401").text
        client.get("/ask?q=HTTP+401", headers={"Host": "evil.example"})
        assert "reader.automated" in client.get("/ask?q=HTTP+401&turn=reader.automated=true").text
