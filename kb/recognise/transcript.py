"""Facts in a pasted ``curl -v``, ``curl -i`` or ``curl -w`` output and in raw response headers.

curl marks sent lines with ``>``, received ones with ``<`` and its own remarks with ``*``; browsers'
developer tools and HTTP/2 logs write ``:status: 404`` or ``Status Code: 404``. Secrets were removed
before; of Authorization only the presence is looked at.
"""

from __future__ import annotations

import re
from typing import Final

from kb.facts import Facts, FactValue, Source
from kb.recognise.openssl import PROBLEMS
from kb.wire.response import response_facts

_STATUS_LINE: Final = re.compile(
    r"^(?P<mark>< ?)?\s{0,8}(?:HTTP/(?P<version>1\.[01]|2|3)(?:\.0)? |:status:? {0,4}"
    r"|Status(?: Code)?: {0,4})(?P<status>\d{3})(?: (?P<reason>.{0,200}?))?\s*$",
    re.IGNORECASE,
)
_FIELD: Final = re.compile(
    r"^(?:< ?)?\s{0,8}(?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}):[ \t]*(?P<value>.*?)\s*$"
)
_CREDENTIALS: Final = re.compile(r"^> (?:proxy-)?authorization:", re.IGNORECASE)
_REDIRECTS: Final = frozenset({300, 301, 302, 303, 307, 308})
_VARIABLE: Final = re.compile(
    r"\b(http_code|response_code|num_redirects|ssl_verify_result|time_starttransfer|time_pretransfer)"
    r"[\"']?\s?[:=]\s{0,8}(\d{1,9}(?:\.\d{1,9})?)\b(?<!\.)",
    re.IGNORECASE,
)
_REMARKS: Final = (
    ("could not resolve host", {"dns.outcome": "nxdomain"}),
    ("connection refused", {"tcp.outcome": "refused"}),
    ("connection timed out after", {"tcp.outcome": "timeout"}),
    ("connect timed out", {"tcp.outcome": "timeout"}),
    ("received http/0.9 when not allowed", {"http.outcome": "not_http"}),
    ("no route to host", {"tcp.outcome": "unreachable"}),
    ("network is unreachable", {"tcp.outcome": "unreachable"}),
    ("certificate has expired", {"tls.outcome": "untrusted", "tls.problem": "expired"}),
    ("certificate is not yet valid", {"tls.outcome": "untrusted", "tls.problem": "not_yet_valid"}),
    (
        "no alternative certificate subject name matches",
        {"tls.outcome": "untrusted", "tls.problem": "hostname_mismatch"},
    ),
    (
        "does not match target host name",
        {"tls.outcome": "untrusted", "tls.problem": "hostname_mismatch"},
    ),
    (
        "self-signed certificate in certificate chain",
        {"tls.outcome": "untrusted", "tls.problem": "private_root"},
    ),
    (
        "self signed certificate in certificate chain",
        {"tls.outcome": "untrusted", "tls.problem": "private_root"},
    ),
    ("self-signed certificate", {"tls.outcome": "untrusted", "tls.problem": "self_signed"}),
    ("self signed certificate", {"tls.outcome": "untrusted", "tls.problem": "self_signed"}),
    ("unable to get local issuer certificate", {"tls.outcome": "untrusted"}),
    ("wrong version number", {"tls.outcome": "plain_http"}),
    ("ssl_error_syscall", {"tls.outcome": "closed"}),
    ("empty reply from server", {"http.outcome": "empty"}),
)


def transcript_facts(text: str) -> Facts | None:
    """The facts of a transcript in ``text``, or None where there is none.

    The last response counts, as it does for the person who looks at the end of a redirect chain.
    """
    lines = text.splitlines()
    is_curl = sum(line.startswith(("* ", "> ", "< ")) for line in lines) >= 2
    values: dict[str, FactValue] = {}
    statuses: list[int] = []
    index = 0
    while index < len(lines):
        match = _STATUS_LINE.match(lines[index])
        index += 1
        if match is None or (is_curl and not match["mark"]) or int(match["status"]) < 200:
            continue
        if (match["reason"] or "").lower().startswith("connection established"):
            index = _skip_fields(lines, index)
            continue  # the proxy's answer to CONNECT, not the server's
        start, index = index, _skip_fields(lines, index)
        pairs = [
            (field["name"], field["value"])
            for field in map(_FIELD.match, lines[start:index])
            if field
        ]
        if not pairs and not is_curl:
            continue
        statuses.append(int(match["status"]))
        values = response_facts(statuses[-1], match["reason"] or "", pairs)
        if match["version"]:
            values["http.version"] = match["version"]
    if statuses:
        values.update(_chain(statuses))
    if is_curl:
        remarks = " ".join(line.lower() for line in lines if line.startswith(("* ", "curl:")))
        for mark, facts in _REMARKS:
            if mark in remarks:
                values.update({k: v for k, v in facts.items() if k not in values})
                break
        if statuses:
            values["http.credentials_sent"] = any(_CREDENTIALS.match(line) for line in lines)
    for name, value in _written(text).items():
        values.setdefault(name, value)
    return Facts(values, Source.TRANSCRIPT) if values else None


def _skip_fields(lines: list[str], index: int) -> int:
    while index < len(lines) and _FIELD.match(lines[index]):
        index += 1
    return index


def _chain(statuses: list[int]) -> dict[str, FactValue]:
    """What a chain of responses says of its redirects."""
    redirects = [status for status in statuses[:-1] if status in _REDIRECTS]
    if not redirects:
        return {}
    return {
        "redirect.count": len(redirects),
        "redirect.first_status": statuses[0],
        "redirect.permanent": any(status in (301, 308) for status in redirects),
    }


def _written(text: str) -> dict[str, FactValue]:
    """Variables that ``curl -w`` wrote, as ``name: value``, ``name=value`` or JSON."""
    found = {name.lower(): value for name, value in _VARIABLE.findall(text)}
    facts: dict[str, FactValue] = {}
    status = _whole(found.get("http_code") or found.get("response_code"))
    if 100 <= status <= 999:
        facts["http.status"] = status
    if count := _whole(found.get("num_redirects")):
        facts["redirect.count"] = count
    if code := _whole(found.get("ssl_verify_result")):
        facts["tls.outcome"] = "untrusted"
        facts["tls.verify_code"] = code
        if code in PROBLEMS:
            facts["tls.problem"] = PROBLEMS[code]
    first, sent = found.get("time_starttransfer"), found.get("time_pretransfer")
    if first and sent and float(first) >= float(sent) > 0:
        facts["http.ttfb_ms"] = round((float(first) - float(sent)) * 1000, 1)
    return facts


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0
