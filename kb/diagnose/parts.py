"""Why a condition came out as it did: its parts at ``&&`` and ``||``, each with its own outcome."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import cel

from kb.diagnose.condition import BadCondition, Condition

_PAIRS: Final = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a condition: ``all`` or ``any`` of its children, or a leaf with none."""

    condition: Condition
    kind: Literal["all", "any", "leaf"]
    children: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf that had a say, and its outcome: None when a fact that it needs is unknown."""

    condition: Condition
    outcome: bool | None


def tree_of(source: str) -> Node:
    """The condition as a tree. Raises BadCondition."""
    source = _unwrapped(source.strip())
    for mark, kind in (("?", "leaf"), ("||", "any"), ("&&", "all")):
        pieces = _split(source, mark)
        if len(pieces) == 1:
            continue
        if kind == "leaf":  # a choice a ? b : c is one thing
            break
        children = tuple(map(tree_of, pieces))
        return Node(Condition(source), "any" if kind == "any" else "all", children)
    return Node(Condition(source), "leaf")


def outcome_of(node: Node, context: cel.Context) -> bool | None:
    """What the part gives. One that compares what cannot be compared is false, as for the judge."""
    try:
        return node.condition.evaluate(context)
    except BadCondition:
        return False


def decisive(node: Node, context: cel.Context) -> Iterator[Part]:
    """The leaves because of which ``node`` came out as it did.

    Of a true *all* and of a false *any* that is every child; else the children that came out so.
    """
    outcome = outcome_of(node, context)
    if node.kind == "leaf":
        yield Part(node.condition, outcome)
        return
    for child in node.children:
        if outcome_of(child, context) is outcome:
            yield from decisive(child, context)


def _outside(source: str) -> Iterator[tuple[int, str, int]]:
    """The characters outside of texts: place, character and how many brackets are open there."""
    depth = 0
    quote = ""
    skip = False
    for place, char in enumerate(source):
        if skip:
            skip = False
        elif quote:
            skip = char == "\\"
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        else:
            depth -= char in _PAIRS.values()
            yield place, char, depth
            depth += char in _PAIRS


def _split(source: str, mark: str) -> list[str]:
    """``source`` cut at each ``mark`` that stands in no brackets and in no text."""
    pieces, start = [], 0
    for place, _, depth in _outside(source):
        if depth == 0 and place >= start and source.startswith(mark, place):
            pieces.append(source[start:place])
            start = place + len(mark)
    return [*pieces, source[start:]]


def _unwrapped(source: str) -> str:
    """``source`` without brackets around all of it."""
    while source.startswith("("):
        end = next((p for p, char, depth in _outside(source) if char == ")" and depth == 0), -1)
        if end != len(source) - 1:
            break
        source = source[1:-1].strip()
    return source
