"""Names to addresses: one lookup, its outcome and its aliases; the guard carries the questions."""

from __future__ import annotations

import ipaddress
import time
from dataclasses import dataclass, field
from typing import Final

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype

from kb.observe.guard import ask_nameserver, nameservers
from kb.observe.policy import Address, Policy

DNS_TIMEOUT: Final = 2.5
_CNAME_HOPS: Final = 8
# What servers answer that are older than EDNS (RFC 6891, 7).
_WITHOUT_EDNS: Final = (dns.rcode.FORMERR, dns.rcode.NOTIMP)


@dataclass(slots=True)
class Resolution:
    """The result of one lookup; ``outcome`` is a value of ``dns.outcome``."""

    outcome: str
    a: list[str] = field(default_factory=list)
    aaaa: list[str] = field(default_factory=list)
    cname: list[str] = field(default_factory=list)
    cname_loop: bool = False
    rcode: str = ""
    extended_error: str = ""
    truncated: bool = False
    resolver: str = ""
    time_ms: float = 0.0

    @property
    def addresses(self) -> list[Address]:
        """All addresses, IPv4 first."""
        return [ipaddress.ip_address(text) for text in (*self.a, *self.aaaa)]


def resolve(host: str, policy: Policy, deadline: float, *, validated: bool = True) -> Resolution:
    """Look ``host`` up. ``deadline`` is a time of ``time.monotonic()``.

    With ``validated`` false the resolver is asked to skip DNSSEC (CD bit, RFC 4035, 3.2.2).
    Raises TargetRefused for a name on the operator's deny list; the addresses are checked by
    :func:`kb.observe.guard.check_addresses` and once more by each connection.
    """
    started = time.monotonic()
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        policy.check_host(host)
        if host == "localhost" or host.endswith(".localhost"):
            # RFC 6761, 6.3: these names are the loopback address, whatever DNS says.
            result = Resolution("ok", a=["127.0.0.1"], resolver="RFC 6761")
        else:
            result = _ask(host, policy, deadline, validated)
    else:
        result = Resolution("literal")
        (result.a if address.version == 4 else result.aaaa).append(str(address))
    result.time_ms = (time.monotonic() - started) * 1000
    return result


def scope(resolution: Resolution, policy: Policy) -> str:
    """The value of ``dns.scope`` for the addresses of a name."""
    public = {policy.counts_as_public(address) for address in resolution.addresses}
    return "mixed" if len(public) > 1 else ("public" if True in public else "private")


def cname_chain(host: str, policy: Policy, deadline: float) -> tuple[list[str], bool]:
    """The CNAME chain asked link by link, for a resolver that gave up on it, and if it loops."""
    chain: list[str] = []
    servers, port = nameservers(policy)
    name = host
    while servers and len(chain) < _CNAME_HOPS:
        link = Resolution("error")
        _exchange(name, dns.rdatatype.CNAME, servers[0], port, deadline, link, validated=True)
        if not link.cname:
            return chain, False
        name = link.cname[0]
        if name == host or name in chain:
            return [*chain, name], True
        chain.append(name)
    return chain, False


def _ask(name: str, policy: Policy, deadline: float, validated: bool) -> Resolution:
    servers, port = nameservers(policy)
    result = Resolution("error")
    answered = []
    for kind in (dns.rdatatype.A, dns.rdatatype.AAAA):
        outcome = "error"
        for server in servers:
            result.resolver = f"{server}:{port}"
            outcome = _exchange(name, kind, server, port, deadline, result, validated)
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
    validated: bool,
) -> str:
    limit = min(deadline, time.monotonic() + DNS_TIMEOUT)
    try:
        query = dns.message.make_query(dns.name.from_text(name), kind, use_edns=0)
        if not validated:
            query.flags |= dns.flags.CD
        reply = ask_nameserver(query, server, port, limit)
        if reply.rcode() in _WITHOUT_EDNS:
            query.use_edns(False)
            reply = ask_nameserver(query, server, port, limit)
    except dns.message.Truncated:
        result.truncated = True
        return "error"
    except (TimeoutError, dns.exception.Timeout):
        return "timeout"
    except (OSError, dns.exception.DNSException):
        return "error"
    code = reply.rcode()
    result.extended_error = result.extended_error or _extended(reply)
    result.rcode = dns.rcode.to_text(code)
    _collect(reply, name, kind, result)
    if code == dns.rcode.NXDOMAIN:
        return "nxdomain"
    if code == dns.rcode.SERVFAIL:
        return "servfail"
    if code != dns.rcode.NOERROR:
        return "refused" if code == dns.rcode.REFUSED else "error"
    found = result.a if kind == dns.rdatatype.A else result.aaaa
    return "ok" if found else "nodata"


def _extended(reply: dns.message.Message) -> str:
    """The name of the first extended error, '' when there is none or nobody knows it."""
    for option in reply.options:
        if isinstance(option, dns.edns.EDEOption):
            try:
                return dns.edns.EDECode(option.code).name.lower()
            except ValueError:
                continue
    return ""


def _collect(
    reply: dns.message.Message, name: str, kind: dns.rdatatype.RdataType, result: Resolution
) -> None:
    """Addresses and the CNAME chain of an answer, both bounded."""
    links: dict[str, str] = {}
    for rrset in reply.answer[:32]:
        for record in list(rrset)[:32]:
            text = record.to_text().rstrip(".").lower()
            if rrset.rdtype == dns.rdatatype.CNAME:
                links[rrset.name.to_text().rstrip(".").lower()] = text
            elif rrset.rdtype == kind == dns.rdatatype.A:
                result.a.append(text)
            elif rrset.rdtype == kind == dns.rdatatype.AAAA:
                result.aaaa.append(text)
    chain: list[str] = []
    link = links.get(name.lower())
    while link is not None:
        if link == name or link in chain:
            result.cname_loop = True
            break
        chain.append(link)
        link = links.get(link)
    if len(chain) > len(result.cname):
        result.cname = chain
