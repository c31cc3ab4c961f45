"""Single header fields of a response as facts: type, caching, framing, HSTS, Proxy-Status."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

import http_sf

from kb.facts import FactValue

MAX_FIELD: Final = 8_192
# error types of Proxy-Status (RFC 9209, 2.3), by what they mean for the server behind the proxy.
_UPSTREAM: Final = {
    "dns_timeout": "name", "dns_error": "name", "destination_not_found": "name",
    "destination_unavailable": "none_available", "destination_ip_prohibited": "other",
    "destination_ip_unroutable": "refused", "connection_refused": "refused",
    "connection_terminated": "closed", "connection_timeout": "timeout",
    "connection_read_timeout": "timeout", "connection_write_timeout": "timeout",
    "connection_limit_reached": "none_available", "http_response_timeout": "timeout",
    "http_response_incomplete": "closed", "http_response_header_section_size": "header_too_big",
    "http_response_header_size": "header_too_big", "http_protocol_error": "invalid_header",
    "http_response_transfer_coding": "invalid_header",
    "http_response_content_coding": "invalid_header", "http_upgrade_failed": "invalid_header",
}  # fmt: skip
# Words of X-Cache and CF-Cache-Status and their like. A stale or renewed copy is a copy.
_CACHE_WORDS: Final = (
    ("stale", "stale"), ("updating", "stale"), ("hit", "hit"), ("revalidated", "hit"),
    ("miss", "miss"), ("expired", "miss"), ("bypass", "bypass"), ("dynamic", "bypass"),
    ("pass", "bypass"), ("uncacheable", "bypass"),
)  # fmt: skip
_CACHE_FIELDS: Final = ("cf-cache-status", "x-cache", "x-cache-status", "x-proxy-cache")


def field_facts(headers: Mapping[str, str]) -> dict[str, FactValue]:
    """Facts of the header fields, by lower-case name. What cannot be read gives no fact."""
    facts: dict[str, FactValue] = {"http.framing": _framing(headers), "http.cache": _cache(headers)}
    media, _, parameters = headers.get("content-type", "").partition(";")
    if media.strip():
        facts["http.content_type"] = media.strip().lower()
    charset = re.search(r'charset\s*=\s*"?([\w.:-]+)', parameters, re.I)
    if charset:
        facts["http.charset"] = charset[1].lower()
    for name, fact in (("content-length", "http.declared_bytes"), ("age", "http.age_s")):
        value = headers.get(name, "").strip()
        if value.isascii() and value.isdigit() and len(value) <= 18:
            facts[fact] = int(value)
    return facts | dict(_hsts(headers)) | dict(_upstream(headers))


def _hsts(headers: Mapping[str, str]) -> Iterator[tuple[str, FactValue]]:
    """RFC 6797, 6.1; ``preload`` is the browsers' own addition."""
    if "strict-transport-security" not in headers:
        return
    value = headers["strict-transport-security"].lower()
    age = re.search(r'max-age\s*=\s*"?(\d{1,12})', value)
    if age:
        yield "http.hsts_max_age_s", int(age[1])
    yield "http.hsts_preload", "preload" in [part.strip() for part in value.split(";")]


def _framing(headers: Mapping[str, str]) -> str:
    """CSP's frame-ancestors, where there is one, makes browsers ignore X-Frame-Options."""
    found = [
        directive.split()[1:]
        for policy in headers.get("content-security-policy", "").lower().split(",")
        for directive in policy.split(";")
        if directive.split()[:1] == ["frame-ancestors"]
    ]
    if found:
        sources = found[0]
        if not sources or sources == ["'none'"]:
            return "nobody"
        if "*" in sources:
            return "anybody"
        return "same_site" if sources == ["'self'"] else "listed"
    options = headers.get("x-frame-options", "").lower()
    if "deny" in options:
        return "nobody"
    return "same_site" if "sameorigin" in options else "anybody"


def _cache(headers: Mapping[str, str]) -> str:
    if "cache-status" in headers:
        for _, parameters in _members(headers["cache-status"]):
            if parameters.get("hit") is True:
                return "hit"
            # RFC 9211, 2.2: why a request went on.
            forwarded = str(parameters.get("fwd", ""))
            if forwarded:
                return {"stale": "stale", "bypass": "bypass"}.get(forwarded, "miss")
    for name in _CACHE_FIELDS:
        value = headers.get(name, "").lower()
        for word, meaning in _CACHE_WORDS:
            if re.search(rf"(?<![a-z]){word}", value.replace("_", " ")):
                return meaning
    age = headers.get("age", "").strip()
    return "hit" if age.isascii() and age.isdigit() and int(age[:9]) > 0 else "none"


def _upstream(headers: Mapping[str, str]) -> Iterator[tuple[str, FactValue]]:
    for _, parameters in _members(headers.get("proxy-status", "")):
        error = str(parameters.get("error", ""))
        if error:
            kind = "tls" if error.startswith("tls_") else _UPSTREAM.get(error, "other")
            yield "upstream.problem", kind
            return


def _members(value: str) -> list[tuple[object, Mapping[str, object]]]:
    """The members of a list of structured fields with their parameters (RFC 9651, 3.1)."""
    if not value:
        return []
    try:
        parsed = http_sf.parse(value[:MAX_FIELD].encode("latin-1", "replace"), tltype="list")
    except ValueError:
        return []
    members = parsed if isinstance(parsed, list) else []
    return [
        (item[0], item[1])
        for item in members
        if isinstance(item, tuple) and len(item) == 2 and isinstance(item[1], dict)
    ]
