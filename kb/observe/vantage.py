"""One vantage: the whole way to the last response, redirect hops included, and what it shows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from kb.answer import Step
from kb.errors import BadURL, TargetRefused
from kb.facts import FactValue
from kb.observe.guard import Policy, Resolution, connect, reachable, resolve, tcp_outcome
from kb.observe.http import Exchange, exchange
from kb.observe.page import page_facts
from kb.observe.target import Target
from kb.observe.tls import Connection, handshake
from kb.wire.response import join_headers, response_facts

MAX_REDIRECTS: Final = 10
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_SECRET: Final = frozenset({"set-cookie", "authorization", "proxy-authorization", "cookie"})


@dataclass(slots=True)
class Walk:
    """One vantage at work: its settings, the facts gathered so far and the chain of URLs."""

    name: str
    headers: list[tuple[str, str]]
    policy: Policy
    ca_file: str
    deadline: float
    started: float
    emit: Callable[[Step], None]
    cancelled: threading.Event = field(default_factory=threading.Event)
    facts: dict[str, FactValue] = field(default_factory=dict)
    chain: list[Target] = field(default_factory=list)
    last: Exchange | None = None

    def run(self, target: Target) -> None:
        """Walk to the last response. Raises TargetRefused for the first hop only."""
        self.facts.update(_NO_REDIRECT)
        began = time.monotonic()
        while True:
            self.chain.append(target)
            try:
                self._hop(target)
            except TargetRefused as error:
                if len(self.chain) == 1:
                    raise
                self.facts["redirect.refused"] = True
                self._step("guard", "failed", str(error), time.monotonic())
                break
            following = self._following(target)
            if following is None:
                break
            target = following
        self.facts["redirect.count"] = len(self.chain) - 1
        self.facts["redirect.target"] = target.url
        prefix = f"vantage.{self.name}"
        self.facts[f"{prefix}.time_ms"] = (time.monotonic() - began) * 1000
        self.facts[f"{prefix}.redirects"] = len(self.chain) - 1
        self.facts[f"{prefix}.outcome"] = self.facts["http.outcome"]
        for own, common in (("status", "http.status"), ("body_kind", "http.body_kind")):
            if common in self.facts:
                self.facts[f"{prefix}.{own}"] = self.facts[common]

    def _hop(self, target: Target) -> None:
        for name in [
            name for name in self.facts if name.startswith(("dns.", "tcp.", "tls.", "http."))
        ]:
            if not (len(self.chain) > 1 and name.startswith("http.")):
                del self.facts[name]
        resolution = self._lookup(target)
        for name in [name for name in self.facts if name.startswith("http.")]:
            del self.facts[name]
        self.facts.update(_NOTHING_TRIED)
        self.facts["dns.outcome"] = resolution.outcome
        if not resolution.addresses:
            return
        opened = self._connect(target, resolution)
        if opened is None:
            return
        connection, reopen = opened
        if target.scheme == "https":
            connection.close()
            secured = self._secure(target, reopen)
            if secured is None:
                return
            connection = secured
        else:
            self.facts["tls.outcome"] = "none"
        try:
            self._ask(target, connection)
        finally:
            connection.close()

    def _lookup(self, target: Target) -> Resolution:
        began = time.monotonic()
        resolution = resolve(target, self.policy, self.deadline)
        facts: dict[str, FactValue] = {
            "dns.outcome": resolution.outcome,
            "dns.name": target.host,
            "dns.a": resolution.a,
            "dns.aaaa": resolution.aaaa,
            "dns.cname": resolution.cname,
            "dns.time_ms": resolution.time_ms,
        }
        if resolution.rcode:
            facts["dns.rcode"] = resolution.rcode
        if resolution.resolver:
            facts["dns.resolver"] = resolution.resolver
        self.facts.update(facts)
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
        status = "done" if resolution.addresses else "failed"
        self._step("dns", status, said[resolution.outcome], began)
        return resolution

    def _connect(
        self, target: Target, resolution: Resolution
    ) -> tuple[Connection, Callable[[], Connection]] | None:
        began = time.monotonic()
        failure: OSError | None = None
        for address in resolution.addresses:
            # One dead address must not eat the time of the others.
            share = (self.deadline - time.monotonic()) / max(1, len(resolution.addresses))
            limit = time.monotonic() + share
            try:
                connection = connect(address, target.port, self.policy, limit)
            except OSError as error:
                failure = error
                self.facts[f"tcp.ipv{address.version}.outcome"] = tcp_outcome(error)
                self.facts["tcp.address"] = str(address)
                continue
            self.facts.update(
                {
                    f"tcp.ipv{address.version}.outcome": "ok",
                    "tcp.outcome": "ok",
                    "tcp.address": str(address),
                    "tcp.time_ms": (time.monotonic() - began) * 1000,
                }
            )
            self._step("tcp", "done", f"Connected to {address} port {target.port}", began)
            self._other_family(target, resolution, address.version)

            def reopen() -> Connection:
                return connect(address, target.port, self.policy, self.deadline)  # noqa: B023

            return connection, reopen
        outcome = tcp_outcome(failure) if failure else "timeout"
        self.facts["tcp.outcome"] = outcome
        self.facts["tcp.time_ms"] = (time.monotonic() - began) * 1000
        said = {
            "refused": "The connection was refused",
            "timeout": "No connection came about in time",
            "reset": "The connection was reset",
            "unreachable": "There is no way to the address",
        }
        where = f"{self.facts.get('tcp.address', target.host)} port {target.port}"
        self._step("tcp", "failed", f"{said[outcome]}: {where}", began)
        return None

    def _other_family(self, target: Target, resolution: Resolution, used: int) -> None:
        others = [address for address in resolution.addresses if address.version != used]
        if others and self.name == "robot" and len(self.chain) == 1:
            limit = min(self.deadline, time.monotonic() + 1.0)
            other = 6 if used == 4 else 4
            self.facts[f"tcp.ipv{other}.outcome"] = reachable(
                others[:1], target.port, self.policy, limit
            )

    def _secure(self, target: Target, reopen: Callable[[], Connection]) -> Connection | None:
        began = time.monotonic()
        try:
            shaken = handshake(target, reopen, self.ca_file, self.deadline)
        except OSError as error:
            self.facts["tls.outcome"] = "timeout" if isinstance(error, TimeoutError) else "reset"
            self._step("tls", "failed", "The handshake could not begin", began)
            return None
        self.facts.update(shaken.facts)
        status = "done" if self.facts["tls.outcome"] == "ok" else "failed"
        self._step("tls", status, shaken.summary, began, tuple(shaken.detail))
        return shaken.connection

    def _ask(self, target: Target, connection: Connection) -> None:
        began = time.monotonic()
        answer = exchange(connection, target, self.headers, self.deadline)
        self.last = answer
        self.facts["http.outcome"] = answer.outcome
        self.facts["http.method"] = "GET"
        self.facts["http.credentials_sent"] = False
        if answer.ttfb_ms is not None:
            self.facts["http.ttfb_ms"] = answer.ttfb_ms
        if answer.problem:
            self.facts["http.problem"] = answer.problem
        if answer.status:
            outcome = answer.outcome
            self.facts.update(response_facts(answer.status, answer.reason, answer.headers))
            self.facts["http.outcome"] = outcome
            page = page_facts(answer.status, join_headers(answer.headers), answer.body)
            if self.facts["http.product"]:
                page.pop("http.product", None)
            self.facts.update(page)
        if "redirect.first_status" not in self.facts and answer.status:
            self.facts["redirect.first_status"] = answer.status
        self._step(
            "http",
            "done" if answer.outcome == "ok" else "failed",
            _say(answer),
            began,
            tuple(_head(answer)),
        )

    def _following(self, target: Target) -> Target | None:
        answer = self.last
        if self.facts["http.outcome"] not in ("ok", "truncated") or answer is None:
            return None
        if (
            any(name.lower() == "set-cookie" for name, _ in answer.headers)
            and answer.status in REDIRECTS
        ):
            self.facts["redirect.sets_cookie"] = True
        if answer.status not in REDIRECTS:
            return None
        location = next((v for n, v in answer.headers if n.lower() == "location"), None)
        if not location:
            self.facts["redirect.location_missing"] = True
            return None
        try:
            following = target.join(location)
        except BadURL:
            self.facts["redirect.location_missing"] = True
            return None
        if target.scheme == "https" and following.scheme == "http":
            self.facts["redirect.downgrade"] = True
        self.facts["redirect.pattern"] = _pattern(target, following, self.facts)
        if following in self.chain or len(self.chain) > MAX_REDIRECTS:
            self.facts["redirect.loop"] = True
            if following in self.chain:
                circle = self.chain[self.chain.index(following) :]
                self.facts["redirect.pattern"] = _circle(circle)
            return None
        return following

    def _step(
        self, layer: str, status: str, summary: str, began: float, detail: tuple[str, ...] = ()
    ) -> None:
        now = time.monotonic()
        self.emit(
            Step(
                self.name,
                layer,
                status,
                summary,
                round((began - self.started) * 1000, 2),
                round((now - began) * 1000, 2),
                detail,
            )
        )


_NO_REDIRECT: Final[dict[str, FactValue]] = {
    "redirect.loop": False,
    "redirect.pattern": "none",
    "redirect.sets_cookie": False,
    "redirect.downgrade": False,
    "redirect.location_missing": False,
    "redirect.refused": False,
}
_NOTHING_TRIED: Final[dict[str, FactValue]] = {
    "tcp.outcome": "not_tried",
    "tls.outcome": "not_tried",
    "http.outcome": "not_tried",
}


def _pattern(here: Target, there: Target, facts: dict[str, FactValue]) -> str:
    if here.host != there.host:
        return "host"
    if here.scheme != there.scheme:
        return "scheme"
    if here.path.rstrip("/") == there.path.rstrip("/"):
        return "self" if here == there else "slash"
    return "login" if "login" in there.path.lower() or "signin" in there.path.lower() else "other"


def _circle(circle: list[Target]) -> str:
    """What alternates in a closed chain of redirects."""
    if len(circle) == 1:
        return "self"
    for pattern, values in (
        ("host", {target.host for target in circle}),
        ("scheme", {target.scheme for target in circle}),
    ):
        if len(values) > 1:
            return pattern
    return "slash" if len({target.path.rstrip("/") for target in circle}) == 1 else "other"


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
