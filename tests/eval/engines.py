"""How far the search engines agree on the questions: the last table of ``make eval``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from kb.articles import KnowledgeBase
from kb.search import Searcher, open_index
from tests.eval.run import Question, measure

# Engines compute the same formula with other roundings and statistics; among near equals another
# article comes first. More than this would be another search.
SAME_FIRST = 0.93
SAME_THREE = 0.90
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Agreement:
    """An engine against the default one: shares of the questions with the same first article, of
    the first three in common, and with the same word on whether it is known; and its own top 1
    and top 3 on the half that nothing was tuned on."""

    engine: str
    first: float
    three: float
    known: float
    top_1: float
    top_3: float

    def row(self) -> list[str]:
        """The cells of a table."""
        shares = (self.first, self.three, self.known, self.top_1, self.top_3)
        return [self.engine, *(f"{100 * share:.1f} %" for share in shares)]


def compare(
    base: KnowledgeBase, folder: Path, urls: Iterable[str], asked: Sequence[Question]
) -> list[Agreement]:
    """Each engine of ``urls`` against the first one."""
    found: list[Agreement] = []
    first: dict[str, tuple[list[int], bool]] = {}
    for url in urls:
        with closing(Searcher(base, open_index(base, folder, url=url))) as searcher:
            mine: dict[str, tuple[list[int], bool]] = {}
            for item in asked:
                result = searcher.search(item.q, 10, correct=False)
                mine[item.q] = [hit.id for hit in result.hits], result.answers
        first = first or mine
        pairs = [(first[item.q], mine[item.q]) for item in asked]
        score = measure(asked, mine.__getitem__)["test", "all"]
        found.append(
            Agreement(
                url.partition(":")[0],
                sum(a[0][:1] == b[0][:1] for a, b in pairs) / len(pairs),
                sum(map(_common, (a[0] for a, _ in pairs), (b[0] for _, b in pairs))) / len(pairs),
                sum(a[1] == b[1] for a, b in pairs) / len(pairs),
                score.first / score.count,
                score.third / score.count,
            )
        )
    return found


def _common(one: list[int], other: list[int]) -> float:
    most = max(len(one[:SHOWN]), len(other[:SHOWN]))
    return len(set(one[:SHOWN]) & set(other[:SHOWN])) / most if most else 1.0
