"""Evidence: the sentences of a confirmed cause, with the values that were seen quoted in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from kb.facts import REGISTRY, FactValue, Kind

SLOT: Final = re.compile(r"\{([a-z_0-9.]+)\}")
_MAX_VALUE: Final = 200


def fill(templates: Iterable[str], facts: Mapping[str, FactValue]) -> tuple[str, ...]:
    """The evidence sentences whose facts are all known, with the values quoted in.

    Values come from a stranger's server: control characters are dropped and the length is cut;
    each front escapes the sentence for its own medium.
    """
    sentences = []
    for template in templates:
        names = SLOT.findall(template)
        if all(name in facts and facts[name] not in ("", []) for name in names):
            sentences.append(SLOT.sub(lambda match: say(match[1], facts[match[1]]), template))
    return tuple(sentences)


def say(name: str, value: FactValue) -> str:
    """A fact's value in words, bounded and free of control characters."""
    if isinstance(value, bool):
        text = "yes" if value else "no"
    elif isinstance(value, list):
        text = ", ".join(value[:8]) + (", …" if len(value) > 8 else "")
    elif isinstance(value, dict):
        text = ", ".join(sorted(value)[:20])
    elif isinstance(value, float):
        text = f"{value:.0f}" if value >= 10 else f"{value:.1f}"
    else:
        text = str(value)
    text = "".join(char if char.isprintable() else " " for char in text)
    text = text if len(text) <= _MAX_VALUE else text[: _MAX_VALUE - 1] + "…"
    unit = REGISTRY[name].unit if name in REGISTRY else ""
    return f"{text} ms" if unit == "ms" and REGISTRY[name].kind is Kind.FLOAT else text
