"""The probe of one URL: which vantages ask, at once, and what of theirs becomes the facts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from kb.answer import Observation, Step
from kb.errors import TargetRefused
from kb.facts import Facts, FactValue, Source
from kb.observe.fetch import Fetcher
from kb.observe.followups import Scene, same_body
from kb.observe.ground import Ground
from kb.observe.manners import agent, manners
from kb.observe.optout import OptOut
from kb.observe.plan import choose
from kb.observe.policy import Policy, parse_deny, parse_networks, parse_resolver
from kb.observe.target import Target, parse_target
from kb.observe.vantage import Walk
from kb.settings import Settings

Observer = Callable[[Step], None]
Wanted = Callable[[Facts], Sequence[str]]

# What of the deadline the first two vantages may use; the rest is for the follow-ups.
FIRST_SHARE: Final = 0.75
_MAX_AT_ONCE: Final = 8
# How long a follow-up may take beyond twice what the robot's own way took.
PATIENCE: Final = 2.0


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """The facts, and the observation that tells how they were found."""

    url: str
    facts: Facts
    observation: Observation


class Probe:
    """Probes URLs under one policy. Safe to use from several threads."""

    def __init__(
        self,
        policy: Policy,
        deadline: float = 8.0,
        ca_file: Path | None = None,
        contact: str = "",
        requests: int = 8,
    ) -> None:
        self._policy = policy
        self._deadline = deadline
        self._ca_file = str(ca_file) if ca_file else ""
        self._contact = contact
        self._requests = requests
        self._fetcher = Fetcher(policy, agent(contact))
        self._optout = OptOut()

    @classmethod
    def from_settings(cls, settings: Settings) -> Probe:
        """The probe as the operator configured it."""
        networks, hosts = parse_deny(settings.probe_deny)
        policy = Policy(
            allow=parse_networks(settings.probe_allow),
            ports=frozenset(int(part) for part in settings.probe_ports.split(",") if part.strip()),
            only=settings.probe_only,
            resolver=parse_resolver(settings.probe_resolver),
            deny_networks=networks,
            deny_hosts=hosts,
        )
        contact = f"{settings.base_url}/about-probe" if settings.base_url else settings.contact_url
        ca_file = Path(settings.probe_ca_file) if settings.probe_ca_file else None
        return cls(policy, settings.probe_deadline, ca_file, contact, settings.probe_requests)

    def run(
        self, url: str, observer: Observer | None = None, wanted: Wanted | None = None
    ) -> ProbeResult:
        """Probe ``url``; ``observer`` is told each step as it ends, from any thread.

        ``wanted`` is told the facts of the first two vantages and names the facts that would tell
        the still possible causes apart, best first; without it the usual ones are looked for.
        Raises BadURL or CredentialsInURL. A refusal by the guard is a fact, not an exception.
        """
        target = parse_target(url)
        steps: list[Step] = []
        lock = threading.Lock()

        def emit(step: Step) -> None:
            with lock:
                steps.append(step)
                if observer:
                    observer(step)

        started = time.monotonic()
        at = datetime.now(UTC).isoformat(timespec="seconds")
        ground = Ground(self._policy, self._ca_file, self._fetcher, started, emit)
        ways = manners(self._contact, target)
        until = started + self._deadline * FIRST_SHARE
        robot, browser = Walk(ways["robot"], ground, until), Walk(ways["browser"], ground, until)
        facts = _url_facts(target)
        try:
            self._optout.check(target)
            with ThreadPoolExecutor(_MAX_AT_ONCE, thread_name_prefix="vantage") as pool:
                for done in [pool.submit(walk.run, target) for walk in (robot, browser)]:
                    done.result()
                facts |= _first_facts(robot, browser)
                took = time.monotonic() - started
                until = min(started + self._deadline, time.monotonic() + PATIENCE + 2 * took)
                scene = Scene(target, facts, robot, ground, ways, until)
                facts = facts | self._follow_up(scene, pool, wanted)
            self._optout.check(target)
        except TargetRefused as error:
            looked = {n: v for n, v in robot.facts.items() if n.startswith("dns.")}
            facts = _url_facts(target) | looked
            facts |= {"probe.outcome": "refused", "probe.refusal": error.reason}
            return self._result(target, facts, at, "refused", str(error), steps)
        summary = next((step.summary for step in reversed(steps) if step.vantage == "robot"), "")
        return self._result(target, facts, at, "done", summary, steps)

    def _follow_up(
        self, scene: Scene, pool: ThreadPoolExecutor, wanted: Wanted | None
    ) -> dict[str, FactValue]:
        """Run the follow-ups that tell the possible causes apart, at once; their facts."""
        names = wanted(Facts(scene.facts, Source.PROBE)) if wanted else None
        rows = choose(scene, names, self._requests)
        running = [pool.submit(row.run, scene) for row in rows]
        answers = scene.facts.get("http.outcome") == "ok" and not scene.facts["redirect.loop"]
        if answers and not self._optout.known(scene.target):
            pool.submit(
                self._optout.learn,
                scene.target,
                scene.manners["robot"],
                scene.ground,
                scene.deadline,
            ).result()
        facts: dict[str, FactValue] = {}
        for done in running:
            facts |= done.result()
        return facts

    @staticmethod
    def _result(
        target: Target,
        facts: dict[str, FactValue],
        at: str,
        outcome: str,
        summary: str,
        steps: list[Step],
    ) -> ProbeResult:
        shown = target.url.partition("?")[0]
        ordered = tuple(sorted(steps, key=lambda step: (step.vantage != "robot", step.start_ms)))
        observation = Observation("probe", shown, at, outcome, summary, ordered)
        return ProbeResult(target.url, Facts(facts, Source.PROBE), observation)


def _first_facts(robot: Walk, browser: Walk) -> dict[str, FactValue]:
    """Each layer tells of the robot's way alone; the browser adds its vantage."""
    facts = robot.facts | browser.vantage_facts()
    facts["probe.outcome"] = "done"
    facts["vantage.differ"] = any(
        facts.get(f"vantage.robot.{name}") != facts.get(f"vantage.browser.{name}")
        for name in ("outcome", "status")
    )
    same = same_body(robot, browser)
    if same is not None:
        facts["vantage.browser.same_body"] = same
    return facts


def _url_facts(target: Target) -> dict[str, FactValue]:
    address = target.address
    path, mark, _ = target.path.partition("?")
    return {
        "url.scheme": target.scheme,
        "url.host": target.host,
        "url.host_kind": "name" if address is None else f"ipv{address.version}",
        "url.port": target.port,
        "url.path": path,
        "url.has_query": bool(mark),
        "url.length": len(target.url),
    }
