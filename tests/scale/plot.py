"""A plot without a library: the p95 of a search over the number of articles, both logarithmic."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

WIDTH, HEIGHT = 640, 380
LEFT, RIGHT, TOP, BOTTOM = 72, 120, 30, 50
# Colours that are told apart in print and by the colour-blind (Okabe and Ito), and shapes as well.
STYLES = {
    "whoosh": ("#d55e00", "8 4"),
    "tantivy": ("#0072b2", ""),
    "postgresql": ("#009e73", "2 4"),
}


def svg(costs: list[Any]) -> str:
    """The picture of :class:`tests.scale.measure.Cost` records."""
    lines: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for cost in costs:
        lines[cost["engine"]].append((cost["articles"], max(0.01, cost["scores"]["p95"])))
    xs = [x for line in lines.values() for x, _ in line]
    ys = [y for line in lines.values() for _, y in line]
    left, right = math.floor(math.log10(min(xs))), math.ceil(math.log10(max(xs)))
    low, high = math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys)))

    def place(x: float, y: float) -> tuple[float, float]:
        across = (math.log10(x) - left) / max(1, right - left)
        up = (math.log10(y) - low) / max(1, high - low)
        return (
            LEFT + across * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM),
        )

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="sans-serif" font-size="13">',
        "<title>95th percentile of an engine's answer over the number of articles</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    for power in range(left, right + 1):
        x, _ = place(10**power, 10**low)
        out.append(f'<path d="M{x:.0f} {TOP}V{HEIGHT - BOTTOM}" stroke="#dddddd"/>')
        below = HEIGHT - BOTTOM + 18
        out.append(f'<text x="{x:.0f}" y="{below}" text-anchor="middle">{10**power:,}</text>')
    for power in range(low, high + 1):
        _, y = place(10**left, 10.0**power)
        out.append(f'<path d="M{LEFT} {y:.0f}H{WIDTH - RIGHT}" stroke="#dddddd"/>')
        out.append(
            f'<text x="{LEFT - 6}" y="{y + 4:.0f}" text-anchor="end">{10.0**power:g} ms</text>'
        )
    out.append(f'<text x="{LEFT}" y="18">p95 of one question to the engine</text>')
    out.append(f'<text x="{(WIDTH - RIGHT + LEFT) / 2:.0f}" y="{HEIGHT - 10}">articles</text>')
    for engine, line in lines.items():
        colour, dash = STYLES.get(engine, ("#000000", ""))
        points = [place(x, y) for x, y in sorted(line)]
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        out.append(
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2" '
            f'stroke-dasharray="{dash}"/>'
        )
        out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>' for x, y in points]
        x, y = points[-1]
        out.append(f'<text x="{x + 9:.0f}" y="{y + 4:.0f}" fill="{colour}">{engine}</text>')
    return "\n".join([*out, "</svg>"]) + "\n"
