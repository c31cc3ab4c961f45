"""Runs the commands that an answer shows, and tells whether their output shows the fault.

Only commands that reach the lab from a shell are run: the names of its own DNS are known to the
probe alone, unless curl is told where they are.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from kb.answer import Answer
from tests.lab.case import Case
from tests.lab.lab import Lab

_PATIENCE_S: Final = 6
_LATE: Final = 124  # what timeout exits with
_AT_ONCE: Final = 8
# Faults that are over when the probe has gone, or there only when several ask at once: what one
# command after the other cannot show.
OVER: Final = frozenset({"flapping", "further-connection-limit"})
_SAME_REQUEST: Final = ("robot", "browser", "again")
_LAYERS: Final = ("tcp", "tls", "http")
# By layer and outcome: what curl, openssl or the shell prints then.
_WORDS: Final[Mapping[str, str]] = {
    "tcp refused": "refused|Failed to connect|Couldn't connect",
    "tcp timeout": "timed out|timeout|TIMED OUT",
    "tcp reset": "reset by peer",
    "tls untrusted": "verify error|Verification error|certificate problem|not match|no altern",
    "tls failed": "alert|no protocols available|handshake failure|unrecognized name|SSL",
    "tls plain_http": "wrong version number|packet length too long",
    "tls not_tls": "wrong version number|packet length too long|unknown protocol",
    "tls reset": "reset|errno=104|unexpected eof|SSL_ERROR_SYSCALL",
    "tls closed": "unexpected eof|SSL_ERROR_SYSCALL|errno=0|reset|0 bytes",
    "tls timeout": "TIMED OUT|SSL_ERROR_SYSCALL",
    "http empty": "Empty reply|empty reply|SSL_read.*eof|EOF|reset by peer",
    "http reset": "reset by peer|errno 104|Empty reply|not closed cleanly",
    "http timeout": "TIMED OUT|timed out|Empty reply|transfer closed",
    "http not_http": "HTTP/0.9|Unsupported HTTP|Weird|Invalid|nghttp2",
    "http tls_expected": "HTTP/0.9|Empty reply|reset",
    "http malformed": "Weird|nvalid|too large|exceeds|colon|duplicate|[Cc]hunk|hunk|HTTP/|header",
    "http truncated": "remaining|transfer closed|closed with|chunk|error",
}


def can_run(case: Case) -> bool:
    """Whether a shell on this machine reaches the case at all."""
    return case.host == "127.0.0.1" or case.host.startswith("@ADDRESS@")


def output(answer: Answer, root: Path) -> str:
    """What the answer's commands print, the lab's root trusted; ``TIMED OUT`` where one hangs."""
    trusted = {**os.environ, "SSL_CERT_FILE": str(root), "CURL_CA_BUNDLE": str(root)}
    shown = ""
    for command in answer.reproduce:
        # coreutils' timeout ends the whole group, so that no curl goes on asking the lab.
        done = subprocess.run(
            ["timeout", str(_PATIENCE_S), "bash", "-c", command],
            capture_output=True, check=False, env=trusted,
        )  # fmt: skip
        shown += (done.stdout + done.stderr).decode("latin-1")
        if done.returncode == _LATE:
            shown += "\nTIMED OUT\n"
    return shown


def expected(facts: Mapping[str, Any]) -> str:
    """A pattern for what the commands must show; '' where nothing failed that a command shows."""
    if facts.get("redirect", {}).get("loop"):
        return r"Maximum|(HTTP/1.1 3[\s\S]*){10}"
    if facts.get("dns", {}).get("outcome") not in ("ok", "literal"):
        return ""  # dig would ask the system's resolver, which does not know the lab
    for layer in _LAYERS:
        words = _WORDS.get(f"{layer} {facts.get(layer, {}).get('outcome')}")
        if words:
            return words
    if facts.get("http2", {}).get("outcome") not in (None, "ok", "not_offered", "not_tried"):
        return "not closed cleanly|GOAWAY|REFUSED|HTTP/?2|HTTP/1.1 200"
    first = facts.get("redirect", {}).get("first_status")
    vantages = facts.get("vantage", {})
    seen = [vantages.get(name, {}).get("status") for name in _SAME_REQUEST]
    failed = {status for status in seen if status and status >= 400}
    shown = sorted(failed) or [first or facts.get("http", {}).get("status")]
    if not any(shown):
        return ""
    # Over TLS 1.3 curl is told of a missing certificate where others get a page that says so.
    statuses = "|".join(map(str, shown))
    return rf"(?m)(HTTP/[\d.]+ ({statuses})\b|^({statuses})$)|certificate required"


def complaint(lab: Lab, case: Case, answer: Answer) -> str | None:
    """What is wrong with the answer's commands; '' when they show the fault, None when not run."""
    pattern = expected(answer.facts)
    if not case.first or case.id in OVER or not can_run(case):
        return None
    if not pattern or not answer.reproduce:
        return None
    shown = output(answer, lab.root)
    if re.search(pattern, shown):
        return ""
    return f"{' ; '.join(answer.reproduce)} does not show {pattern!r}: {shown[-300:]!r}"


def complaints(lab: Lab, answers: Iterable[tuple[Case, Answer]]) -> dict[str, str]:
    """What :func:`complaint` says of those whose commands were run, by the case's ID; the second
    time, where it says something: a busy machine may run out of time."""
    given = list(answers)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        said = list(pool.map(lambda item: complaint(lab, *item), given))
    return {
        case.id: (words and complaint(lab, case, answer)) or ""
        for (case, answer), words in zip(given, said, strict=True)
        if words is not None
    }
