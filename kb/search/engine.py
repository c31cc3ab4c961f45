"""The seam between ranking and whoever holds the index: what a search engine has to offer.

The ranking, passages, typeahead and corrections are ours and the same for every engine. An engine
builds the index of one state of the content, says how well its articles match some stems, and
which words it knows. Text reaches it as the stems of :mod:`kb.search.words`, so that all engines
match the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, Protocol

from kb.search.arrays import Floats, Ints, np

# An engine may leave out what is not among its best: no reader looks that far down.
CANDIDATES: Final = 100
Progress = Callable[[int, int], None]
Boosts = tuple[tuple[str, float], ...]


class Scores(NamedTuple):
    """The IDs of articles that match, in any order, at least the :data:`CANDIDATES` best of them,
    and how well each does; the more the better, on a scale of the engine's own."""

    ids: Ints
    values: Floats

    @classmethod
    def of(cls, by_id: Mapping[int, float]) -> Scores:
        """The same from a mapping."""
        ids = np.fromiter(by_id, dtype=np.intp, count=len(by_id))
        return cls(ids, np.fromiter(by_id.values(), dtype=float, count=len(by_id)))


class Engine(Protocol):
    """The index of one revision of the content. Safe to use from several threads."""

    def scores(self, weights: Mapping[str, float], boosts: Boosts) -> Scores:
        """How well articles match.

        ``weights`` are stems with their weights, ``boosts`` fields of :mod:`kb.search.schema` with
        theirs. Raises IndexUnavailable while the engine cannot be asked.
        """

    def words(self) -> Mapping[str, int]:
        """The words of titles, summaries, symptoms and bodies, in lower case, unstemmed, of three
        letters or more, with the number of articles (or of times) each stands in. Raises
        IndexUnavailable."""

    def close(self) -> None:
        """Let go of files and connections."""
