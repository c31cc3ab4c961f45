"""What a request leaves behind: an ID, a line without anything confidential, numbers."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from kb.logs import REQUESTS, configure
from kb.settings import BadSetting, Settings
from tests.observe.servers import saying, serving
from webapp import create_app
from webapp.proxies import TrustedProxies

TOKEN = "a-token-of-the-operator"
SECRET = "hunter2secretvalue"


@pytest.fixture
def app(index_folder: Path, tmp_path: Path) -> Flask:
    settings = Settings(
        data=index_folder,
        database_url=f"sqlite:///{tmp_path}/desk.db",
        metrics_token=TOKEN,
        probe_allow="127.0.0.0/8",
        probe_rate="2/minute",
    )
    return create_app(settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(params=["json", "text"])
def log(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What is logged in a test, in both forms."""
    root, requests = logging.getLogger(), logging.getLogger(REQUESTS)
    before = root.handlers[:], root.level, requests.level
    output = io.StringIO()
    configure(request.param, output)
    output.kind = request.param  # type: ignore[attr-defined]
    yield output
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    requests.setLevel(before[2])


def numbers(client: FlaskClient) -> dict[tuple[str, ...], float]:
    text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    return {
        (sample.name.removeprefix("errordesk_"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("0123456789abcdef", True),
        ("a" * 64, True),
        ("short", False),
        ("a" * 65, False),
        ("two words here", False),
        ("{{x}}'\"<script>", False),
        ("", False),
    ],
)
def test_a_request_keeps_a_well_formed_id_and_gets_one_else(
    client: FlaskClient, sent: str, kept: bool
) -> None:
    given = client.get("/health/live", headers={"X-Request-ID": sent}).headers["X-Request-ID"]
    assert (given == sent) is kept
    assert given.isalnum()


def test_a_line_a_request_with_id_route_status_and_time(
    client: FlaskClient, log: io.StringIO
) -> None:
    client.get("/solutions/2173.json", headers={"X-Request-ID": "request-0001"}, buffered=True)
    (line,) = [line for line in log.getvalue().splitlines() if "request-0001" in line]
    if log.kind == "json":  # type: ignore[attr-defined]
        found = json.loads(line)
        assert (found["method"], found["status"]) == ("GET", 200)
        assert found["route"] == "/solutions/<int:number>.json"
        assert found["ms"] > 0
    else:
        assert " GET /solutions/<int:number>.json 200 " in line


def test_nothing_confidential_is_logged(
    app: Flask, client: FlaskClient, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    @app.get("/broken/<path:rest>")
    def broken(rest: str) -> str:
        raise ValueError(f"cannot read {rest} {SECRET}\nforged line")

    address = {"REMOTE_ADDR": "203.0.113.77"}
    headers = {
        "Authorization": f"Bearer {SECRET}",
        "Cookie": f"session={SECRET}",
        "User-Agent": SECRET,
        "Referer": f"https://x.example/{SECRET}",
        "X-Request-ID": f"not well-formed {SECRET}",
    }
    question = f"HTTP 401 https://example.com/{SECRET}?token={SECRET}"
    for path in ("/ask", "/search", f"/{SECRET}", f"/reports/{SECRET}", f"/broken/{SECRET}"):
        query = {"q": question, SECRET: SECRET}
        client.get(path, query_string=query, headers=headers, environ_base=address, buffered=True)
    for path, body in (
        ("/ask", {"data": {"q": question}}),
        ("/api/v1/answers", {"json": {"text": question, "probe": False}}),
        ("/api/v1/answers", {"data": f"{{{SECRET}"}),
        ("/feedback", {"data": {"solution": "2173", "helpful": "no", "comment": SECRET}}),
    ):
        sent: dict[str, Any] = {**body, "headers": headers, "environ_base": address}
        client.post(path, buffered=True, **sent)
    client.open("/", method=SECRET.upper(), buffered=True)
    written = log.getvalue()
    assert "/broken/<path:rest>" in written
    assert "ValueError" in written
    assert "forged" not in written
    assert SECRET not in written.lower()
    assert "203.0.113.77" not in written


def test_metrics_need_the_token(client: FlaskClient, index_folder: Path) -> None:
    assert client.get("/metrics").status_code == 401
    wrong = client.get("/metrics", headers={"Authorization": "Bearer é"})
    assert wrong.status_code == 401
    closed = create_app(Settings(data=index_folder, database_url="off")).test_client()
    assert closed.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    with pytest.raises(BadSetting, match="METRICS_TOKEN"):
        Settings.from_environment({"ERRORDESK_METRICS_TOKEN": "short"})


def test_the_metrics_count_what_happened(client: FlaskClient) -> None:
    client.get("/health/live", buffered=True)
    client.get(f"/{SECRET}", buffered=True)
    client.post("/ask", data={"q": "zzqx wobble"}, buffered=True)
    with serving(saying(b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n")) as port:
        body = {"text": f"HTTP 401 http://127.0.0.1:{port}/"}
        for _ in range(3):
            client.post("/api/v1/answers", json={**body, "fresh": True}, buffered=True)
    found = numbers(client)
    assert found["requests_total", "GET", "/health/live", "200"] == 1
    assert found["requests_total", "GET", "none", "404"] == 1
    assert found["requests_total", "POST", "/api/v1/answers", "429"] == 1
    assert found["request_seconds_count", "/api/v1/answers"] == 3
    assert found["answers_total", "site", "unknown"] == 1
    assert sum(v for k, v in found.items() if k[0] == "probes_total") == 2
    assert found["refused_total", "asker"] == 1
    assert (found["probes_running",], found["probes_places",]) == (0, 8)
    assert not any(SECRET in label for labels in found for label in labels)
    solutions = {k: v for k, v in found.items() if k[0] == "solutions"}
    revision = client.get("/health").json["content_revision"]  # type: ignore[index]
    assert solutions == {("solutions", revision): client.get("/health").json["articles"]}  # type: ignore[index]


def test_readiness_says_why_not(folder: Path, tmp_path: Path) -> None:
    for file in (folder / "articles").glob("*.md"):
        file.unlink()
    client = create_app(Settings(content=(folder,), data=tmp_path / "data")).test_client()
    ready = client.get("/health/ready")
    assert ready.status_code == 503
    assert ready.json == {
        "status": "unavailable",
        "reasons": ["There are no articles to answer with."],
    }
    assert client.get("/health/live").status_code == 200


def test_health_knows_the_database(client: FlaskClient, index_folder: Path) -> None:
    assert client.get("/health").json["database"] == "ok"  # type: ignore[index]
    away = Settings(data=index_folder, database_url="postgresql://desk@127.0.0.1:1/d")
    other = create_app(away).test_client()
    assert other.get("/health").json["database"] == "away"  # type: ignore[index]
    assert other.get("/health/ready").status_code == 200


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("10.0.0.1", "203.0.113.9:4711", "203.0.113.9"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("198.51.100.1", "203.0.113.9", "198.51.100.1"),
    ],
)
def test_only_trusted_proxies_name_the_asker(peer: str, forwarded: str, address: str) -> None:
    seen: dict[str, Any] = {}

    def app(environ: dict[str, Any], _: Any) -> list[bytes]:
        seen.update(environ)
        return []

    sent = {"HTTP_X_FORWARDED_FOR": forwarded, "HTTP_X_FORWARDED_PROTO": "https"}
    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http", **sent}
    TrustedProxies(app, ["10.0.0.0/8"])(environ, lambda *_: lambda _: None)
    assert seen["REMOTE_ADDR"] == address
    assert (seen["wsgi.url_scheme"] == "https") is (peer != "198.51.100.1")
