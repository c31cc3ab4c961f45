"""Facts cannot be wrong: names, kinds and enumerations are checked where they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.facts import Facts, Source, UnknownFact, parse_value
from kb.reference import facts_markdown


def test_a_misspelled_fact_is_refused() -> None:
    with pytest.raises(UnknownFact):
        Facts({"http.statsu": 401})


def test_a_value_of_another_kind_is_refused() -> None:
    with pytest.raises(TypeError, match="takes int"):
        Facts({"http.status": "401"})


def test_a_value_outside_of_the_enumeration_is_refused() -> None:
    with pytest.raises(ValueError, match="nxdomain"):
        Facts({"dns.outcome": "gone"})


def test_what_the_probe_saw_wins_over_what_the_reader_claims() -> None:
    seen = Facts({"http.status": 200}, Source.PROBE)
    claimed = Facts({"http.status": 401}, Source.CLAIM)
    assert seen.merged(claimed)["http.status"] == 200
    assert claimed.merged(seen)["http.status"] == 200
    assert claimed.merged(seen).source_of("http.status") is Source.PROBE


def test_facts_become_nested_maps() -> None:
    facts = Facts({"vantage.robot.status": 401, "vantage.differ": True})
    assert facts.nested() == {"vantage": {"robot": {"status": 401}, "differ": True}}


def test_a_form_gives_values_as_text() -> None:
    assert parse_value("reader.automated", "true") is True
    assert parse_value("http.status", "401") == 401
    with pytest.raises(ValueError, match="true or false"):
        parse_value("reader.automated", "maybe")


def test_the_reference_of_the_facts_is_fresh(content: Path) -> None:
    assert (content / "facts.md").read_text() == facts_markdown()
