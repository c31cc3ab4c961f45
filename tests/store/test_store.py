"""One suite that every database passes: what is stored once, scrubbed, pruned and brought back."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, inspect

from kb.cli import main
from kb.errors import ErrordeskError
from kb.store import Feedback, QuestionRecord, Store, StoreUnavailable, open_store
from kb.store.records import now
from kb.store.tables import TABLES
from tests.lab.databases import postgresql
from tests.lab.servers import free_port


def rows(store: Store) -> list[str]:
    file = io.StringIO()
    store.backup(file)
    return sorted(file.getvalue().splitlines())


def test_the_migrations_make_the_tables_that_the_code_uses(store: Store, database_url: str) -> None:
    store.check()
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    found = inspect(engine)
    for table in TABLES:
        assert {c["name"] for c in found.get_columns(table.name)} == set(table.columns.keys())
    engine.dispose()


def test_feedback_is_stored_once_however_often_it_is_sent(store: Store) -> None:
    feedback = Feedback(2173, True, "The User-Agent it was")
    assert store.add_feedback(feedback) is True
    assert store.add_feedback(feedback) is False
    assert len(rows(store)) == 1


def test_what_could_tell_who_asks_is_not_stored(store: Store) -> None:
    store.add_feedback(
        Feedback(2173, False, "write to anna@example.com", "Authorization: Basic c2VjcmV0OnB3")
    )
    store.log_question(QuestionRecord("token=abcdef0123456789 from 203.0.113.7", False, "site"))
    store.flush()
    text = "\n".join(rows(store))
    for secret in ("anna@example.com", "c2VjcmV0OnB3", "abcdef0123456789", "203.0.113.7"):
        assert secret not in text


def test_questions_are_logged_behind_the_answer(store: Store) -> None:
    for number in range(20):
        store.log_question(QuestionRecord(f"HTTP {400 + number}", True, "api", solution=2173))
    store.flush()
    assert len(rows(store)) == 20
    assert store.dropped == 0


def test_the_log_outlives_whatever_goes_wrong_with_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("kb.store.store.migrate", lambda _connection: int("no number"))
        store.log_question(QuestionRecord("HTTP 502", False, "site"))
        store.flush()
        assert store.dropped == 1
    store.log_question(QuestionRecord("HTTP 503", False, "site"))
    store.flush()
    assert len(rows(store)) == 1


def test_stores_of_one_process_are_made_ready_at_once(tmp_path: Path) -> None:
    stores = [open_store(f"sqlite:///{tmp_path}/{number}/desk.db") for number in range(8)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(Store.check, stores))
    for store in stores:
        assert rows(store) == []
        store.close()


def test_a_report_is_kept_until_it_expires(store: Store) -> None:
    token = store.save_report({"headline": "HTTP 401"}, days=7)
    gone = store.save_report({"headline": "HTTP 403"}, days=0)
    assert store.report(token) == {"headline": "HTTP 401"}
    assert store.report(gone) is None
    assert store.report("no-such-token") is None


def test_pruning_keeps_what_is_young(store: Store) -> None:
    old = now() - timedelta(days=91)
    store.add_feedback(Feedback(2173, True, created=old))
    store.add_feedback(Feedback(2173, True))
    store.save_report({}, days=0)
    assert store.prune(90) == 2
    assert len(rows(store)) == 1


def test_a_backup_comes_back_as_it_was(store: Store, tmp_path: Path) -> None:
    store.add_feedback(Feedback(2173, True, "thanks – sehr gut"))
    store.log_question(QuestionRecord("HTTP 502", True, "widget", 2204, "upstream-down", True))
    store.save_report({"headline": "x"}, 30)
    store.flush()
    file = io.StringIO()
    assert store.backup(file) == 3
    other = open_store(f"sqlite:///{tmp_path}/other.db")
    assert other.restore(io.StringIO(file.getvalue())) == 3
    assert other.restore(io.StringIO(file.getvalue())) == 0
    assert rows(other) == rows(store)
    other.close()


def test_a_broken_backup_restores_nothing(store: Store) -> None:
    store.add_feedback(Feedback(2173, True))
    file = io.StringIO()
    store.backup(file)
    store.prune(-1)
    with pytest.raises(ErrordeskError, match="Line 2"):
        store.restore(io.StringIO(file.getvalue() + "no row\n"))
    assert rows(store) == []


def test_a_database_without_an_encoding_keeps_every_letter(ascii_url: str) -> None:
    store = open_store(ascii_url)
    store.add_feedback(Feedback(2173, True, "Größe 日本"))
    [row] = rows(store)
    assert json.loads(row)[1]["comment"] == "Größe 日本"
    store.close()


def test_a_database_that_is_away_says_so_and_is_taken_up_when_it_comes() -> None:
    port = free_port()
    store = open_store(f"postgresql://desk@127.0.0.1:{port}/d")
    with pytest.raises(StoreUnavailable, match="try again later"):
        store.add_feedback(Feedback(2173, True))
    with postgresql(port):
        assert store.add_feedback(Feedback(2173, True)) is True
        store.close()


@pytest.mark.parametrize("url", ["", "nonsense", "oracle9://x/y"])
def test_a_url_that_is_none_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(ErrordeskError, match="DATABASE_URL"):
        open_store(url)


def test_the_commands_keep_the_store(tmp_path: Path) -> None:
    environment = {"ERRORDESK_DATABASE_URL": f"sqlite:///{tmp_path}/desk.db"}
    store = open_store(environment["ERRORDESK_DATABASE_URL"])
    store.add_feedback(Feedback(2173, True))
    kept = rows(store)
    file = tmp_path / "backup.jsonl"

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(main, arguments, env=environment, catch_exceptions=False)
        assert done.exit_code == 0
        return done.output

    assert "1 rows written" in run("backup", str(file))
    store.prune(-1)
    assert rows(store) == []
    assert "1 rows added" in run("restore", str(file))
    assert rows(store) == kept
    assert "0 rows deleted" in run("prune")
    store.close()


def test_a_backup_from_before_a_column_comes_back(store: Store) -> None:
    row = {"key": "a" * 8, "created": "2026-01-01T00:00:00", "solution": 2173, "helpful": True}
    old = json.dumps(["feedback", {**row, "comment": "", "question": ""}])
    assert store.restore(io.StringIO(old)) == 1
    assert '"question_key": null' in rows(store)[0]
