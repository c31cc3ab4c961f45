"""What must not be stored is taken out of a text first: what opens doors, and who asks."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from kb.recognise.secrets import REMOVED, remove_secrets
from kb.sieve import Sieve

_REMOVED: Final = "[removed]"
# What is kept for months is cut more strictly than what is echoed once: these come after
# remove_secrets, and take a harmless word along rather than leave a secret.
_SECRETS: Final = (
    # name=value and "name": "value" where the name says that the value is a secret.
    re.compile(
        r"(?i)(?P<keep>[\w-]{0,30}(?:token|secret|passw(?:or)?d|api[_-]?key|signature|session(?:id)?"
        r"|access[_-]?key|auth)[\w-]{0,20}[\"']?)\s*[=:]\s*[\"']?[^\s\"'&,;]{3,}"
    ),
    re.compile(r"(?i)(?P<keep>\b(?:bearer|basic|digest|negotiate))\s+[A-Za-z0-9+/=._~-]{6,}"),
    # Runs that are no word of any language.
    re.compile(r"(?P<keep>)\b(?=[A-Za-z_-]*\d)(?=[\d_-]*[A-Za-z])[A-Za-z0-9_-]{32,}\b"),
)
_OWN_LINK: Final = re.compile(r"/solutions/[0-9]{1,9}-[a-z0-9-]{1,200}(#[a-z0-9-]{1,200})?")
# Who asks: mail and network addresses.
_ASKERS: Final = (
    re.compile(r"(?P<keep>)\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"),
    re.compile(r"(?P<keep>)(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\.\d)"),
    re.compile(r"(?i)(?P<keep>)(?<![\w:])(?:[0-9a-f]{1,4}:){2,7}(?::?[0-9a-f]{1,4})(?![\w:])"),
)
# Most texts have none of it.
_SECRET_SIEVE: Final = Sieve(_SECRETS)
_ASKER_SIEVE: Final = Sieve(_ASKERS)


def without_secrets(text: str) -> str:
    """``text`` without what opens doors; addresses stay, for whoever is meant to read them."""
    text = remove_secrets(text).replace(REMOVED, _REMOVED)
    return _cut(text, _SECRET_SIEVE)


def scrub(text: str) -> str:
    """``text`` without secrets, mail addresses and network addresses."""
    return _cut(without_secrets(text), _ASKER_SIEVE)


def scrub_but_links(text: str) -> str:
    """``text`` scrubbed, unless it is nothing but the path of a solution: its words are ours."""
    return text if _OWN_LINK.fullmatch(text) else scrub(text)


def each_text(value: Any, change: Callable[[str], str]) -> Any:
    """JSON data with every text changed, one by one: changing the JSON could break its syntax."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: each_text(item, change) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [each_text(item, change) for item in value]
    return value


def _cut(text: str, sieve: Sieve) -> str:
    for pattern in sieve.passing(text):
        text = pattern.sub(rf"\g<keep>{_REMOVED}", text)
    return text
