"""The operator's pages: who gets in, what a session is worth, what the pages say and give away."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from kb.articles.parse import parse_article
from kb.cli import main
from kb.insight import PERIODS
from kb.insight.export import TABLES
from kb.settings import BadSetting, Settings
from kb.store import Feedback, QuestionRecord, Store
from tests.lab.databases import redis
from webapp import create_app
from webapp.operator.passwords import hashed
from webapp.services import Services

PASSWORD = "correct horse battery"
KEY = "k" * 40
HASH = hashed(PASSWORD)
PAGES = ("/operator", "/operator/insight.json", "/operator/nothing.csv", "/operator/login")
SCRIPT = "<script>alert(1)</script> =1+1"

Site = Callable[..., FlaskClient]


@pytest.fixture
def site(index_folder: Path, tmp_path: Path) -> Site:
    """Makes a client of a site with the operator's pages; settings by name over the usual ones."""
    usual = Settings(
        data=index_folder,
        database_url=f"sqlite:///{tmp_path}/desk.db",
        secret_key=KEY,
        operator_password_hash=HASH,
    )
    return lambda **others: create_app(replace(usual, **others)).test_client()


def log_in(client: FlaskClient, password: str = PASSWORD, **options: object) -> int:
    sent = client.post("/operator/login", data={"password": password}, **options)
    return sent.status_code


def csrf(client: FlaskClient) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/operator").text)
    assert found
    return found[1]


def store_of(client: FlaskClient) -> Store:
    found = client.application.extensions["errordesk"]
    assert isinstance(found, Services)
    assert found.store is not None
    return found.store


@pytest.fixture
def client(site: Site, database_url: str) -> Iterator[FlaskClient]:
    """A client that is logged in, and a log with something of everything, on every database."""
    client = site(database_url=database_url)
    store = store_of(client)
    for text in (SCRIPT, "the carousel spins backwards", "carousel spinning backwards"):
        store.log_question(QuestionRecord(text, False, "site"))
    store.log_question(
        QuestionRecord("HTTP 499", False, "api", probed=True, signature="http.status=499")
    )
    store.log_question(
        QuestionRecord("HTTP 401", True, "site", 2173, "2173#no-credentials", confirmed=True)
    )
    store.add_feedback(Feedback(2173, False, "=cmd|' /C calc'!A0", "HTTP 401"))
    store.flush()
    assert log_in(client) == 303
    yield client
    store.close()


@pytest.mark.parametrize("path", PAGES)
def test_without_configuration_there_are_no_such_pages(index_folder: Path, path: str) -> None:
    client = create_app(Settings(data=index_folder, secret_key=KEY)).test_client()
    assert client.get(path).status_code == 404
    assert client.post(path, data={"password": ""}).status_code == 404


def test_nobody_else_gets_in(site: Site) -> None:
    client = site()
    assert client.get("/operator").location == "/operator/login"
    assert client.get("/de/operator").location == "/de/operator/login"
    for path in ("/operator/insight.json", "/operator/nothing.csv"):
        assert client.get(path).status_code == 401
    assert client.post("/operator/drafts", data={"key": "x"}).status_code == 303
    for wrong in ("", "wrong horse battery", PASSWORD + "x", "x" * 5_000):
        assert log_in(client, wrong) == 403
    assert client.get("/operator").status_code == 303
    for path in PAGES:
        response = client.get(path)
        assert response.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in response.headers


def test_the_session_is_a_strict_cookie(site: Site) -> None:
    client = site(base_url="https://help.example.com")
    response = client.post("/operator/login", data={"password": PASSWORD})
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-errordesk_operator=")
    for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert f"; {part}" in cookie
    plain = site().post("/operator/login", data={"password": PASSWORD}).headers["Set-Cookie"]
    assert plain.startswith("errordesk_operator=")
    assert "Secure" not in plain


def test_readers_get_no_cookie_even_where_there_is_an_operator(client: FlaskClient) -> None:
    for path in ("/", "/solutions/2173-http-401-unauthorized", "/ask?q=HTTP+401", "/search?q=x"):
        response = client.get(path)
        assert "Set-Cookie" not in response.headers
        assert "Cookie" not in response.headers.get("Vary", "")
        assert "/operator" not in response.text


