"""The guard: the only module that opens an outgoing connection, on one documented policy.

A name is resolved once, every address is checked, and the connection goes to the checked address
itself, so that a second DNS answer cannot lead elsewhere. Refused is everything that is not global
unicast, in every spelling and through every translation prefix; a name that leads to a public and
a private address alike is refused as a whole. The environment's proxies are never used.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.resolver

from kb.errors import TargetRefused
from kb.observe.target import Target

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# What ipaddress.is_global lets pass although it is not, or may not be, a public unicast host:
# IANA IPv4 and IPv6 Special-Purpose Address Registries, and addresses of cloud metadata services.
_NEVER: Final[tuple[Network, ...]] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8", "100.64.0.0/10", "168.63.129.16/32", "192.0.0.0/24", "192.31.196.0/24",
        "192.52.193.0/24", "192.88.99.0/24", "192.175.48.0/24", "198.18.0.0/15", "224.0.0.0/3",
    )
)  # fmt: skip
# Only 2000::/3 is global unicast (RFC 4291, 2.4); inside of it these lead elsewhere.
_UNICAST6: Final = ipaddress.IPv6Network("2000::/3")
_NEVER6: Final = tuple(
    ipaddress.IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
DNS_TIMEOUT: Final = 2.5


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be probed: ``allow`` networks with all ports, the public internet with ``ports``.

    ``only`` keeps the probe inside of ``allow``. ``resolver`` is (address, port), or None for the
    system's.
    """

    allow: tuple[Network, ...] = ()
    ports: frozenset[int] = frozenset({80, 443, 3000, 5000, 8000, 8080, 8443})
    only: bool = False
    resolver: tuple[str, int] | None = None

    def check(self, address: Address, port: int) -> None:
        """Raise TargetRefused when a connection to this address and port is not allowed."""
        plain = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        seen = plain or address
        if any(seen in network for network in self.allow if network.version == seen.version):
            return
        if self.only:
            raise TargetRefused(
                "address",
                f"{address} was not probed: this installation probes its own examples only.",
            )
        if not is_public(address):
            raise TargetRefused(
                "address",
                f"{address} is not a public address and was not probed. Run errordesk probe on a "
                "machine in that network, or have the operator allow the network (PROBE_ALLOW).",
            )
        if port not in self.ports:
            raise TargetRefused("port", f"Port {port} is not among the ports that are probed.")


