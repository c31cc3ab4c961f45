"""``make lab``: every fault, what the desk says of it, and what other tools would have named."""

from __future__ import annotations

import sys
from collections import Counter

from tests.lab.cases import CASES
from tests.lab.judging import judge_all
from tests.lab.lab import laboratory
from tests.lab.tools import TOOLS, tool_names


def main() -> int:
    """Run the cases whose names contain one of the arguments, all without arguments."""
    compare = "--tools" in sys.argv
    wanted = [word for word in sys.argv[1:] if word != "--tools"]
    cases = [c for c in CASES if not wanted or any(word in c.id for word in wanted)]
    counts: Counter[str] = Counter()
    with laboratory(cases) as lab:
        for found in judge_all(lab, cases):
            counts["cases"] += 1
            counts["first cause right"] += found.first_right
            counts["right among the first three"] += found.among_three
            counts["wrongly confirmed"] += bool(found.wrongly_confirmed)
            if found.complaint:
                print(f"{found.case.id}: {found.complaint}")
        named: Counter[str] = Counter()
        faults = 0
        for _case, tools in tool_names(lab, cases) if compare else ():
            faults += 1
            named.update(tools)
    print()
    for name, count in counts.items():
        share = f" ({count / counts['cases']:.0%})" if name != "cases" else ""
        print(f"{name}: {count}{share}")
    if not compare:
        return 0
    print(f"\nnamed by what a person would use instead, of {faults} faults, read generously")
    for tool in TOOLS:
        print(f"  {tool}: {named[tool]} ({named[tool] / max(faults, 1):.0%})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
