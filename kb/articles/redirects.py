"""Old addresses that lead to solutions: ``redirects.yaml`` of the content folder.

Three tables, each optional: ``slugs`` (a name without its ID: ``old-name: 2173``), ``records``
(phpMyFAQ's number of a record, where it is not the solution's ID: ``12: 1011``) and ``paths`` (any
other old path: ``/help/401.html: 2173``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import yaml

from kb.articles.yamltext import load
from kb.errors import ContentError

NAME: Final = "redirects.yaml"
_TABLES: Final = ("slugs", "records", "paths")
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
Key = TypeVar("Key", int, str)


@dataclass(frozen=True, slots=True)
class Redirects:
    """Each old address with the ID of its solution."""

    slugs: Mapping[str, int] = field(default_factory=dict)
    records: Mapping[int, int] = field(default_factory=dict)
    paths: Mapping[str, int] = field(default_factory=dict)

    def targets(self) -> Iterator[tuple[str, int]]:
        """Every entry as it stands in the file, with the ID it leads to."""
        for table in (self.slugs, self.records, self.paths):
            yield from ((str(old), target) for old, target in table.items())

    def merged(self, later: Redirects) -> Redirects:
        """Both tables in one; ``later`` wins where both have an address."""
        return Redirects(
            {**self.slugs, **later.slugs},
            {**self.records, **later.records},
            {**self.paths, **later.paths},
        )


def parse_redirects(text: str, path: str = NAME) -> Redirects:
    """Read ``redirects.yaml``; ``path`` names it. Raises ContentError for another form."""
    try:
        tables = load(text) or {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ContentError(f"This is no valid YAML: {error.problem}.", path, line) from None
    except (yaml.YAMLError, ValueError) as error:
        raise ContentError(f"This is no valid YAML: {error}.", path) from None
    if not isinstance(tables, dict) or set(tables) - set(_TABLES):
        raise ContentError(f"The tables are {', '.join(_TABLES)}, each with old: ID.", path)
    return Redirects(
        _table(tables, "slugs", str, lambda old: bool(_SLUG.fullmatch(old)), "a slug", path),
        _table(tables, "records", int, lambda old: old > 0, "a number", path),
        _table(tables, "paths", str, lambda old: old.startswith("/"), "a path", path),
    )


def _table(
    tables: Mapping[Any, Any],
    name: str,
    kind: type[Key],
    fits: Callable[[Key], bool],
    said: str,
    path: str,
) -> dict[Key, int]:
    table = tables.get(name) or {}
    if not isinstance(table, dict):
        raise ContentError(f"{name} is a table of old addresses with IDs.", path)
    for old, target in table.items():
        if type(old) is not kind or not fits(old):
            raise ContentError(f"{old!r} in {name} is not {said}.", path)
        if type(target) is not int or target < 1:
            raise ContentError(f"{old!r} in {name} must lead to a solution's ID.", path)
    return dict(table)
