"""One HTTP/1.1 exchange with bounded time, bytes and headers (RFC 9112), by h11 on our socket.

The phase in which it ended and the first raw bytes are kept: close without a byte, reset after the
request and garbage are different causes.
"""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass, field
from typing import Final, Protocol

import h11

from kb.observe import coding
from kb.observe.head import HEAD_END, Head, parse_head

MAX_BODY: Final = 262_144
MAX_HEAD: Final = 65_536
_MAX_INTERIM: Final = 10
_RATE_FROM: Final = 0.5
_TLS_RECORD: Final = b"\x15\x03"  # an alert record (RFC 8446, 5.1)


class Connection(Protocol):
    """What of a socket is needed once the guard has opened it."""

    def settimeout(self, value: float | None, /) -> None: ...
    def recv(self, bufsize: int, /) -> bytes: ...
    def sendall(self, data: bytes, /) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: no credentials ever; ``authority`` is the Host header's value."""

    authority: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    method: str = "GET"
    body: bytes = b""


@dataclass(slots=True)
class Exchange:
    """How one exchange ended; ``outcome`` is a value of ``http.outcome``, ``phase`` and ``fault``
    of theirs. ``body`` is decoded, ``raw_length`` counts the bytes as they came."""

    outcome: str = "empty"
    phase: str = "request"
    status: int = 0
    reason: str = ""
    version: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    raw_length: int = 0
    first_bytes: bytes = b""
    problem: str = ""
    fault: str = ""
    alert: str = ""
    ttfb_ms: float | None = None
    body_rate: float | None = None
    cut: bool = False
    http2_outcome: str = ""
    http2_error: str = ""

    def fail(self, outcome: str, fault: str, problem: str) -> None:
        """Say how it ended and what is wrong, in one phrase."""
        self.outcome, self.fault, self.problem = outcome, fault, problem[:200]


def exchange(
    connection: Connection, request: Request, deadline: float, max_body: int = MAX_BODY
) -> Exchange:
    """Send one request and read the answer. Whatever comes back is a result, never an exception."""
    result = Exchange()
    try:
        _talk(connection, request, result, deadline, max_body)
    except TimeoutError:
        result.outcome = "timeout"
        result.problem = "the time was over before the answer was complete"
    except ssl.SSLEOFError:
        result.outcome = "truncated" if result.status else "empty"
        result.problem = "the connection ended without the close that TLS demands"
    except OSError as error:
        result.outcome = "reset"
        result.alert = getattr(error, "reason", None) or ""
        result.problem = result.alert or type(error).__name__
    undo_codings(result, max_body)
    return result


