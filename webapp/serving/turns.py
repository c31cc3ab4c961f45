"""Which of a server's processes takes the next connection: not the one that has most already.

All of them wait at the same socket, and the kernel wakes them all; whoever is awake already is
quickest, and took eight connections of eight while another processor had nothing to do.
"""

from __future__ import annotations

from multiprocessing.sharedctypes import RawArray
from typing import Final

_PLACES: Final = 256  # more than processes ever live at once; they follow each other in it
_NOBODY: Final = -1


class Turns:
    """How many connections each process has, in memory that all see. Make it before they fork.

    Processes are known by the number that each gets when it is started, one more each time.
    """

    def __init__(self) -> None:
        self._has = RawArray("i", [_NOBODY] * _PLACES)

    def has(self, process: int, connections: int) -> None:
        """Let the others know."""
        self._has[process % _PLACES] = connections

    def ended(self, process: int) -> None:
        """It takes no connections any more."""
        self._has[process % _PLACES] = _NOBODY

    def others_first(self, process: int) -> bool:
        """Whether another process has fewer connections than ``process``."""
        mine = self._has[process % _PLACES]
        return any(_NOBODY < theirs < mine for theirs in self._has)
