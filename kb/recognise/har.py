"""Facts in a HAR file (HTTP Archive 1.2), as a browser's developer tools save one.

Only the entry that matters is read: the last one of the page that failed, the document before its
parts. Values of cookies and of credentials never leave this module.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from kb.facts import FactValue
from kb.wire.response import response_facts

MAX_HAR: Final = 2_000_000
_DOCUMENTS: Final = ("document", "navigation", "text/html")
_CREDENTIALS: Final = ("authorization", "proxy-authorization")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def looks_like_har(text: str) -> bool:
    """Whether the text begins as a HAR does."""
    head = text[:4000].lstrip("\ufeff \t\r\n")
    return head.startswith("{") and '"log"' in head[:200] and '"entries"' in text[:200_000]


def read_har(text: str) -> tuple[dict[str, FactValue], str | None, str]:
    """The facts of the entry that matters, its URL, and a short text of its error for recognising.

    ({}, None, "") where the text is no HAR or nothing in it failed.
    """
    try:
        tree = json.loads(text)
        entries = [item for item in tree["log"]["entries"] if isinstance(item, dict)]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}, None, ""
    entry = _that_matters(entries)
    if entry is None:
        return {}, None, ""
    request, response = _mapping(entry, "request"), _mapping(entry, "response")
    url = request.get("url") if isinstance(request.get("url"), str) else None
    facts: dict[str, FactValue] = {}
    status = response.get("status")
    if isinstance(status, int) and 100 <= status <= 999:
        pairs = list(_pairs(response))
        facts = response_facts(status, str(response.get("statusText") or ""), pairs)
        names = {name.lower() for name, _ in _pairs(request)}
        if names:
            facts["http.credentials_sent"] = not names.isdisjoint(_CREDENTIALS)
        wait = _mapping(entry, "timings").get("wait")
        if isinstance(wait, (int, float)) and not isinstance(wait, bool) and wait >= 0:
            facts["http.ttfb_ms"] = float(wait)
    method = request.get("method")
    if isinstance(method, str) and method.upper() in _METHODS:
        facts["http.method"] = method.upper()
        facts["claim.method"] = method.upper()
    error = entry.get("_error") or response.get("_error") or ""
    text_of_error = error[:200] if isinstance(error, str) else ""
    if not text_of_error and facts.get("http.status"):
        text_of_error = f"HTTP {status}"
    return facts, url[:4000] if url else None, text_of_error


def _mapping(item: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = item.get(name)
    return value if isinstance(value, Mapping) else {}


def _pairs(message: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    fields = message.get("headers")
    for field in fields[:500] if isinstance(fields, list) else ():
        if isinstance(field, dict):
            name, value = field.get("name"), field.get("value")
            if isinstance(name, str) and isinstance(value, str) and not name.startswith(":"):
                yield name[:200], value[:8000]


def _failed(entry: Mapping[str, Any]) -> bool:
    response = _mapping(entry, "response")
    status = response.get("status")
    if entry.get("_error") or response.get("_error"):
        return True
    return isinstance(status, int) and (status >= 400 or status == 0)


def _is_document(entry: Mapping[str, Any]) -> bool:
    kind = entry.get("_resourceType")
    content = _mapping(_mapping(entry, "response"), "content").get("mimeType", "")
    return kind in _DOCUMENTS or (kind is None and str(content).startswith("text/html"))


def _that_matters(entries: list[dict[str, Any]]) -> dict[str, Any] | None:
    failed = [entry for entry in entries if _failed(entry)]
    documents = [entry for entry in failed if _is_document(entry)]
    if documents or failed:
        return (documents or failed)[-1]
    pages = [entry for entry in entries if _is_document(entry)]
    return (pages or entries)[-1] if entries else None
