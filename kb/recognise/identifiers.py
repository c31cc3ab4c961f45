"""Identifiers in text: status codes, names of browsers, curl codes, errno names, fixed messages.

A number alone is no status: it must stand in the company of a word or a form that makes it one, so
that "I have 401 users" and "404 Main Street" are left in peace.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from kb.answer import IdentifierHit

_REASONS: Final = "|".join(
    sorted(
        {re.escape(status.phrase) for status in HTTPStatus if status >= 300}
        | {
            "Payload Too Large",
            "Request-URI Too Large",
            "Authorization Required",
            "Gateway Time-out",
        }
        | {"Service Temporarily Unavailable", "Moved Temporarily", "Unprocessable Entity"},
        key=len,
        reverse=True,
    )
)
_STATUS: Final = (
    re.compile(
        r"\bHTTP(?:/\d(?:\.\d)?)?(?:[ -]{1,3}(?:error|status|code|response)){0,3}[ :=#]{0,3}"
        r"([1-5]\d\d)\b",
        re.IGNORECASE,
    ),
    re.compile(rf"\b([345]\d\d)[ :,–-]{{1,3}}(?:{_REASONS})\b", re.IGNORECASE),
    re.compile(
        r"\b(?:status|response|error)(?:[ _-]?code)?[ :=(\"']{1,4}([345]\d\d)\b", re.IGNORECASE
    ),
    re.compile(r"\b([345]\d\d)[ -](?:error|errors|response|status|page)\b", re.IGNORECASE),
    re.compile(
        r"\b(?:get|gets|getting|got|returns?|returned|answers?|answered|throws?|threw|shows?"
        r"|with|an?|gives?|says?|keep|seeing|see)[ ]([345]\d\d)(?=$|[\s.,;:!?)])(?!\s+[a-z]*s\b)",
        re.IGNORECASE,
    ),
    re.compile(r"^\s*([1-5]\d\d)\s*$"),
)
_NAME: Final = re.compile(
    r"\b(?:net::)?((?:ERR|SSL_ERROR|SEC_ERROR|MOZILLA_PKIX_ERROR|NS_ERROR|DNS_PROBE|X509_V_ERR|PR"
    r"|CURLE|EAI|UND_ERR)_[A-Z0-9_]{3,60})\b"
)
_CURL: Final = re.compile(
    r"\bcurl: ?\((\d{1,3})\)|\bcurl (?:error|exit code|code) (\d{1,3})\b", re.I
)
_ERRNO: Final = re.compile(r"\b(E[A-Z0-9]{3,20})\b")
_ERRNO_NAMES: Final = frozenset(errno.errorcode.values()) | {"ENOTFOUND"}


def find_identifiers(text: str, claimed: Mapping[str, int]) -> tuple[IdentifierHit, ...]:
    """All identifiers of ``text`` in order, each once.

    ``claimed`` maps identifiers in lower case to their solution. Linear in the length of the text.
    """
    hits: dict[str, IdentifierHit] = {}

    def note(name: str, start: int, end: int) -> None:
        key = name.lower()
        if key not in hits or hits[key].span[0] > start:
            hits[key] = IdentifierHit(name, (start, end), claimed.get(key))

    for pattern in _STATUS:
        for match in pattern.finditer(text):
            note(f"HTTP {match[1]}", match.start(), match.end())
    for match in _NAME.finditer(text):
        note(match[1], match.start(1), match.end(1))
    for match in _CURL.finditer(text):
        note(f"curl {match[1] or match[2]}", match.start(), match.end())
    for match in _ERRNO.finditer(text):
        if match[1] in _ERRNO_NAMES:
            note(match[1], match.start(), match.end())
    lowered = text.lower()
    if len(lowered) == len(text):  # a few letters change their length in lower case
        for name in claimed:
            start = _find_word(lowered, name)
            if start >= 0:
                note(text[start : start + len(name)], start, start + len(name))
    return _without_covered(sorted(hits.values(), key=lambda hit: (hit.span[0], -hit.span[1])))


def _find_word(text: str, word: str) -> int:
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        before = start == 0 or not (text[start - 1].isalnum() and word[0].isalnum())
        after = end == len(text) or not (text[end].isalnum() and word[-1].isalnum())
        if before and after:
            return start
        start = text.find(word, end)
    return -1


def _without_covered(hits: list[IdentifierHit]) -> tuple[IdentifierHit, ...]:
    """Drop a hit that lies inside a longer one of the same solution: it says nothing new."""
    kept: list[IdentifierHit] = []
    for hit in hits:
        covered = any(
            other.span[0] <= hit.span[0]
            and hit.span[1] <= other.span[1]
            and other.solution == hit.solution
            for other in kept
        )
        if not covered:
            kept.append(hit)
    return tuple(kept)
