"""The site in German: negotiation, links, translated articles, and what is not translated."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from kb.articles import KnowledgeBase
from kb.desk import Desk, Query
from kb.localise import localise
from kb.settings import Settings
from webapp import create_app

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = "/solutions/2173-http-401-unauthorized"
FILE = "articles/2173-http-401-unauthorized.de.md"


def extracted() -> Catalog:
    found = Catalog()
    methods = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
    keywords = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
    for _, _, message, comments, _ in extract_from_dir(
        ROOT / "webapp", methods, {"**/templates/**.html": {"trimmed": "true"}}, keywords
    ):
        found.add(message, auto_comments=comments)
    return found


def test_every_message_has_its_german() -> None:
    with (ROOT / "webapp/locale/de.po").open("rb") as file:
        german = {message.id: message for message in read_po(file, locale="de") if message.id}
    source = {message.id for message in extracted() if message.id}
    assert len(source) > 100
    assert source - german.keys() == set()
    assert german.keys() - source == set()
    for message in german.values():
        assert all(message.string if isinstance(message.string, tuple) else [message.string])
        slots = [set(re.findall(r"%\(\w+\)s", text)) for text in _texts(message.id)]
        for text in _texts(message.string):
            assert set(re.findall(r"%\(\w+\)s", text)) == slots[-1]


def _texts(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)


@pytest.mark.parametrize(
    ("path", "header", "language"),
    [
        ("/", "", "en"),
        ("/", "de-AT,de;q=0.9,en;q=0.5", "de"),
        ("/", "fr", "en"),
        ("/de/", "en", "de"),
        ("/en/", "de", "en"),
        ("/?lang=de", "en", "de"),
        ("/?lang=xx", "de", "de"),
    ],
)
def test_the_language_is_negotiated(
    german: FlaskClient, path: str, header: str, language: str
) -> None:
    response = german.get(path, headers={"Accept-Language": header})
    assert response.headers["Content-Language"] == language
    assert f'<html lang="{language}">' in response.text
    prefixed = path.startswith(("/de/", "/en/"))
    assert ("Accept-Language" in response.headers.get("Vary", "")) is not prefixed


def test_a_translated_article(german: FlaskClient) -> None:
    page = german.get(f"/de{PAGE}").text
    assert "Was das bedeutet" in page
    assert 'id="automated-clients-refused"' in page
    assert "noch nicht übersetzt" not in page
    for code, path in (("x-default", PAGE), ("en", PAGE), ("de", f"/de{PAGE}")):
        assert f'<link rel="alternate" hreflang="{code}" href="http://localhost{path}">' in page
    assert f'<link rel="canonical" href="http://localhost/de{PAGE}">' in page
    assert german.get("/de/2173").location == f"/de{PAGE}"
    assert german.get("/de/solutions/2173.md").text.startswith("---\nid: 2173")
    assert german.get("/de/search?q=401").status_code == 200


def test_without_a_translation_the_english_article_says_so(folder: Path, tmp_path: Path) -> None:
    (folder / FILE).unlink()
    client = create_app(Settings(content=(folder,), data=tmp_path / "data")).test_client()
    page = client.get(f"/de{PAGE}").text
    assert "Dieser Artikel ist noch nicht übersetzt." in page
    assert '<article lang="en">' in page
    assert f'<link rel="canonical" href="http://localhost{PAGE}">' in page
    assert 'hreflang="de" href="http://localhost' not in page


def test_an_outdated_translation_says_so(folder: Path, tmp_path: Path) -> None:
    file = folder / FILE
    file.write_text(re.sub(r"updated: .*", "updated: 2020-01-01", file.read_text()))
    client = create_app(Settings(content=(folder,), data=tmp_path / "data")).test_client()
    assert "Der englische Artikel ist neuer" in client.get(f"/de{PAGE}").text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id: no-challenge", "id: no-chalenge", "The causes must be"),
        ("{#no-challenge}", "{#no-chalenge}", "no section {#no-challenge}"),
        ("{#what-it-means}", "", "The sections must carry the anchors"),
        ("{http.realm}", "{http.relm}", "must have the slots"),
        ("id: 2173", "id: 2174", "does not say id 2173"),
        ("title:", "titel:", "title is missing"),
    ],
)
def test_a_translation_that_drifts_is_refused(
    folder: Path, old: str, new: str, message: str
) -> None:
    file = folder / FILE
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    base = KnowledgeBase.load(folder)
    assert [item for item in base.problems if message in item and item.startswith(FILE)]
    article = base.visible(2173)
    assert article is not None
    assert base.in_language(article, "de") is article


def test_an_answer_in_german_decides_the_same(folder: Path, tmp_path: Path) -> None:
    desk = Desk.open(Settings(content=(folder,), data=tmp_path / "data"))
    transcript = (
        "* Connected\n> GET /feed HTTP/1.1\n>\n< HTTP/1.1 401 Unauthorized\n"
        '< WWW-Authenticate: Bearer error="invalid_token"\n<\n'
    )
    english = desk.ask(Query(transcript, probe=False))
    german = localise(english, desk.base, "de")
    verdicts = [(cause.solution, cause.id, cause.verdict) for cause in english.causes]
    assert [(cause.solution, cause.id, cause.verdict) for cause in german.causes] == verdicts
    best = german.confirmed[0]
    assert best.id == "token-rejected"
    assert best.title == "Das Token wird nicht angenommen"
    assert "invalid_token" in best.evidence[0]
    assert german.first_step == best.fix


def test_german_words_find_the_german_article(german: FlaskClient) -> None:
    found = german.get("/api/v1/suggest?q=anmeldefenster&lang=de").json
    assert found
    assert found[0]["id"] == 2173
    assert "#2173" in german.get("/de/search?q=anmeldefenster").text


def test_questions_are_asked_in_german(german: FlaskClient) -> None:
    page = german.post("/de/ask", data={"q": "HTTP 401"}).text
    asked = re.search(r'<h2 id="next">(.*?)</h2>', page)
    assert asked
    assert re.search(r"\b(Sie|Ihr|Ihrem|das|die)\b", asked[1])


def test_every_question_and_category_has_its_german(base: KnowledgeBase) -> None:
    words = base.translations
    for question in base.questions:
        german = words.questions[question.fact, "de"]
        assert set(german.answers) == {answer.text for answer in question.answers}
    assert {path for path, _ in words.categories} == {item.path for item in base.categories}
