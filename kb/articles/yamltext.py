"""Reading the YAML of the content folder: safe, by libyaml, with lines on demand."""

from __future__ import annotations

from typing import Any, Final

import yaml

# libyaml is some ten times faster and comes with the usual wheels of PyYAML.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LINE: Final = "__line__"


class _LineLoader(_Loader):  # type: ignore[misc]  # the loader is chosen at run time
    """Remembers the line of every mapping under the key :data:`LINE`."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        mapping[LINE] = node.start_mark.line + 1
        return mapping


def load(text: str) -> Any:
    """What ``text`` holds. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506  # it is a safe loader


def load_with_lines(text: str) -> Any:
    """The same; under :data:`LINE` every mapping has the line, from 1, where it begins."""
    return yaml.load(text, Loader=_LineLoader)  # noqa: S506  # derived from a safe loader
