"""Logging in and out."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, session
from werkzeug.wrappers import Response as BaseResponse

from webapp import i18n
from webapp.i18n import gettext
from webapp.operator import passwords
from webapp.operator import session as sessions
from webapp.services import services

blueprint = Blueprint("login", __name__)


@blueprint.get("/login")
def form() -> BaseResponse:
    """The form; whoever is logged in goes on."""
    if sessions.operator():
        return redirect(i18n.href("/operator"), 303)
    return _form()


@blueprint.post("/login")
def login() -> BaseResponse:
    """Check the password, a few times only."""
    sessions.check_origin()
    hashed = services().settings.operator_password_hash
    if not hashed:
        return _form(status=403)
    if wait := services().gate.login(request.remote_addr or ""):
        said = gettext("Too many tries. The next one is possible in %(wait)s s.", wait=wait)
        response = _form(said, 429)
        response.headers["Retry-After"] = str(wait)
        return response
    if not passwords.right(hashed, request.form.get("password", "")):
        return _form(gettext("That is not the password."), 403)
    sessions.begin()
    return redirect(i18n.href("/operator"), 303)


@blueprint.post("/logout")
def logout() -> BaseResponse:
    """Forget the session; a front server that logs in has to log out itself."""
    sessions.check_origin()
    sessions.check_form()
    session.clear()
    return redirect(i18n.href("/"), 303)


def _form(problem: str = "", status: int = 200) -> Response:
    able = bool(services().settings.operator_password_hash)
    page = render_template("operator/login.html", problem=problem, able=able, quoting=False)
    return make_response(page, status)


@blueprint.after_request
def private(response: Response) -> Response:
    """Nobody keeps it, and no search engine lists it."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
