"""Takes secrets out of pasted text, before anything is stored, echoed or even looked at.

Passwords, tokens, keys and cookies become ``REMOVED``. What tells something about an error stays:
names of headers, schemes, cookies' names and attributes, names of query parameters. A secret of a
form that nobody knows cannot be found; what is removed here are the forms that people paste.
"""

from __future__ import annotations

import re
from typing import Final

REMOVED: Final = "REMOVED"

# Everything below begins at a literal and runs over bounded classes, so each is linear.
_HEADERS: Final = (
    r"authorization|proxy-authorization|x-api-key|api-key|apikey|x-auth-token|x-access-token"
    r"|x-csrf-token|x-xsrf-token|x-amz-security-token|x-goog-api-key|x-functions-key|private-token"
    r"|job-token|deploy-token|x-gitlab-token|x-vault-token|x-shopify-access-token|ocp-apim-"
    r"subscription-key|x-session-token|x-registry-auth|authentication-info|x-hub-signature-256"
)
_AUTH_HEADER: Final = re.compile(
    rf"(?P<head>\b(?:{_HEADERS})[\"']?[ \t]{{0,4}}[:=][ \t]{{0,4}}[\"']?)"
    r"(?P<scheme>(?:basic|bearer|digest|negotiate|ntlm|token|apikey|hawk|aws4-hmac-sha256|dpop)"
    r"[ \t]+)?"
    r"(?P<value>[^\r\n\"']+)",
    re.IGNORECASE,
)
_COOKIE: Final = re.compile(
    r"(?P<head>(?<!set-)\bcookie[\"']?[ \t]{0,4}:[ \t]{0,4}[\"']?)(?P<value>[^\r\n\"']+)",
    re.IGNORECASE,
)
_SET_COOKIE: Final = re.compile(
    r"(?P<head>\bset-cookie[\"']?[ \t]{0,4}:[ \t]{0,4}[\"']?[^\s=;\"']{1,200}=)"
    r"(?P<value>[^;\r\n\"']+)",
    re.IGNORECASE,
)
_SCHEME: Final = re.compile(
    r"(?P<head>\b(?:bearer|basic|negotiate|ntlm)[ \t]+)"
    r"(?P<value>(?-i:(?=[A-Za-z0-9._~+/-]*[0-9A-Z=_]))[A-Za-z0-9._~+/-]{12,}={0,2})",
    re.IGNORECASE,
)
_NAMES: Final = (
    r"pass(?:word|wd|phrase)?|pwd|secret|client_?secret|secret_?(?:access_?)?key|access_?key(?:_?id)?"
    r"|api_?-?key|apikey|auth_?token|access_?token|refresh_?token|id_?token|session_?token|csrf_?token"
    r"|xsrf_?token|token|jwt|sig|signature|x-amz-(?:signature|credential|security-token)|x-goog-"
    r"(?:signature|credential)|authorization|auth|session_?id|sessid|sid|phpsessid|jsessionid"
    r"|private_?key|code_verifier|otp|pin|sas|code|state|nonce|key|samlresponse|assertion"
)
_PARAMETER: Final = re.compile(
    rf"(?P<head>[?&;](?:[a-z0-9]{{1,20}}[_.-])?(?:{_NAMES})=)(?P<value>[^\s&#;\"'<>]+)",
    re.IGNORECASE,
)
_ASSIGNED: Final = (
    r"pass(?:word|wd|phrase)?|pwd|(?:client_?)?secret|secret_?(?:access_?)?key|access_?key(?:_?id)?"
    r"|api_?-?key|(?:auth|access|refresh|id|session)_?token|private_?key|_authToken|_auth|_password"
)
_QUOTED: Final = re.compile(
    rf"(?P<head>[\"']?\b(?:[A-Za-z0-9]{{1,20}}[_.-])?(?:{_ASSIGNED}|token)[\"']?[ \t]{{0,4}}[:=]"
    r"[ \t]{0,4}(?P<quote>[\"']))(?P<value>[^\"'\r\n]+)",
    re.IGNORECASE,
)
_BARE: Final = re.compile(
    rf"(?P<head>(?<![\w.-])(?:--)?(?:[A-Za-z0-9]{{1,20}}[_.-])?(?:{_ASSIGNED})(?:=|:[ \t]{{1,4}}))"
    r"(?P<value>(?!REMOVED)[^\s\"'&,;<>]{4,})",
    re.IGNORECASE,
)
_USER_OPTION: Final = re.compile(
    r"(?P<head>(?<![\w-])(?:-u|--user|--proxy-user|-U)[ =]{1,3}[\"']?[^\s:\"']{0,200}:)"
    r"(?P<value>[^\s\"']+)"
)
_USERINFO: Final = re.compile(
    r"(?P<head>\b[a-z][a-z0-9+.-]{1,20}://)(?P<value>[^\s/?#@\"'<>]{1,1000})@", re.IGNORECASE
)
_KNOWN_TOKENS: Final = re.compile(
    r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.?[A-Za-z0-9_-]*"  # JSON Web Token
    r"|\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[\w-]{16,}"
    r"|xox[abposr]-[\w-]{10,}|sk-[\w-]{16,}|sk_(?:live|test)_\w{10,}|pk_(?:live|test)_\w{10,}"
    r"|AKIA[0-9A-Z]{12,}|ASIA[0-9A-Z]{12,}|AIza[\w-]{30,}|ya29\.[\w-]{10,}|npm_[A-Za-z0-9]{20,}"
    r"|pypi-[\w-]{30,}|dckr_pat_[\w-]{10,}|SG\.[\w-]{10,}\.[\w-]{10,}|hvs\.[\w-]{16,})"
)
_PEM_BEGIN: Final = re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----")
_PEM_END: Final = "PRIVATE KEY-----"


def remove_secrets(text: str) -> str:
    """``text`` with every secret of a known form replaced. Idempotent, linear."""
    text = _without_private_keys(text)
    text = _USERINFO.sub(lambda match: f"{match['head']}{REMOVED}@", text)
    for pattern in (_SET_COOKIE, _COOKIE, _USER_OPTION):
        text = pattern.sub(_keep_head, text)
    text = _AUTH_HEADER.sub(lambda match: f"{match['head']}{match['scheme'] or ''}{REMOVED}", text)
    for pattern in (_SCHEME, _PARAMETER, _QUOTED, _BARE):
        text = pattern.sub(_keep_head, text)
    return _KNOWN_TOKENS.sub(REMOVED, text)


def _keep_head(match: re.Match[str]) -> str:
    return str(match["head"]) + REMOVED


def without_userinfo(url: str) -> str:
    """The URL without the user name and password before its host."""
    return url.replace(f"://{REMOVED}@", "://", 1)


def _without_private_keys(text: str) -> str:
    parts: list[str] = []
    position = 0
    while match := _PEM_BEGIN.search(text, position):
        end = text.find(_PEM_END, match.end())
        parts.append(text[position : match.start()] + REMOVED)
        position = len(text) if end < 0 else end + len(_PEM_END)
    parts.append(text[position:])
    return "".join(parts)
