"""The guard: the only module that opens an outgoing connection, on one documented policy.

A name is resolved once (``resolver``), every address is checked, and the connection goes to the
checked address itself, so that a second DNS answer cannot lead elsewhere. Each connection checks
its address once more. A name that leads to a public and a private address alike is refused as a
whole. The environment's proxies are never used.
"""

from __future__ import annotations

import errno
import selectors
import socket
import time
from collections.abc import Iterable
from typing import Final

import dns.exception
import dns.message
import dns.query
import dns.resolver

from kb.observe.policy import Address, Policy

MAX_ADDRESSES: Final = 4
# How long one address may keep the next one waiting (RFC 8305, 8: 250 ms).
STAGGER: Final = 0.25


def check_addresses(addresses: Iterable[Address], port: int, policy: Policy) -> None:
    """Raise TargetRefused if one address of a name is not allowed: a mixture is refused."""
    for address in addresses:
        policy.check(address, port)


def nameservers(policy: Policy) -> tuple[list[str], int]:
    """The resolvers to ask, best first, and their port: the operator's, else the system's."""
    if policy.resolver:
        return [policy.resolver[0]], policy.resolver[1]
    try:
        return [str(server) for server in dns.resolver.Resolver().nameservers][:3], 53
    except dns.exception.DNSException:
        return [], 53


