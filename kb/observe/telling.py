"""What was seen at one hop, as facts and as sentences; pure: nothing here connects or waits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from kb.facts import FactValue
from kb.observe.http import Exchange
from kb.observe.page import page_facts
from kb.observe.policy import Address, Policy
from kb.observe.resolver import Resolution, scope
from kb.observe.target import Target
from kb.observe.tls import banner
from kb.wire.response import join_headers, layer_of, response_facts

_SECRET: Final = frozenset({"set-cookie", "authorization", "proxy-authorization", "cookie"})
SAY_TCP: Final = {
    "refused": "The connection was refused",
    "timeout": "No connection came about in time",
    "reset": "The connection was reset",
    "unreachable": "There is no way to the address",
}


def dns_facts(target: Target, resolution: Resolution, policy: Policy) -> dict[str, FactValue]:
    """``dns.*`` of one lookup."""
    facts: dict[str, FactValue] = {
        "dns.outcome": resolution.outcome,
        "dns.name": target.host,
        "dns.a": resolution.a,
        "dns.aaaa": resolution.aaaa,
        "dns.time_ms": resolution.time_ms,
    }
    # A resolver that failed says nothing of the chain; a follow-up asks for it link by link.
    if resolution.outcome != "servfail" or resolution.cname:
        facts["dns.cname"] = resolution.cname
        facts["dns.cname_loop"] = resolution.cname_loop
    if resolution.rcode:
        facts["dns.rcode"] = resolution.rcode
    if resolution.truncated:
        facts["dns.truncated"] = True
    if resolution.extended_error:
        facts["dns.extended_error"] = resolution.extended_error
    if resolution.resolver:
        facts["dns.resolver"] = resolution.resolver
    if resolution.outcome == "ok" and resolution.addresses:
        facts["dns.scope"] = scope(resolution, policy)
    return facts


def say_dns(target: Target, resolution: Resolution) -> str:
    """One sentence about a lookup."""
    found = ", ".join((*resolution.a, *resolution.aaaa))
    said = {
        "ok": f"{target.host} is {found}",
        "literal": f"{target.host} is an address, no name to look up",
        "nxdomain": f"There is no name {target.host}",
        "nodata": f"The name {target.host} exists and has no address",
        "servfail": f"The resolver could not find out the address of {target.host}",
        "refused": f"The resolver refuses to answer for {target.host}",
        "timeout": f"No resolver answered for {target.host} in time",
        "error": f"The lookup of {target.host} failed",
    }
    return said[resolution.outcome]


def address_facts(outcomes: Mapping[Address, str]) -> dict[str, FactValue]:
    """Which addresses of the name took a connection, and how the others failed."""
    facts: dict[str, FactValue] = {}
    for version in (4, 6):
        found = [outcome for item, outcome in outcomes.items() if item.version == version]
        if found:
            facts[f"tcp.ipv{version}.outcome"] = "ok" if "ok" in found else found[-1]
    dead = {str(item): outcome for item, outcome in outcomes.items() if outcome != "ok"}
    return facts | {
        "tcp.live_addresses": [str(item) for item, out in outcomes.items() if out == "ok"],
        "tcp.dead_addresses": list(dead),
        "tcp.dead_outcomes": list(dead.values()),
    }


def exchange_facts(answer: Exchange, *, secure: bool, method: str) -> dict[str, FactValue]:
    """The facts of an exchange, and of the page where there is one."""
    facts: dict[str, FactValue] = {}
    if answer.status:
        facts.update(response_facts(answer.status, answer.reason, answer.headers))
        headers = join_headers(answer.headers)
        page = page_facts(answer.status, headers, answer.body, secure=secure)
        # A framework's page for developers says whose it is; Server may be of what runs it.
        if facts["http.product"] and page.get("http.body_kind") != "debug_page":
            page.pop("http.product", None)
        facts.update(page)
        facts["http.layer"] = layer_of(str(facts["http.product"]), headers)
        facts["http.body_bytes"] = answer.raw_length
        facts["http.version"] = answer.version
        skew = _skew(headers)
        if skew is not None:
            facts["clock.skew_s"] = skew
    elif answer.outcome == "not_http":
        facts["tcp.banner"] = banner(answer.first_bytes)
    facts |= {
        "http.outcome": answer.outcome,
        "http.phase": answer.phase,
        "http.method": method,
        "http.credentials_sent": False,
    }
    for name, value in (
        ("http.ttfb_ms", answer.ttfb_ms),
        ("http.body_rate", answer.body_rate),
        ("http.problem", answer.problem or None),
        ("http.fault", answer.fault or None),
        ("tls.alert", answer.alert or None),
    ):
        if value is not None:
            facts[name] = value
    if "CERTIFICATE_REQUIRED" in answer.alert:
        facts["tls.client_certificate_requested"] = True
    return facts


def _skew(headers: dict[str, str]) -> int | None:
    """The server's clock minus ours; a copy from a cache carries the date of its making."""
    if headers.get("age", "0").strip() not in ("", "0"):
        return None
    try:
        date = parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return round((date - datetime.now(UTC)).total_seconds())


def say_exchange(answer: Exchange) -> str:
    """One sentence about an exchange."""
    if answer.status:
        end = "" if answer.outcome == "ok" else f" ({answer.problem or answer.outcome})"
        return f"{answer.status} {answer.reason}".strip() + end
    said = {
        "empty": "The server closed the connection without a byte",
        "reset": "The connection was reset",
        "timeout": "No answer came in time",
        "not_http": "The answer is not HTTP",
        "tls_expected": "The port expects TLS and got plain HTTP",
    }
    return said.get(answer.outcome, f"The answer is malformed: {answer.problem}")


def shown_head(answer: Exchange) -> tuple[str, ...]:
    """The head of a response for the transcript, cut to a bearable length, without secrets."""
    if not answer.status:
        return ()
    lines = [f"HTTP/{answer.version} {answer.status} {answer.reason}"]
    for name, value in answer.headers[:60]:
        shown = "(removed)" if name.lower() in _SECRET else value[:300]
        lines.append(f"{name}: {shown}")
    return tuple(lines)
