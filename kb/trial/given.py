"""Facts as a writer gives them: ``name=value``, the JSON of a probe, or any pasted text."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from kb.articles import KnowledgeBase
from kb.errors import ErrordeskError
from kb.facts import REGISTRY, Facts, FactValue, Kind, Source, UnknownFact, check, parse_value
from kb.recognise import Lexicon, recognise

_SPACES: Final = frozenset(name.partition(".")[0] for name in REGISTRY)
_SOURCES: Final = {"claim.": Source.CLAIM, "reader.": Source.READER}


class BadFact(ErrordeskError):
    """A fact that was given does not exist, or has no such value."""


def read_pairs(pairs: Iterable[str]) -> Facts:
    """Facts from ``name=value`` texts; ``http.headers.NAME=value`` gives one header.

    Raises BadFact, with the name that was probably meant.
    """
    values: dict[str, FactValue] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        name = name.strip()
        if not equals:
            raise BadFact(f"Write a fact as name=value, not {pair!r}.")
        parent, _, key = name.rpartition(".")
        spec = REGISTRY.get(parent)
        if name not in REGISTRY and spec is not None and spec.kind is Kind.HEADERS:
            known = values.get(parent)
            headers = dict(known) if isinstance(known, dict) else {}
            values[parent] = headers | {key.lower(): text}
            continue
        try:
            values[name] = parse_value(name, text.strip())
        except UnknownFact:
            raise _unknown(name) from None
        except ValueError as error:
            raise BadFact(_sentence(name, error)) from None
    return _sorted(values)


def read_facts(text: str, base: KnowledgeBase) -> Facts:
    """Facts from a file's text: JSON of ``errordesk probe --json`` or ``ask --json``, a JSON object
    of facts (nested, or with dotted names), or anything that a person would paste.

    Raises BadFact, or BadQuestion for a text that could not be asked either.
    """
    try:
        tree = json.loads(text)
    except ValueError:
        tree = None
    if isinstance(tree, dict):
        facts = tree.get("facts", tree)
        if isinstance(facts, dict) and (
            facts is not tree or all(str(key).partition(".")[0] in _SPACES for key in facts)
        ):
            return _sorted(dict(_flat(facts, "")))
    found = recognise(text, Lexicon.of(base), base.questions)
    return found.claims.merged(found.transcript or Facts()).merged(found.reader)


def _flat(tree: Mapping[str, Any], above: str) -> Iterator[tuple[str, FactValue]]:
    for key, value in tree.items():
        name = f"{above}{key}"
        if name not in REGISTRY and isinstance(value, dict):
            yield from _flat(value, f"{name}.")
            continue
        try:
            yield name, check(name, value)
        except UnknownFact:
            raise _unknown(name) from None
        except (TypeError, ValueError) as error:
            raise BadFact(_sentence(name, error)) from None


def _sorted(values: Mapping[str, FactValue]) -> Facts:
    """Each fact with the source that its name speaks of; what a layer says, a probe has seen."""
    facts = Facts()
    for source in Source:
        mine = {name: value for name, value in values.items() if _source(name) is source}
        facts = facts.merged(Facts(mine, source)) if mine else facts
    return facts


def _source(name: str) -> Source:
    return next((s for start, s in _SOURCES.items() if name.startswith(start)), Source.PROBE)


def _unknown(name: str) -> BadFact:
    near = difflib.get_close_matches(name, REGISTRY, 2, 0.75)
    leaf = name.rpartition(".")[2]
    near += [known for known in REGISTRY if known.rpartition(".")[2] == leaf and known not in near]
    hint = f" Did you mean {' or '.join(near[:3])}?" if near else ""
    return BadFact(f"There is no fact {name}.{hint} content/facts.md lists them all.")


def _sentence(name: str, error: Exception) -> str:
    said = str(error)
    return f"{said if name in said else f'{name}: {said}'}."
