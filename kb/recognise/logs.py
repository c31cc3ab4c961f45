"""What a proxy's log says of the server behind it (``upstream.problem``)."""

from __future__ import annotations

import re
from typing import Final

_NGINX: Final = re.compile(
    r"upstream(?: sent| timed| prematurely|s)|\bwhile [a-z ]{3,60} upstream|no live upstreams"
    r"|could not be resolved \(\d+: |host not found in upstream",
    re.IGNORECASE,
)
_APACHE: Final = re.compile(r"\bAH(?:0(?:0957|1114|1102|0898|1097|1084|1095|0940|0961|1144))\b")
_HAPROXY: Final = re.compile(
    r"(?:-?\d+/){1,4}\+?-?\d+ (?:-?\d{1,3} )?\+?\d+ (?:\S+ \S+ )?([A-Za-z-]{2})(?:[A-Za-z-]{2})? "
    r"\d+/\d+/\d+/\d+/\+?\d+"
)
_MARKS: Final = (
    ("no live upstreams", "none_available"),
    ("<nosrv>", "none_available"),
    ("too big header", "header_too_big"),
    ("invalid header", "invalid_header"),
    ("no valid http/1.0 header", "invalid_header"),
    ("ssl_do_handshake() failed", "tls"),
    ("upstream ssl certificate", "tls"),
    ("ah00961", "tls"),
    ("ah01097", "tls"),
    ("ah01084", "closed"),
    ("could not be resolved", "name"),
    ("host not found in upstream", "name"),
    ("ah00898: dns lookup failure", "name"),
    ("dns lookup failure", "name"),
    ("(111: ", "refused"),
    ("(111)", "refused"),
    ("(61)", "refused"),
    ("connection refused", "refused"),
    ("no such file or directory) while connecting to upstream", "refused"),
    ("(110: ", "timeout"),
    ("(110)", "timeout"),
    ("(70007)", "timeout"),
    ("timed out", "timeout"),
    ("prematurely closed", "closed"),
    ("error reading status line", "closed"),
    ("error reading from remote server", "closed"),
    ("(104: ", "reset"),
    ("(104)", "reset"),
    ("reset by peer", "reset"),
)
_STATES: Final = {
    "SC": "refused",
    "sC": "timeout",
    "sH": "timeout",
    "sD": "timeout",
    "sQ": "none_available",
    "SH": "closed",
    "SD": "closed",
    "PH": "invalid_header",
}


def upstream_problem(text: str) -> str | None:
    """A value of ``upstream.problem``, or None where the text is no such log."""
    lowered = text.lower()
    if state := _HAPROXY.search(text):
        if "<nosrv>" in lowered:
            return "none_available"
        return _STATES.get(state[1])
    if not _NGINX.search(text) and not _APACHE.search(text):
        return None
    return next((problem for mark, problem in _MARKS if mark in lowered), "other")
