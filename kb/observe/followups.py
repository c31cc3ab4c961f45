"""The follow-up questions themselves: each a function from the scene to the facts it settles."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding
from publicsuffixlist import PublicSuffixList

from kb.errors import BadURL, TargetRefused
from kb.facts import FactValue
from kb.observe import guard, resolver, variants
from kb.observe.cookies import Cookies
from kb.observe.ground import Ground, Manner
from kb.observe.staple import stapled, status
from kb.observe.target import Target
from kb.observe.tls import banner, leaf_without_name
from kb.observe.trust import issuer_or_root
from kb.observe.trust import revocation as revoked
from kb.observe.vantage import Walk
from kb.wire.response import join_headers

FollowUpRun = Callable[["Scene"], dict[str, FactValue]]
PAGE_REDIRECTS: Final = 3  # pages asked at most, to see whether they go in a circle
ORIGIN: Final = "https://errordesk.example"  # a reserved name (RFC 2606): nobody's origin
_SUFFIXES: Final = PublicSuffixList()


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known once robot and browser have asked, and the means to ask on."""

    target: Target
    facts: Mapping[str, FactValue]
    robot: Walk
    ground: Ground
    manners: Mapping[str, Manner]
    deadline: float

    def walk(self, manner: Manner, target: Target) -> Walk | None:
        """One more vantage; None when it had less time than the robot and ran out of it."""
        walk = Walk(manner, self.ground, self.deadline)
        began = time.monotonic()
        try:
            walk.run(target)
        except TargetRefused as error:
            self.ground.step(manner.name, "guard", "failed", str(error), began)
            walk.facts |= {
                f"vantage.{manner.name}.outcome": "not_tried",
                f"vantage.{manner.name}.failed_at": "refused",
            }
            return walk
        needed = self.facts.get("vantage.robot.time_ms", 0.0)
        ran_out = "timeout" in (walk.facts["tcp.outcome"], walk.facts["http.outcome"])
        given = (self.deadline - began) * 1000
        if ran_out and isinstance(needed, (int, float)) and given < needed:
            return None
        return walk


def asked(scene: Scene, manner: Manner, target: Target) -> dict[str, FactValue]:
    """The facts of one more vantage, its body compared with the robot's."""
    walk = scene.walk(manner, target)
    if walk is None:
        return {}
    facts = walk.vantage_facts()
    same = same_body(scene.robot, walk)
    if same is not None and manner.method != "HEAD":
        facts[f"vantage.{manner.name}.same_body"] = same
    return facts | {name: value for name, value in walk.facts.items() if name.startswith("http2.")}


def same_body(one: Walk, other: Walk) -> bool | None:
    """Whether two last responses have equal bodies; None when one of them has no response."""
    if one.last is None or other.last is None:
        return None
    if "http.status" not in one.facts or "http.status" not in other.facts:
        return None
    digests = {hashlib.sha256(walk.last.body).digest() for walk in (one, other) if walk.last}
    return len(digests) == 1


def same(name: str) -> FollowUpRun:
    """The same URL in the manner ``name``."""
    return lambda scene: asked(scene, scene.manners[name], scene.target)


def other(name: str, make: Callable[[Target], Target | None]) -> FollowUpRun:
    """A neighbour of the URL, asked as the robot."""

    def run(scene: Scene) -> dict[str, FactValue]:
        target = make(scene.target)
        if target is None:
            return {}
        return asked(scene, replace(scene.manners["robot"], name=name), target)

    return run


def address(scene: Scene) -> dict[str, FactValue]:
    """The default site at the same address; a redirect to a name is its answer."""
    if scene.robot.address is None or len(scene.robot.chain) > 1:
        return {}
    manner = replace(scene.manners["robot"], name="address", stays=True)
    return asked(scene, manner, variants.at_address(scene.target, str(scene.robot.address)))


def page_redirects(scene: Scene) -> dict[str, FactValue]:
    """Follow what the pages themselves say, as a browser does, until a question is asked twice.

    Cookies are kept from page to page: a page that sends to itself to see whether a cookie comes
    back has another question then, and its answer ends the walk.
    """
    manner, jar, target = scene.manners["cookies"], Cookies(), scene.target
    asked_already: set[tuple[Target, str]] = set()
    for _ in range(PAGE_REDIRECTS):
        question = (target, jar.state())
        asked_already.add(question)
        walk = Walk(manner, scene.ground, scene.deadline, jar=jar)
        try:
            walk.run(target)
            onward = walk.facts.get("http.page_redirect")
            if not isinstance(onward, str) or walk.refused:
                return {"http.page_redirect_loop": False}
            target = walk.chain[-1].join(onward)
        except (TargetRefused, BadURL):
            return {"http.page_redirect_loop": False}
        if (target, jar.state()) in asked_already:
            return {"http.page_redirect_loop": True}
    return {}


def unvalidated(scene: Scene) -> dict[str, FactValue]:
    """After SERVFAIL: the same lookup without DNSSEC's checking."""
    began = time.monotonic()
    found = resolver.resolve(
        scene.target.host, scene.ground.policy, scene.deadline, validated=False
    )
    said = f"Without DNSSEC checking, the lookup ends with {found.outcome}"
    scene.ground.step("robot", "dns", "done", said, began)
    return {"dns.unvalidated_outcome": found.outcome}


def cname_chain(scene: Scene) -> dict[str, FactValue]:
    """After SERVFAIL: the chain of aliases, link by link."""
    chain, loop = resolver.cname_chain(scene.target.host, scene.ground.policy, scene.deadline)
    return {"dns.cname": chain, "dns.cname_loop": loop}


