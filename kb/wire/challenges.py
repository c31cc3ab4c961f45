"""Challenges of WWW-Authenticate and Proxy-Authenticate (RFC 9110, section 11.6.1).

WWW-Authenticate = #challenge
challenge        = auth-scheme [ 1*SP ( token68 / #auth-param ) ]
auth-param       = token BWS "=" BWS ( token / quoted-string )
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_TCHARS: Final = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_PARAM: Final = re.compile(
    rf'({_TCHARS})[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|({_TCHARS}))', re.DOTALL
)
_SCHEME: Final = re.compile(rf"({_TCHARS})(?:[ \t]+|(?=,|$))")
_TOKEN68: Final = re.compile(r"([A-Za-z0-9\-._~+/]+=*)[ \t]*(?=,|$)")
_SEPARATOR: Final = re.compile(r"[ \t,]+")
MAX_FIELD: Final = 16_384


@dataclass(frozen=True, slots=True)
class Challenge:
    """One challenge: ``scheme`` and parameter names in lower case, values unquoted."""

    scheme: str
    token68: str = ""
    parameters: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str | None:
        """The first value of the parameter ``name``."""
        return next((value for key, value in self.parameters if key == name), None)


def parse_challenges(fields: Iterable[str]) -> tuple[Challenge, ...]:
    """All challenges of the field values; what is malformed is skipped, never an error."""
    found: list[Challenge] = []
    for field in fields:
        found.extend(_parse(field[:MAX_FIELD]))
    return tuple(found)


def _parse(text: str) -> Iterable[Challenge]:
    position = 0
    scheme: str | None = None
    token68 = ""
    parameters: list[tuple[str, str]] = []
    while position < len(text):
        if separator := _SEPARATOR.match(text, position):
            position = separator.end()
            continue
        if scheme is not None and (parameter := _PARAM.match(text, position)):
            quoted, token = parameter[2], parameter[3]
            value = token if quoted is None else re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)
            parameters.append((parameter[1].lower(), value))
            position = parameter.end()
            continue
        if name := _SCHEME.match(text, position):
            if scheme is not None:
                yield Challenge(scheme, token68, tuple(parameters))
            scheme, token68, parameters = name[1].lower(), "", []
            position = name.end()
            blob = _TOKEN68.match(text, position)
            if blob and name[0][-1:] in " \t" and not _PARAM.match(text, position):
                token68, position = blob[1], blob.end()
            continue
        position += 1
    if scheme is not None:
        yield Challenge(scheme, token68, tuple(parameters))
