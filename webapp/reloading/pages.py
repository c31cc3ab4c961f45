"""What a writer sees in the browser: a banner on every page, and the page of findings.

In English like the lint itself: both are for writers, and no reader meets them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, FileSystemLoader

if TYPE_CHECKING:
    from webapp.reloading.reloader import State

STATE: Final = "/-/reload/state"
SCRIPT: Final = "/-/reload/reload.js"
STYLE: Final = "/-/reload/reload.css"
FINDINGS: Final = "/-/reload"
SHOWN: Final = 3

_FILES: Final = Path(__file__).parent / "files"
_TEMPLATES: Final = Environment(loader=FileSystemLoader(_FILES), autoescape=True)
_BODY: Final = re.compile(r"<body[^>]*>")


def text_of(name: str) -> str:
    """A file of this folder."""
    return (_FILES / name).read_text(encoding="utf-8")


def marked(page: str, state: State, posted: bool) -> str:
    """``page`` with the script that refreshes it and, where something is to be mended, a banner.

    The answer to a form (``posted``) is not fetched again by itself: that would send it twice.
    """
    head = _rendered("head.html", state, posted=posted)
    banner = _rendered("banner.html", state, shown=state.findings[:SHOWN])
    page = page.replace("</head>", f"{head}</head>", 1)
    return _BODY.sub(lambda match: match[0] + banner, page, count=1)


def findings_page(state: State) -> str:
    """Everything that is to be mended, on a page of its own."""
    return _rendered("findings.html", state, head=_rendered("head.html", state, posted=False))


def _rendered(template: str, state: State, **values: object) -> str:
    paths = {"state_path": STATE, "script": SCRIPT, "style": STYLE, "findings_path": FINDINGS}
    return _TEMPLATES.get_template(template).render(state=state, **paths, **values)
