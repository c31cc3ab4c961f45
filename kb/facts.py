"""Known facts: values of the vocabulary, each checked and with the source that observed it.

Unknown is absent: a fact is never ``None`` and never a default that nobody observed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from kb.vocabulary import REGISTRY, FactSpec, Kind

__all__ = ["REGISTRY", "FactSpec", "FactValue", "Facts", "Kind", "Source", "UnknownFact", "as_text",
           "check", "parse_value"]  # fmt: skip

FactValue = bool | int | float | str | list[str] | dict[str, str]


class Source(StrEnum):
    """Who observed a fact, weakest first: a later source overrides an earlier one."""

    CLAIM = "claim"
    READER = "reader"
    TRANSCRIPT = "transcript"
    HAR = "har"
    PROBE = "probe"


_STRENGTH: Final = {source: place for place, source in enumerate(Source)}


class UnknownFact(KeyError):
    """A programmer or writer named a fact that the schema does not have."""


def check(name: str, value: object) -> FactValue:
    """Return ``value`` if it is a value of the fact ``name``.

    Raises UnknownFact for a name outside the registry, TypeError for another kind and ValueError
    for a string outside of an enumeration.
    """
    spec = REGISTRY.get(name)
    if spec is None:
        raise UnknownFact(name)
    if not _fits(spec.kind, value):
        raise TypeError(f"{name} takes {spec.kind.value}, not {type(value).__name__}")
    if spec.values and spec.kind is Kind.STRING and value not in spec.values:
        raise ValueError(f"{name} takes one of {', '.join(spec.values)}; not {value!r}")
    return value  # type: ignore[return-value]  # _fits has checked it


def _fits(kind: Kind, value: object) -> bool:
    match kind:
        case Kind.BOOL:
            return isinstance(value, bool)
        case Kind.INT:
            return isinstance(value, int) and not isinstance(value, bool)
        case Kind.FLOAT:
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case Kind.STRING:
            return isinstance(value, str)
        case Kind.STRINGS:
            return isinstance(value, list) and all(isinstance(item, str) for item in value)
        case Kind.HEADERS:
            return isinstance(value, dict) and all(
                isinstance(k, str) and isinstance(v, str) for k, v in value.items()
            )


def parse_value(name: str, text: str) -> FactValue:
    """Read the value of a fact from text, as a command line or a form gives it.

    Raises UnknownFact or ValueError (with a sentence) like :func:`check`.
    """
    spec = REGISTRY.get(name)
    if spec is None:
        raise UnknownFact(name)
    value: FactValue
    match spec.kind:
        case Kind.BOOL:
            if text not in ("true", "false"):
                raise ValueError(f"{name} takes true or false, not {text!r}")
            value = text == "true"
        case Kind.INT:
            value = int(text)
        case Kind.FLOAT:
            value = float(text)
            if not math.isfinite(value):
                raise ValueError(f"{name} takes a number, not {text!r}")
        case Kind.STRINGS:
            value = [part.strip() for part in text.split(",") if part.strip()]
        case Kind.HEADERS:
            raise ValueError(f"{name} cannot be given as text")
        case Kind.STRING:
            value = text
    return check(name, value)


def as_text(value: object) -> str:
    """A value as a form, a command line or a link writes it: what :func:`parse_value` reads."""
    return str(value).lower() if isinstance(value, bool) else str(value)


class Facts(Mapping[str, FactValue]):
    """An immutable set of known facts, by dotted name, each with the source that observed it."""

    __slots__ = ("_sources", "_values")

    def __init__(
        self, values: Mapping[str, object] | None = None, source: Source = Source.PROBE
    ) -> None:
        self._values: dict[str, FactValue] = {
            name: check(name, value) for name, value in (values or {}).items()
        }
        self._sources: dict[str, Source] = dict.fromkeys(self._values, source)

    def __getitem__(self, name: str) -> FactValue:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Facts({self._values!r})"

    def source_of(self, name: str) -> Source:
        """Who observed the fact ``name``; KeyError when it is unknown."""
        return self._sources[name]

    def merged(self, other: Facts) -> Facts:
        """Both sets in one; where both know a fact the stronger source wins, ``other`` on a tie."""
        if not other._values and (not self._values or "source" in self._values):
            return self
        result = Facts()
        values = result._values = dict(self._values)
        sources = result._sources = dict(self._sources)
        for name, value in other._values.items():
            mine, its = sources.get(name), other._sources[name]
            if mine is None or _STRENGTH[its] >= _STRENGTH[mine]:
                values[name] = value
                sources[name] = its
        if values:
            present = {*sources.values()}
            values["source"] = [source.value for source in _STRENGTH if source in present]
            sources.setdefault("source", Source.CLAIM)
        return result

    def nested(self) -> dict[str, Any]:
        """The facts as nested maps, ``{"http": {"status": 401}}``: what CEL and JSON see."""
        tree: dict[str, Any] = {}
        for name, value in self._values.items():
            *parents, leaf = name.split(".")
            node = tree
            for parent in parents:
                node = node.setdefault(parent, {})
            node[leaf] = value
        return tree
