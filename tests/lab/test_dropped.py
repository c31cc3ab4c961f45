"""Packets that vanish: a way that swallows them, in network namespaces of the test's own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from kb.answer import Verdict
from kb.articles import KnowledgeBase
from kb.diagnose import Judge
from kb.facts import Facts, Source
from kb.recognise.pasted import pasted_facts

pytestmark = pytest.mark.lab
_COMMAND = Path(sys.executable).parent / "errordesk"
# Addresses for documentation (RFC 5737): nobody has them, here or elsewhere.
_SWALLOWED, _DENIED = "198.51.100.7", "203.0.113.7"


def _ip(*words: str, inside: str = "") -> None:
    space = ["ip", "netns", "exec", inside] if inside else []
    subprocess.run([*space, "ip", *words], check=True, capture_output=True)


def _not_here(why: str) -> NoReturn:
    """A developer's machine may lack it; CI's must not."""
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="module")
def traveller() -> Iterator[str]:
    """A namespace whose only way out is a router that swallows some packets and denies others."""
    if os.geteuid() != 0:
        _not_here("Only root may make network namespaces.")
    here, router = f"errordesk-t{os.getpid()}", f"errordesk-r{os.getpid()}"
    try:
        _ip("netns", "add", here)
    except (OSError, subprocess.CalledProcessError):
        _not_here("This machine lets nobody make network namespaces.")
    try:
        _ip("netns", "add", router)
        _ip(
            "link",
            "add",
            "out",
            "netns",
            here,
            "type",
            "veth",
            "peer",
            "name",
            "in",
            "netns",
            router,
        )
        _ip("address", "add", "10.77.0.1/30", "dev", "out", inside=here)
        _ip("address", "add", "10.77.0.2/30", "dev", "in", inside=router)
        for space, device in ((here, "out"), (router, "in")):
            _ip("link", "set", device, "up", inside=space)
            _ip("link", "set", "lo", "up", inside=space)
        _ip("route", "add", "default", "via", "10.77.0.2", inside=here)
        _ip("route", "add", "blackhole", "198.51.100.0/24", inside=router)
        _ip("route", "add", "unreachable", "203.0.113.0/24", inside=router)
        forwarding = Path("/proc/sys/net/ipv4/ip_forward")
        switch = ["ip", "netns", "exec", router, "sh", "-c", f"echo 1 > {forwarding}"]
        if subprocess.run(switch, check=False, capture_output=True).returncode:
            _not_here("Forwarding cannot be switched on in a network namespace here.")
        yield here
    finally:
        for space in (here, router):
            subprocess.run(["ip", "netns", "del", space], check=False, capture_output=True)


@pytest.mark.parametrize(
    ("address", "cause", "outcome"),
    [(_SWALLOWED, "2241/no-answer", "timeout"), (_DENIED, "2243/unreachable", "unreachable")],
)
def test_a_way_that_ends(
    address: str, cause: str, outcome: str, traveller: str, base: KnowledgeBase
) -> None:
    networks = "198.51.100.0/24,203.0.113.0/24"
    done = subprocess.run(
        ["ip", "netns", "exec", traveller, str(_COMMAND), "probe", f"http://{address}/", "--json",
         "--allow", networks],
        capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "ERRORDESK_PROBE_DEADLINE": "2"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    facts = Facts(pasted_facts(done.stdout), Source.PROBE)
    assert facts["tcp.outcome"] == outcome
    reports = Judge(base.published).judge(facts)
    confirmed = [f"{r.solution}/{r.id}" for r in reports if r.verdict is Verdict.CONFIRMED]
    assert confirmed == [cause]
