"""``make lab``: every fault, what the desk says of it, and what other tools would have named."""

from __future__ import annotations

import sys
import time
from collections import Counter

from kb.answer import Answer
from tests.lab import record
from tests.lab.case import Case
from tests.lab.cases import CASES
from tests.lab.judging import judge, judge_all
from tests.lab.lab import laboratory
from tests.lab.reproducing import complaints
from tests.lab.tools import TOOLS, tool_names


def main() -> int:
    """Run the cases whose names contain one of the arguments, all without arguments."""
    compare = "--tools" in sys.argv
    wanted = [word for word in sys.argv[1:] if word != "--tools"]
    cases = [c for c in CASES if not wanted or any(word in c.id for word in wanted)]
    counts: Counter[str] = Counter({"cases": len(cases)})
    named: Counter[str] = Counter()
    took: dict[str, float] = {}
    answers: list[tuple[Case, Answer]] = []
    ran: Counter[str] = Counter()
    began = time.monotonic()
    with laboratory(cases) as lab:
        for seen in judge_all(lab, cases):
            # A busy machine may miss a deadline: what fails is asked once more.
            found = judge(lab, seen.case) if seen.complaint else seen
            counts["first cause right"] += found.first_right
            counts["right among the first three"] += found.among_three
            counts["wrongly confirmed"] += bool(found.wrongly_confirmed)
            counts["asked twice"] += bool(seen.complaint)
            if found.complaint:
                print(f"{found.case.id}: {found.complaint}")
            answers.append((seen.case, found.answer))
        took["the desk"] = time.monotonic() - began
        began = time.monotonic()
        for name, wrong in complaints(lab, answers).items():
            ran["run"] += 1
            ran["show it"] += not wrong
            if wrong:
                print(f"{name}: {wrong}")
        took["the commands shown"] = time.monotonic() - began
        names, seconds = tool_names(lab, cases) if compare else ({}, {})
        for tools in names.values():
            named.update(tools)
        took |= seconds
    print()
    for name, count in counts.items():
        share = f" ({count / counts['cases']:.1%})" if name != "cases" else ""
        print(f"{name}: {count}{share}")
    print(f"commands that reproduce it: {ran['show it']} of {ran['run']} that a shell can run here")
    if compare:
        print(
            f"\nnamed by what a person would use instead, of {len(names)} faults, read generously"
        )
        for tool in TOOLS:
            print(f"  {tool}: {named[tool]} ({named[tool] / max(len(names), 1):.0%})")
    print("\nseconds: " + ", ".join(f"{name} {value:.0f}" for name, value in took.items()))
    if compare and not wanted:
        text = record.table(counts, ran, {tool: named[tool] for tool in TOOLS}, len(names))
        record.write(text)
        print(f"written to {record.NOTES.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
