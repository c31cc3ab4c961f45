"""The head of an HTTP/1 response, read as leniently as a browser does, with its faults named.

h11 refuses some heads that browsers and curl accept, so that a person would be told of a broken
server while the page opens. Here the lines are read, the faults kept, and only what frames the
body goes on to h11 (:meth:`Head.framing`).

    status-line = HTTP-version SP status-code SP [ reason-phrase ]     (RFC 9112, 4)
    field-line  = field-name ":" OWS field-value OWS                   (RFC 9112, 5)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

MAX_FIELDS: Final = 500
MAX_VALUE: Final = 16_384
_STATUS_LINE: Final = re.compile(
    rb"HTTP/(\d)(?:\.(\d))?[ \t]+(\d{1,9})(?:[ \t]+(.*))?\Z", re.DOTALL
)
_TOKEN: Final = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
HEAD_END: Final = re.compile(rb"\r?\n\r?\n")


@dataclass(slots=True)
class Head:
    """A status line and fields. ``fault`` is a value of ``http.fault``; ``fatal`` when a browser
    would not go on, ``broken`` when strict readers would not."""

    version: str = ""
    status: int = 0
    reason: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)
    fault: str = ""
    problem: str = ""
    broken: bool = False
    fatal: bool = False

    def blame(self, fault: str, problem: str, *, broken: bool, fatal: bool = False) -> None:
        """Note a fault; the first one of a kind that stops a reader is the one that is told."""
        if not self.fault or (broken and not self.broken) or (fatal and not self.fatal):
            self.fault, self.problem = fault, problem
        self.broken = self.broken or broken
        self.fatal = self.fatal or fatal

    def all(self, name: str) -> list[str]:
        """All members of the list field ``name``, in lower case."""
        values = [value for key, value in self.fields if key.lower() == name]
        return [part.strip().lower() for value in values for part in value.split(",")]

    @property
    def chunked(self) -> bool:
        """Whether the body comes in chunks (RFC 9112, 7.1)."""
        return self.all("transfer-encoding")[-1:] == ["chunked"]

    @property
    def length(self) -> int | None:
        """The declared length, when there is one that can be read."""
        values = self.all("content-length")
        return int(values[0]) if values and _number(values[0]) else None

    def framing(self) -> bytes:
        """A clean head that carries nothing but the status and what frames the body."""
        lines = [f"HTTP/1.1 {self.status if 200 <= self.status <= 999 else 200} x"]
        if self.chunked:
            lines.append("Transfer-Encoding: chunked")
        elif self.length is not None:
            lines.append(f"Content-Length: {self.length}")
        lines += ["Connection: close", "", ""]
        return "\r\n".join(lines).encode("ascii")


def parse_head(raw: bytes) -> Head:
    """Read a head without its empty line. Nothing is raised: what is wrong is in the result."""
    head = Head()
    first, *lines = re.split(rb"\r?\n", raw)
    line = _STATUS_LINE.match(first)
    if line is None:
        head.blame("bad_header", "the status line cannot be read", broken=True, fatal=True)
        return head
    head.version = f"{line[1].decode()}.{(line[2] or b'0').decode()}"
    head.reason = (line[4] or b"").decode("latin-1").strip()[:200]
    number = int(line[3])
    if len(line[3]) == 3 and number >= 100:
        head.status = number
        if number > 599:
            head.blame("status_out_of_range", f"the status {number} is none", broken=False)
    else:
        shown = line[3][:9].decode()
        head.blame("status_out_of_range", f"the status {shown} is none", broken=True, fatal=True)
    for text in lines:
        _field(head, text)
    _frame(head)
    return head


def _field(head: Head, line: bytes) -> None:
    if line[:1] in (b" ", b"\t") and head.fields:
        # A folded line (obs-fold, RFC 9112, 5.2) goes on with the value before it.
        former, value = head.fields[-1]
        folded = f"{value} {line.strip().decode('latin-1')}"
        head.fields[-1] = (former, folded[:MAX_VALUE])
        return
    raw_name, colon, raw_value = line.partition(b":")
    shown = raw_name[:40].decode("latin-1")
    if not colon:
        head.blame("bad_header", f"a header line without a colon: {shown!r}", broken=True)
        return
    if raw_name != raw_name.rstrip():
        head.blame("bad_header", f"white space before the colon of {shown!r}", broken=False)
    name = raw_name.rstrip()
    if not _TOKEN.match(name):
        head.blame("bad_header", f"{shown!r} is no name of a header", broken=True)
        return
    if _CONTROL.search(raw_value):
        head.blame("bad_header", f"a control character in the header {shown!r}", broken=True)
    if len(head.fields) < MAX_FIELDS:
        value = raw_value.strip().decode("latin-1")[:MAX_VALUE]
        head.fields.append((name.decode("ascii"), value))


def _frame(head: Head) -> None:
    lengths = head.all("content-length")
    if len(set(lengths)) > 1:
        shown = ", ".join(lengths[:4])[:100]
        head.blame("two_lengths", f"Content-Length says {shown}", broken=True, fatal=True)
    elif lengths and not _number(lengths[0]):
        head.blame("bad_header", "Content-Length is no number", broken=True)
    if lengths and head.chunked:
        head.blame(
            "length_and_chunked",
            "Content-Length stands beside Transfer-Encoding: chunked",
            broken=False,
        )


def _number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18
