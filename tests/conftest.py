"""Shared fixtures: the shipped content, and writers' folders made by a test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Playwright, sync_playwright
from sqlalchemy import create_engine

from kb.articles import KnowledgeBase
from kb.store import Store, open_store
from kb.store.tables import METADATA
from tests.lab.databases import postgresql

CHROMIUM = "/usr/bin/chromium"
ROOT = Path(__file__).resolve().parent.parent


# How long an example takes on a busy machine says nothing about the code.
settings.register_profile("errordesk", deadline=None)
settings.load_profile("errordesk")


@pytest.fixture(scope="session", autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What a site stores by default goes to a folder of this run, not to the developer's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="session")
def content() -> Path:
    """The content folder of the checkout."""
    return ROOT / "content"


@pytest.fixture(scope="session")
def base(content: Path) -> KnowledgeBase:
    """The shipped knowledge base."""
    return KnowledgeBase.load(content)


@pytest.fixture(scope="session")
def index_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for the index of the shipped content, built by whoever comes first."""
    return tmp_path_factory.mktemp("index")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The one driver of browsers: a second one cannot start while it runs."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Headless Chromium. A machine without it fails here, and says so."""
    assert Path(CHROMIUM).is_file(), "install the Debian package chromium, or run make test"
    found = playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=["--no-sandbox", "--disable-background-networking"],
    )
    yield found
    found.close()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL for the whole run; gives the URL of its database."""
    with postgresql() as url:
        yield url


@pytest.fixture
def ascii_url(postgres_url: str) -> Iterator[str]:
    """A PostgreSQL database without an encoding, as initdb makes one where no locale is set."""
    made = (
        "CREATE DATABASE plain TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"
    )
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(made)
        yield f"{postgres_url.rpartition('/')[0]}/plain"
        connection.execute("DROP DATABASE plain WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind that is supported: a suite that uses it is a contract."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/folder/desk.db"
    url: str = request.getfixturevalue("postgres_url")
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        METADATA.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
    engine.dispose()
    return url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store on an empty database of each kind."""
    opened = open_store(database_url)
    yield opened
    opened.close()
