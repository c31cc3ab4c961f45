"""Static files under names that carry a hash of their content, kept for ever by browsers.

``/static/site.0123456789ab.css`` is immutable; the plain name works as well and is revalidated.
The operator's theme and logo are served the same way.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort

from kb.colour import lightened
from kb.recognise.secrets import browser_rules
from kb.settings import Settings
from webapp import i18n
from webapp.services import services

STATIC: Final = Path(__file__).parent / "static"
DARK_CARD: Final = "#1b2321"
_HASHED: Final = re.compile(r"(?P<stem>[\w-]+)\.(?P<hash>[0-9a-f]{12})(?P<suffix>\.\w+)")
_SLOT: Final = b"/* filled in by the server */ []"
YEAR_S: Final = 31_536_000

blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file in memory: its content, media type and name with the hash in it."""

    content: bytes
    media_type: str
    hashed: str


class Assets:
    """All static files of one app, read once at start."""

    def __init__(self, settings: Settings) -> None:
        files = {file.name: file.read_bytes() for file in STATIC.iterdir() if file.is_file()}
        files["secrets.js"] = _with_rules(files["secrets.js"])
        if settings.accent:
            files["theme.css"] = theme(settings.accent).encode()
        self.logo = ""
        if settings.logo_file:
            self.logo = f"logo{Path(settings.logo_file).suffix.lower()}"
            files[self.logo] = Path(settings.logo_file).read_bytes()
        self._assets = {name: _asset(name, content) for name, content in files.items()}
        self.themed = bool(settings.accent)

    def get(self, name: str) -> Asset | None:
        """The file with this plain name."""
        return self._assets.get(name)

    def path(self, name: str) -> str:
        """The path of a file with its hash. Raises KeyError."""
        return f"/static/{self._assets[name].hashed}"


def _with_rules(script: bytes) -> bytes:
    """The script with the library's rules, so that there is one table of them."""
    assert _SLOT in script  # noqa: S101  # else the browser would remove nothing
    return script.replace(_SLOT, json.dumps(browser_rules()).encode())


def _asset(name: str, content: bytes) -> Asset:
    stem, dot, suffix = name.rpartition(".")
    digest = hashlib.sha256(content).hexdigest()[:12]
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Asset(content, media_type, f"{stem}.{digest}{dot}{suffix}")


def theme(accent: str) -> str:
    """The style sheet of an operator's accent colour, lightened for the dark scheme."""
    dark = lightened(accent, DARK_CARD)
    return (
        f":root{{--accent:{accent};--on-accent:#fff}}"
        f"@media (prefers-color-scheme:dark){{:root{{--accent:{dark};--on-accent:#0b1110}}}}"
    )


def asset(name: str) -> str:
    """The URL of a static file, for templates."""
    return i18n.mount() + services().assets.path(name)


@blueprint.get("/static/<name>")
def static(name: str) -> Response:
    """A file by its hashed or plain name."""
    match = _HASHED.fullmatch(name)
    plain = f"{match['stem']}{match['suffix']}" if match else name
    found = services().assets.get(plain)
    if found is None:
        abort(404)
    response = Response(found.content, content_type=_content_type(found.media_type))
    if found.hashed == name:
        response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
    else:  # an old page asks for a file that has changed since: it gets the new one
        response.headers["Cache-Control"] = "public, no-cache"
    return response


def _content_type(media_type: str) -> str:
    text = media_type.startswith("text/") or media_type == "image/svg+xml"
    return f"{media_type}; charset=utf-8" if text else media_type
