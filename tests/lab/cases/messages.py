"""Answers that are cut, garbled, too big or too slow."""

from __future__ import annotations

import socket
import time

from tests.lab.case import Case
from tests.observe.servers import Handler, request, resetting, saying

_OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def _dripping(connection: socket.socket) -> None:
    request(connection)
    connection.sendall(_OK + b"Content-Length: 200000\r\n\r\n")
    for _ in range(60):
        connection.sendall(b"<p>word</p>")
        time.sleep(0.15)


def _late(connection: socket.socket) -> None:
    request(connection)
    time.sleep(3.2)
    connection.sendall(_OK + b"Content-Length: 14\r\n\r\n<p>Welcome</p>")


def _cut_by_reset(connection: socket.socket) -> None:
    request(connection)
    connection.sendall(_OK + b"Content-Length: 5000\r\n\r\n" + b"x" * 800)
    time.sleep(0.1)
    resetting(connection)


def _case(name: str, first: str, says: str, raw: Handler, **more: object) -> Case:
    return Case(f"message-{name}", "message", first, says + " {url}", raw=raw, **more)  # type: ignore[arg-type]


CASES = (
    _case("cut-body", "2276/*", "ERR_CONTENT_LENGTH_MISMATCH",
          saying(_OK + b"Content-Length: 5000\r\n\r\n<p>only this"),
          named_by=(("curl", "remaining|transfer closed"),)),
    _case("cut-chunk", "2276/*", "ERR_INCOMPLETE_CHUNKED_ENCODING",
          saying(_OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
          named_by=(("curl", "remaining|transfer closed"),)),
    _case("bad-chunk", "2277/*", "ERR_INVALID_CHUNKED_ENCODING",
          saying(_OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n")),
    _case("wrong-encoding", "2278/*", "ERR_CONTENT_DECODING_FAILED",
          saying(_OK + b"Content-Encoding: gzip\r\nContent-Length: 14\r\n\r\n<p>Welcome</p>")),
    _case("two-lengths", "2280/*", "ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_LENGTH",
          saying(_OK + b"Content-Length: 14\r\nContent-Length: 20\r\n\r\n<p>Welcome</p>")),
    _case("length-and-chunked", "2280/*", "is this request smuggling?",
          saying(_OK + b"Content-Length: 14\r\nTransfer-Encoding: chunked\r\n\r\n"
                 b"e\r\n<p>Welcome</p>\r\n0\r\n\r\n")),
    _case("bad-header", "2279/*", "ERR_INVALID_RESPONSE",
          saying(_OK + b"no colon in this line\r\nContent-Length: 2\r\n\r\nok")),
    _case("head-too-big", "2281/*", "ERR_RESPONSE_HEADERS_TOO_BIG",
          saying(_OK + b"X-Big: " + b"y" * 300_000 + b"\r\nContent-Length: 2\r\n\r\nok")),
    _case("status-999", "2200/*", "the profile page answers 999",
          saying(b"HTTP/1.1 999 Request denied\r\nContent-Length: 0\r\n\r\n"), also=("2279/*",)),
    _case("unasked-101", "2217/switched-unasked", "curl shows 101 and nothing more",
          saying(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                 b"Connection: Upgrade\r\n\r\n"), also=("2325/*",)),
    _case("empty-200", "2217/empty-page", "the page is white",
          saying(_OK + b"Content-Length: 0\r\n\r\n")),
    _case("slow-first-byte", "2284/*", "the site takes ages", _late),
    _case("slow-body", "2285/*", "the download crawls", _dripping),
    _case("reset-in-body", "2242/reset-inside-answer", "download breaks off", _cut_by_reset,
          also=("2276/*",),
          named_by=(("curl", "reset by peer"),)),
)  # fmt: skip
