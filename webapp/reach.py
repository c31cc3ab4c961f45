"""The reader's own browser as a second connection: may it be asked, and the frame that asks.

The request leaves from a frame of our own whose policy lets it speak to the asked origin and to
nobody else, so that the pages around it keep theirs (``connect-src 'self'``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, abort, make_response, render_template, request

from kb.answer import Answer
from kb.errors import BadURL, CredentialsInURL
from kb.observe.target import Target, parse_target
from webapp import security

blueprint = Blueprint("reach", __name__)
_NO_PUBLIC_WAY: Final = ("private", "mixed")


@dataclass(frozen=True, slots=True)
class Reach:
    """What the answer's page needs to let the browser ask, and what it measured before.

    ``doubt`` is why a failure there would prove nothing: ``private`` (browsers keep public pages
    from private networks), ``policy`` (the site's Cross-Origin-Resource-Policy hides its answer
    from other pages) or ``''``.
    """

    url: str
    doubt: str
    reached: bool | None
    time_ms: float | None


def reach(answer: Answer) -> Reach | None:
    """How the reader's browser may be asked about the answer's URL; None without a sound URL."""
    target = _target(answer.url or "")
    if target is None:
        return None
    dns, http = answer.facts.get("dns", {}), answer.facts.get("http", {})
    refusal = answer.facts.get("probe", {}).get("refusal")
    doubt = ""
    if dns.get("scope") in _NO_PUBLIC_WAY or refusal == "address":
        doubt = "private"
    elif "cross-origin-resource-policy" in http.get("headers", {}):
        doubt = "policy"
    reader = answer.facts.get("reader", {})
    return Reach(target.url, doubt, reader.get("browser_reached"), reader.get("browser_time_ms"))


def _target(url: str) -> Target | None:
    try:
        return parse_target(url)
    except (BadURL, CredentialsInURL):
        return None


def allowed_source(target: Target) -> str:
    """The source of a policy that allows this origin.

    Addresses cannot be named there (CSP Level 3, 6.7.2.8), so a literal one allows its scheme.
    """
    if target.address is not None:
        return f"{target.scheme}:"
    return f"{target.scheme}://{target.authority}"


@blueprint.get("/reach")
def frame() -> Response:
    """The frame that asks the URL once it stands inside of a page of this site."""
    target = _target(request.args.get("url", ""))
    if target is None:
        abort(400)
    response = make_response(render_template("reach.html", url=target.url))
    response.headers["Content-Security-Policy"] = security.policy(
        **{"connect-src": allowed_source(target), "frame-ancestors": "'self'"}
    )
    response.headers["Cache-Control"] = "no-store"
    return response