def undo_codings(result: Exchange, max_body: int = MAX_BODY) -> None:
    """Decode the body in place; a lie or a bomb becomes the fault."""
    codings = [
        part.strip().lower()
        for name, value in result.headers
        if name.lower() == "content-encoding"
        for part in value.split(",")
    ]
    try:
        result.body = coding.decode(result.body, codings, max_body)
    except coding.WrongCoding as error:
        result.fail(
            "malformed",
            "wrong_encoding",
            f"the body is not {error}, although Content-Encoding says so",
        )
        result.body = b""
    except coding.Bomb as error:
        result.fail("malformed", "bomb", f"the {error} body grows beyond all measure")
        result.body = b""


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _talk(
    connection: Connection, request: Request, result: Exchange, deadline: float, max_body: int
) -> None:
    client = h11.Connection(our_role=h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
    asked = h11.Request(
        method=request.method,
        target=request.path,
        headers=[
            ("Host", request.authority),
            *request.headers,
            *([("Content-Length", str(len(request.body)))] if request.body else []),
            ("Connection", "close"),
        ],
    )
    data = client.send(asked) or b""
    if request.body:
        data += client.send(h11.Data(request.body)) or b""
    data += client.send(h11.EndOfMessage()) or b""
    result.phase = "accept"
    connection.settimeout(_left(deadline))
    connection.sendall(data)
    result.phase = "request"
    sent = time.monotonic()
    rest = b""
    for _ in range(_MAX_INTERIM):
        answer = _read_head(connection, result, deadline, sent, rest)
        if answer is None:
            return
        head, rest = answer
        if not _take(head, result):
            return
        if head.status >= 200:
            break
    else:
        result.fail("malformed", "other", "interim answers without end")
        return
    result.phase = "body"
    _read_body(connection, client, head, rest, result, deadline, max_body)
    if result.outcome == "ok" and head.broken:
        result.outcome = "malformed"
    if result.outcome in ("ok", "malformed"):
        result.phase = "done"


def _read_head(
    connection: Connection, result: Exchange, deadline: float, sent: float, data: bytes
) -> tuple[Head, bytes] | None:
    """The next head and what came behind it; None when the exchange is over."""
    buffer = bytearray(data)
    searched = 0
    while True:
        if buffer and not b"HTTP/".startswith(buffer[:5]):
            outcome = "tls_expected" if buffer.startswith(_TLS_RECORD) else "not_http"
            result.fail(outcome, "", "the first bytes are not HTTP")
            return None
        end = HEAD_END.search(buffer, searched)
        if end:
            return parse_head(bytes(buffer[: end.start()])), bytes(buffer[end.end() :])
        searched = max(0, len(buffer) - 3)
        if len(buffer) > MAX_HEAD:
            head = parse_head(bytes(buffer[:MAX_HEAD]).rpartition(b"\n")[0])
            _take(head, result)
            result.fail("malformed", "head_too_big", f"the head is larger than {MAX_HEAD} bytes")
            return None
        connection.settimeout(_left(deadline))
        more = connection.recv(65_536)
        if not more:
            if buffer:
                result.fail("malformed", "other", "the connection ended inside the head")
            return None
        if result.ttfb_ms is None:
            result.ttfb_ms = (time.monotonic() - sent) * 1000
            result.phase = "head"
        if len(result.first_bytes) < 64:
            result.first_bytes = (result.first_bytes + more)[:64]
        buffer += more


def _take(head: Head, result: Exchange) -> bool:
    """Keep what a head says; False when no reader would go on."""
    result.status, result.reason, result.version = head.status, head.reason, head.version
    result.headers = head.fields
    if head.status == 101:
        result.fail("malformed", "unasked_switch", "the protocol was switched without being asked")
        return False
    if head.fault:
        result.fail("malformed" if head.fatal else "truncated", head.fault, head.problem)
    result.outcome = "malformed" if head.fatal else "truncated"
    return not head.fatal


def _read_body(
    connection: Connection,
    client: h11.Connection,
    head: Head,
    rest: bytes,
    result: Exchange,
    deadline: float,
    max_body: int,
) -> None:
    body = bytearray()
    began = time.monotonic()
    try:
        client.receive_data(head.framing() + rest)
        while True:
            event = client.next_event()
            if event is h11.NEED_DATA:
                connection.settimeout(_left(deadline))
                client.receive_data(connection.recv(65_536))
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) >= max_body:
                    result.cut = True
                    break
            elif isinstance(event, h11.EndOfMessage):
                break
        result.outcome = "ok"
    except h11.RemoteProtocolError as error:
        _broken_body(result, str(error))
    finally:
        result.raw_length = len(body)
        result.body = bytes(body[:max_body])
        took = time.monotonic() - began
        if took >= _RATE_FROM:
            result.body_rate = len(body) / took


def _broken_body(result: Exchange, message: str) -> None:
    """The fault that h11's message means."""
    if "incomplete chunked" in message:
        result.fail("truncated", "cut_chunk", "the connection ended before the last chunk")
    elif "without sending complete" in message:
        result.fail("truncated", "cut_body", "the connection ended inside the body")
    else:
        # Behind a clean head nothing but chunks and their trailer has a grammar to break.
        result.fail("malformed", "bad_chunk", "a chunk of the body cannot be read")
