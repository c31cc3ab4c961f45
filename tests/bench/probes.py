"""What a probe costs: one vantage against a spawned curl, four vantages against the slowest one."""

from __future__ import annotations

import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kb.answer import Step
from kb.observe import Policy
from kb.observe.fetch import Fetcher
from kb.observe.ground import Ground, Manner
from kb.observe.manners import manners
from kb.observe.policy import parse_networks
from kb.observe.target import parse_target
from kb.observe.vantage import Walk
from tests.bench.measure import Work, medians, report
from tests.lab.servers import free_ports, nginx
from tests.observe.certificates import issue, pem, write
from tests.observe.servers import request, serving

_CONTACT = "https://errordesk.example/about-probe"
_DEADLINE_S = 8.0
_FAR_S = 0.1
FOUR = ("robot", "browser", "head", "language")


def _ignored(_step: Step) -> None:
    """Nobody watches."""


def _walk(url: str, ca_file: str, manner: Manner, ground: Ground | None = None) -> float:
    """One vantage in this process, all of its layers; gives its seconds."""
    began = time.perf_counter()
    ground = ground or _ground(ca_file)
    walk = Walk(manner, ground, time.monotonic() + _DEADLINE_S)
    walk.run(parse_target(url))
    assert walk.facts["http.status"] == 200, walk.facts
    return time.perf_counter() - began


def _ground(ca_file: str) -> Ground:
    policy = Policy(allow=parse_networks("127.0.0.0/8"))
    return Ground(policy, ca_file, Fetcher(policy, _CONTACT), time.monotonic(), _ignored)


def _curl(url: str, ca_file: str) -> None:
    command = ["curl", "-sv", "-o", "/dev/null", "--cacert", ca_file, url]
    subprocess.run(command, check=True, capture_output=True)


def probes(folder: Path) -> None:
    """Print both comparisons for a local nginx, over http and over https."""
    plain, secure = free_ports(2)
    root = issue("Bench Root", authority=True)
    trusted = folder / "root.pem"
    trusted.write_bytes(pem(root))
    certificate, key = write(folder, issue("site", root, names=("127.0.0.1",)))
    page = 'return 200 "<!doctype html><title>Shop</title><p>Welcome";'
    config = f"""
      server {{ listen 127.0.0.1:{plain}; {page} }}
      server {{ listen 127.0.0.1:{secure} ssl; ssl_certificate {certificate};
        ssl_certificate_key {key}; {page} }}"""
    with nginx(folder, config, plain, secure):
        for url in (f"http://127.0.0.1:{plain}/", f"https://127.0.0.1:{secure}/"):
            _one(url, str(trusted))
            _four(url, str(trusted), "at once")
    with serving(_after_a_while) as port:
        _four(f"http://127.0.0.1:{port}/", str(trusted), f"after {_FAR_S * 1000:.0f} ms")


def _after_a_while(connection: socket.socket) -> None:
    """A site as far away as most are."""
    request(connection)
    time.sleep(_FAR_S)
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 14\r\n\r\n<p>Welcome</p>"
    )


def _one(url: str, ca_file: str) -> None:
    ways = manners(_CONTACT, parse_target(url))
    scheme = url.partition(":")[0]
    found = medians(
        {
            "curl -sv, spawned": lambda: _curl(url, ca_file),
            "one vantage, in process": lambda: _walk(url, ca_file, ways["robot"]),
        },
        50,
    )
    report(f"One vantage over {scheme}", found, "curl -sv, spawned", "1 time")


def _four(url: str, ca_file: str, when: str) -> None:
    ways = manners(_CONTACT, parse_target(url))
    scheme = url.partition(":")[0]

    def four() -> None:
        ground = _ground(ca_file)
        with ThreadPoolExecutor(len(FOUR)) as pool:
            for done in [pool.submit(_walk, url, ca_file, ways[name], ground) for name in FOUR]:
                done.result()

    def single(name: str) -> Work:
        return lambda: _walk(url, ca_file, ways[name])

    alone = medians({name: single(name) for name in FOUR}, 10)
    slowest = max(alone, key=lambda name: alone[name])
    found = medians(
        {
            f"the slowest alone ({slowest})": single(slowest),
            "four vantages at once": four,
        },
        20,
    )
    report(
        f"Four vantages over {scheme}, answered {when}",
        found,
        f"the slowest alone ({slowest})",
        "1.5 times",
    )
