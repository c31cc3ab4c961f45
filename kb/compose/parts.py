"""The parts of an answer, each a pure function of facts and causes."""

from __future__ import annotations

import shlex
from typing import Final
from urllib.parse import urlsplit

from kb.answer import CauseReport, Change, Comparison, Question, Ticket, Verdict
from kb.diagnose.evidence import say
from kb.facts import Facts

_LAYERS: Final = {
    "cdn": "A content delivery network ({product}) answered, in front of the site.",
    "proxy": "A proxy or load balancer ({product}) answered, in front of the application.",
    "origin": "The site's own web server ({product}) answered.",
    "application": "The application itself ({product}) answered.",
    "unknown": "Something answered that does not name itself.",
}
# What is compared between two probes: outcomes and what a person would call the result.
_COMPARED: Final = (
    "dns.outcome", "tcp.outcome", "tls.outcome", "tls.problem", "tls.not_after", "http.outcome",
    "http.status", "redirect.loop", "redirect.target", "vantage.robot.status",
    "vantage.browser.status", "http.challenge_schemes",
)  # fmt: skip


def layer_sentence(facts: Facts) -> tuple[str, str] | None:
    """Which layer spoke last, and a sentence about it; None when nothing was observed."""
    if facts.get("dns.outcome") not in (None, "ok", "literal"):
        return "dns", "The name lookup failed, so no server was reached."
    if facts.get("tcp.outcome") not in (None, "ok", "not_tried"):
        return "tcp", "No connection came about, so no server answered."
    if facts.get("tls.outcome") in (
        "failed",
        "plain_http",
        "not_tls",
        "reset",
        "closed",
        "timeout",
    ):
        return "tls", "The connection stands; the encryption does not, so no page was asked for."
    if "http.layer" not in facts:
        return None
    layer = str(facts["http.layer"])
    product = str(facts.get("http.product") or "it does not say which")
    return layer, _LAYERS[layer].format(product=product)


def compare(facts: Facts) -> Comparison | None:
    """What the reader reports against what the probe saw; None when either is missing."""
    if "claim.status" not in facts or facts.get("probe.outcome") != "done":
        return None
    claimed = f"HTTP {facts['claim.status']}"
    robot, browser = facts.get("vantage.robot.status"), facts.get("vantage.browser.status")
    if robot is None and browser is None:
        return Comparison(
            claimed,
            "no HTTP answer",
            False,
            f"You report {claimed}; we get no HTTP answer at all, because an earlier step fails.",
        )
    seen = f"HTTP {robot}"
    if robot != browser:
        seen = f"HTTP {robot} as a robot, {browser} as a browser"
    agrees = facts["claim.status"] in (robot, browser)
    if robot == browser:
        sentence = (
            f"You report {claimed}, and we get the same."
            if agrees
            else (f"You report {claimed}; we get {seen}, both as a robot and as a browser.")
        )
    else:
        sentence = f"You report {claimed}; we get {seen}."
    return Comparison(claimed, seen, agrees, sentence)


def reproduce(url: str | None, facts: Facts) -> tuple[str, ...]:
    """Commands that show the same to anybody; the URL is quoted for the shell."""
    if url is None:
        return ()
    target = shlex.quote(url)
    host, port = _last_hop(facts)
    curl = "curl -sS -v"
    if facts.get("redirect.count") and not facts.get("redirect.refused"):
        curl += " -L --max-redirs 10"
    if facts.get("dns.outcome") not in (None, "ok", "literal"):
        return (f"dig {shlex.quote(host)} A", f"dig {shlex.quote(host)} AAAA")
    if facts.get("tls.outcome") not in (None, "ok", "none", "not_tried"):
        name = shlex.quote(host)
        return (
            f"openssl s_client -connect {shlex.quote(f'{host}:{port}')} -servername {name} "
            f"-verify_hostname {name} -showcerts </dev/null",
            f"{curl} -o /dev/null {target}",
        )
    if facts.get("redirect.loop"):
        return (f"curl -sS -L --max-redirs 10 -D - -o /dev/null {target}",)
    first, again = facts.get("vantage.robot.status"), facts.get("vantage.again.status")
    if first is not None and again is not None and first != again:
        asked = f"curl -sS -o /dev/null -w '%{{http_code}}\\n' {target}"
        return (f"for i in 1 2 3 4 5 6; do {asked}; done",)
    if facts.get("vantage.differ"):
        return (
            f"curl -sS -o /dev/null -w '%{{http_code}}\\n' -A 'ErrordeskBot/0.1' {target}",
            f"curl -sS -o /dev/null -w '%{{http_code}}\\n' -A 'Mozilla/5.0 (X11; Linux x86_64) "
            f"AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36' {target}",
        )
    return (f"{curl} -o /dev/null {target}",)


def _last_hop(facts: Facts) -> tuple[str, int]:
    """Host and port that the last redirect led to, those of the URL where none did."""
    try:
        parts = urlsplit(str(facts.get("redirect.target", "")))
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not facts.get("redirect.count") or not host:
        return str(facts.get("url.host", "")), int(str(facts.get("url.port", 443)))
    return host, port or (80 if parts.scheme == "http" else 443)


def ticket(best: CauseReport | None, headline: str, url: str | None, facts: Facts) -> Ticket | None:
    """The text for whoever must act: what was seen, without secrets and without the query."""
    if best is None or best.verdict is not Verdict.CONFIRMED:
        return None
    shown = (url or "").partition("?")[0]
    lines = [
        "Hello,",
        "",
        f"{headline}" + (f" at {shown}" if shown else "") + ".",
        "",
        "What was seen:",
    ]
    lines += [f"- {sentence}" for sentence in best.evidence]
    for name, label in (
        ("tcp.address", "Address"),
        ("tls.not_after", "Certificate valid until"),
        ("http.server", "Server"),
    ):
        if facts.get(name):
            lines.append(f"- {label}: {say(name, facts[name])}")
    lines += [
        "",
        f"What would help: {best.fix}",
        "",
        f"Details: solution #{best.solution} ({best.title})",
    ]
    return Ticket(best.who.label, f"{headline}: {best.title}", "\n".join(lines))


def unknown_sentences(
    causes: tuple[CauseReport, ...], question: Question | None
) -> tuple[str, ...]:
    """What is still open, and the one question that would settle it."""
    possible = [cause for cause in causes if cause.verdict is Verdict.POSSIBLE]
    if not possible:
        return ()
    names = "; ".join(f"“{cause.title}”" for cause in possible[:4])
    sentences = [f"Still possible: {names}."]
    if question:
        sentences.append(f"This would settle most: {question.text}")
    return tuple(sentences)


def changes_between(before: Facts, after: Facts) -> tuple[Change, ...]:
    """What differs between two probes of one URL, in the order of the layers."""
    return tuple(
        Change(
            name,
            say(name, before[name]) if name in before else "unknown",
            say(name, after[name]) if name in after else "unknown",
        )
        for name in _COMPARED
        if before.get(name) != after.get(name)
    )
