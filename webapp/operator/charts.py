"""The trend as bars: positions for inline SVG, in percent, so that it fits any width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kb.insight import Day

# How high the plot is, in pixels; the rest of the picture's height is the axis.
HEIGHT: Final = 120
_GAP: Final = 0.25


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a bar: x and width in percent, y and height in pixels."""

    kind: str
    x: float
    width: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One day."""

    day: Day
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """Bars over the days; ``top`` is the value at the upper edge."""

    bars: tuple[Bar, ...]
    top: int


def _picture(
    trend: Sequence[Day], rows: Sequence[Sequence[tuple[str, int]]], least: int
) -> Picture:
    top = max(least, *(sum(value for _, value in row) for row in rows))
    step = 100 / len(trend)
    bars = []
    for place, (day, row) in enumerate(zip(trend, rows, strict=True)):
        parts, y = [], float(HEIGHT)
        for kind, value in row:
            height = value * HEIGHT / top
            y -= height
            if value:
                x = (place + _GAP / 2) * step
                width = (1 - _GAP) * step
                parts.append(
                    Part(kind, round(x, 3), round(width, 3), round(y, 2), round(height, 2))
                )
        bars.append(Bar(day, tuple(parts)))
    return Picture(tuple(bars), top)


def asked(trend: Sequence[Day]) -> Picture:
    """Questions a day, those with an answer below those without."""
    return _picture(
        trend, [(("known", day.known), ("unknown", day.unknown)) for day in trend], least=4
    )


def ended(trend: Sequence[Day]) -> Picture:
    """Questions a day: deflected, and the rest."""
    return _picture(
        trend,
        [
            (("deflected", day.deflected), ("rest", max(0, day.asked - day.deflected)))
            for day in trend
        ],
        least=4,
    )
