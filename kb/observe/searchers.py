"""What the site's robots.txt tells a search engine about the page (RFC 9309)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from protego import Protego

from kb.facts import FactValue
from kb.observe.followups import Scene

SEARCHER: Final = "Googlebot"


def robots_file(scene: Scene) -> dict[str, FactValue]:
    """Whether robots.txt forbids the page to the best known searcher; without the file all is
    allowed (RFC 9309, 2.3.1.3)."""
    manner = replace(scene.manners["robot"], name="robots_file", stays=True)
    walk = scene.walk(manner, replace(scene.target, path="/robots.txt"))
    if walk is None or walk.last is None or "http.status" not in walk.facts:
        return {}
    if walk.last.status != 200:
        return {"robots.forbids_search": False}
    rules = Protego.parse(walk.last.body.decode("utf-8", "replace"))
    return {"robots.forbids_search": not rules.can_fetch(scene.target.url, SEARCHER)}
