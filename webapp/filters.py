"""What templates call: marked passages, dates in the reader's language, JSON data blocks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.dates import format_date
from flask import Flask
from markupsafe import Markup, escape

from kb.answer import Verdict, Who
from webapp import i18n, structured
from webapp.i18n import mark as N_  # noqa: N812  # the name that Babel extracts
from webapp.links import absolute

ROLES: Mapping[Who, str] = {
    Who.VISITOR: N_("You, the visitor"),
    Who.DEVELOPER: N_("The developer of the client"),
    Who.OWNER: N_("The owner of the site"),
    Who.HOST: N_("The host, CDN or DNS provider"),
    Who.NETWORK: N_("The network you are in"),
}
VERDICTS: Mapping[Verdict, str] = {
    Verdict.CONFIRMED: N_("Confirmed"),
    Verdict.POSSIBLE: N_("Possible"),
    Verdict.RULED_OUT: N_("Ruled out"),
}
LAYERS: Mapping[str, str] = {
    "dns": N_("The name lookup failed, so no server was reached."),
    "tcp": N_("No connection came about, so no server answered."),
    "tls": N_("The connection stands; the encryption does not, so no page was asked for."),
    "cdn": N_("A content delivery network answered, in front of the site."),
    "proxy": N_("A proxy or load balancer answered, in front of the application."),
    "origin": N_("The site's own web server answered."),
    "application": N_("The application itself answered."),
    "unknown": N_("Something answered that does not name itself."),
}


def marked(text: str, marks: tuple[tuple[int, int], ...]) -> Markup:
    """The text with ``<mark>`` around the spans, everything escaped."""
    parts: list[str] = []
    position = 0
    for start, end in marks:
        if start >= position:
            parts += [escape(text[position:start]), "<mark>", escape(text[start:end]), "</mark>"]
            position = end
    parts.append(escape(text[position:]))
    return Markup("".join(parts))  # noqa: S704  # each part is escaped, or a tag of ours


def day(value: date) -> str:
    """A date in words of the reader's language."""
    return str(format_date(value, "long", locale=i18n.language()))


def role(who: Who) -> str:
    """Who must act, in the reader's language."""
    return i18n.gettext(ROLES[who])


def verdict(value: Verdict) -> str:
    """A verdict in the reader's language."""
    return i18n.gettext(VERDICTS[value])


def layer(name: str) -> str:
    """Which layer answered, as a sentence in the reader's language."""
    return i18n.gettext(LAYERS[name])


# What the library says to people; Babel finds the sentences here, since kb knows no catalogue.
LIBRARY = (
    N_("Nothing was asked. Paste an error, a transcript, a URL or a question."),
    N_("This is not text. Paste the message or the transcript as text."),
    N_(
        "This URL carries a user name or password. It was not used and not stored: remove the "
        "part before the @ and ask again, and change that password if it was pasted anywhere else."
    ),
    N_("This installation does not probe URLs."),
    N_(
        "Many probes are running right now. Ask again in a few seconds; the answer below is from "
        "the text alone."
    ),
)


def said(sentence: str) -> str:
    """A sentence of the library in the reader's language, as far as it is a fixed one."""
    return i18n.gettext(sentence)


def data_block(value: Any) -> Markup:
    """JSON that may stand inside of a ``<script>`` data block: no ``<``, ``>`` or ``&``."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704  # every character that could end the block is escaped


def register(app: Flask) -> None:
    """Give the filters to the templates of ``app``."""
    app.jinja_env.filters.update(
        marked=marked,
        day=day,
        role=role,
        verdict=verdict,
        layer=layer,
        data_block=data_block,
        said=said,
    )
    app.jinja_env.globals.update(absolute=absolute, structured_site=structured.site)
