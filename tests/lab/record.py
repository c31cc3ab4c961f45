"""The numbers of a whole run, written into the architecture notes between their markers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

NOTES = Path(__file__).resolve().parents[2] / "docs" / "ARCHITECTURE.md"
_PLACE = re.compile(r"(?s)(<!-- make lab -->\n).*?(<!-- /make lab -->)")


def table(
    counts: Mapping[str, int], ran: Mapping[str, int], named: Mapping[str, int], faults: int
) -> str:
    """The counts and the comparison as one Markdown table."""
    cases = counts["cases"]
    first, three = counts["first cause right"], counts["right among the first three"]
    rows = [
        f"| the desk, as first cause, of {cases} cases | {first / cases:.1%} |",
        f"| the desk, among its first three | {three / cases:.1%} |",
        f"| the desk, confirmed wrongly | {counts['wrongly confirmed']} |",
        f"| commands shown that reproduce it, of {ran['run']} run | {ran['show it']} |",
    ]
    rows += [
        f"| {tool}, of {faults} faults, read generously | {count / max(faults, 1):.0%} |"
        for tool, count in named.items()
    ]
    return "\n".join(["| Who names the cause | How often |", "|---|---|", *rows, ""])


def write(text: str, notes: Path = NOTES) -> None:
    """Put ``text`` between the markers. Raises ValueError where they are missing."""
    old = notes.read_text(encoding="utf-8")
    new, count = _PLACE.subn(lambda match: match[1] + text + match[2], old)
    if count != 1:
        raise ValueError(f"{notes} needs <!-- make lab --> and <!-- /make lab --> once.")
    notes.write_text(new, encoding="utf-8")
