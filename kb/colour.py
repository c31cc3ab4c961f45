"""Contrast of two colours, and the nearest colour that can be read (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import re
from typing import Final

# WCAG 2.2, success criterion 1.4.3: text of normal size against its background.
MIN_CONTRAST: Final = 4.5
_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")


def _channels(colour: str) -> tuple[int, int, int]:
    if not _HEX.fullmatch(colour):
        raise ValueError(colour)
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Relative luminance from 0 (black) to 1 (white). Raises ValueError unless ``#rrggbb``."""

    def linear(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(value) for value in _channels(colour))
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21. Raises ValueError unless ``#rrggbb``."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lightened(colour: str, background: str, ratio: float = MIN_CONTRAST) -> str:
    """``colour`` mixed with just enough white to reach ``ratio`` on the dark ``background``."""
    for step in range(21):
        share = step / 20
        mixed = "#" + "".join(f"{round(c + (255 - c) * share):02x}" for c in _channels(colour))
        if contrast(mixed, background) >= ratio:
            return mixed
    return "#ffffff"
