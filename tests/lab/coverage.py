"""Which causes the laboratory confirms: ``content/lab.json``, for ``errordesk coverage``."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from kb.coverage import NAME
from tests.lab.cases import CASES
from tests.lab.judging import Judgement, judge, judge_all
from tests.lab.lab import laboratory

FILE = Path(__file__).resolve().parents[2] / "content" / NAME


def declared() -> set[tuple[str, str]]:
    """Causes that must be in the file, each with a case that names and confirms it."""
    return {
        (case.first, case.id)
        for case in CASES
        if case.confirmed and case.first and not case.first.endswith("/*")
    }


def confirmed(judgements: Iterable[Judgement]) -> dict[str, list[str]]:
    """The cases that confirmed each cause. One whose own cause did not come first proves nothing,
    and neither does a cause that should not have been confirmed."""
    found: dict[str, list[str]] = defaultdict(list)
    for judgement in judgements:
        for cause in judgement.confirmed if judgement.first_right else ():
            if cause in judgement.wrongly_confirmed:
                continue
            found[cause].append(judgement.case.id)
    return found


def write(found: Mapping[str, Iterable[str]], file: Path = FILE) -> None:
    """Write the file."""
    tree = {
        "about": "Causes that the laboratory confirms; written by python -m tests.lab.coverage",
        "confirmed": {cause: sorted(found[cause]) for cause in sorted(found)},
    }
    file.write_text(json.dumps(tree, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    """Ask about all cases and write the file; what does not come out at once is asked once more."""
    with laboratory(CASES) as lab:
        seen = list(judge_all(lab, CASES))
        judged = [judge(lab, item.case) if item.complaint else item for item in seen]
    for item in judged:
        if item.complaint:
            print(f"{item.case.id}: {item.complaint}")
    write(confirmed(judged))


if __name__ == "__main__":
    main()
