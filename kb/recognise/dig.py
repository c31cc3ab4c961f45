"""Facts in the output of ``dig``, ``host`` and ``nslookup``."""

from __future__ import annotations

import re
from typing import Final

from kb.facts import FactValue

_HEADER: Final = re.compile(r"^;; ->>HEADER<<- opcode: \w+, status: ([A-Z]{3,12})", re.M)
_QUESTION: Final = re.compile(r"^;([^\s;]{1,255}?)\.?\s+IN\s+([A-Z]{1,10})\s*$", re.M)
_RECORD: Final = re.compile(
    r"^([^\s;]{1,255}?)\.?\s+\d{1,10}\s+IN\s+(A|AAAA|CNAME)\s+(\S{1,255}?)\.?\s*$", re.M
)
_SERVER: Final = re.compile(r"^;; SERVER: ([^#\s(]{1,60})", re.M)
_TIME: Final = re.compile(r"^;; Query time: (\d{1,7}) msec", re.M)
_TIMEOUT: Final = re.compile(
    r"^;; (?:connection timed out; no servers could be reached|communications error)"
    r"|no servers could be reached",
    re.M,
)
_LOOKUP: Final = re.compile(
    r"(?:\*\* server can't find|^Host) ([^\s:]{1,255})(?: not found)?: (?:\d\()?([A-Z]{5,10})", re.M
)
_OUTCOMES: Final = {"NXDOMAIN": "nxdomain", "SERVFAIL": "servfail", "REFUSED": "refused"}


def dig_facts(text: str) -> dict[str, FactValue]:
    """The facts of the last lookup in ``text``; {} where there is none."""
    if lookup := _LOOKUP.search(text):
        code = lookup[2]
        return {
            "dns.outcome": _OUTCOMES.get(code, "error"),
            "dns.rcode": code,
            "dns.name": lookup[1].rstrip(".").lower(),
        }
    header = None
    for header in _HEADER.finditer(text):  # noqa: B007  # the last one counts
        pass
    if header is None:
        if _TIMEOUT.search(text) and re.search(r"\bdig\b|nslookup|<<>> DiG", text, re.I):
            return {"dns.outcome": "timeout"}
        return {}
    facts: dict[str, FactValue] = {"dns.rcode": header[1]}
    found: dict[str, list[str]] = {"A": [], "AAAA": [], "CNAME": []}
    for _, kind, value in _RECORD.findall(text, header.start()):
        if value not in found[kind]:
            found[kind].append(value.lower())
    question = _QUESTION.search(text, header.start())
    asked = question[2] if question else ""
    if question:
        facts["dns.name"] = question[1].lower()
    if header[1] == "NOERROR":
        if found["A"] or found["AAAA"]:
            facts["dns.outcome"] = "ok"
        elif asked == "A":
            # An empty answer for A alone leaves AAAA open; only both together are "nodata".
            facts["dns.a"] = []
    else:
        facts["dns.outcome"] = _OUTCOMES.get(header[1], "error")
    for kind, name in (("A", "dns.a"), ("AAAA", "dns.aaaa"), ("CNAME", "dns.cname")):
        if found[kind]:
            facts[name] = list(found[kind])
    if server := _SERVER.search(text):
        facts["dns.resolver"] = server[1]
    if time := _TIME.search(text):
        facts["dns.time_ms"] = float(time[1])
    return facts
