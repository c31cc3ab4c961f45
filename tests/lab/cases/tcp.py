"""Connections that do not come about, or end before a word is said."""

from __future__ import annotations

import socket
import time

from tests.lab.case import Case
from tests.observe.servers import request, resetting, saying

_OK = 'return 200 "<!doctype html><title>Shop</title><p>Welcome";'


def _reset_on_accept(connection: socket.socket) -> None:
    resetting(connection)


def _reset_after_request(connection: socket.socket) -> None:
    request(connection)
    resetting(connection)


def _close_on_accept(_connection: socket.socket) -> None:
    """Take the connection and hang up."""


def _silent(connection: socket.socket) -> None:
    request(connection)
    until = time.monotonic() + 12
    connection.settimeout(0.5)
    while time.monotonic() < until:
        try:
            if not connection.recv(1024):
                return
        except TimeoutError:
            continue


def _ssh(connection: socket.socket) -> None:
    connection.sendall(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
    request(connection)


def _empty_for_robots(connection: socket.socket) -> None:
    if "Mozilla/" in request(connection):
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 14\r\n\r\n"
            b"<p>Welcome</p>"
        )


CASES = (
    Case("tcp-refused", "tcp", "2240/port-refused", port="closed", says="ECONNREFUSED {url}",
         named_by=(("curl", "refused"),)),
    Case("tcp-port-443-shut", "tcp", "2240/other-scheme-open", scheme="https", port="default",
         host="@ADDRESS@", nginx="listen @ADDRESS@:80; " + _OK,
         says="https does not work, ERR_CONNECTION_REFUSED {url}"),
    Case("tcp-v6-broken", "tcp", "2245/*", host="six.test", nginx=_OK,
         zone=("six IN A 127.0.0.1", "six IN AAAA ::1"),
         says="slow or dead for some of our visitors {url}"),
    Case("tcp-v4-broken", "tcp", "2245/*", host="four.test", nginx=_OK, listen=("::1",),
         zone=("four IN A 127.0.0.1", "four IN AAAA ::1"), says="opens for few people only {url}"),
    Case("tcp-one-address-dead", "tcp", "2240/some-addresses-refuse", host="two.test", nginx=_OK,
         zone=("two IN A 127.0.0.1", "two IN A 127.0.0.99"),
         also=("2316/one-address-dead",),
         says="connection refused every other time {url}"),
    Case("tcp-reset-on-accept", "tcp", "2242/*", raw=_reset_on_accept,
         says="ERR_CONNECTION_RESET {url}", named_by=(("curl", "reset by peer"),)),
    Case("tcp-reset-after-request", "tcp", "2242/*", raw=_reset_after_request,
         says="curl: (56) Recv failure: Connection reset by peer {url}",
         named_by=(("curl", "reset by peer"),)),
    Case("tcp-close-on-accept", "tcp", "2244/*", raw=_close_on_accept,
         says="ERR_EMPTY_RESPONSE {url}", named_by=(("curl", "Empty reply"),)),
    Case("tcp-empty-reply", "tcp", "2244/*", nginx="return 444;",
         says="curl: (52) Empty reply from server {url}", named_by=(("curl", "Empty reply"),)),
    Case("tcp-empty-for-robots", "tcp", "2244/automated-clients-closed", raw=_empty_for_robots,
         also=("2218/robots-get-no-answer", "2287/*"), says="socket hang up in our script: {url}"),
    Case("tcp-silent", "tcp", "2284/*", raw=_silent, says="it loads for ever {url}",
         named_by=(("curl", "timed out"),)),
    Case("tcp-ssh-banner", "tcp", "2246/*", raw=_ssh, says="curl: (1) Received HTTP/0.9 {url}",
         named_by=(("curl", "HTTP/0.9|SSH"),)),
    Case("tcp-garbage", "tcp", "2246/*", raw=saying(b"\x00\x01\x02 what?\r\n"), also=("2279/*",),
         says="ERR_INVALID_HTTP_RESPONSE {url}"),
)  # fmt: skip
