"""One hop: a URL asked once, down through the layers, and the facts of where that ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography import x509

from kb.facts import FactValue
from kb.observe import guard
from kb.observe.ground import Ground, Manner
from kb.observe.guard import Race
from kb.observe.http import Connection, Exchange, Request, exchange
from kb.observe.http2 import exchange2
from kb.observe.policy import Address
from kb.observe.resolver import Resolution
from kb.observe.target import Target
from kb.observe.telling import (
    SAY_TCP,
    address_facts,
    dns_facts,
    exchange_facts,
    say_dns,
    say_exchange,
    shown_head,
)
from kb.observe.tls import handshake

# How long the robot's census of addresses waits for one that is silent.
CENSUS: Final = 1.0
_NOTHING_TRIED: Final[dict[str, FactValue]] = {
    "tcp.outcome": "not_tried",
    "tls.outcome": "not_tried",
    "http.outcome": "not_tried",
}


@dataclass(slots=True)
class Hop:
    """One URL in one manner. ``census`` tries all of the name's addresses, for the facts.

    ``headers`` go beside the manner's own. After :meth:`run` there are the facts, the exchange
    where one came about, the certificates sent and the address that took the connection.
    """

    target: Target
    manner: Manner
    ground: Ground
    deadline: float
    census: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    facts: dict[str, FactValue] = field(default_factory=dict)
    answer: Exchange | None = None
    certificates: list[x509.Certificate] = field(default_factory=list)
    address: Address | None = None

    def run(self) -> None:
        """Ask. Raises TargetRefused, with the facts of the lookup alone, before it connects."""
        began = time.monotonic()
        policy = self.ground.policy
        resolution = self.ground.lookup(self.target.host, self.deadline)
        self.facts = dns_facts(self.target, resolution, policy)
        guard.check_addresses(resolution.addresses, self.target.port, policy)
        self.facts = _NOTHING_TRIED | self.facts
        status = "done" if resolution.addresses else "failed"
        self._step("dns", status, say_dns(self.target, resolution), began)
        if not resolution.addresses:
            return
        race = self._race(resolution)
        try:
            if self._exchanged(self._connect(race)) and self.census:
                # Which of the other addresses took a connection, told once the answer is here.
                race.finish(self.ground.started + CENSUS)
                self.facts |= address_facts(race.outcomes)
        finally:
            race.close()

    def _race(self, resolution: Resolution) -> Race:
        family = self.manner.family
        addresses = [item for item in resolution.addresses if family in (None, item.version)]
        policy, port = self.ground.policy, self.target.port
        return Race(addresses, port, policy, self.deadline, everywhere=self.census)

    def _connect(self, race: Race) -> Any:
        began = time.monotonic()
        connection = race.run()
        self.facts["tcp.time_ms"] = (time.monotonic() - began) * 1000
        self.facts |= address_facts(race.outcomes)
        port = self.target.port
        if connection is not None:
            self.address = race.address
            self.facts["tcp.outcome"] = "ok"
            self.facts["tcp.address"] = str(race.address)
            self._step("tcp", "done", f"Connected to {race.address} port {port}", began)
            return connection
        outcome = next(reversed(race.outcomes.values()), "unreachable")
        if race.outcomes:
            self.facts["tcp.address"] = str(next(reversed(race.outcomes)))
        self.facts["tcp.outcome"] = outcome
        where = f"{self.facts.get('tcp.address', self.target.host)} port {port}"
        self._step("tcp", "failed", f"{SAY_TCP[outcome]}: {where}", began)
        return None

    def _exchanged(self, connection: Any) -> bool:
        """Whether an exchange was tried on the connection, which is closed behind it."""
        if connection is None:
            return False
        if self.target.scheme == "https":
            connection = self._secure(connection)
            if connection is None:
                return False
        else:
            self.facts["tls.outcome"] = "none"
        try:
            self._ask(connection)
        finally:
            connection.close()
        return True

    def _secure(self, first: Any) -> Connection | None:
        began = time.monotonic()
        shaken = handshake(
            self.target,
            opener(self.address, self.target, self.ground, self.deadline),
            first,
            self.ground.ca_file,
            self.deadline,
            self.ground.fetcher if self.manner.name == "robot" else None,
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

    def _ask(self, connection: Connection) -> None:
        began = time.monotonic()
        target, manner = self.target, self.manner
        headers = (*manner.headers, *self.headers)
        request = Request(target.authority, target.path, headers, manner.method)
        if manner.http2:
            answer = exchange2(connection, request, target.scheme, self.deadline)
            self.facts["http2.outcome"] = answer.http2_outcome
            if answer.http2_error:
                self.facts["http2.error"] = answer.http2_error
        else:
            answer = exchange(connection, request, self.deadline)
        self.answer = answer
        secure = target.scheme == "https"
        self.facts |= exchange_facts(answer, secure=secure, method=manner.method)
        status = "done" if answer.outcome == "ok" else "failed"
        self._step("http", status, say_exchange(answer), began, shown_head(answer))

    def _step(
        self, layer: str, status: str, summary: str, began: float, detail: tuple[str, ...] = ()
    ) -> None:
        self.ground.step(self.manner.name, layer, status, summary, began, detail)


def opener(
    address: Address | None, target: Target, ground: Ground, deadline: float
) -> Callable[[], Any]:
    """Opens another connection to ``address``. Raises ConnectionError where none stood before."""
    if address is None:  # pragma: no cover  # only called once a connection stood
        raise ConnectionError
    return lambda: guard.connect(address, target.port, ground.policy, deadline)
