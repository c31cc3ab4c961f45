"""The widget's files: a short-lived loader, immutable hashed modules, integrity, a page to try it.

The modules are served as they are written: there is no build step. The loader gets the hashed
names of the others and the few settings that a page elsewhere may know (an allow-list).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, abort, current_app, jsonify, render_template, request

from kb.colour import lightened
from kb.settings import Settings
from webapp import i18n
from webapp.assets import DARK_CARD, YEAR_S
from webapp.i18n import mark as N_  # noqa: N812  # the name that Babel extracts
from webapp.links import absolute
from webapp.services import services

FOLDER: Final = Path(__file__).parent / "static" / "widget"
LOADER: Final = "widget.js"
LAZY: Final = ("panel.js", "cards.js", "contact.js")
# What the settings of the loader call a module whose name says something else there.
_SHORT: Final = {"contact.js": "person"}
# How long a page elsewhere may go on with an old loader; its old modules are answered by new ones.
LOADER_S: Final = 300
SERVERS: Final = {"nginx": ("status", "request_id"), "apache": ("REDIRECT_STATUS", "UNIQUE_ID")}
BUTTON: Final = N_("Help with an error")
_HASHED: Final = re.compile(r"(?P<stem>\w+)\.(?P<hash>[0-9a-f]{12})\.js")
_SLOT: Final = "/* filled in by the server */ null"

blueprint = Blueprint("widget", __name__)


@dataclass(frozen=True, slots=True)
class Module:
    """One script: what is served, under which immutable name, with which integrity (SRI)."""

    content: bytes
    hashed: str
    integrity: str


class Widget:
    """The scripts for one set of settings, made once at start."""

    def __init__(self, settings: Settings) -> None:
        lazy = {name: _module(name, _themed(_read(name), settings.accent)) for name in LAZY}
        config = public_settings(settings, {name: item.hashed for name, item in lazy.items()})
        loader = _themed(_read(LOADER), settings.accent)
        assert _SLOT in loader  # noqa: S101  # else the loader would ship without settings
        filled = loader.replace(_SLOT, json.dumps(config, ensure_ascii=True))
        self.modules: Mapping[str, Module] = {LOADER: _module(LOADER, filled), **lazy}


def public_settings(settings: Settings, hashed: Mapping[str, str]) -> dict[str, Any]:
    """What every page elsewhere may know of this installation; nothing else leaves it."""
    return {
        "name": settings.site_name,
        "contact": settings.contact_url,
        "form": bool(settings.contact_webhook),
        "writes": bool(settings.allowed_origins),
        "probe": settings.probe_enabled,
        "button": {code: i18n.catalogue(code).gettext(BUTTON) for code in i18n.LANGUAGES},
        **{
            _SHORT.get(name, name.removesuffix(".js")): f"widget/{path}"
            for name, path in hashed.items()
        },
    }


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _themed(text: str, accent: str) -> str:
    """The script with the operator's accent in place of the shipped one."""
    if not accent:
        return text
    text = text.replace("light-dark(#0b5c6b,#7fd0df)", f"light-dark({accent},{_dark(accent)})")
    return text.replace("light-dark(#fff,#06262c)", "light-dark(#fff,#0b1110)")


def _dark(accent: str) -> str:
    return lightened(accent, DARK_CARD)


def _module(name: str, text: str) -> Module:
    content = text.encode()
    digest = hashlib.sha256(content).hexdigest()[:12]
    integrity = base64.b64encode(hashlib.sha384(content).digest()).decode()
    return Module(content, f"{name.removesuffix('.js')}.{digest}.js", f"sha384-{integrity}")


def widget() -> Widget:
    """The widget of the current app."""
    found = current_app.extensions.get("errordesk.widget")
    if not isinstance(found, Widget):
        found = Widget(services().settings)
        current_app.extensions["errordesk.widget"] = found
    return found


def widget_asset(name: str) -> str:
    """The path of a module with its hash, for templates. Raises KeyError."""
    return f"{i18n.mount()}/widget/{widget().modules[name].hashed}"


def _script(module: Module, cache: str) -> Response:
    response = Response(module.content, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = cache
    return _open(response)


def _open(response: Response) -> Response:
    """Let pages of every origin load this; it is the same public code for everybody."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@blueprint.get("/widget.js")
def loader() -> Response:
    """The loader under its lasting name."""
    return _script(widget().modules[LOADER], f"public, max-age={LOADER_S}")


@blueprint.get("/widget/<name>.js")
def module(name: str) -> Response:
    """A module by its hashed name, for ever; by another hash or none, the module of today."""
    match = _HASHED.fullmatch(f"{name}.js")
    found = widget().modules.get(f"{match['stem'] if match else name}.js")
    if found is None:
        abort(404)
    same = found.hashed == f"{name}.js"
    return _script(found, f"public, max-age={YEAR_S}, immutable" if same else "no-cache")


@blueprint.get("/widget/manifest.json")
def manifest() -> Response:
    """The immutable names and their integrity, for pages that pin what they load (SRI)."""
    files = {
        name: {"url": absolute(f"/widget/{item.hashed}"), "integrity": item.integrity}
        for name, item in widget().modules.items()
    }
    return _open(jsonify(files))


@blueprint.get("/widget/error-page.html")
def error_page() -> Response:
    """A page to copy as a server's own error page: ``?server=nginx`` (default) or ``apache``."""
    names = SERVERS.get(request.args.get("server", "nginx"))
    if names is None:
        abort(404)
    text = _read("error-page.html").replace("HELP", absolute(""))
    text = text.replace('"STATUS"', f'"{names[0]}"').replace('"REQUEST"', f'"{names[1]}"')
    # As text: it is for copying, and would not run here.
    return Response(text, content_type="text/plain; charset=utf-8")


@blueprint.get("/widget")
def demo() -> str:
    """The widget on a page of our own, with the line to copy."""
    return render_template("widget.html", modules=widget().modules)
