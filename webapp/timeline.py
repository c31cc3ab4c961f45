"""The probe as a picture: one lane a vantage, one bar a step, in shares of the whole time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kb.answer import Observation, Step
from webapp.i18n import mark as N_  # noqa: N812  # the name that Babel extracts

LAYERS: Mapping[str, str] = {
    "dns": N_("Name"),
    "tcp": N_("Connection"),
    "tls": N_("Encryption"),
    "wait": N_("Waiting"),
    "body": N_("Body"),
    "http": N_("Answer"),
    "guard": N_("Guard"),
}
_NARROWEST = 0.7  # percent: a step of no time is still seen


@dataclass(frozen=True, slots=True)
class Bar:
    """One step: ``left`` and ``width`` in percent of the picture."""

    layer: str
    left: float
    width: float
    failed: bool
    summary: str
    duration_ms: float


@dataclass(frozen=True, slots=True)
class Lane:
    """What one vantage did; ``total_ms`` is when its last step ended."""

    vantage: str
    bars: tuple[Bar, ...]
    total_ms: float
    summary: str
    failed: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """All lanes; ``total_ms`` is the width of the picture, ``layers`` those that occur."""

    lanes: tuple[Lane, ...]
    total_ms: float
    layers: tuple[str, ...]


def timeline(observation: Observation, facts: Mapping[str, Any]) -> Timeline | None:
    """The picture of one observation, or None when it has no steps.

    The robot's last answer is split into waiting and body where the first byte's time is known.
    """
    total = max((step.start_ms + step.duration_ms for step in observation.steps), default=0.0)
    if not observation.steps or total <= 0:
        return None
    ttfb = facts.get("http", {}).get("ttfb_ms")
    lanes = []
    for vantage in dict.fromkeys(step.vantage for step in observation.steps):
        steps = [step for step in observation.steps if step.vantage == vantage]
        last = max(
            (step for step in steps if step.layer == "http"),
            key=lambda step: step.start_ms,
            default=None,
        )
        bars: list[Bar] = []
        for step in steps:
            if step is last and vantage == "robot" and isinstance(ttfb, int | float):
                waited = min(float(ttfb), step.duration_ms)
                bars.append(_bar(step, "wait", step.start_ms, waited, total))
                rest = step.duration_ms - waited
                if rest > 0:
                    bars.append(_bar(step, "body", step.start_ms + waited, rest, total))
            else:
                bars.append(_bar(step, step.layer, step.start_ms, step.duration_ms, total))
        end = max(steps, key=lambda step: step.start_ms + step.duration_ms)
        lanes.append(
            Lane(
                vantage,
                tuple(bars),
                end.start_ms + end.duration_ms,
                end.summary,
                end.status == "failed",
            )
        )
    found = {bar.layer for lane in lanes for bar in lane.bars}
    return Timeline(tuple(lanes), total, tuple(name for name in LAYERS if name in found))


def _bar(step: Step, layer: str, start: float, duration: float, total: float) -> Bar:
    width = max(duration / total * 100, _NARROWEST)
    left = min(start / total * 100, 100 - width)
    return Bar(
        layer, round(left, 2), round(width, 2), step.status == "failed", step.summary, duration
    )


def transcript(observation: Observation) -> str:
    """Every step with its detail as text, for experts and tickets."""
    lines = [f"{observation.target}  {observation.at}"]
    for step in observation.steps:
        lines.append(
            f"{step.start_ms:9.1f} ms  {step.vantage:<12} {step.layer:<5} {step.status:<7} "
            f"{step.duration_ms:8.1f} ms  {step.summary}"
        )
        lines += [f"{'':14}{line}" for line in step.detail]
    text = "\n".join(lines)
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)
