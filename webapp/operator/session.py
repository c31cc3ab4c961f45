"""Who the operator is: by a signed cookie after the login, or by a trusted front server's header.

The cookie is Flask's signed session. It is never read and never set outside of the operator's
pages, so that readers have none. Its key is made from SECRET_KEY and the password's hash: a new
password ends all sessions.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from datetime import timedelta
from typing import Final

from flask import Flask, Request, abort, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from kb.settings import Settings
from webapp import cors, i18n
from webapp.i18n import gettext
from webapp.proxies import from_trusted_proxy
from webapp.services import services

# A session ends this long after its last use, and this long after the login at the latest.
IDLE: Final = timedelta(minutes=60)
LONGEST: Final = timedelta(hours=12)
_PREFIX: Final = "/operator"
_NAME: Final = "errordesk_operator"


class _Sessions(SecureCookieSessionInterface):
    """Flask's signed cookie, for the operator's pages alone."""

    digest_method = staticmethod(hashlib.sha256)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of the cookie; an empty one, whatever was sent, on all other pages."""
        if not request.path.startswith(_PREFIX):
            return self.session_class()
        return super().open_session(app, request)

    def get_cookie_secure(self, app: Flask) -> bool:
        """Secure wherever the site is reached by https."""
        return request.is_secure or services().settings.base_url.startswith("https:")

    def get_cookie_path(self, app: Flask) -> str:
        """The site's own root: below it, every language has the operator's pages."""
        return f"{i18n.mount()}/"

    def get_cookie_name(self, app: Flask) -> str:
        """With ``__Host-`` no other host and no unencrypted page can set it (RFC 6265bis)."""
        host = self.get_cookie_secure(app) and self.get_cookie_path(app) == "/"
        return f"__Host-{_NAME}" if host else _NAME


def register(app: Flask, settings: Settings) -> None:
    """Give ``app`` the session."""
    made_from = f"{settings.operator_password_hash}\n{settings.operator_header}".encode()
    app.secret_key = hmac.digest(settings.secret_key.encode(), made_from, "sha256")
    app.session_interface = _Sessions()
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        PERMANENT_SESSION_LIFETIME=IDLE,
    )


def operator() -> str | None:
    """The operator's name, None for anybody else."""
    header = services().settings.operator_header
    if header and from_trusted_proxy(request.environ):
        name = request.headers.get(header, "").strip()
        if name:
            return name[:100]
    started = session.get("since")
    fresh = isinstance(started, (int, float)) and time.time() - started < LONGEST.total_seconds()
    return "operator" if fresh else None


def begin() -> None:
    """Start a session, after the password was right."""
    session.clear()
    session.permanent = True
    session["since"] = int(time.time())


def csrf_token() -> str:
    """The token that every form of the operator's pages carries."""
    token: str = session.setdefault("csrf", secrets.token_urlsafe(24))
    session.permanent = True
    return token


def check_form() -> None:
    """End the request unless its form comes from a page of this session."""
    sent, known = request.form.get("csrf", ""), session.get("csrf", "")
    if not known or not hmac.compare_digest(sent.encode(), known.encode()):
        abort(403, gettext("This form is too old, or from elsewhere. Open the page again."))


def check_origin() -> None:
    """End a request that a browser says comes from another site."""
    said = request.headers.get("Sec-Fetch-Site", "same-origin")
    if said not in ("same-origin", "none") or cors.from_elsewhere():
        abort(403)
