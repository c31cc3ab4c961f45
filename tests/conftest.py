"""Shared fixtures: the shipped content, and writers' folders made by a test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.articles import KnowledgeBase

ROOT = Path(__file__).resolve().parent.parent


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
