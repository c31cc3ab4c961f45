"""Facts in the output of ``openssl s_client``."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from kb.facts import FactValue

_MARK: Final = re.compile(
    r"^(?:CONNECTED\([0-9A-Fa-f]+\)|SSL-Session:|Certificate chain)\s*$", re.M
)
_VERIFY: Final = re.compile(
    r"^\s*Verif(?:y return code|ication)(?::| error:) ?(?:(\d{1,3}) \()?", re.M
)
_VERIFY_ERROR: Final = re.compile(r"^verify error:num=(\d{1,3}):", re.M)
_CHAIN: Final = re.compile(r"^ ?\d{1,3} s:", re.M)
_NAME: Final = re.compile(r"\bCN ?= ?([^,\n/]{1,200})")
_SUBJECT: Final = re.compile(r"^ ?(?:subject=| ?0 s:)(.{0,500})$", re.M)
_ISSUER: Final = re.compile(r"^ ?(?:issuer=| {0,3}i:)(.{0,500})$", re.M)
_DATES: Final = re.compile(r"NotBefore: (.{10,30}?); NotAfter: (.{10,30}?)$", re.M)
_PROTOCOL: Final = re.compile(r"^\s*(?:Protocol\s*: |New, )(TLSv1(?:\.[0-3])?)", re.M)
_CIPHER: Final = re.compile(r"\bCipher\s*(?:is|:) ([A-Za-z0-9_-]{5,60})$", re.M)
_REASON: Final = re.compile(r"\bSSL routines:[^:\n]{0,80}:([A-Za-z][^:\n]{2,60}):")
PROBLEMS: Final = {
    9: "not_yet_valid",
    10: "expired",
    18: "self_signed",
    19: "private_root",
    23: "revoked",
    26: "wrong_purpose",
    62: "hostname_mismatch",
    64: "hostname_mismatch",
    66: "weak",
    67: "weak",
    68: "weak",
}


def openssl_facts(text: str, now: datetime | None = None) -> dict[str, FactValue]:
    """The facts of an s_client output in ``text``; {} where there is none."""
    if not _MARK.search(text):
        return {}
    facts: dict[str, FactValue] = {}
    lowered = text.lower()
    if "connect:errno=" in lowered:
        return {}
    if "no peer certificate available" in lowered:
        if "wrong version number" in lowered or "packet length too long" in lowered:
            return {"tls.outcome": "plain_http"}
        facts["tls.outcome"] = "failed"
        if reason := _REASON.search(text):
            facts["tls.alert"] = reason_name(reason[1])
        elif "write:errno=104" in lowered:
            facts["tls.outcome"] = "reset"
        elif "unexpected eof" in lowered or "write:errno=0" in lowered:
            facts["tls.outcome"] = "closed"
        return facts
    for pattern, name in ((_PROTOCOL, "tls.version"), (_CIPHER, "tls.cipher")):
        if match := pattern.search(text):
            facts[name] = match[1]
    for pattern, name in ((_SUBJECT, "tls.subject"), (_ISSUER, "tls.issuer")):
        if (line := pattern.search(text)) and (common := _NAME.search(line[1])):
            facts[name] = common[1].strip()
    if chain := len(_CHAIN.findall(text)):
        facts["tls.chain_length"] = chain
    if dates := _DATES.search(text):
        facts.update(_validity(dates[1], dates[2], now or datetime.now(UTC)))
    code = _verify_code(text)
    if code is not None:
        facts["tls.verify_code"] = code
        facts["tls.outcome"] = "ok" if code == 0 else "untrusted"
        facts["tls.problem"] = _problem(code, chain, facts)
    return facts


def _verify_code(text: str) -> int | None:
    errors = _VERIFY_ERROR.findall(text)
    codes = [match[1] for match in _VERIFY.finditer(text) if match[1]]
    if codes and codes[-1] != "0":
        return int(codes[-1])
    if errors:
        return int(errors[0])
    return int(codes[-1]) if codes else None


def _problem(code: int, chain: int, facts: dict[str, FactValue]) -> str:
    if code == 0:
        return "none"
    if code in (20, 21):
        # One certificate alone that is not its own issuer: what certifies it was not sent.
        alone = chain == 1 and facts.get("tls.subject") != facts.get("tls.issuer")
        return "incomplete_chain" if alone and code == 21 else "unknown_issuer"
    return PROBLEMS.get(code, "other")


def _validity(start: str, end: str, now: datetime) -> dict[str, FactValue]:
    try:
        first, last = (
            datetime.strptime(text.strip(), "%b %d %H:%M:%S %Y GMT").replace(tzinfo=UTC)
            for text in (start, end)
        )
    except ValueError:
        return {}
    return {
        "tls.not_before": first.isoformat(),
        "tls.not_after": last.isoformat(),
        "tls.days_left": (last - now).days,
        "tls.days_until_valid": max(0, (first - now).days),
    }


def reason_name(text: str) -> str:
    """OpenSSL's reason as its name: "tlsv1 alert protocol version" is
    TLSV1_ALERT_PROTOCOL_VERSION."""
    return re.sub(r"\W+", "_", text.strip()).upper()
