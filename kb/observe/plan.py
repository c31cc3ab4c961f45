"""What is asked after the first two vantages: a table of follow-ups, and the choice among them.

The robot and the browser ask always and at once. Then the facts that still possible causes read
(best first, from the desk) choose follow-ups from :data:`TABLE`: each row names the facts that it
settles, when it makes sense at all, and what it costs in requests. The chosen ones run at once,
within the budget and the deadline. An article that reads a fact gets its follow-up without code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from kb.facts import FactValue
from kb.observe import followups as do
from kb.observe import variants
from kb.observe.followups import Scene
from kb.observe.searchers import robots_file

# What is cheap and tells most, when nobody says which causes are possible (errordesk probe).
USUAL: Final = (
    "dns.unvalidated_outcome", "dns.parent_outcome", "dns.cname_loop", "tcp.idle",
    "tls.without_name", "vantage.sibling.outcome", "vantage.other_scheme.outcome",
    "vantage.again.status", "vantage.head.status", "vantage.random.status", "http2.outcome",
    "vantage.root.status", "vantage.cookies.status", "vantage.ipv4.outcome", "vantage.ipv6.outcome",
)  # fmt: skip
# A site that works is asked little, and one that says that it is asked too much, too.
HEALTHY_BUDGET: Final = 3
THROTTLED_BUDGET: Final = 2


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One row: ``settles`` are prefixes of facts, ``cost`` counts requests to the site."""

    settles: tuple[str, ...]
    makes_sense: Callable[[Scene], bool]
    run: Callable[[Scene], dict[str, FactValue]]
    cost: int = 1


def _dns(outcome: str) -> Callable[[Scene], bool]:
    return lambda scene: scene.facts.get("dns.outcome") == outcome


def _connected(scene: Scene) -> bool:
    return scene.facts.get("tcp.outcome") == "ok"


def _answered(scene: Scene) -> bool:
    return "http.status" in scene.facts


def _status(scene: Scene) -> int:
    status = scene.facts.get("http.status", 0)
    return status if isinstance(status, int) else 0


def _refused(scene: Scene) -> bool:
    return _status(scene) >= 400


def _unanswered(scene: Scene) -> bool:
    """An exchange was tried and there was no proper answer."""
    return scene.facts.get("http.outcome") in ("empty", "reset", "timeout", "not_http") or (
        scene.facts.get("tls.outcome") in ("reset", "closed", "timeout", "not_tls")
    )


def _shaken(scene: Scene) -> bool:
    return scene.target.scheme == "https" and scene.facts.get("tls.outcome") in ("ok", "untrusted")


def _neighbour(make: Callable[..., object], sense: Callable[[Scene], bool]) -> Callable[..., bool]:
    return lambda scene: sense(scene) and make(scene.target) is not None


def _both_families(scene: Scene) -> bool:
    return bool(scene.facts.get("dns.a")) and bool(scene.facts.get("dns.aaaa"))


def _cookies(scene: Scene) -> bool:
    headers = scene.facts.get("http.headers")
    return scene.facts.get("redirect.sets_cookie") is True or (
        isinstance(headers, Mapping) and "set-cookie" in headers
    )


def _sends_on(scene: Scene) -> bool:
    return "http.page_redirect" in scene.facts


def _only_http2(scene: Scene) -> bool:
    return "APPLICATION_PROTOCOL" in str(scene.facts.get("tls.alert", ""))


def _foremost(scene: Scene) -> tuple[str, ...]:
    """What is settled before everything else: what a page that seems healthy can hide."""
    if _sends_on(scene):
        return ("http.page_redirect_loop",)
    if _both_families(scene) and not scene.facts.get("tcp.dead_addresses"):
        return ("vantage.ipv6.status", "vantage.ipv4.status")
    return ()


def _named(scene: Scene) -> bool:
    return scene.target.address is None


