"""What is known about a question: said, pasted, probed and told, as one set of facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.facts import Facts, Source
from kb.ranking import FEW_WORDS
from kb.recognise import Recognition
from kb.search.query import terms_of

if TYPE_CHECKING:
    from kb.observe import ProbeResult


def unnamed(found: Recognition) -> str:
    """The question without the numbers that were understood as statuses: as words they would find
    every article with the same number in it. A question that is nothing else stays as it is."""
    rest = found.text
    for hit in found.identifiers:
        if hit.name.startswith("HTTP "):
            start, end = hit.span
            rest = f"{rest[:start]}{' ' * (end - start)}{rest[end:]}"
    return rest if len(terms_of(rest)) >= FEW_WORDS // 2 else found.text


def observed(facts: Facts) -> bool:
    """Whether anything was looked at, rather than only told."""
    return any(
        facts.source_of(name) in (Source.TRANSCRIPT, Source.HAR, Source.PROBE)
        for name in facts
        if name != "source"
    )


def works(facts: Facts) -> bool:
    """Whether a probe got the page, and got it as a browser, too."""
    return (
        facts.get("http.outcome") == "ok"
        and facts.source_of("http.outcome") is Source.PROBE
        and _good(facts.get("http.status"))
        and _good(facts.get("vantage.browser.status", 200))
    )


def _good(status: object) -> bool:
    return isinstance(status, int) and status < 400


def facts_of(found: Recognition, probed: ProbeResult | None, reader: Facts) -> Facts:
    """All that is known: claimed, pasted, probed and told."""
    facts = found.claims.merged(found.transcript or Facts())
    if probed:
        if probed.facts["probe.outcome"] == "done":
            # The probe speaks for every layer: what was claimed of them does not mix in. What a
            # pasted log says of the server behind a proxy no probe can see.
            claim = {n: v for n, v in facts.items() if n.startswith(("claim.", "upstream."))}
            facts = Facts(claim, Source.CLAIM)
        facts = facts.merged(probed.facts)
    return facts.merged(reader)


def url_of(first: Recognition, found: Recognition) -> str | None:
    """The URL that the conversation is about: the one named last, else the question's first."""
    later = [url for url in found.urls if url not in first.urls]
    return later[-1] if later else next(iter(first.urls), None)
