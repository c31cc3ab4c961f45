"""Cookies of one chain of redirects, kept for that chain alone and then forgotten (RFC 6265)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from kb.observe.target import Target

MAX_COOKIES: Final = 20
MAX_COOKIE: Final = 4_096


@dataclass(slots=True)
class Cookies:
    """The jar: value by (host that a cookie is for, whether for names below it too, name)."""

    _kept: dict[tuple[str, bool, str], str] = field(default_factory=dict)

    def keep(self, target: Target, headers: list[tuple[str, str]]) -> None:
        """Take in the Set-Cookie fields of a response from ``target``."""
        for name, value in headers:
            if name.lower() != "set-cookie" or len(value) > MAX_COOKIE:
                continue
            pair, *attributes = value.split(";")
            cookie, equals, content = pair.strip().partition("=")
            if not equals or not cookie or len(self._kept) >= MAX_COOKIES:
                continue
            domain = next(
                (
                    text.partition("=")[2].strip().lstrip(".").lower()
                    for text in attributes
                    if text.strip().lower().startswith("domain=")
                ),
                "",
            )
            if domain and not (target.host == domain or target.host.endswith(f".{domain}")):
                continue  # no host may set a cookie for another one (RFC 6265, 5.3)
            self._kept[domain or target.host, bool(domain), cookie] = content

    def header(self, target: Target) -> tuple[tuple[str, str], ...]:
        """The Cookie field for ``target``, if any cookie is for it."""
        pairs = [
            f"{name}={value}"
            for (host, below, name), value in self._kept.items()
            if target.host == host or (below and target.host.endswith(f".{host}"))
        ]
        text = "; ".join(pair for pair in pairs if pair.isascii() and pair.isprintable())
        return (("Cookie", text),) if text else ()

    def state(self) -> str:
        """What the jar holds, for telling whether it has changed."""
        return repr(sorted(self._kept.items()))
