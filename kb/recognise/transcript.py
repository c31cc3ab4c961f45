"""Facts in a pasted ``curl -v`` transcript or in raw response headers.

curl marks sent lines with ``>``, received ones with ``<`` and its own remarks with ``*``. Values of
secrets (Authorization, Cookie) are looked at for their presence only and never leave this module.
"""

from __future__ import annotations

import re
from typing import Final

from kb.facts import Facts, FactValue, Source
from kb.wire.response import response_facts

_STATUS_LINE: Final = re.compile(
    r"^(?P<mark>< ?)?HTTP/(?:1\.[01]|2|3)(?:\.0)? (?P<status>\d{3})(?: (?P<reason>.{0,200}?))?\s*$"
)
_FIELD: Final = re.compile(
    r"^(?:< ?)?(?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}):[ \t]*(?P<value>.*?)\s*$"
)
_CREDENTIALS: Final = re.compile(r"^> (?:proxy-)?authorization:", re.IGNORECASE)
_REMARKS: Final = (
    ("could not resolve host", {"dns.outcome": "nxdomain"}),
    ("connection refused", {"tcp.outcome": "refused"}),
    ("connection timed out", {"tcp.outcome": "timeout"}),
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
    ("wrong version number", {"tls.outcome": "plain_http"}),
    ("empty reply from server", {"http.outcome": "empty"}),
)


def transcript_facts(text: str) -> Facts | None:
    """The facts of a transcript in ``text``, or None where there is none.

    The last response counts, as it does for the person who looks at the end of a redirect chain.
    """
    lines = text.splitlines()
    is_curl = sum(line.startswith(("* ", "> ", "< ")) for line in lines) >= 2
    values: dict[str, FactValue] = {}
    responses = 0
    index = 0
    while index < len(lines):
        match = _STATUS_LINE.match(lines[index])
        index += 1
        if match is None or (is_curl and not match["mark"]) or int(match["status"]) < 200:
            continue
        pairs = []
        while index < len(lines) and (field := _FIELD.match(lines[index])):
            pairs.append((field["name"], field["value"]))
            index += 1
        if not pairs and not is_curl:
            continue
        responses += 1
        values = response_facts(int(match["status"]), match["reason"] or "", pairs)
    if is_curl:
        remarks = " ".join(line.lower() for line in lines if line.startswith(("* ", "curl:")))
        for mark, facts in _REMARKS:
            if mark in remarks:
                values.update({k: v for k, v in facts.items() if k not in values})
                break
        if responses:
            values["http.credentials_sent"] = any(_CREDENTIALS.match(line) for line in lines)
    return Facts(values, Source.TRANSCRIPT) if values else None
