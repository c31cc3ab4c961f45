"""The manners of asking that need no other URL: request headers, method, family, protocol."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kb.observe.ground import Manner
from kb.observe.target import Target

ROBOT: Final = "ErrordeskBot/0.1 (+{contact})"
_CHROME: Final = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)
BROWSER_HEADERS: Final = (
    ("User-Agent", _CHROME),
    ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("Accept-Language", "en-US,en;q=0.9"),
    ("Accept-Encoding", "gzip, deflate, br, zstd"),
    ("Upgrade-Insecure-Requests", "1"),
    ("Sec-Fetch-Dest", "document"),
    ("Sec-Fetch-Mode", "navigate"),
    ("Sec-Fetch-Site", "none"),
    ("Sec-Fetch-User", "?1"),
)


def agent(contact: str) -> str:
    """The robot's honest name, with an address where its owner explains it."""
    return ROBOT.format(contact=contact or "https://github.com/errordesk")


def manners(contact: str, target: Target) -> dict[str, Manner]:
    """Each manner by the name of its vantage."""
    robot = Manner("robot", (("User-Agent", agent(contact)), ("Accept", "*/*")))
    browser = Manner("browser", BROWSER_HEADERS)
    start_page = f"{target.scheme}://{target.authority}/"
    return {
        "robot": robot,
        "browser": browser,
        "again": replace(robot, name="again"),
        "head": replace(robot, name="head", method="HEAD"),
        "language": replace(robot, name="language", headers=robot.headers[:1]),
        "referer": replace(
            browser, name="referer", headers=(*_same_site(browser.headers), ("Referer", start_page))
        ),
        "cookies": replace(browser, name="cookies", cookies=True),
        "ipv4": replace(robot, name="ipv4", family=4),
        "ipv6": replace(robot, name="ipv6", family=6),
        "http2": replace(robot, name="http2", http2=True),
    }


def _same_site(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, "same-origin" if name == "Sec-Fetch-Site" else value) for name, value in headers
    )
