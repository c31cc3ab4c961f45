"""Facts that ``errordesk probe --json`` printed, pasted back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kb.facts import FactValue, UnknownFact, check

_MARK: Final = '"facts"'
# What belongs to the asker or to a probe of our own is not taken from text.
_NOT_TAKEN: Final = ("source", "reader.", "probe.", "claim.")


def pasted_facts(text: str) -> dict[str, FactValue]:
    """The facts of a pasted probe; {} where there is none. What is no fact is left out."""
    start = text.find("{")
    if start < 0 or _MARK not in text[start : start + 200]:
        return {}
    try:
        tree, _ = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return {}
    facts = tree.get("facts") if isinstance(tree, dict) else None
    if not isinstance(facts, Mapping) or not isinstance(tree.get("observations"), list):
        return {}
    taken: dict[str, FactValue] = {}
    for name, value in _flat(facts, "", 0):
        if name.startswith(_NOT_TAKEN):
            continue
        try:
            taken[name] = check(name, value)
        except (UnknownFact, TypeError, ValueError):
            continue
    return taken


def _flat(tree: Mapping[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, object]]:
    for key, value in tree.items():
        name = f"{prefix}{key}"
        if name == "http.headers" or not isinstance(value, Mapping):
            yield name, value
        elif depth < 4:
            yield from _flat(value, f"{name}.", depth + 1)
