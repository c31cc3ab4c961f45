"""``make faults``: what goes wrong on machines, done on purpose; a table of what held.

``python -m tests.faults [WORD]`` runs the rows with WORD in their sentence. Exits with 1 when a row
does not hold.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.faults import disks, killing, serving
from tests.faults.fault import Fault

FAULTS = (
    Fault("Indexing is killed at random moments: the next start serves.", killing.indexing),
    Fault("Feedback is killed on SQLite: what was called stored is.", killing.feedback_sqlite),
    Fault("The same on PostgreSQL.", killing.feedback_postgresql),
    Fault("The disk is full when the index is built: it is said.", disks.full_index),
    Fault("The disk is full when feedback comes: the sender is told.", disks.full_feedback),
    Fault("The disk is read-only: readers notice nothing.", disks.read_only),
    Fault("A file of the index is damaged: it is built again.", disks.damaged),
    Fault("Articles are broken: the others are served.", disks.broken_articles),
    Fault("The clock jumps: limits and answers go on.", serving.clock_jumps),
    Fault("PostgreSQL is away at the start: it is found later.", serving.postgresql_later),
)


def main() -> int:
    """Run the rows; gives the exit code."""
    logging.getLogger().addHandler(logging.NullHandler())  # the rows listen for themselves
    wanted = " ".join(sys.argv[1:]).lower()
    failed = 0
    for fault in FAULTS:
        if wanted not in fault.says.lower():
            continue
        start = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="errordesk-fault-") as name:
            try:
                outcome, said = "held", fault.show(Path(name))
            except Exception as error:  # noqa: BLE001  # a row that breaks has not held
                outcome, said = "FAILED", f"{type(error).__name__}: {error}"
                if not isinstance(error, AssertionError):
                    traceback.print_exc()
                failed += 1
        print(f"{outcome:6}  {fault.says}\n        {said} ({time.monotonic() - start:.0f} s)")
        sys.stdout.flush()
    print(f"{failed} of the rows failed." if failed else "Every row held.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
