"""Asking the desk about one case, and judging what it says by exact sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from kb.answer import Answer, Verdict
from kb.desk import Query
from tests.lab.case import Case
from tests.lab.lab import Lab

_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came out of a case: the causes in order, and whether they are right."""

    case: Case
    causes: tuple[str, ...]
    confirmed: tuple[str, ...]
    answer: Answer

    @property
    def first_right(self) -> bool:
        """The case's cause came first, confirmed where it can be."""
        if not self.case.first:
            return not self.confirmed
        if self.case.confirmed and not (self.confirmed and self.causes[0] in self.confirmed):
            return False
        return bool(self.causes) and _fits(self.causes[0], self.case.first)

    @property
    def among_three(self) -> bool:
        """The case's cause is one of the first three."""
        return self.first_right or any(_fits(c, self.case.first) for c in self.causes[:3])

    @property
    def wrongly_confirmed(self) -> tuple[str, ...]:
        """Confirmed causes that are neither the case's own nor allowed beside it."""
        allowed = (self.case.first, *self.case.also)
        return tuple(c for c in self.confirmed if not any(_fits(c, own) for own in allowed))

    @property
    def complaint(self) -> str:
        """One line about what is not right; empty when all is."""
        parts = []
        if not self.first_right:
            got = ", ".join(self.causes[:3]) or "nothing"
            parts.append(f"wanted {self.case.first or 'no cause'}, got {got}")
        if self.wrongly_confirmed:
            parts.append(f"wrongly confirmed {', '.join(self.wrongly_confirmed)}")
        return "; ".join(parts)


def _fits(cause: str, wanted: str) -> bool:
    solution, _, name = wanted.partition("/")
    return cause == wanted or (name == "*" and cause.partition("/")[0] == solution)


def judge_all(lab: Lab, cases: Sequence[Case]) -> Iterator[Judgement]:
    """Ask about all cases, a few at once because most of the time is waiting; in their order."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(lambda case: judge(lab, case), cases)


def judge(lab: Lab, case: Case) -> Judgement:
    """Ask as a person would, probe included."""
    answer = lab.desk.ask(Query(case.says.format(url=lab.urls[case.id]), fresh=True))
    causes = tuple(
        f"{cause.solution}/{cause.id}"
        for cause in answer.causes
        if cause.verdict is not Verdict.RULED_OUT
    )
    confirmed = tuple(f"{cause.solution}/{cause.id}" for cause in answer.confirmed)
    return Judgement(case, causes, confirmed, answer)
