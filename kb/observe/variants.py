"""Neighbours of a URL that a comparison asks for; None where a URL has no such neighbour."""

from __future__ import annotations

import re
import secrets
import string
from dataclasses import replace
from typing import Final

from kb.observe.target import PORTS, Target

_ESCAPE: Final = re.compile(r"(%[0-9A-Fa-f]{2})")


def no_query(target: Target) -> Target | None:
    """Without the query."""
    path, mark, _ = target.path.partition("?")
    return replace(target, path=path) if mark else None


def slash(target: Target) -> Target | None:
    """With the path's last slash added or taken away; a start page has no such neighbour."""
    path, mark, query = target.path.partition("?")
    if path == "/":
        return None
    other = path.rstrip("/") if path.endswith("/") else f"{path}/"
    return replace(target, path=f"{other or '/'}{mark}{query}")


def lowercase(target: Target) -> Target | None:
    """With the path in lower case, when it is not; escapes like %2F mean no letters and stay."""
    path, mark, query = target.path.partition("?")
    lower = "".join(
        part if part.startswith("%") else part.lower() for part in _ESCAPE.split(path) if part
    )
    return replace(target, path=f"{lower}{mark}{query}") if path != lower else None


def random(target: Target) -> Target:
    """A path beside the last segment that nobody can have made."""
    path = target.path.partition("?")[0].rstrip("/")
    name = "".join(secrets.choice(string.ascii_lowercase) for _ in range(16))
    return replace(target, path=f"{path.rpartition('/')[0]}/{name}")


def root(target: Target) -> Target | None:
    """The start page of the same host, when the URL is another page."""
    return replace(target, path="/") if target.path != "/" else None


def sibling(target: Target) -> Target | None:
    """The www name of a bare domain, or the reverse; an address has none."""
    if target.address is not None or "." not in target.host:
        return None
    bare = target.host.removeprefix("www.")
    if bare != target.host:
        return replace(target, host=bare) if "." in bare else None
    return replace(target, host=f"www.{target.host}")


def other_scheme(target: Target) -> Target:
    """http for https and the reverse: at the usual port, or at the same one when it was given."""
    scheme = "http" if target.scheme == "https" else "https"
    usual = target.port == PORTS[target.scheme]
    return replace(target, scheme=scheme, port=PORTS[scheme] if usual else target.port)


def at_address(target: Target, address: str) -> Target:
    """The same path with the server's address as the host, which names no site."""
    return replace(target, host=address)
