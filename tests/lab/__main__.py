"""``make lab``: every fault, what the desk says of it, and what other tools would have named."""

from __future__ import annotations

import sys
from collections import Counter

from tests.lab.cases import CASES
from tests.lab.judging import judge_all
from tests.lab.lab import laboratory


def main() -> int:
    """Run the cases whose names contain one of the arguments, all without arguments."""
    wanted = sys.argv[1:]
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
    print()
    for name, count in counts.items():
        share = f" ({count / counts['cases']:.0%})" if name != "cases" else ""
        print(f"{name}: {count}{share}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
