"""The probe of one URL: which vantages ask, at once, and what of theirs becomes the facts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kb.answer import Observation, Step
from kb.errors import TargetRefused
from kb.facts import Facts, FactValue, Source
from kb.observe.guard import Policy, parse_networks, parse_resolver
from kb.observe.target import Target, parse_target
from kb.observe.vantage import Walk
from kb.settings import Settings

Observer = Callable[[Step], None]

ROBOT = "ErrordeskBot/0.1 (+{contact})"
_CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)
BROWSER_HEADERS = [
    ("User-Agent", _CHROME),
    ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("Accept-Language", "en-US,en;q=0.9"),
    ("Accept-Encoding", "gzip, deflate"),
    ("Upgrade-Insecure-Requests", "1"),
    ("Sec-Fetch-Dest", "document"),
    ("Sec-Fetch-Mode", "navigate"),
    ("Sec-Fetch-Site", "none"),
    ("Sec-Fetch-User", "?1"),
]


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """The facts, and the observation that tells how they were found."""

    url: str
    facts: Facts
    observation: Observation


class Probe:
    """Probes URLs under one policy. Safe to use from several threads."""

    def __init__(
        self, policy: Policy, deadline: float = 8.0, ca_file: Path | None = None, contact: str = ""
    ) -> None:
        self._policy = policy
        self._deadline = deadline
        self._ca_file = str(ca_file) if ca_file else ""
        robot = ROBOT.format(contact=contact or "https://github.com/errordesk")
        self._vantages = {
            "robot": [("User-Agent", robot), ("Accept", "*/*")],
            "browser": BROWSER_HEADERS,
        }

    @classmethod
    def from_settings(cls, settings: Settings) -> Probe:
        """The probe as the operator configured it."""
        policy = Policy(
            allow=parse_networks(settings.probe_allow),
            ports=frozenset(int(part) for part in settings.probe_ports.split(",") if part.strip()),
            only=settings.probe_only,
            resolver=parse_resolver(settings.probe_resolver),
        )
        contact = f"{settings.base_url}/about-probe" if settings.base_url else settings.contact_url
        ca_file = Path(settings.probe_ca_file) if settings.probe_ca_file else None
        return cls(policy, settings.probe_deadline, ca_file, contact)

    def run(self, url: str, observer: Observer | None = None) -> ProbeResult:
        """Probe ``url``; ``observer`` is told each step as it ends, from any thread.

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
        walks = [
            Walk(
                name, headers, self._policy, self._ca_file, started + self._deadline, started, emit
            )
            for name, headers in self._vantages.items()
        ]
        facts = _url_facts(target)
        try:
            with ThreadPoolExecutor(len(walks), thread_name_prefix="vantage") as pool:
                for done in [pool.submit(walk.run, target) for walk in walks]:
                    done.result()
        except TargetRefused as error:
            facts |= {"probe.outcome": "refused", "probe.refusal": error.reason}
            return self._result(target, facts, at, "refused", str(error), steps)
        robot, browser = walks
        facts |= browser.facts | robot.facts
        # Each layer tells of the robot's way alone; the browser adds its vantage.
        facts = {
            name: value
            for name, value in facts.items()
            if name in robot.facts or name.startswith(("vantage.", "url."))
        }
        facts["probe.outcome"] = "done"
        facts["vantage.differ"] = any(
            facts.get(f"vantage.robot.{name}") != facts.get(f"vantage.browser.{name}")
            for name in ("outcome", "status")
        )
        summary = next((step.summary for step in reversed(steps) if step.vantage == "robot"), "")
        return self._result(target, facts, at, "done", summary, steps)

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
