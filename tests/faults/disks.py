"""Disks that are full or read-only, files that are damaged or broken."""

from __future__ import annotations

import logging
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kb.desk import Desk
from kb.errors import IndexUnavailable
from tests.faults.fault import ARTICLE, fill, settings_for, small_content, small_disk
from webapp import create_app

_FEEDBACK = {"solution": 2173, "helpful": True}


class _Said(logging.Handler):
    """What was logged meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.lines.append(record.getMessage())


def _works(client: FlaskClient) -> None:
    assert client.get(f"/solutions/{ARTICLE}").status_code == 200
    answer = client.post("/api/v1/answers", json={"text": "HTTP 401", "probe": False})
    assert answer.status_code == 200


def _told(client: FlaskClient) -> str:
    response = client.post("/api/v1/feedback", json=_FEEDBACK)
    assert response.status_code == 503, f"feedback got {response.status_code}"
    return str(response.json["detail"]) if response.json else ""


def full_index(folder: Path) -> str:
    """No room for the index: a sentence, nothing left behind, and it works once there is room."""
    content = small_content(folder)
    with small_disk(folder / "disk", "2m") as disk:
        settings = settings_for(folder, content=(content,), data=disk / "data")
        filler = fill(disk)
        with pytest.raises(IndexUnavailable) as raised:
            Desk.open(settings)
        left = list(disk.glob("data/*"))
        assert not left, f"left behind: {left}"
        filler.unlink()
        assert Desk.open(settings).search("unauthorized").hits
    return str(raised.value).replace(str(folder), "…")


def full_feedback(folder: Path) -> str:
    """No room for feedback: the sender is told, and readers notice nothing."""
    small_content(folder)
    with small_disk(folder / "disk", "1m") as disk:
        settings = settings_for(folder, database_url=f"sqlite:///{disk / 'desk.db'}")
        client = create_app(settings).test_client()
        assert client.post("/api/v1/feedback", json=_FEEDBACK).status_code == 201
        filler = fill(disk)
        said = [_told(client) for _ in range(3)]
        _works(client)
        filler.unlink()
        assert client.post("/api/v1/feedback", json=_FEEDBACK).status_code == 201
    return said[-1]


def read_only(folder: Path) -> str:
    """Everything on a read-only disk: an index that is there is served, feedback is refused."""
    with small_disk(folder / "disk", "32m") as disk:
        small_content(disk)
        settings = settings_for(disk)
        Desk.open(settings)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        client = create_app(settings).test_client()
        _works(client)
        said = _told(client)
        with pytest.raises(IndexUnavailable, match="Read-only"):
            Desk.open(settings_for(disk, data=disk / "elsewhere"))
    return said


def damaged(folder: Path) -> str:
    """Bytes changed, files cut, emptied or gone: found at the start, and built again."""
    small_content(folder)
    settings = settings_for(folder)
    Desk.open(settings)
    said = _Said()
    logging.getLogger("kb.search").addHandler(said)
    times = 24
    try:
        for number in range(times):
            generation = next(settings.data.glob("whoosh*-*"), None) or next(
                path for path in settings.data.iterdir() if path.is_dir()
            )
            files = [path for path in generation.rglob("*") if path.stat().st_size]
            file = random.choice(files)
            whole = bytearray(file.read_bytes())
            match number % 4:
                case 0:
                    place = random.randrange(len(whole))
                    whole[place] ^= 0xFF
                    file.write_bytes(whole)
                case 1:
                    file.write_bytes(whole[: random.randrange(len(whole))])
                case 2:
                    file.write_bytes(b"")
                case _:
                    file.unlink()
            found = Desk.open(settings).search("unauthorized")
            assert found.hits, f"{file.name} was damaged, and nothing is found"
            assert any("damaged" in line for line in said.lines), f"{file.name}: nothing was logged"
            said.lines.clear()
    finally:
        logging.getLogger("kb.search").removeHandler(said)
    return f"{times} times"


def broken_articles(folder: Path) -> str:
    """What is no article is left out and named; all others are served."""
    articles = small_content(folder) / "articles"
    plain = (articles / f"{ARTICLE}.md").read_text()
    (articles / "9001-no-head.md").write_text("Just words.")
    (articles / "9002-no-utf-8.md").write_bytes(b"---\nid: 9002\n\xff\xfe")
    (articles / "9003-bad-yaml.md").write_text("---\nid: [9003\n---\n")
    (articles / "9004-huge.md").write_bytes(b"x" * 2_000_000)
    (articles / "9005-empty.md").write_bytes(b"")
    (articles / "9006-gone.md").symlink_to(articles / "nowhere.md")
    (articles / "9007-folder.md").mkdir()
    (articles / "9008-nul.md").write_text(plain.replace("HTTP 401", "HTTP\0 401"))
    (articles / "9009-condition.md").write_text(
        plain.replace("id: 2173", "id: 9009").replace("when: ", "when: ((", 1)
    )
    with small_disk(folder / "disk", "1m"):
        client = create_app(settings_for(folder)).test_client()
        _works(client)
        health = client.get("/health").json
    assert health is not None
    named = " ".join(health["problems"])
    missing = [n for n in range(9001, 9009) if f"/{n}-" not in named and f"{n}-" not in named]
    assert not missing, f"not named: {missing} in {named}"
    shutil.rmtree(articles)
    return f"{len(health['problems'])} problems named"
