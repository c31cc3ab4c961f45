"""Identifiers of a fixed form that are more than a literal: curl's codes, IIS, Cloudflare, HAProxy.

Each rule gives the name under which the registries know the identifier.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from typing import Final

from kb.sieve import Sieve

_NAME: Final = re.compile(
    r"(?<![A-Za-z0-9_])(?:net::)?((?:ERR|SSL_ERROR|SEC_ERROR|MOZILLA_PKIX_ERROR|NS_ERROR|DNS_PROBE"
    r"|X509_V_ERR|PR|CURLE|EAI|UND_ERR|WSAE|HPE|NGHTTP2|QUIC|SEC_E|CERT_E|CRYPT_E|TRUST_E)_"
    r"[A-Z0-9_]{3,60})(?![A-Za-z0-9_])"
)
_CURL: Final = re.compile(
    r"\bcurl(?:\.exe)?:? ?\((\d{1,3})\)"
    r"|\bcurl[ _-]?(?:error|errno|exit code|exit status|exitcode|code|err|returned)?"
    r"(?: (?:error|code|no\.?|number))?[ :=#(]{1,3}(\d{1,3})\b(?![.:]\d)"
    r"|\b(?:exit(?:ed)?(?: with)?(?: code| status)?|return code)[ :]{1,2}(\d{1,3})\b(?=[^\n]{0,40}\bcurl\b)",
    re.IGNORECASE,
)
_WGET: Final = re.compile(
    r"\bwget\b[^\n]{0,60}?\b(?:exit(?:ed)?(?: with)?(?: code| status)?|return(?:ed)?(?: code)?)[ :]{1,2}([1-8])\b",
    re.IGNORECASE,
)
_ERRNO: Final = re.compile(r"(?<![A-Za-z0-9_])(E[A-Z0-9]{3,20})(?![A-Za-z0-9_])")
_ERRNO_NAMES: Final = frozenset(errno.errorcode.values()) | {"ENOTFOUND"}
_IIS: Final = re.compile(
    r"\b(?:HTTP(?: Error| Status)?|IIS|error|status|code|substatus)[ :=(]{1,3}"
    r"((?:40[134-6]|412|413|50[0-3])\.\d{1,3})\b(?!\.\d)|^\s*(40[134]\.\d{1,2}|50[023]\.\d{1,2})(?=\s*[-–:]\s)",
    re.IGNORECASE | re.MULTILINE,
)
_IIS_LOG: Final = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [^\n]{10,2000}? (40[134]|50[023]) (\d{1,3}) \d{1,10} \d+",
    re.MULTILINE,
)
_CLOUDFLARE: Final = re.compile(
    r"\b(?:cloudflare|cf)?[ -]{0,2}(?:error|err|fehler|erreur)?(?:[ -]?code)?[ :#=]{1,3}(1[01]\d\d|1200)\b"
    r"(?![.:]\d)",
    re.IGNORECASE,
)
_CLOUDFLARE_NEAR: Final = re.compile(r"cloudflare|ray id|cf-ray|performance & security", re.I)
_ERROR_WORD: Final = re.compile(r"err|fehler|code|cloudflare", re.IGNORECASE)
_OTHERS: Final = re.compile(
    r"mysql|mariadb|sqlstate|\(HY000\)|\(\d{5}\)|\bsql\b|database|websocket|\bwss?://|close code",
    re.I,
)
_HAPROXY_LOG: Final = re.compile(
    r"(?:-?\d+/){1,4}\+?-?\d+ (?:-?\d{1,3} )?\+?\d+ (?:\S+ \S+ )?([A-Za-z-]{2}(?:[A-Za-z-]{2})?) "
    r"\d+/\d+/\d+/\d+/\+?\d+"
)
_HAPROXY_STATE: Final = re.compile(
    r"(?<![\w-])([CSPLURIDKcs][CRHDLTQ])(?:--|[NIDVEOU-][NIUPRD-])?(?![\w-])"
)
_HAPROXY: Final = re.compile(r"haproxy", re.IGNORECASE)
_WINSOCK: Final = re.compile(
    r"(?:WinError|Errno|error|code|os error|SocketException|WSA\w*|winsock|0x)[ :=(]{1,3}(1[01]0\d\d)\b|"
    r"\((10[0-1]\d\d|1100[1-4])\)",
    re.IGNORECASE,
)
_WINHTTP: Final = re.compile(
    r"(?:error|code|WinHTTP|WinINet|ERROR_\w+)[ :=(]{1,3}(12\d{3})\b", re.IGNORECASE
)
_CLOSE_CODE: Final = re.compile(
    r"\b(?:close(?:d)?|websocket|ws)\b[^\n]{0,60}?\b(?:code|status)?[ :=(]{1,3}(10(?:0\d|1[0-5]))\b",
    re.IGNORECASE,
)

# 80072efd without its 0x, as Windows' own logs write it.
_HRESULT: Final = re.compile(
    r"\b(?:hr|hresult|error|result|code)[ :=(]{1,3}(?:0x)?(8[0-9a-f]{7})\b", re.IGNORECASE
)
# Messages with a changing middle; the span is what tells them from others with the same ending.
_PHRASES: Final = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("dial tcp: i/o timeout", r"\bdial tcp \S{1,100}: (i/o timeout)"),
        (
            "lookup: i/o timeout",
            r"\blookup \S{1,255}(?: on \S{1,64})?: (?:read|dial) udp \S{1,100}: (i/o timeout)",
        ),
        (
            "Client sent an HTTP request to an HTTPS server",
            r"\bTLS handshake error from \S{1,60}: tls: (first record does not look like a TLS "
            r"handshake)",
        ),
        (
            "connect timed out",
            r"\b[Ff]ailed to connect to \S{1,300} \(port \d{1,5}\)"
            r"(?: from \S{1,300} \(port \d{1,5}\))? (after \d{1,7}ms)(?!:)",
        ),
    )
)


_FORMS: Final = (
    _NAME, _CURL, _WGET, _ERRNO, _IIS, _CLOUDFLARE, _HAPROXY_LOG, _WINSOCK, _WINHTTP, _CLOSE_CODE,
    _HRESULT,
)  # fmt: skip
_SIEVE: Final = Sieve((*_FORMS, *(phrase for _, phrase in _PHRASES)))


def find_families(text: str) -> Iterator[tuple[str, int, int]]:
    """Names by form, each with its span. Names that no registry knows are given, too."""
    passing = _SIEVE.passing(text)

    def found(pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        return pattern.finditer(text) if pattern in passing else iter(())

    for match in found(_NAME):
        yield match[1], match.start(1), match.end(1)
    for match in found(_CURL):
        yield f"curl {int(match[1] or match[2] or match[3])}", match.start(), match.end()
    for match in found(_WGET):
        yield f"wget exit {match[1]}", match.start(), match.end()
    for match in found(_ERRNO):
        if match[1] in _ERRNO_NAMES:
            yield match[1], match.start(1), match.end(1)
    for match in found(_IIS):
        yield f"IIS {match[1] or match[2]}", match.start(), match.end()
    if "#Fields" in text or "sc-substatus" in text:
        for match in _IIS_LOG.finditer(text):
            if match[2] != "0":
                yield f"IIS {match[1]}.{match[2]}", match.start(1), match.end(2)
    if _CLOUDFLARE in passing:
        yield from _cloudflare(text)
    for match in found(_HAPROXY_LOG):
        if match[1][:2] != "--":
            yield f"HAProxy {match[1][:2]}", match.start(1), match.end(1)
    if _HAPROXY.search(text):
        for match in _HAPROXY_STATE.finditer(text):
            yield f"HAProxy {match[1]}", match.start(), match.end()
    for match in found(_WINSOCK):
        yield f"Windows {match[1] or match[2]}", match.start(), match.end()
    for match in found(_WINHTTP):
        yield f"Windows {match[1]}", match.start(), match.end()
    for match in found(_HRESULT):
        yield f"0x{match[1]}", match.start(1), match.end(1)
    for name, phrase in _PHRASES:
        for match in found(phrase):
            yield name, match.start(1), match.end(1)
    for match in found(_CLOSE_CODE):
        yield f"WebSocket {match[1]}", match.start(), match.end()


def numbers_of_others(text: str) -> bool:
    """Whether a number from 1000 to 1200 is a database's or a WebSocket's rather than Cloudflare's:
    MySQL's errors and the close codes of WebSockets lie in the same range."""
    return not _CLOUDFLARE_NEAR.search(text) and bool(_OTHERS.search(text))


def _cloudflare(text: str) -> Iterator[tuple[str, int, int]]:
    if numbers_of_others(text):
        return
    for match in _CLOUDFLARE.finditer(text):
        if _ERROR_WORD.search(match[0]):
            yield f"Cloudflare {match[1]}", match.start(), match.end()
