"""What must not be stored is taken out of a text first: what opens doors, and who asks."""

from __future__ import annotations

import re
from typing import Final

from kb.recognise.secrets import REMOVED, remove_secrets

_REMOVED: Final = "[removed]"
# What is kept for months is cut more strictly than what is echoed once: these come after
# remove_secrets, and take a harmless word along rather than leave a secret.
_PATTERNS: Final = (
    # name=value and "name": "value" where the name says that the value is a secret.
    re.compile(
        r"(?i)(?P<keep>[\w-]{0,30}(?:token|secret|passw(?:or)?d|api[_-]?key|signature|session(?:id)?"
        r"|access[_-]?key|auth)[\w-]{0,20}[\"']?)\s*[=:]\s*[\"']?[^\s\"'&,;]{3,}"
    ),
    re.compile(r"(?i)(?P<keep>\b(?:bearer|basic|digest|negotiate))\s+[A-Za-z0-9+/=._~-]{6,}"),
    # Runs that are no word of any language.
    re.compile(r"(?P<keep>)\b(?=[A-Za-z_-]*\d)(?=[\d_-]*[A-Za-z])[A-Za-z0-9_-]{32,}\b"),
    # Who asks: mail and network addresses.
    re.compile(r"(?P<keep>)\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"),
    re.compile(r"(?P<keep>)(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\.\d)"),
    re.compile(r"(?i)(?P<keep>)(?<![\w:])(?:[0-9a-f]{1,4}:){2,7}(?::?[0-9a-f]{1,4})(?![\w:])"),
)


def scrub(text: str) -> str:
    """``text`` without secrets, mail addresses and network addresses."""
    text = remove_secrets(text).replace(REMOVED, _REMOVED)
    for pattern in _PATTERNS:
        text = pattern.sub(rf"\g<keep>{_REMOVED}", text)
    return text