def ask_nameserver(
    query: dns.message.Message, server: str, port: int, limit: float
) -> dns.message.Message:
    """One question over UDP, over TCP when the answer was cut (RFC 7766, 5), in one time limit.

    Raises TimeoutError, OSError or DNSException: Truncated when TCP brought nothing either.
    """
    try:
        return dns.query.udp(
            query,
            server,
            timeout=_left(limit),
            port=port,
            ignore_unexpected=True,
            raise_on_truncation=True,
        )
    except dns.message.Truncated as cut:
        try:
            return dns.query.tcp(query, server, timeout=_left(limit), port=port)
        except (OSError, EOFError, dns.exception.DNSException):
            raise cut from None  # EOFError: a server that closes TCP without an answer


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def connect(address: Address, port: int, policy: Policy, deadline: float) -> socket.socket:
    """Connect to a checked address. Raises TargetRefused, or OSError for what the network says.

    The socket's timeout is what is left until the deadline.
    """
    policy.check(address, port)
    connection = socket.socket(_family(address), socket.SOCK_STREAM)
    try:
        connection.settimeout(_left(deadline))
        connection.connect((str(address), port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        connection.close()
        raise
    return connection


class Race:
    """Connections to several addresses of one name, of which the first good one is used.

    With ``everywhere`` all addresses are tried at once and :meth:`finish` says which ones took the
    connection; without it the next address is tried when one failed or was silent for 250 ms.
    """

    def __init__(
        self,
        addresses: Iterable[Address],
        port: int,
        policy: Policy,
        deadline: float,
        *,
        everywhere: bool = False,
    ) -> None:
        self.outcomes: dict[Address, str] = {}
        self.address: Address | None = None
        self._waiting = _mixed(list(addresses))
        self._port = port
        self._policy = policy
        self._deadline = deadline
        self._everywhere = everywhere
        self._selector = selectors.DefaultSelector()
        self._started = time.monotonic()
        self._next_at = self._started
        self._order = list(self._waiting)

    def run(self) -> socket.socket | None:
        """The first connection that stands, or None; ``address`` says where it leads."""
        winners: dict[Address, socket.socket] = {}
        while not self._decided(winners):
            now = time.monotonic()
            if now >= self._deadline:
                break
            if self._waiting and (self._everywhere or now >= self._next_at or not self._pending):
                self._begin(self._waiting.pop(0))
                self._next_at = now + STAGGER
                continue
            pause = self._deadline - now
            if self._waiting or winners:
                pause = min(pause, max(0.0, self._next_at - now))
            self._poll(pause, winners)
            if winners and time.monotonic() - self._started >= STAGGER:
                break
        for address in self._order:
            if address in winners:
                self.address = address
                break
        for address, connection in winners.items():
            if address != self.address:
                connection.close()
        if self.address is None:
            self._give_up()
            return None
        connection = winners[self.address]
        connection.settimeout(max(0.001, self._deadline - time.monotonic()))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def finish(self, limit: float) -> None:
        """Wait until ``limit`` for the addresses that have not answered; what is left is silent."""
        winners: dict[Address, socket.socket] = {}
        while self._pending and (left := min(limit, self._deadline) - time.monotonic()) > 0:
            self._poll(left, winners)
        for connection in winners.values():
            connection.close()
        self._give_up()

    def close(self) -> None:
        """Close what is still open, saying nothing of it."""
        for key in list(self._selector.get_map().values()):
            self._drop(key)
        self._selector.close()

    @property
    def _pending(self) -> int:
        return len(self._selector.get_map())

    def _decided(self, winners: dict[Address, socket.socket]) -> bool:
        """The most preferred address that can still win has won, or none is left."""
        for address in self._order:
            if address in winners:
                return True
            if address not in self.outcomes:
                return False
        return True

    def _begin(self, address: Address) -> None:
        self._policy.check(address, self._port)
        connection = socket.socket(_family(address), socket.SOCK_STREAM)
        connection.setblocking(False)
        try:
            code = connection.connect_ex((str(address), self._port))
        except OSError as error:
            code = error.errno or errno.ENETUNREACH
        if code in (0, errno.EINPROGRESS):
            self._selector.register(connection, selectors.EVENT_WRITE, address)
        else:
            connection.close()
            self.outcomes[address] = tcp_outcome(OSError(code, "connect"))

    def _poll(self, pause: float, winners: dict[Address, socket.socket]) -> None:
        for key, _ in self._selector.select(max(0.0, pause)):
            connection, address = key.fileobj, key.data
            if not isinstance(connection, socket.socket):  # pragma: no cover  # we registered it
                continue
            self._selector.unregister(connection)
            code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            # A peer that refuses says ECONNREFUSED. A reset comes from one that had accepted: the
            # connection stood, and the exchange on it will say how it ended.
            if code not in (0, errno.ECONNRESET):
                connection.close()
                self.outcomes[address] = tcp_outcome(OSError(code, "connect"))
            else:
                self.outcomes[address] = "ok"
                winners[address] = connection

    def _give_up(self) -> None:
        for key in list(self._selector.get_map().values()):
            self.outcomes[key.data] = "timeout"
            self._drop(key)

    def _drop(self, key: selectors.SelectorKey) -> None:
        self._selector.unregister(key.fileobj)
        if isinstance(key.fileobj, socket.socket):
            key.fileobj.close()


def _mixed(addresses: list[Address]) -> list[Address]:
    """At most four addresses, of both families where there are both, IPv4 first."""
    four = [address for address in addresses if address.version == 4]
    six = [address for address in addresses if address.version == 6]
    kept = max(MAX_ADDRESSES - len(six), MAX_ADDRESSES // 2)
    chosen = four[:kept]
    return chosen + six[: MAX_ADDRESSES - len(chosen)]


def _family(address: Address) -> socket.AddressFamily:
    return socket.AF_INET if address.version == 4 else socket.AF_INET6


def tcp_outcome(error: OSError) -> str:
    """The value of ``tcp.outcome`` that an operating system's error means."""
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, ConnectionResetError):
        return "reset"
    if isinstance(error, TimeoutError):
        return "timeout"
    return "unreachable"


def idle(address: Address, port: int, policy: Policy, deadline: float) -> tuple[str, bytes]:
    """``tcp.idle`` and the first bytes: what a connection gets on which nothing is asked."""
    try:
        connection = connect(address, port, policy, deadline)
    except OSError as error:
        return ("reset" if tcp_outcome(error) == "reset" else "closed"), b""
    with connection:
        try:
            connection.settimeout(max(0.01, min(0.3, deadline - time.monotonic())))
            data = connection.recv(256)
        except TimeoutError:
            return "open", b""
        except OSError:
            return "reset", b""
    return ("banner", data) if data else ("closed", b"")


def ended(connection: socket.socket) -> str:
    """Whether the peer has ended a connection already: ``open``, ``closed`` or ``reset``."""
    before = connection.gettimeout()
    connection.setblocking(False)
    try:
        return "open" if connection.recv(1, socket.MSG_PEEK) else "closed"
    except BlockingIOError:
        return "open"
    except OSError:
        return "reset"
    finally:
        connection.settimeout(before)
