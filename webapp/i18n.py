"""The interface in the reader's language: catalogues, negotiation and the /de/ prefix.

A language is taken from the prefix of the path, else from ``?lang=``, else from Accept-Language.
The prefix is moved to SCRIPT_NAME before routing, so that every view and link works below it.
Catalogues are read from the ``.po`` files at start: there is no build step.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, g, request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOCALES: Final = Path(__file__).parent / "locale"
# The interface's languages by code; the first is what the source is written in.
LANGUAGES: Final = {"en": "English", "de": "Deutsch"}
DEFAULT: Final = "en"
_LANGUAGE: Final = "errordesk.language"
_MOUNT: Final = "errordesk.mount"


@functools.cache
def catalogue(language: str) -> NullTranslations:
    """The messages of a language; English is the source and needs none."""
    file = LOCALES / f"{language}.po"
    if language == DEFAULT or not file.is_file():
        return NullTranslations()
    compiled = io.BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return Translations(compiled)


class LanguagePrefix:
    """WSGI middleware: ``/de/solutions/1`` becomes ``/solutions/1`` below SCRIPT_NAME ``/de``."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        mount = environ.get("SCRIPT_NAME", "")
        environ[_MOUNT] = mount
        prefix, slash, rest = environ.get("PATH_INFO", "").removeprefix("/").partition("/")
        if prefix in LANGUAGES and slash:
            environ[_LANGUAGE] = prefix
            environ["SCRIPT_NAME"] = f"{mount}/{prefix}"
            environ["PATH_INFO"] = f"/{rest}"
        return self._app(environ, start)


def language() -> str:
    """The language of the current request."""
    found: str | None = g.get("language")
    if found is None:
        wished = request.args.get("lang", "")
        found = (
            request.environ.get(_LANGUAGE)
            or (wished if wished in LANGUAGES else None)
            or request.accept_languages.best_match(LANGUAGES, DEFAULT)
            or DEFAULT
        )
        g.language = found
    return found


def mount() -> str:
    """Where the whole site hangs, without a language's prefix; '' at the root of a host."""
    return str(request.environ.get(_MOUNT, ""))


def href(path: str) -> str:
    """A path of the site as the current page links to it: with its language's prefix, if any."""
    return f"{request.script_root}{path}"


def in_language(path: str, wanted: str) -> str:
    """The same path in another language, the prefix given."""
    return f"{mount()}/{wanted}{path}"


def gettext(message: str, **values: Any) -> str:
    """The message in the request's language, ``%(name)s`` slots filled."""
    text = catalogue(language()).gettext(message)
    return text % values if values else text


def ngettext(one: str, many: str, number: int, **values: Any) -> str:
    """The message in singular or plural, ``%(num)s`` and other slots filled."""
    return catalogue(language()).ngettext(one, many, number) % {"num": number, **values}


def mark(message: str) -> str:
    """A message of a table that is translated where it is shown (Babel extracts ``N_``)."""
    return message


def register(app: Flask) -> None:
    """Templates get ``_`` and ``ngettext``; pages say their language and what they vary by."""
    app.wsgi_app = LanguagePrefix(app.wsgi_app)  # type: ignore[method-assign,assignment]
    app.jinja_env.add_extension("jinja2.ext.i18n")
    install: Callable[..., None] = app.jinja_env.install_gettext_callables  # type: ignore[attr-defined]
    install(
        lambda text: catalogue(language()).gettext(text),
        lambda one, many, number: catalogue(language()).ngettext(one, many, number),
        newstyle=True,
    )
    app.jinja_env.globals.update(
        href=href, mount=mount, in_language=in_language, LANGUAGES=LANGUAGES
    )
    app.context_processor(lambda: {"language": language()})

    @app.after_request
    def describe(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.headers.setdefault("Content-Language", language())
        if _LANGUAGE not in request.environ and response.mimetype in ("text/html", "text/markdown"):
            response.vary.add("Accept-Language")
        return response
