"""The guard's policy, pure: which addresses, ports and hosts may be probed at all.

Refused by default is everything that is not global unicast, in every spelling and through every
translation prefix. ``allow`` opens named networks, ``deny`` closes hosts and networks for good.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final

from kb.errors import TargetRefused

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


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be probed: ``allow`` networks with all ports, the public internet with ``ports``.

    ``only`` keeps the probe inside of ``allow``. ``deny_networks`` and ``deny_hosts`` (a name
    covers the names below it) are stronger than everything else. ``resolver`` is (address, port),
    or None for the system's.
    """

    allow: tuple[Network, ...] = ()
    ports: frozenset[int] = frozenset({80, 443, 3000, 5000, 8000, 8080, 8443})
    only: bool = False
    resolver: tuple[str, int] | None = None
    deny_networks: tuple[Network, ...] = ()
    deny_hosts: frozenset[str] = frozenset()

    def check_host(self, host: str) -> None:
        """Raise TargetRefused when the operator's list denies this name, before any lookup."""
        labels = host.split(".")
        if any(".".join(labels[start:]) in self.deny_hosts for start in range(len(labels))):
            raise TargetRefused("opted_out", f"{host} has asked not to be probed.")

    def check(self, address: Address, port: int) -> None:
        """Raise TargetRefused when a connection to this address and port is not allowed."""
        seen = _plain(address)
        if _inside(seen, self.deny_networks):
            raise TargetRefused("opted_out", f"{address} has asked not to be probed.")
        if _inside(seen, self.allow):
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

    def counts_as_public(self, address: Address) -> bool:
        """Whether an address is public for us: the operator's own networks are no odd address."""
        return is_public(address) or _inside(_plain(address), self.allow)


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


def parse_deny(text: str) -> tuple[tuple[Network, ...], frozenset[str]]:
    """Networks and names from ``203.0.113.0/24, example.com``: what is no network is a name."""
    networks, hosts = [], set()
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            networks.append(ipaddress.ip_network(part.replace("[", "").replace("]", "")))
        except ValueError:
            hosts.add(part.lower().removeprefix("*.").strip("."))
    return tuple(networks), frozenset(hosts)


def parse_resolver(text: str) -> tuple[str, int] | None:
    """A resolver from ``address:port``; the port defaults to 53. Raises ValueError."""
    if not text:
        return None
    host, colon, port = text.rpartition(":")
    if not colon or (host.count(":") and not host.startswith("[")):
        host, port = text, "53"
    return str(ipaddress.ip_address(host.strip("[]"))), int(port)


def _plain(address: Address) -> Address:
    """An IPv4-mapped address as the IPv4 address that a connection would go to."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _inside(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks if network.version == address.version)
