"""Why a condition came out as it did: its parts at ``&&`` and ``||``, each with its own outcome."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import cel

from kb.diagnose.condition import BadCondition, Condition
from kb.diagnose.splitting import split, unwrapped


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
    source = unwrapped(source.strip())
    for mark, kind in (("?", "leaf"), ("||", "any"), ("&&", "all")):
        pieces = split(source, mark)
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