def parent(scene: Scene) -> dict[str, FactValue]:
    """After NXDOMAIN: the domain that the name is in, as registrars sell it."""
    host = scene.target.host
    domain = str(_SUFFIXES.privatesuffix(host) or host)
    if domain == host:
        return {"dns.parent_outcome": "nxdomain"}
    began = time.monotonic()
    found = resolver.resolve(domain, scene.ground.policy, scene.deadline)
    said = {"nxdomain": f"The domain {domain} does not exist either"}
    sentence = said.get(found.outcome, f"The domain {domain} exists ({found.outcome})")
    scene.ground.step("robot", "dns", "done", sentence, began)
    return {"dns.parent_outcome": found.outcome}


def idle(scene: Scene) -> dict[str, FactValue]:
    """A second connection on which nothing is asked."""
    if scene.robot.address is None:
        return {}
    target = scene.robot.chain[-1]
    began = time.monotonic()
    outcome, data = guard.idle(
        scene.robot.address, target.port, scene.ground.policy, scene.deadline
    )
    said = {
        "open": "A connection on which nothing is asked stays open",
        "closed": "The server closes a connection on which nothing is asked",
        "reset": "The server resets a connection on which nothing is asked",
        "banner": f"The server speaks first: {banner(data)}",
    }
    scene.ground.step("robot", "tcp", "done", said[outcome], began)
    facts: dict[str, FactValue] = {"tcp.idle": outcome}
    if outcome == "banner":
        facts["tcp.banner"] = banner(data)
    return facts


def without_name(scene: Scene) -> dict[str, FactValue]:
    """The same port, asked without a server name (SNI)."""
    opener = scene.robot.opener()
    if opener is None or len(scene.robot.chain) > 1:
        return {}
    began = time.monotonic()
    leaf = leaf_without_name(opener, scene.deadline)
    own = scene.robot.certificates[:1]
    if leaf is None:
        outcome = "failed"
    else:
        outcome = "same" if own and own[0].public_bytes(Encoding.DER) == leaf else "other"
    said = {
        "failed": "Without a server name there is no handshake",
        "same": "Without a server name the certificate is the same",
        "other": "Without a server name there is another certificate",
    }
    scene.ground.step("robot", "tls", "done", said[outcome], began)
    return {"tls.without_name": outcome}


def revocation(scene: Scene) -> dict[str, FactValue]:
    """What the certificate's authority says of it today."""
    chain = scene.robot.certificates
    if not chain:
        return {}
    began = time.monotonic()
    ground = scene.ground
    status = revoked(chain, ground.ca_file, ground.fetcher, scene.deadline)
    said = {
        "good": "The authority has not revoked the certificate",
        "revoked": "The authority has revoked the certificate",
        "unknown": "Whether the certificate is revoked could not be found out",
    }
    ground.step("robot", "tls", "done", said[status], began)
    facts: dict[str, FactValue] = {"tls.revocation": status}
    if status == "revoked" and scene.facts.get("tls.problem") == "none":
        facts["tls.problem"] = "revoked"
    return facts


def staple(scene: Scene) -> dict[str, FactValue]:
    """The OCSP answer that the server hands out itself."""
    opener = scene.robot.opener()
    chain = scene.robot.certificates
    if opener is None or not chain or len(scene.robot.chain) > 1:
        return {}
    began = time.monotonic()
    name = None if scene.target.address is not None else scene.target.host
    try:
        answer = stapled(name, opener(), scene.deadline)
    except OSError:
        answer = None
    if answer is None:
        return {}
    ground = scene.ground
    found = status(
        answer, chain[0], issuer_or_root(chain, ground.ca_file, ground.fetcher, scene.deadline)
    )
    said = {
        "none": "The server staples no OCSP answer",
        "old": "The stapled OCSP answer is out of date",
        "unusable": "The stapled OCSP answer cannot be used",
    }
    sentence = said.get(found, f"The stapled OCSP answer says: {found}")
    ground.step("robot", "tls", "done", sentence, began)
    return {"tls.staple": found}


def cors(scene: Scene) -> dict[str, FactValue]:
    """A cross-origin GET and the preflight of a PUT with a JSON body (Fetch standard, 3.2)."""
    browser = scene.manners["browser"]
    plain = scene.walk(
        replace(browser, name="cors", headers=(*browser.headers, ("Origin", ORIGIN))), scene.target
    )
    preflight = scene.walk(
        replace(
            browser,
            name="preflight",
            method="OPTIONS",
            headers=(
                *browser.headers,
                ("Origin", ORIGIN),
                ("Access-Control-Request-Method", "PUT"),
                ("Access-Control-Request-Headers", "content-type"),
            ),
            follows=False,
        ),
        scene.target,
    )
    facts: dict[str, FactValue] = {}
    if plain is not None and plain.last is not None and plain.last.status:
        headers = join_headers(plain.last.headers)
        facts["cors.allow_origin"] = headers.get("access-control-allow-origin", "")
        facts["cors.allow_credentials"] = (
            headers.get("access-control-allow-credentials", "").strip() == "true"
        )
    if preflight is not None and preflight.last is not None and preflight.last.status:
        headers = join_headers(preflight.last.headers)
        facts["cors.preflight_status"] = preflight.last.status
        facts["cors.preflight_allow_origin"] = headers.get("access-control-allow-origin", "")
        facts["cors.allow_methods"] = _list(headers, "access-control-allow-methods", str.upper)
        facts["cors.allow_headers"] = _list(headers, "access-control-allow-headers", str.lower)
    return facts


def _list(headers: dict[str, str], name: str, fold: Callable[[str], str]) -> list[str]:
    parts = (part.strip() for part in headers.get(name, "").split(","))
    return [fold(part) for part in parts if part]
