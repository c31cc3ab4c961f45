"""Reference pages are what the code prints, so that they cannot go stale."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kb.reference import settings_markdown
from kb.settings import PREFIX, BadSetting, Settings

ROOT = Path(__file__).resolve().parent.parent


def test_the_table_of_settings_is_fresh() -> None:
    page = (ROOT / "docs" / "operating.md").read_text()
    table = page.partition("<!-- settings -->\n")[2].partition("<!-- /settings -->")[0]
    assert table == settings_markdown()


def test_every_command_of_make_that_is_named_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")):
        text = page.read_text()
        named = set(re.findall(r"`make ([a-z]+)`", text)) | set(
            re.findall(r"^make ([a-z]+)", text, re.MULTILINE)
        )
        assert named <= targets, page.name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PROBE_DEADLINE", "soon"),
        ("PROBE_ALLOW", "everything"),
        ("PROBE_PORTS", "0"),
        ("BASE_URL", "ftp://x"),
        ("REDIS_URL", "http://x"),
        ("SEARCH_URL", "solr://x"),
        ("DRAFTS", "perhaps"),
        ("NO_SUCH", "x"),
    ],
)
def test_a_bad_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=PREFIX + name):
        Settings.from_environment({PREFIX + name: value})
