"""One HTTP/2 exchange (RFC 9113) by the library h2 on our socket, bounded in frames and bytes."""

from __future__ import annotations

import time
from typing import Final

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions

from kb.observe.http import MAX_BODY, MAX_HEAD, Connection, Exchange, Request, undo_codings

# More events than this before the answer is over are no page: a flood of settings or pings.
MAX_EVENTS: Final = 1_000
_PIECE: Final = 4_096
_CONNECTION_HEADERS: Final = frozenset({"connection", "upgrade-insecure-requests"})


def exchange2(connection: Connection, request: Request, scheme: str, deadline: float) -> Exchange:
    """Send one GET over HTTP/2. ``http2_outcome`` and ``http2_error`` say how it ended."""
    result = Exchange(version="2")
    try:
        _talk(connection, request, scheme, result, deadline)
    except TimeoutError:
        _end(result, "timeout", "timeout", "the time was over before the answer was complete")
    except ConnectionResetError:
        _end(result, "reset", "reset", "the connection was reset")
    except OSError as error:
        _end(result, "reset", "closed", getattr(error, "reason", None) or type(error).__name__)
    except (h2.exceptions.H2Error, ValueError) as error:
        _end(result, "malformed", "protocol_error", str(error) or type(error).__name__)
    undo_codings(result)
    return result


def _end(result: Exchange, outcome: str, http2: str, problem: str = "", error: str = "") -> None:
    result.outcome, result.http2_outcome = outcome, http2
    result.problem, result.http2_error = problem[:200], error


def _talk(
    connection: Connection, request: Request, scheme: str, result: Exchange, deadline: float
) -> None:
    peer = h2.connection.H2Connection(
        h2.config.H2Configuration(client_side=True, header_encoding="latin-1")
    )
    peer.max_inbound_frame_size = 16_384
    peer.initiate_connection()
    peer.send_headers(
        1,
        [
            (":method", request.method),
            (":scheme", scheme),
            (":authority", request.authority),
            (":path", request.path),
            *((n.lower(), v) for n, v in request.headers if n.lower() not in _CONNECTION_HEADERS),
        ],
        end_stream=True,
    )
    sent = time.monotonic()
    body = bytearray()
    seen = 0
    try:
        while True:
            connection.settimeout(_left(deadline))
            if waiting := peer.data_to_send():
                connection.sendall(waiting)
            connection.settimeout(_left(deadline))
            data = connection.recv(65_536)
            if not data:
                _end(result, "empty" if not result.status else "truncated", "closed")
                return
            if result.ttfb_ms is None:
                result.ttfb_ms = (time.monotonic() - sent) * 1000
                result.phase = "head"
            # In small pieces: the frames of one read can be a flood of thousands already.
            for start in range(0, len(data), _PIECE):
                for event in peer.receive_data(data[start : start + _PIECE]):
                    seen += 1
                    if _take(event, peer, result, body):
                        return
                if seen > MAX_EVENTS:
                    flood = "a flood of frames"
                    _end(result, "malformed", "protocol_error", flood, "ENHANCE_YOUR_CALM")
                    return
                _left(deadline)
    finally:
        result.raw_length = len(body)
        result.body = bytes(body[:MAX_BODY])


def _take(
    event: h2.events.Event, peer: h2.connection.H2Connection, result: Exchange, body: bytearray
) -> bool:
    """Take one event in; True when the exchange is over."""
    if isinstance(event, h2.events.ResponseReceived):
        fields = [(str(name), str(value)) for name, value in _pairs(event)]
        result.status = int(dict(fields).get(":status", "0"))
        result.headers = [
            (name, value[:MAX_HEAD]) for name, value in fields if not name.startswith(":")
        ]
        result.phase = "body"
    elif isinstance(event, h2.events.DataReceived):
        body += event.data
        if len(body) >= MAX_BODY:
            result.cut = True
            _end(result, "ok", "ok")
            result.phase = "done"
            return True
        if event.flow_controlled_length:
            peer.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
    elif isinstance(event, h2.events.StreamEnded):
        _end(result, "ok", "ok")
        result.phase = "done"
        return True
    elif isinstance(event, h2.events.StreamReset):
        name = _name(event.error_code)
        kind = "refused_stream" if name == "REFUSED_STREAM" else "stream_reset"
        _end(result, "reset", kind, f"the stream was ended with {name}", name)
        return True
    elif isinstance(event, h2.events.ConnectionTerminated):
        name = _name(event.error_code or 0)
        # A polite GOAWAY lets the stream that it names come to its end (RFC 9113, 6.8).
        if name != "NO_ERROR" or (event.last_stream_id or 0) < 1:
            _end(result, "reset", "goaway", f"the server said goodbye with {name}", name)
            return True
    return False


def _pairs(event: h2.events.ResponseReceived) -> list[tuple[str | bytes, str | bytes]]:
    return [(item[0], item[1]) for item in event.headers]


def _name(code: int) -> str:
    try:
        return h2.errors.ErrorCodes(code).name
    except ValueError:
        return f"0x{int(code):x}"


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