def test_a_forged_or_old_session_is_none(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    client, other = site(), site(secret_key="o" * 40)
    changed = site(operator_password_hash=hashed("another password"))
    log_in(client)
    cookie = client.get_cookie("errordesk_operator")
    assert cookie is not None
    for stranger in (other, changed):
        stranger.set_cookie("errordesk_operator", cookie.value)
        assert stranger.get("/operator").status_code == 303
    assert client.get("/operator").status_code == 200
    monkeypatch.setattr("webapp.operator.session.time.time", lambda: 4_000_000_000)
    assert client.get("/operator").status_code == 303


def test_forms_need_the_token_of_the_session(client: FlaskClient) -> None:
    token = csrf(client)
    for fields in ({}, {"csrf": ""}, {"csrf": token[:-1] + "é"}):
        assert client.post("/operator/logout", data=fields).status_code == 403
        assert client.post("/operator/drafts", data=fields).status_code == 403
    for elsewhere in ("cross-site", "same-site"):
        sent = client.post(
            "/operator/logout", data={"csrf": token}, headers={"Sec-Fetch-Site": elsewhere}
        )
        assert sent.status_code == 403
        assert log_in(client, headers={"Sec-Fetch-Site": elsewhere}) == 403
    assert client.post("/operator/logout", data={"csrf": token}).location == "/"
    assert client.get("/operator").status_code == 303


def test_guessing_is_slowed_down_for_one_network(site: Site) -> None:
    client = site()
    here = [{"REMOTE_ADDR": f"2001:db8::{place:x}"} for place in range(1, 12)]
    statuses = [log_in(client, "wrong", environ_base=base) for base in here]
    assert statuses == [403] * 10 + [429]
    late = client.post("/operator/login", data={"password": PASSWORD}, environ_base=here[0])
    assert late.status_code == 429
    assert int(late.headers["Retry-After"]) > 0
    assert log_in(client, environ_base={"REMOTE_ADDR": "2001:db8:0:1::1"}) == 303


def test_guesses_at_several_processes_are_counted_together(site: Site, tmp_path: Path) -> None:
    with redis(tmp_path) as url:
        clients = [site(redis_url=url) for _ in range(2)]
        statuses = [log_in(clients[place % 2], "wrong") for place in range(12)]
    assert statuses == [403] * 10 + [429] * 2


def test_a_header_counts_from_trusted_proxies_only(site: Site) -> None:
    client = site(
        operator_password_hash="", operator_header="X-User", trusted_proxies=("10.0.0.0/8",)
    )
    header = {"X-User": "anna", "X-Forwarded-For": "10.1.1.1"}
    assert client.get("/operator", headers=header).status_code == 303
    proxy = {"environ_base": {"REMOTE_ADDR": "10.0.0.1"}}
    assert client.get("/operator", headers=header, **proxy).status_code == 200
    assert client.get("/operator", **proxy).status_code == 303
    assert "front server" in client.get("/operator/login").text
    assert log_in(client) == 403


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"OPERATOR_PASSWORD_HASH": "plain", "SECRET_KEY": KEY}, "OPERATOR_PASSWORD_HASH"),
        ({"OPERATOR_PASSWORD_HASH": HASH}, "SECRET_KEY"),
        ({"OPERATOR_PASSWORD_HASH": HASH, "SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"OPERATOR_HEADER": "X-User", "SECRET_KEY": KEY}, "TRUSTED_PROXIES"),
        ({"OPERATOR_HEADER": "X User", "SECRET_KEY": KEY}, "OPERATOR_HEADER"),
        ({"TRUSTED_PROXIES": "everybody"}, "TRUSTED_PROXIES"),
    ],
)
def test_an_unsafe_login_does_not_start(settings: dict[str, str], named: str) -> None:
    with pytest.raises(BadSetting, match=named):
        Settings.from_environment({f"ERRORDESK_{key}": text for key, text in settings.items()})


def test_the_command_prints_what_the_settings_take() -> None:
    done = CliRunner().invoke(main, ["password"], input=f"{PASSWORD}\n")
    assert done.exit_code == 0
    lines = re.findall(r"^(ERRORDESK_\w+)='(.*)'$", done.stdout, re.MULTILINE)
    settings = Settings.from_environment(dict(lines))
    assert PASSWORD not in done.stdout
    assert settings.operator_password_hash.startswith("scrypt:")
    assert CliRunner().invoke(main, ["password"], input="short\n").exit_code == 2


