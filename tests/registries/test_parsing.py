"""What a writer gets wrong in a registry or in the synonyms is named with its line."""

from __future__ import annotations

import pytest

from kb.articles.registry import Entry, Says, conflicts, parse_registry
from kb.articles.synonyms import parse_synonyms
from kb.errors import ContentError

HEAD = "name: A list\norigin: https://a.example/\nentries:\n"


def test_an_entry_has_its_spellings_facts_and_line() -> None:
    text = (
        HEAD + '  - { id: "E1", also: [" One "], solution: 2240, facts: {tcp.outcome: refused} }\n'
    )
    (entry,) = parse_registry(text, "registries/a.yaml").entries
    assert entry.spellings == ("E1", "One")
    assert entry.facts == {"tcp.outcome": "refused"}
    assert (entry.says, entry.line, entry.registry) == (Says.CAUSE, 4, "A list")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("entries: [", "No valid YAML"),
        ("name: A list\n", "needs name, origin and entries"),
        ("name: a\norigin: b\nentries: 3\n", "must be a list"),
        (HEAD + "  - { id: E1 }\n", "needs an id and a solution"),
        (HEAD + "  - { id: 1, solution: 2240 }\n", "quote it"),
        (HEAD + "  - { id: E1, solution: 2240, colour: red }\n", "no field colour"),
        (HEAD + "  - { id: E1, solution: 2240, also: one }\n", "list of texts"),
        (
            HEAD + "  - { id: E1, solution: 2240, facts: {tcp.colour: red} }\n",
            "no fact 'tcp.colour'",
        ),
        (HEAD + "  - { id: E1, solution: 2240, facts: {tcp.outcome: red} }\n", "red"),
        (HEAD + "  - { id: E1, solution: 2240, says: much }\n", "much"),
    ],
)
def test_a_broken_registry_is_named(text: str, says: str) -> None:
    with pytest.raises(ContentError, match=says) as caught:
        parse_registry(text, "registries/a.yaml")
    assert caught.value.path == "registries/a.yaml"


def test_two_owners_of_one_spelling_are_found() -> None:
    entries = [Entry("E1", 2240), Entry("e2", 2241, also=("e1",))]
    assert [(later.id, text) for later, text, _ in conflicts(entries)] == [("e2", "e1")]


def test_synonyms_stand_for_each_other_by_stem() -> None:
    groups = parse_synonyms("- [slow, sluggish]\n- [web site, site]\n")
    table = groups.by_stem(lambda text: text.split())
    assert table == {"slow": {"sluggish"}, "sluggish": {"slow"}, "site": set()}


@pytest.mark.parametrize("text", ["- [alone]", "slow: sluggish", "- [1, 2]", "- [a"])
def test_broken_synonyms_are_named(text: str) -> None:
    with pytest.raises(ContentError):
        parse_synonyms(text)
