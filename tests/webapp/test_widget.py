"""The widget's files: their sizes, names, integrity and headers."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kb.settings import Settings
from webapp import create_app
from webapp.widget import FOLDER, SERVERS

KB = 1024


@pytest.fixture
def client(index_folder: Path) -> FlaskClient:
    return create_app(Settings(data=index_folder, accent="#7a1f5c")).test_client()


def modules(client: FlaskClient) -> dict[str, dict[str, str]]:
    found = client.get("/widget/manifest.json").json
    assert isinstance(found, dict)
    return found


def test_the_loader_and_the_whole_stay_small(client: FlaskClient) -> None:
    sizes = {
        name: len(gzip.compress(client.get(item["url"]).data, 9))
        for name, item in modules(client).items()
    }
    assert sizes["widget.js"] <= 3 * KB
    assert sum(sizes.values()) <= 25 * KB


def test_the_manifest_names_what_is_served_and_its_integrity(client: FlaskClient) -> None:
    for name, item in modules(client).items():
        response = client.get(item["url"])
        digest = base64.b64encode(hashlib.sha384(response.data).digest()).decode()
        assert item["integrity"] == f"sha384-{digest}"
        assert "immutable" in response.headers["Cache-Control"]
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert response.content_type.startswith("text/javascript")
        stem = name.removesuffix(".js")
        assert re.search(rf"/widget/{stem}\.[0-9a-f]{{12}}\.js$", item["url"])
    assert client.get("/widget/other.js").status_code == 404


def test_the_lasting_name_is_kept_for_minutes_and_names_the_hashed_modules(
    client: FlaskClient,
) -> None:
    response = client.get("/widget.js")
    assert response.headers["Cache-Control"] == "public, max-age=300"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    for name in ("panel.js", "cards.js"):
        assert modules(client)[name]["url"].partition("/widget/")[2] in response.text
    assert client.get("/widget/panel.000000000000.js").headers["Cache-Control"] == "no-cache"
    assert "#7a1f5c" in response.text


def test_a_page_elsewhere_learns_nothing_but_the_public_settings(index_folder: Path) -> None:
    settings = Settings(
        data=index_folder, secret_key="sesame-key", probe_allow="10.9.8.0/24", redis_url=""
    )
    text = create_app(settings).test_client().get("/widget.js").text
    for secret in ("sesame-key", "10.9.8.0", str(index_folder)):
        assert secret not in text


def test_the_sources_use_no_sink_that_a_strict_page_forbids() -> None:
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|\.style\b"
    )
    for file in FOLDER.glob("*.js"):
        assert not re.search(forbidden, file.read_text()), file.name
    for file in FOLDER.glob("*.js"):
        assert "cookie" not in file.read_text()
        assert "localStorage" not in file.read_text()


def test_every_attribute_is_documented(content: Path) -> None:
    text = (content.parent / "docs" / "embedding.md").read_text(encoding="utf-8")
    source = (FOLDER / "widget.js").read_text() + (FOLDER / "panel.js").read_text()
    named = set(re.findall(r"(?:get|has)Attribute\(\"([a-z-]+)\"\)", source))
    assert {"error", "url", "solution", "shortcut", "request-id", "contact"} <= named
    for name in (*named, "theme", "lang", "position", "cards"):
        assert f"`{name}`" in text, name


def test_the_error_page_is_written_for_each_server(client: FlaskClient) -> None:
    for server, names in SERVERS.items():
        page = client.get(f"/widget/error-page.html?server={server}").text
        assert all(f'var="{name}"' in page for name in names)
    assert client.get("/widget/error-page.html?server=iis").status_code == 404
