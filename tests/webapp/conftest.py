"""A writer's folder with a translation, and a client of the site made from it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kb.settings import Settings
from webapp import create_app

ARTICLE = "2173-http-401-unauthorized"


@pytest.fixture
def folder(content: Path, tmp_path: Path) -> Path:
    """The 401 article in English and German, with the shared files."""
    target = tmp_path / "content"
    (target / "articles").mkdir(parents=True)
    for name in (f"{ARTICLE}.md", f"{ARTICLE}.de.md"):
        shutil.copy(content / "articles" / name, target / "articles" / name)
    for file in content.glob("*.yaml"):
        shutil.copy(file, target / file.name)
    return target


@pytest.fixture
def german(folder: Path, tmp_path: Path) -> FlaskClient:
    """A client of the site with that folder."""
    return create_app(Settings(content=(folder,), data=tmp_path / "data")).test_client()


@pytest.fixture(scope="session")
def client(index_folder: Path) -> FlaskClient:
    """A client of the site with the shipped content and every setting that pages show."""
    settings = Settings(
        data=index_folder,
        base_url="https://help.example.com",
        contact_url="mailto:help@example.com",
        edit_url=("https://git.example/edit/{path}",),
        accent="#7a1f5c",
        footer_links=(("Imprint", "https://example.com/imprint"),),
        probe_allow="127.0.0.0/8",
    )
    return create_app(settings).test_client()
