"""One vantage: the walk along the redirects to the last response, hop by hop."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography import x509

from kb.errors import BadURL, TargetRefused
from kb.facts import FactValue
from kb.observe import redirects
from kb.observe.cookies import Cookies
from kb.observe.ground import Ground, Manner
from kb.observe.hop import Hop, opener
from kb.observe.http import Exchange
from kb.observe.policy import Address
from kb.observe.target import Target

# Facts of a hop: those of the next one take their place.
_LAYERS: Final = ("dns.", "tcp.", "tls.", "http.", "clock.", "upstream.")


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
    jar: Cookies = field(default_factory=Cookies)

    def run(self, target: Target) -> None:
        """Walk to the last response. Raises TargetRefused for the first hop only."""
        self.facts.update(redirects.NONE)
        began = time.monotonic()
        following: Target | None = target
        while following is not None:
            following = self._step_on(following)
        self.facts |= redirects.summary(self.chain)
        name = self.manner.name
        self.facts[f"vantage.{name}.time_ms"] = (time.monotonic() - began) * 1000
        self.facts[f"vantage.{name}.redirects"] = len(self.chain) - 1
        self.facts[f"vantage.{name}.outcome"] = self.facts["http.outcome"]
        self.facts[f"vantage.{name}.failed_at"] = self._failed_at()
        for own, common in (("status", "http.status"), ("body_kind", "http.body_kind")):
            if common in self.facts:
                self.facts[f"vantage.{name}.{own}"] = self.facts[common]
        self.facts["redirect.target"] = self.chain[-1].url

    def vantage_facts(self) -> dict[str, FactValue]:
        """The same few facts that each vantage has."""
        prefix = f"vantage.{self.manner.name}."
        return {name: value for name, value in self.facts.items() if name.startswith(prefix)}

    def opener(self) -> Callable[[], Any] | None:
        """Opens another connection to where the walk led; None when it led nowhere."""
        if self.address is None:
            return None
        return opener(self.address, self.chain[0], self.ground, self.deadline)

    def _step_on(self, target: Target) -> Target | None:
        """One hop, and the URL that it sends on to, if any."""
        first = not self.chain
        self.chain.append(target)
        census = first and self.manner.name == "robot"
        cookies = self.jar.header(target) if self.manner.cookies else ()
        hop = Hop(target, self.manner, self.ground, self.deadline, census, tuple(cookies))
        try:
            hop.run()
        except TargetRefused as error:
            if first:
                self.facts |= hop.facts
                raise
            # Where the guard does not go, the last response is still the last one.
            self.facts["redirect.refused"] = self.refused = True
            now = time.monotonic()
            self.ground.step(self.manner.name, "guard", "failed", str(error), now)
            return None
        kept = {name: value for name, value in self.facts.items() if not name.startswith(_LAYERS)}
        self.facts = kept | hop.facts
        self.address = hop.address or self.address
        self.certificates = hop.certificates or self.certificates
        if hop.answer is not None:
            self.last = hop.answer
            if hop.answer.status:
                self.facts.setdefault("redirect.first_status", hop.answer.status)
        return self._following(target)

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

    def _following(self, target: Target) -> Target | None:
        answer = self.last
        if self.facts["http.outcome"] not in ("ok", "truncated") or answer is None:
            return None
        if not self.manner.follows:
            return None
        # With cookies kept, the same URL asked with other cookies is another question.
        self._seen.add((target, self.jar.state()))
        if self.manner.cookies:
            self.jar.keep(target, answer.headers)
        try:
            following = redirects.following(target, answer, self.facts)
        except BadURL:
            self.facts["redirect.location_missing"] = True
            return None
        if following is None or (self.manner.stays and following.host != target.host):
            return None
        if (following, self.jar.state()) in self._seen or len(self.chain) > redirects.MAX:
            self.facts["redirect.loop"] = True
            if following in self.chain:
                circle = self.chain[self.chain.index(following) :]
                self.facts["redirect.pattern"] = redirects.circle(circle)
            return None
        return following
