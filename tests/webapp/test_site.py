"""The help site over HTTP: links, answers, machine formats, and what bad input gets."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml import html

from kb.articles import KnowledgeBase
from kb.settings import Settings
from tests.observe.servers import saying, serving
from webapp import create_app

CANONICAL = "/solutions/2173-http-401-unauthorized"
BASIC = b'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="Staff"\r\nContent-Length: 0\r\n\r\n'


@pytest.fixture
def client(index_folder: Path) -> FlaskClient:
    settings = Settings(data=index_folder, probe_allow="127.0.0.0/8", probe_rate="3/minute")
    return create_app(settings).test_client()


@pytest.mark.parametrize(
    ("path", "status", "target"),
    [
        ("/2173", 308, CANONICAL),
        ("/solutions/2173", 308, CANONICAL),
        ("/solutions/2173-old-slug", 308, CANONICAL),
        ("/solution_id_2173.html", 301, "/solutions/2173"),
        ("/index.php?solution_id=2173", 301, "/solutions/2173"),
        ("/ask?q=%232173", 302, "/solutions/2173"),
    ],
)
def test_old_and_short_links_lead_to_the_solution(
    client: FlaskClient, path: str, status: int, target: str
) -> None:
    response = client.get(path)
    assert (response.status_code, response.location) == (status, target)


@pytest.mark.parametrize(
    "path",
    ["/", CANONICAL, "/search?q=password", "/browse/http/client-errors", "/about-probe",
     "/robots.txt", "/health", "/solutions/2173.md", "/solutions/2173.json", "/ask?q=HTTP+401",
     "/api/v1/search?q=password", "/api/v1/suggest?q=401", "/api/v1/solutions/2173"],
)  # fmt: skip
def test_every_page_is_served_under_a_strict_policy_without_cookies(
    client: FlaskClient, path: str
) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in response.headers
    assert b"<script>" not in response.data
    assert b"style=" not in response.data


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/9999", 404, "There is no solution #9999"),
        ("/nowhere", 404, "nothing at this address"),
        ("/ask?q=http://anna:geheim@x.example/", 400, "user name or password"),
        ("/ask?q=%00%01", 400, "This is not text"),
        ("/browse/none", 404, "nothing"),
    ],
)
def test_bad_input_gets_a_sentence(client: FlaskClient, path: str, status: int, words: str) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert words in response.text
    assert "geheim" not in response.text


def test_too_long_a_text_gets_a_sentence(client: FlaskClient) -> None:
    response = client.post("/ask", data={"q": "a" * 100_001})
    assert response.status_code == 400
    assert "100,000" in response.text


def test_script_in_a_question_stays_text(client: FlaskClient) -> None:
    response = client.post("/ask", data={"q": '<script>alert(1)</script>"><img src=x onerror=a>'})
    assert "<script>alert" not in response.text
    assert "<img" not in response.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        # Browsers of before 2023 name the origin alone.
        {"Origin": "https://evil.example"},
        {"Origin": "http://["},
    ],
)
def test_a_form_elsewhere_does_not_probe(client: FlaskClient, headers: dict[str, str]) -> None:
    data = {"q": "HTTP 401 http://127.0.0.1:1/", "wait": "1"}
    page = client.post("/ask", data=data, headers=headers).text
    assert "Check the URL now" in page
    assert "Transcript for experts" not in page
    assert client.post("/ask/stream", data=data, headers=headers).status_code == 403


def test_a_link_does_not_probe(client: FlaskClient) -> None:
    page = client.get("/ask?q=HTTP+401+http://127.0.0.1:1/&wait=1").text
    assert "Check the URL now" in page
    assert "http-equiv" not in page


def test_every_article_says_what_to_do_within_ten_lines(
    client: FlaskClient, base: KnowledgeBase
) -> None:
    for article in base.published:
        page = html.fromstring(client.get(article.url).get_data())
        lines = page.xpath("//article/descendant::*[self::h1 or self::h2 or self::p or self::li]")
        above = " ".join(line.text_content() for line in lines[:10])
        steps = [cause.fix for cause in article.likeliest(2)]
        assert steps, article.id
        assert all(step in above for step in steps), article.id


def test_search_is_filtered_by_category_and_role(client: FlaskClient) -> None:
    assert "/solutions/2173-" in client.get("/search?q=401&category=http&who=owner").text
    for query in ("category=tls", "who=network"):
        text = client.get(f"/search?q=unauthorized&{query}").text
        assert 'class="hits"' not in text or "/solutions/2173-" not in text
        assert "Take the filters away" in text or 'class="hits"' in text
    assert client.get("/search?q=401&category=none").status_code == 404


def test_a_typed_id_leads_to_its_solution(client: FlaskClient) -> None:
    for query in ("2173", "%232173"):
        assert client.get(f"/search?q={query}").location == "/solutions/2173"


def test_without_scripts_the_page_comes_with_the_probe(client: FlaskClient) -> None:
    with serving(saying(BASIC)) as port:
        url = f"http://127.0.0.1:{port}/feed"
        page = client.post("/ask", data={"q": f"HTTP 401 {url}", "wait": "1"}).text
    assert "No credentials were sent</h1>" in page
    assert "Staff" in page


def test_the_stream_tells_each_step_and_then_the_answer(client: FlaskClient) -> None:
    with serving(saying(BASIC)) as port:
        url = f"http://127.0.0.1:{port}/feed"
        text = client.post("/ask/stream", data={"q": f"HTTP 401 {url}"}).text
    names = [line[7:] for line in text.splitlines() if line.startswith("event: ")]
    assert names[0] == "step"
    assert names[-1] == "answer"


def test_probes_are_limited_and_the_text_is_still_answered(client: FlaskClient) -> None:
    with serving(saying(BASIC)) as port:
        body = {"text": f"HTTP 401 http://127.0.0.1:{port}/"}
        statuses = [client.post("/api/v1/answers", json=body).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        page = client.post("/ask", data={"q": body["text"], "wait": "1"})
    assert page.status_code == 200
    assert "many probes" in page.text
    assert "HTTP 401 Unauthorized" in page.text


@pytest.mark.parametrize(
    ("body", "status"),
    [("no json", 400), ({"txt": "x"}, 422), ({"text": 5}, 422), ({"text": ""}, 400),
     ({"text": "HTTP 401", "facts": {"reader.account": "odd"}}, 400)],
)  # fmt: skip
def test_the_api_says_what_is_wrong(client: FlaskClient, body: object, status: int) -> None:
    response = client.post("/api/v1/answers", json=body)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert response.json is not None
    assert response.json["detail"]


def test_half_a_surrogate_pair_in_json_is_a_character_like_another(client: FlaskClient) -> None:
    response = client.post(
        "/api/v1/answers", data='{"text": "I get 401 \\ud800"}', content_type="application/json"
    )
    assert response.status_code == 200
    assert response.json is not None
    assert response.json["question"] == "I get 401 ?"


def test_an_answer_over_the_api(client: FlaskClient) -> None:
    answer = client.post("/api/v1/answers", json={"text": "I get 401"}).json
    assert answer is not None
    assert answer["known"] is True
    assert answer["solutions"][0]["id"] == 2173
