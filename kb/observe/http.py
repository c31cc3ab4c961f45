"""One HTTP/1.1 exchange with bounded time, bytes and headers (RFC 9112), by h11 on our socket."""

from __future__ import annotations

import time
import zlib
from dataclasses import dataclass, field
from typing import Final

import h11

from kb.observe.target import Target
from kb.observe.tls import Connection

MAX_BODY: Final = 262_144
MAX_HEAD: Final = 65_536
_TLS_RECORD: Final = b"\x15\x03"  # an alert record (RFC 8446, 5.1)


@dataclass(slots=True)
class Exchange:
    """How one exchange ended; ``outcome`` is a value of ``http.outcome``."""

    outcome: str
    status: int = 0
    reason: str = ""
    version: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    first_bytes: bytes = b""
    problem: str = ""
    ttfb_ms: float | None = None
    cut: bool = False


def exchange(
    connection: Connection, target: Target, headers: list[tuple[str, str]], deadline: float
) -> Exchange:
    """Send one GET and read the answer. Whatever comes back is a result, never an exception."""
    client = h11.Connection(our_role=h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
    request = h11.Request(
        method="GET",
        target=target.path,
        headers=[("Host", target.authority), *headers, ("Connection", "close")],
    )
    result = Exchange("empty")
    sent = time.monotonic()
    try:
        connection.settimeout(_left(deadline))
        connection.sendall((client.send(request) or b"") + (client.send(h11.EndOfMessage()) or b""))
        sent = time.monotonic()
        _read(connection, client, result, deadline, sent)
    except TimeoutError:
        result.outcome = "ok" if result.cut else "timeout"
        result.problem = "the time was over before the answer was complete"
    except (ConnectionError, OSError) as error:
        result.outcome = "reset"
        result.problem = type(error).__name__
    except h11.RemoteProtocolError as error:
        _malformed(result, str(error))
    result.body = _decoded(result)
    return result


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _read(
    connection: Connection, client: h11.Connection, result: Exchange, deadline: float, sent: float
) -> None:
    body = bytearray()
    try:
        while True:
            event = client.next_event()
            if event is h11.NEED_DATA:
                connection.settimeout(_left(deadline))
                data = connection.recv(65_536)
                if data and result.ttfb_ms is None:
                    result.ttfb_ms = (time.monotonic() - sent) * 1000
                if len(result.first_bytes) < 64:
                    result.first_bytes = (result.first_bytes + data)[:64]
                if result.first_bytes and not b"HTTP/".startswith(result.first_bytes[:5]):
                    result.outcome = (
                        "tls_expected" if result.first_bytes.startswith(_TLS_RECORD) else "not_http"
                    )
                    result.problem = "the first bytes are not HTTP"
                    return
                if not data and not result.first_bytes:
                    result.outcome = "empty"
                    return
                client.receive_data(data)
            elif isinstance(event, h11.Response):
                result.status, result.reason = event.status_code, event.reason.decode("latin-1")
                result.version = event.http_version.decode("ascii")
                result.headers = [
                    (name.decode("latin-1"), value.decode("latin-1"))
                    for name, value in event.headers.raw_items()
                ]
                result.outcome = "truncated"
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) >= MAX_BODY:
                    result.cut = True
                    result.outcome = "ok"
                    return
            elif isinstance(event, h11.EndOfMessage):
                result.outcome = "ok"
                return
            elif isinstance(event, h11.InformationalResponse):
                continue
            else:
                result.outcome = "malformed"
                result.problem = "the protocol was switched without being asked"
                return
    finally:
        result.body = bytes(body[:MAX_BODY])


def _malformed(result: Exchange, message: str) -> None:
    if not result.first_bytes:
        result.outcome = "empty"
    elif "incomplete" in message or "without sending complete" in message:
        result.outcome = "truncated" if result.status else "malformed"
        result.problem = "the connection ended inside the message"
    else:
        result.outcome = "malformed"
        result.problem = message[:200]


def _decoded(result: Exchange) -> bytes:
    """The body without gzip or deflate, its size bounded whatever it claims."""
    coding = next(
        (v.strip().lower() for n, v in result.headers if n.lower() == "content-encoding"), ""
    )
    if coding not in ("gzip", "x-gzip", "deflate") or not result.body:
        return result.body
    decoder = zlib.decompressobj(47)
    try:
        return decoder.decompress(result.body, MAX_BODY)
    except zlib.error:
        result.outcome = "malformed"
        result.problem = f"the body is not {coding}, although Content-Encoding says so"
        return b""
