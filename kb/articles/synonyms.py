"""Groups of words that people use for the same thing, as ``content/synonyms.yaml`` has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import yaml

from kb.articles.yamltext import load
from kb.errors import ContentError


@dataclass(frozen=True, slots=True)
class Synonyms:
    """The groups; the words of one group stand for each other at a lower weight."""

    groups: tuple[tuple[str, ...], ...]

    def by_stem(self, stems: Callable[[str], Iterable[str]]) -> dict[str, frozenset[str]]:
        """For each stem of a group's words, the stems of the others.

        ``stems`` gives the stems of a word or phrase; of a phrase, only those that come from a
        single word are taken, because a part of a phrase is no synonym of the whole.
        """
        table: dict[str, set[str]] = {}
        for group in self.groups:
            found = [tuple(stems(word)) for word in group]
            single = {stems_of[0] for stems_of in found if len(stems_of) == 1}
            for stem in single:
                table.setdefault(stem, set()).update(single - {stem})
        return {stem: frozenset(others) for stem, others in table.items()}


def parse_synonyms(text: str, path: str = "synonyms.yaml") -> Synonyms:
    """Read the file's text: a list of lists of words. Raises ContentError."""
    try:
        groups = load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ContentError(f"No valid YAML: {error.problem}.", path, line) from None
    if not isinstance(groups, list) or not all(
        isinstance(group, list) and len(group) > 1 and all(isinstance(word, str) for word in group)
        for group in groups
    ):
        raise ContentError("synonyms.yaml is a list of groups, each of two words or more.", path)
    return Synonyms(tuple(tuple(group) for group in groups))