TABLE: Final = (
    # name lookup: nothing of these reaches the site
    FollowUp(("dns.unvalidated_outcome",), _dns("servfail"), do.unvalidated, 0),
    FollowUp(("dns.cname", "dns.cname_loop"), _dns("servfail"), do.cname_chain, 0),
    FollowUp(("dns.parent_outcome",), _dns("nxdomain"), do.parent, 0),
    # connection and handshake
    FollowUp(("tcp.idle", "tcp.banner"), lambda s: _connected(s) and _unanswered(s), do.idle),
    FollowUp(
        ("tls.without_name",),
        lambda s: _named(s) and s.target.scheme == "https" and _connected(s),
        do.without_name,
    ),
    FollowUp(("tls.revocation",), _shaken, do.revocation),
    FollowUp(("tls.staple",), _shaken, do.staple, 0),  # a handshake, and nothing is asked
    # the same URL, asked in another way
    FollowUp(("vantage.again.",), lambda s: "tcp.outcome" in s.facts, do.same("again")),
    FollowUp(("vantage.head.",), _connected, do.same("head")),
    FollowUp(("http.page_redirect_loop",), _sends_on, do.page_redirects, 3),
    FollowUp(("vantage.referer.",), _refused, do.same("referer")),
    FollowUp(("vantage.cookies.",), _cookies, do.same("cookies")),
    FollowUp(("vantage.language.",), _refused, do.same("language")),
    FollowUp(("vantage.ipv4.",), _both_families, do.same("ipv4")),
    FollowUp(("vantage.ipv6.",), _both_families, do.same("ipv6")),
    FollowUp(
        ("vantage.http2.", "http2."), lambda s: _shaken(s) or _only_http2(s), do.same("http2")
    ),
    FollowUp(("cors.",), _answered, do.cors, 2),
    FollowUp(("robots.",), _answered, robots_file),
    # a neighbour of the URL
    FollowUp(
        ("vantage.no_query.",),
        _neighbour(variants.no_query, _connected),
        do.other("no_query", variants.no_query),
    ),
    FollowUp(
        ("vantage.slash.",),
        _neighbour(variants.slash, _refused),
        do.other("slash", variants.slash),
    ),
    FollowUp(
        ("vantage.lowercase.",),
        _neighbour(variants.lowercase, _refused),
        do.other("lowercase", variants.lowercase),
    ),
    FollowUp(("vantage.random.",), _answered, do.other("random", variants.random)),
    FollowUp(
        ("vantage.root.",),
        _neighbour(variants.root, lambda s: _connected(s) and not 200 <= _status(s) < 300),
        do.other("root", variants.root),
    ),
    FollowUp(
        ("vantage.sibling.",),
        _neighbour(variants.sibling, lambda _: True),
        do.other("sibling", variants.sibling),
    ),
    FollowUp(
        ("vantage.other_scheme.",),
        lambda s: "tcp.outcome" in s.facts and s.facts["tcp.outcome"] != "not_tried",
        do.other("other_scheme", variants.other_scheme),
    ),
    FollowUp(("vantage.address.",), lambda s: _named(s) and _answered(s), do.address),
)


def choose(scene: Scene, wanted: Iterable[str] | None, budget: int) -> list[FollowUp]:
    """The follow-ups that settle the wanted facts, best first, as far as the budget goes."""
    left = min(budget, _allowance(scene, budget))
    chosen: list[FollowUp] = []
    for name in (*_foremost(scene), *(USUAL if wanted is None else wanted)):
        row = next((row for row in TABLE if name.startswith(row.settles)), None)
        if row is None or row in chosen or row.cost > left or not row.makes_sense(scene):
            continue
        chosen.append(row)
        left -= row.cost
    return chosen


def _allowance(scene: Scene, budget: int) -> int:
    if _status(scene) == 429 or "http.retry_after_s" in scene.facts:
        return THROTTLED_BUDGET
    return HEALTHY_BUDGET if healthy(scene.facts) else budget


def healthy(facts: Mapping[str, FactValue]) -> bool:
    """Whether the first two vantages saw nothing wrong."""
    status = facts.get("vantage.robot.status")
    return (
        facts.get("vantage.robot.failed_at") == "none"
        and facts.get("vantage.browser.failed_at") == "none"
        and facts.get("vantage.differ") is False
        and isinstance(status, int)
        and status < 300
        and facts.get("http.body_kind") in ("html", "json", "text", "other")
    )
