"""One vantage: the whole way to the last response, redirect hops included, and what it shows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from cryptography import x509

from kb.answer import Step
from kb.errors import BadURL, TargetRefused
from kb.facts import FactValue
from kb.observe import guard, redirects
from kb.observe.cookies import Cookies
from kb.observe.fetch import Fetcher
from kb.observe.guard import Race, Resolution
from kb.observe.http import Connection, Exchange, Request, exchange
from kb.observe.http2 import exchange2
from kb.observe.page import page_facts
from kb.observe.policy import Address, Policy
from kb.observe.target import Target
from kb.observe.tls import banner, handshake
from kb.wire.response import join_headers, layer_of, response_facts

# How long the robot's census of addresses waits for one that is silent.
CENSUS: Final = 1.0
_SECRET: Final = frozenset({"set-cookie", "authorization", "proxy-authorization", "cookie"})
_LAYERS: Final = ("dns.", "tcp.", "tls.", "http.", "clock.", "upstream.")
_NOTHING_TRIED: Final[dict[str, FactValue]] = {
    "tcp.outcome": "not_tried",
    "tls.outcome": "not_tried",
    "http.outcome": "not_tried",
}


@dataclass(slots=True)
class Ground:
    """What all vantages of one probe share: the policy, the lookups made, the time that is left."""

    policy: Policy
    ca_file: str
    fetcher: Fetcher
    started: float
    emit: Callable[[Step], None]
    _lookups: dict[str, Resolution] = field(default_factory=dict)
    _locks: dict[str, threading.Lock] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def lookup(self, host: str, deadline: float) -> Resolution:
        """One lookup a name and probe: whoever asks first asks for all. Raises TargetRefused."""
        with self._lock:
            lock = self._locks.setdefault(host, threading.Lock())
        with lock:
            if host not in self._lookups:
                self._lookups[host] = guard.resolve(host, self.policy, deadline)
            return self._lookups[host]

    def step(
        self,
        vantage: str,
        layer: str,
        status: str,
        summary: str,
        began: float,
        detail: tuple[str, ...] = (),
    ) -> None:
        """Tell the observer of a step that ends now."""
        start = round((began - self.started) * 1000, 2)
        took = round((time.monotonic() - began) * 1000, 2)
        self.emit(Step(vantage, layer, status, summary, start, took, detail))


@dataclass(frozen=True, slots=True)
class Manner:
    """How a vantage asks: its request headers, and what it does otherwise than the robot."""

    name: str
    headers: tuple[tuple[str, str], ...]
    method: str = "GET"
    family: int | None = None
    cookies: bool = False
    http2: bool = False
    stays: bool = False  # follows no redirect to another host
    follows: bool = True  # follows redirects at all


@dataclass(slots=True)
class Walk:
    """One vantage at work: the facts gathered so far and the chain of URLs."""

    manner: Manner
    ground: Ground
    deadline: float
    facts: dict[str, FactValue] = field(default_factory=dict)
    chain: list[Target] = field(default_factory=list)
    last: Exchange | None = None
    certificates: list[x509.Certificate] = field(default_factory=list)
    address: Address | None = None
    refused: bool = False
    _seen: set[tuple[Target, str]] = field(default_factory=set)
    _jar: Cookies = field(default_factory=Cookies)
    _races: list[Race] = field(default_factory=list)

    def run(self, target: Target) -> None:
        """Walk to the last response. Raises TargetRefused for the first hop only."""
        self.facts.update(redirects.NONE)
        began = time.monotonic()
        try:
            self._walk(target)
        finally:
            for race in self._races:
                race.close()
        last = self.chain[-1]
        self.facts |= redirects.summary(self.chain)
        name = self.manner.name
        self.facts[f"vantage.{name}.time_ms"] = (time.monotonic() - began) * 1000
        self.facts[f"vantage.{name}.redirects"] = len(self.chain) - 1
        self.facts[f"vantage.{name}.outcome"] = self.facts["http.outcome"]
        self.facts[f"vantage.{name}.failed_at"] = self._failed_at()
        for own, common in (("status", "http.status"), ("body_kind", "http.body_kind")):
            if common in self.facts:
                self.facts[f"vantage.{name}.{own}"] = self.facts[common]
        self.facts["redirect.target"] = last.url

    def vantage_facts(self) -> dict[str, FactValue]:
        """The same few facts that each vantage has."""
        prefix = f"vantage.{self.manner.name}."
        return {name: value for name, value in self.facts.items() if name.startswith(prefix)}

    def _walk(self, target: Target) -> None:
        while True:
            self.chain.append(target)
            try:
                self._hop(target)
            except TargetRefused as error:
                if len(self.chain) == 1:
                    raise
                self.facts["redirect.refused"] = self.refused = True
                self._step("guard", "failed", str(error), time.monotonic())
                return
            following = self._following(target)
            if following is None:
                return
            target = following

    def _failed_at(self) -> str:
        if self.refused:
            return "refused"
        if self.facts["dns.outcome"] not in ("ok", "literal"):
            return "dns"
        if self.facts["tcp.outcome"] != "ok":
            return "tcp"
        if self.facts["tls.outcome"] not in ("ok", "none"):
            return "tls"
        return "none" if self.facts["http.outcome"] == "ok" else "http"

    def _hop(self, target: Target) -> None:
        # Until the guard lets the next hop happen, the last response is still the last one.
        kept = {name: value for name, value in self.facts.items() if not name.startswith(_LAYERS)}
        began = time.monotonic()
        resolution = self.ground.lookup(target.host, self.deadline)
        seen = _dns_facts(target, resolution, self.ground.policy)
        if len(self.chain) == 1:
            self.facts |= seen
        guard.check_addresses(resolution, target, self.ground.policy)
        self.facts = kept | _NOTHING_TRIED | seen
        status = "done" if resolution.addresses else "failed"
        self._step("dns", status, _say_dns(target, resolution), began)
        if not resolution.addresses:
            return
        race, connection = self._connect(target, resolution)
        if connection is None:
            return
        if target.scheme == "https":
            connection = self._secure(target, connection)
            if connection is None:
                return
        else:
            self.facts["tls.outcome"] = "none"
        try:
            self._ask(target, connection)
        finally:
            connection.close()
        self._census(race)

    def _connect(self, target: Target, resolution: Resolution) -> tuple[Race, Any]:
        began = time.monotonic()
        family = self.manner.family
        addresses = [item for item in resolution.addresses if family in (None, item.version)]
        census = self.manner.name == "robot" and len(self.chain) == 1
        race = Race(addresses, target.port, self.ground.policy, self.deadline, everywhere=census)
        self._races.append(race)
        connection = race.run()
        self.facts["tcp.time_ms"] = (time.monotonic() - began) * 1000
        self._tell_addresses(race)
        if connection is not None:
            self.address = race.address
            self.facts["tcp.outcome"] = "ok"
            self.facts["tcp.address"] = str(race.address)
            self._step("tcp", "done", f"Connected to {race.address} port {target.port}", began)
            return race, connection
        outcome = next(reversed(race.outcomes.values()), "unreachable")
        if race.outcomes:
            self.facts["tcp.address"] = str(next(reversed(race.outcomes)))
        self.facts["tcp.outcome"] = outcome
        where = f"{self.facts.get('tcp.address', target.host)} port {target.port}"
        self._step("tcp", "failed", f"{_SAY_TCP[outcome]}: {where}", began)
        return race, None

    def _tell_addresses(self, race: Race) -> None:
        for version in (4, 6):
            found = [out for item, out in race.outcomes.items() if item.version == version]
            if found:
                best = "ok" if "ok" in found else found[-1]
                self.facts[f"tcp.ipv{version}.outcome"] = best
        live = [str(item) for item, outcome in race.outcomes.items() if outcome == "ok"]
        self.facts["tcp.live_addresses"] = live
        dead = {str(item): out for item, out in race.outcomes.items() if out != "ok"}
        self.facts["tcp.dead_addresses"] = list(dead)
        self.facts["tcp.dead_outcomes"] = list(dead.values())

    def _census(self, race: Race) -> None:
        """Which of the other addresses took a connection, told once the answer is here."""
        if len(self.chain) == 1 and self.manner.name == "robot":
            race.finish(self.ground.started + CENSUS)
            self._tell_addresses(race)

    def _opener(self, target: Target) -> Callable[[], Any]:
        address = self.address
        if address is None:  # pragma: no cover  # only called once a connection stood
            raise ConnectionError
        return lambda: guard.connect(address, target.port, self.ground.policy, self.deadline)

    def opener(self) -> Callable[[], Any] | None:
        """Opens another connection to where the first hop led; None when it led nowhere."""
        return self._opener(self.chain[0]) if self.address is not None else None

    def _secure(self, target: Target, first: Any) -> Connection | None:
        began = time.monotonic()
        fetcher = self.ground.fetcher if self.manner.name == "robot" else None
        shaken = handshake(
            target,
            self._opener(target),
            first,
            self.ground.ca_file,
            self.deadline,
            fetcher,
            http2=self.manner.http2,
        )
        self.facts.update(shaken.facts)
        self.certificates = shaken.chain
        status = "done" if self.facts["tls.outcome"] == "ok" else "failed"
        self._step("tls", status, shaken.summary, began, tuple(shaken.detail))
        if shaken.connection is not None and self.manner.http2 and "tls.alpn" not in shaken.facts:
            shaken.connection.close()
            self.facts["http2.outcome"] = "not_offered"
            return None
        return shaken.connection

    def _ask(self, target: Target, connection: Connection) -> None:
        began = time.monotonic()
        headers = self.manner.headers
        if self.manner.cookies:
            headers = (*headers, *self._jar.header(target))
        request = Request(target.authority, target.path, headers, self.manner.method)
        if self.manner.http2:
            answer = exchange2(connection, request, target.scheme, self.deadline)
            self.facts["http2.outcome"] = answer.http2_outcome
            if answer.http2_error:
                self.facts["http2.error"] = answer.http2_error
        else:
            answer = exchange(connection, request, self.deadline)
        self.last = answer
        self._tell(target, answer)
        self._step(
            "http",
            "done" if answer.outcome == "ok" else "failed",
            _say(answer),
            began,
            tuple(_head(answer)),
        )

    def _tell(self, target: Target, answer: Exchange) -> None:
        """The facts of an exchange, and of the page where there is one."""
        facts = self.facts
        if answer.status:
            facts.update(response_facts(answer.status, answer.reason, answer.headers))
            headers = join_headers(answer.headers)
            page = page_facts(answer.status, headers, answer.body, secure=target.scheme == "https")
            if facts["http.product"]:
                page.pop("http.product", None)
            facts.update(page)
            facts["http.layer"] = layer_of(str(facts["http.product"]), headers)
            facts["http.body_bytes"] = answer.raw_length
            facts["http.version"] = answer.version
            facts.setdefault("redirect.first_status", answer.status)
            skew = _skew(headers)
            if skew is not None:
                facts["clock.skew_s"] = skew
        elif answer.outcome == "not_http":
            facts["tcp.banner"] = banner(answer.first_bytes)
        facts |= {
            "http.outcome": answer.outcome,
            "http.phase": answer.phase,
            "http.method": self.manner.method,
            "http.credentials_sent": False,
        }
        for name, value in (
            ("http.ttfb_ms", answer.ttfb_ms),
            ("http.body_rate", answer.body_rate),
            ("http.problem", answer.problem or None),
            ("http.fault", answer.fault or None),
            ("tls.alert", answer.alert or None),
        ):
            if value is not None:
                facts[name] = value
        if "CERTIFICATE_REQUIRED" in answer.alert:
            facts["tls.client_certificate_requested"] = True

    def _following(self, target: Target) -> Target | None:
        answer = self.last
        if self.facts["http.outcome"] not in ("ok", "truncated") or answer is None:
            return None
        if not self.manner.follows:
            return None
        # With cookies kept, the same URL asked with other cookies is another question.
        self._seen.add((target, self._jar.state()))
        if self.manner.cookies:
            self._jar.keep(target, answer.headers)
        try:
            following = redirects.following(target, answer, self.facts)
        except BadURL:
            self.facts["redirect.location_missing"] = True
            return None
        if following is None or (self.manner.stays and following.host != target.host):
            return None
        if (following, self._jar.state()) in self._seen or len(self.chain) > redirects.MAX:
            self.facts["redirect.loop"] = True
            if following in self.chain:
                circle = self.chain[self.chain.index(following) :]
                self.facts["redirect.pattern"] = redirects.circle(circle)
            return None
        return following

    def _step(
        self, layer: str, status: str, summary: str, began: float, detail: tuple[str, ...] = ()
    ) -> None:
        self.ground.step(self.manner.name, layer, status, summary, began, detail)


_SAY_TCP: Final = {
    "refused": "The connection was refused",
    "timeout": "No connection came about in time",
    "reset": "The connection was reset",
    "unreachable": "There is no way to the address",
}


def _dns_facts(target: Target, resolution: Resolution, policy: Policy) -> dict[str, FactValue]:
    facts: dict[str, FactValue] = {
        "dns.outcome": resolution.outcome,
        "dns.name": target.host,
        "dns.a": resolution.a,
        "dns.aaaa": resolution.aaaa,
        "dns.time_ms": resolution.time_ms,
    }
    # A resolver that failed says nothing of the chain; a follow-up asks for it link by link.
    if resolution.outcome != "servfail" or resolution.cname:
        facts["dns.cname"] = resolution.cname
        facts["dns.cname_loop"] = resolution.cname_loop
    if resolution.rcode:
        facts["dns.rcode"] = resolution.rcode
    if resolution.resolver:
        facts["dns.resolver"] = resolution.resolver
    if resolution.outcome == "ok" and resolution.addresses:
        facts["dns.scope"] = guard.scope(resolution, policy)
    return facts


def _say_dns(target: Target, resolution: Resolution) -> str:
    found = ", ".join((*resolution.a, *resolution.aaaa))
    said = {
        "ok": f"{target.host} is {found}",
        "literal": f"{target.host} is an address, no name to look up",
        "nxdomain": f"There is no name {target.host}",
        "nodata": f"The name {target.host} exists and has no address",
        "servfail": f"The resolver could not find out the address of {target.host}",
        "refused": f"The resolver refuses to answer for {target.host}",
        "timeout": f"No resolver answered for {target.host} in time",
        "error": f"The lookup of {target.host} failed",
    }
    return said[resolution.outcome]


def _skew(headers: dict[str, str]) -> int | None:
    """The server's clock minus ours; a copy from a cache carries the date of its making."""
    if headers.get("age", "0").strip() not in ("", "0"):
        return None
    try:
        date = parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return round((date - datetime.now(UTC)).total_seconds())


def _say(answer: Exchange) -> str:
    if answer.status:
        end = "" if answer.outcome == "ok" else f" ({answer.problem or answer.outcome})"
        return f"{answer.status} {answer.reason}".strip() + end
    said = {
        "empty": "The server closed the connection without a byte",
        "reset": "The connection was reset",
        "timeout": "No answer came in time",
        "not_http": "The answer is not HTTP",
        "tls_expected": "The port expects TLS and got plain HTTP",
    }
    return said.get(answer.outcome, f"The answer is malformed: {answer.problem}")


def _head(answer: Exchange) -> list[str]:
    if not answer.status:
        return []
    lines = [f"HTTP/{answer.version} {answer.status} {answer.reason}"]
    for name, value in answer.headers[:60]:
        shown = "(removed)" if name.lower() in _SECRET else value[:300]
        lines.append(f"{name}: {shown}")
    return lines
