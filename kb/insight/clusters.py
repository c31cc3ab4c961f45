"""Similar questions together, by a method that a person can follow.

1. URLs are left out; of the rest the stems of its words count, without filler (kb.search.words).
2. From the most frequent text to the rarest: it joins the group whose first text shares most stems
   with it, if at least half of the stems of both together are shared (Jaccard index of 0.5) and,
   where both have words with digits (401, h2, curl 60), one of those is shared; else it starts a
   group of its own.

A group is named by its first, most frequent text. Groups do not depend on the rest of the log
beyond that order, so the same questions give the same groups.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kb.insight.figures import Asked
from kb.search.words import question_stems

SIMILAR: Final = 0.5
# What is compared of a long paste: its head, where the message stands.
MAX_COMPARED: Final = 400
_URL: Final = re.compile(r"\bhttps?://\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Similar questions: ``texts`` with their counts, the most frequent first.

    ``solution`` is where most of them led; ``key`` finds the group again as long as its first text
    stays the most frequent one.
    """

    key: str
    count: int
    last: datetime
    texts: tuple[tuple[str, int], ...]
    solution: int | None

    @property
    def title(self) -> str:
        """The first text."""
        return self.texts[0][0]


class _Group:
    def __init__(self, stems: frozenset[str]) -> None:
        self.stems = stems
        self.codes = _codes(stems)
        self.members: list[Asked] = []


def _stems(text: str) -> frozenset[str]:
    words = _URL.sub(" ", text[:MAX_COMPARED])
    return frozenset(question_stems(words)) or frozenset((text.strip().casefold(),))


def _codes(stems: frozenset[str]) -> frozenset[str]:
    return frozenset(stem for stem in stems if any(char.isdigit() for char in stem))


def clustered(asked: Iterable[Asked]) -> list[Cluster]:
    """Groups of similar texts, the largest first."""
    groups: list[_Group] = []
    by_stem: defaultdict[str, list[int]] = defaultdict(list)
    for item in asked:
        stems = _stems(item.text)
        codes = _codes(stems)
        shared = Counter(place for stem in stems for place in by_stem[stem])
        best, likeness = None, SIMILAR
        for place, common in shared.items():
            group = groups[place]
            alike = common / (len(stems) + len(group.stems) - common)
            apart = codes and group.codes and not codes & group.codes
            if not apart and (alike > likeness or (best is None and alike >= likeness)):
                best, likeness = group, alike
        if best is None:
            best = _Group(stems)
            for stem in stems:
                by_stem[stem].append(len(groups))
            groups.append(best)
        best.members.append(item)
    found = [_cluster(group.members) for group in groups]
    return sorted(found, key=lambda one: (-one.count, one.title))


def _cluster(members: list[Asked]) -> Cluster:
    texts: Counter[str] = Counter()
    led: Counter[int] = Counter()
    for item in members:
        texts[item.text] += item.count
        if item.solution is not None:
            led[item.solution] += item.count
    first = texts.most_common(1)[0][0]
    return Cluster(
        key=hashlib.blake2s(first.encode(), digest_size=8).hexdigest(),
        count=texts.total(),
        last=max(item.last for item in members),
        texts=tuple(texts.most_common()),
        solution=led.most_common(1)[0][0] if led else None,
    )
