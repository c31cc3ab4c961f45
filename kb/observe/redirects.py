"""One redirect at a time, and what a chain of them comes to (RFC 9110, 15.4)."""

from __future__ import annotations

from typing import Final

from kb.facts import FactValue
from kb.observe.http import Exchange
from kb.observe.target import Target

MAX: Final = 10
STATUSES: Final = frozenset({301, 302, 303, 307, 308})
_PERMANENT: Final = frozenset({301, 308})
NONE: Final[dict[str, FactValue]] = {
    "redirect.loop": False,
    "redirect.pattern": "none",
    "redirect.sets_cookie": False,
    "redirect.downgrade": False,
    "redirect.location_missing": False,
    "redirect.refused": False,
    "redirect.permanent": False,
}


def following(target: Target, answer: Exchange, facts: dict[str, FactValue]) -> Target | None:
    """Where an answer sends on, None when it does not. Writes ``redirect.*``. Raises BadURL."""
    if answer.status not in STATUSES:
        return None
    if any(name.lower() == "set-cookie" for name, _ in answer.headers):
        facts["redirect.sets_cookie"] = True
    location = next((v for n, v in answer.headers if n.lower() == "location"), "").strip()
    if not location:
        facts["redirect.location_missing"] = True
        return None
    there = target.join(location)
    if answer.status in _PERMANENT:
        facts["redirect.permanent"] = True
    if target.scheme == "https" and there.scheme == "http":
        facts["redirect.downgrade"] = True
    facts["redirect.pattern"] = _pattern(target, there)
    return there


def summary(chain: list[Target]) -> dict[str, FactValue]:
    """What the whole chain comes to."""
    first, last = chain[0], chain[-1]
    return {
        "redirect.count": len(chain) - 1,
        "redirect.host_changed": first.host != last.host,
        "redirect.lost_path": len(chain) > 1
        and first.path.partition("?")[0] != "/"
        and last.path.partition("?")[0] == "/",
    }


def _pattern(here: Target, there: Target) -> str:
    if here.host != there.host:
        return "host"
    if here.scheme != there.scheme:
        return "scheme"
    if here.path.rstrip("/") == there.path.rstrip("/"):
        return "self" if here == there else "slash"
    return "login" if "login" in there.path.lower() or "signin" in there.path.lower() else "other"


def circle(targets: list[Target]) -> str:
    """What alternates in a closed chain of redirects."""
    if len(targets) == 1:
        return "self"
    for pattern, values in (
        ("host", {target.host for target in targets}),
        ("scheme", {target.scheme for target in targets}),
    ):
        if len(values) > 1:
            return pattern
    return "slash" if len({target.path.rstrip("/") for target in targets}) == 1 else "other"