def is_public(address: Address) -> bool:
    """Whether the address is global unicast, looking through every embedded IPv4 address."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not any(address in network for network in _NEVER)
    return (
        address in _UNICAST6
        and address.is_global
        and not any(address in network for network in _NEVER6)
    )


def parse_networks(text: str) -> tuple[Network, ...]:
    """Networks from ``127.0.0.0/8,[::1]/128``. Raises ValueError."""
    parts = (part.strip().replace("[", "").replace("]", "") for part in text.split(","))
    return tuple(ipaddress.ip_network(part) for part in parts if part)


def parse_resolver(text: str) -> tuple[str, int] | None:
    """A resolver from ``address:port``; the port defaults to 53. Raises ValueError."""
    if not text:
        return None
    host, colon, port = text.rpartition(":")
    if not colon or (host.count(":") and not host.startswith("[")):
        host, port = text, "53"
    return str(ipaddress.ip_address(host.strip("[]"))), int(port)


@dataclass(slots=True)
class Resolution:
    """The result of one lookup; ``outcome`` is a value of ``dns.outcome``."""

    outcome: str
    a: list[str] = field(default_factory=list)
    aaaa: list[str] = field(default_factory=list)
    cname: list[str] = field(default_factory=list)
    rcode: str = ""
    resolver: str = ""
    time_ms: float = 0.0

    @property
    def addresses(self) -> list[Address]:
        """All addresses, IPv4 first."""
        return [ipaddress.ip_address(text) for text in (*self.a, *self.aaaa)]


def resolve(target: Target, policy: Policy, deadline: float) -> Resolution:
    """Look the target's host up once and check every address. Raises TargetRefused.

    ``deadline`` is a time of ``time.monotonic()``.
    """
    started = time.monotonic()
    if target.address is not None:
        result = Resolution("literal")
        (result.a if target.address.version == 4 else result.aaaa).append(str(target.address))
    elif target.host == "localhost" or target.host.endswith(".localhost"):
        # RFC 6761, 6.3: these names are the loopback address, whatever DNS says.
        result = Resolution("ok", a=["127.0.0.1"], resolver="RFC 6761")
    else:
        result = _ask(target.host, policy, deadline)
    result.time_ms = (time.monotonic() - started) * 1000
    for address in result.addresses:
        policy.check(address, target.port)
    return result


def _ask(name: str, policy: Policy, deadline: float) -> Resolution:
    if policy.resolver:
        servers, port = [policy.resolver[0]], policy.resolver[1]
    else:
        try:
            servers = [str(s) for s in dns.resolver.Resolver().nameservers][:3]
        except dns.exception.DNSException:
            servers = []
        port = 53
    result = Resolution("error")
    answered = []
    for kind in (dns.rdatatype.A, dns.rdatatype.AAAA):
        outcome = "error"
        for server in servers:
            result.resolver = f"{server}:{port}"
            outcome = _exchange(name, kind, server, port, deadline, result)
            if outcome not in ("timeout", "error", "refused"):
                break
        answered.append(outcome)
        if outcome in ("nxdomain", "timeout"):
            break
    if "ok" in answered:
        result.outcome = "ok"
    else:
        result.outcome = next((o for o in answered if o != "nodata"), "nodata")
    return result


def _exchange(
    name: str,
    kind: dns.rdatatype.RdataType,
    server: str,
    port: int,
    deadline: float,
    result: Resolution,
) -> str:
    timeout = min(DNS_TIMEOUT, deadline - time.monotonic())
    if timeout <= 0:
        return "timeout"
    try:
        query = dns.message.make_query(dns.name.from_text(name), kind)
        reply, _ = dns.query.udp_with_fallback(query, server, timeout=timeout, port=port)
    except dns.exception.Timeout:
        return "timeout"
    except OSError:
        return "error"
    except dns.exception.DNSException:
        return "error"
    code = reply.rcode()
    result.rcode = dns.rcode.to_text(code)
    for rrset in reply.answer[:32]:
        for record in list(rrset)[:32]:
            text = record.to_text().rstrip(".").lower()
            if rrset.rdtype == dns.rdatatype.CNAME and text not in result.cname:
                result.cname.append(text)
            elif rrset.rdtype == kind:
                (result.a if kind == dns.rdatatype.A else result.aaaa).append(text)
    if code == dns.rcode.NXDOMAIN:
        return "nxdomain"
    if code == dns.rcode.SERVFAIL:
        return "servfail"
    if code != dns.rcode.NOERROR:
        return "refused" if code == dns.rcode.REFUSED else "error"
    found = result.a if kind == dns.rdatatype.A else result.aaaa
    return "ok" if found else "nodata"


def connect(address: Address, port: int, policy: Policy, deadline: float) -> socket.socket:
    """Connect to a checked address. Raises TargetRefused, or OSError for what the network says."""
    policy.check(address, port)
    timeout = deadline - time.monotonic()
    if timeout <= 0:
        raise TimeoutError
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout)
        connection.connect((str(address), port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        connection.close()
        raise
    return connection


def reachable(addresses: Iterable[Address], port: int, policy: Policy, deadline: float) -> str:
    """``tcp.outcome`` of the first address that tells, without sending a byte."""
    outcome = "timeout"
    for address in addresses:
        try:
            connect(address, port, policy, deadline).close()
        except OSError as error:
            outcome = tcp_outcome(error)
        else:
            return "ok"
    return outcome


def tcp_outcome(error: OSError) -> str:
    """The value of ``tcp.outcome`` that an operating system's error means."""
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, ConnectionResetError):
        return "reset"
    if isinstance(error, TimeoutError):
        return "timeout"
    return "unreachable"
