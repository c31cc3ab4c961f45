"""Timing for the benchmarks: medians of interleaved runs, the same machine for both sides."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

Work = Callable[[], object]


def medians(sides: dict[str, Work], rounds: int, warm_up: int = 2) -> dict[str, float]:
    """The median seconds of each side, all sides run in turn ``rounds`` times."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds + warm_up):
        for name, work in sides.items():
            start = time.perf_counter()
            work()
            if number >= warm_up:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def report(title: str, found: dict[str, float], baseline: str, goal: str) -> None:
    """Print each side in milliseconds and as a ratio to the baseline's."""
    print(f"\n{title} (goal: {goal})")
    for name, seconds in found.items():
        ratio = seconds / found[baseline]
        print(f"  {name:34}{seconds * 1000:10.2f} ms {ratio:8.2f} times")
