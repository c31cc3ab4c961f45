"""Sites that name ErrordeskBot in their robots.txt are not probed (RFC 9309).

Only a group that names this robot counts: a person has asked for this one page now, so that what a
site tells crawlers in general does not mean us. The file is fetched beside the follow-ups of a
probe that got an answer, and its word is kept for an hour.
"""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import Final

from protego import Protego

from kb.errors import TargetRefused
from kb.observe.ground import Ground, Manner
from kb.observe.target import Target
from kb.observe.vantage import Walk

NAME: Final = "ErrordeskBot"
KEEP_S: Final = 3600.0
_MAX_ENTRIES: Final = 1024
_NAMED: Final = re.compile(rf"^[ \t]*user-agent[ \t]*:[ \t]*{NAME}[ \t]*(?:#.*)?$", re.I | re.M)


@dataclass(slots=True)
class OptOut:
    """What sites have said, by origin. Safe to use from several threads."""

    _kept: OrderedDict[str, tuple[float, Protego | None]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def known(self, target: Target) -> bool:
        """Whether the site's word is at hand, so that nothing needs to be fetched."""
        with self._lock:
            kept = self._kept.get(_origin(target).url)
        return kept is not None and kept[0] > time.monotonic()

    def check(self, target: Target) -> None:
        """Raise TargetRefused when the site, as far as is known, has excluded this URL."""
        with self._lock:
            kept = self._kept.get(_origin(target).url)
        if kept is None or kept[1] is None or kept[0] <= time.monotonic():
            return
        if not kept[1].can_fetch(target.url, NAME):
            raise TargetRefused(
                "opted_out", f"{target.host} asks {NAME} in its robots.txt not to come."
            )

    def learn(self, target: Target, manner: Manner, ground: Ground, deadline: float) -> None:
        """Fetch the site's robots.txt and keep what it says."""
        silent = replace(ground, emit=lambda _step: None)
        walk = Walk(replace(manner, name="robots", stays=True), silent, deadline)
        rules = None
        try:
            walk.run(_origin(target))
        except TargetRefused:
            return
        answer = walk.last
        if answer is not None and answer.status == 200 and answer.outcome == "ok":
            text = answer.body.decode("utf-8", "replace")
            rules = Protego.parse(text) if _NAMED.search(text) else None
        with self._lock:
            self._kept[_origin(target).url] = (time.monotonic() + KEEP_S, rules)
            self._kept.move_to_end(_origin(target).url)
            while len(self._kept) > _MAX_ENTRIES:
                self._kept.popitem(last=False)


def _origin(target: Target) -> Target:
    return replace(target, path="/robots.txt")