def test_the_page_shows_the_log_and_runs_nothing_of_it(client: FlaskClient) -> None:
    page = client.get("/operator").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "style=" not in page
    for words in ("the carousel spins", "http.status=499", "2 wordings", "No credentials"):
        assert words in page
    assert re.search(r'role="img" aria-label="Questions a day: 5 in 30 days, 4 of them', page)
    assert re.search(r"Cases of the laboratory confirm \d{3} of them", page)
    assert client.get("/operator?days=7").status_code == 200
    assert client.get("/operator?days=8").status_code == 404
    assert "Einblick" in client.get("/de/operator").text


def test_the_same_as_json_and_csv(client: FlaskClient) -> None:
    data = client.get("/operator/insight.json?days=90").json
    assert data is not None
    assert (data["days"], data["totals"]["asked"], len(data["trend"])) == (90, 5, 90)
    comments = client.get("/operator/comments.csv")
    assert comments.mimetype == "text/csv"
    assert 'filename="errordesk-comments-30-days.csv"' in comments.headers["Content-Disposition"]
    assert "'=cmd|" in comments.text
    assert client.get("/operator/secrets.csv").status_code == 404


@pytest.mark.parametrize("days", PERIODS)
def test_every_table_is_the_one_of_the_json(client: FlaskClient, days: int) -> None:
    data = client.get(f"/operator/insight.json?days={days}").json
    assert data is not None
    assert client.get(f"/de/operator?days={days}").status_code == 200
    for name in TABLES:
        sent = client.get(f"/operator/{name}.csv?days={days}")
        rows = list(csv.DictReader(io.StringIO(sent.text, newline="")))
        assert len(rows) == len(data[name])
        assert rows
        for row, one in zip(rows, data[name], strict=True):
            plain = {k: v for k, v in one.items() if isinstance(v, int) and v is not True}
            assert {key: row[key] for key in plain} == {k: str(v) for k, v in plain.items()}


def test_one_click_makes_a_draft_of_what_found_nothing(client: FlaskClient) -> None:
    data = json.loads(client.get("/operator/insight.json").text)
    group = next(one for one in data["nothing"] if one["count"] == 2)
    fields = {"csrf": csrf(client), "days": "30"}
    sent = client.post("/operator/drafts", data={**fields, "key": group["key"]})
    name = re.fullmatch(r'attachment; filename="([\w.-]+)"', sent.headers["Content-Disposition"])
    assert name
    article = parse_article(sent.text, f"articles/{name[1]}")
    assert article.status == "draft"
    assert set(article.symptoms) == set(group["texts"])
    gap = client.post("/operator/drafts", data={**fields, "signature": "http.status=499"})
    assert "when: http.status == 499" in gap.text
    assert client.post("/operator/drafts", data={**fields, "key": "none"}).status_code == 404
    to_folder = {**fields, "key": group["key"], "to": "folder"}
    assert client.post("/operator/drafts", data=to_folder).status_code == 403


def test_a_search_for_nothing_shows_what_is_missing(site: Site, database_url: str) -> None:
    client = site(database_url=database_url)
    for path in ("/search?q=zzqx", "/search?q=zzqx&who=owner", "/search?q=password", "/search"):
        assert client.get(path).status_code == 200
    store_of(client).flush()
    log_in(client)
    data = client.get("/operator/insight.json").json
    assert data is not None
    assert [one["texts"] for one in data["nothing"]] == [["zzqx"]]
    assert (data["totals"]["nothing"], data["totals"]["asked"]) == (1, 0)


def test_a_draft_goes_into_the_folder_where_that_is_allowed(
    site: Site, folder: Path, tmp_path: Path, database_url: str
) -> None:
    client = site(
        database_url=database_url, content=(folder,), data=tmp_path / "data", operator_writes=True
    )
    store_of(client).log_question(QuestionRecord("../../escape the folder", False, "site"))
    store_of(client).flush()
    log_in(client)
    key = client.get("/operator/insight.json").json["nothing"][0]["key"]  # type: ignore[index]
    fields = {"csrf": csrf(client), "days": "30", "key": key, "to": "folder"}
    before = set(folder.parent.rglob("*"))
    assert client.post("/operator/drafts", data=fields).status_code == 201
    (made,) = set(folder.parent.rglob("*")) - before
    assert made.parent == folder / "articles"
    assert re.fullmatch(r"\d+-escape-the-folder\.md", made.name)


def test_a_database_that_is_away_is_said(site: Site) -> None:
    client = site(database_url="postgresql://desk@127.0.0.1:1/d")
    log_in(client)
    assert client.get("/operator").status_code == 503
    assert client.get("/operator/insight.json").mimetype == "application/problem+json"
    off = site(database_url="off")
    log_in(off)
    assert off.get("/operator").status_code == 503
