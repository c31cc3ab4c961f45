"""Many questions at once: last month's tickets through the base."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kb.errors import ErrordeskError

if TYPE_CHECKING:
    from kb.desk import Desk


def answer_lines(desk: Desk, lines: Iterable[str]) -> Iterator[str]:
    """One line of JSON for each line with a question, in order; blank lines are left out.

    A line that is no question gives ``{"error": sentence}``. URLs are never probed here.
    """
    from kb.desk import Query

    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            question = json.loads(line)["q"]
            if not isinstance(question, str):
                raise TypeError
        except (ValueError, KeyError, TypeError):
            yield json.dumps({"error": f'Line {number} is no JSON object with a text "q".'})
            continue
        try:
            yield desk.ask(Query(question, probe=False)).to_json_text()
        except ErrordeskError as error:
            yield json.dumps({"error": str(error)}, ensure_ascii=False)
