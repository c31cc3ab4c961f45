"""Takes secrets out of pasted text, before anything is stored, echoed or even looked at.

Passwords, tokens, keys and cookies become ``REMOVED``. What tells something about an error stays:
names of headers, schemes, cookies' names and attributes, names of query parameters. A secret of a
form that nobody knows cannot be found; what is removed here are the forms that people paste.

The rules are data in a notation that Python and JavaScript read alike, so that the reader's browser
applies the same ones before it sends anything (:func:`browser_rules`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kb.sieve import Sieve

REMOVED: Final = "REMOVED"


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes ``head + REMOVED + tail`` (named groups of ``pattern``, each may be missing).

    ``kind`` is what a person would call it. ``within`` names the part of the text in which alone
    the pattern is looked for. Patterns begin at a literal and run over bounded or disjoint classes,
    so each is linear; they are ASCII's, and keep to what both languages' engines mean alike: no
    ``\\s``, no inline flags.
    """

    kind: str
    pattern: str
    within: str = ""
    any_case: bool = True


_W: Final = r"\t\n\r\f\v "  # white space, for use inside of a class
_GAP: Final = r"[ \t]{0,4}"
_LINE: Final = r"(?<![^\r\n])[<>*+# \t]{0,6}"  # how a transcript's line begins
_TO_QUOTE: Final = r"(?:[^\"'\\\r\n]|\\+[^\"'\\\r\n])+"
_JSON_TEXT: Final = r"(?:[^\"\\]|\\[\s\S])+"
_HEADERS: Final = (
    r"authorization|proxy-authorization|x-api-key|api-key|apikey|x-auth-token|x-access-token"
    r"|x-csrf-token|x-xsrf-token|x-amz-security-token|x-goog-api-key|x-functions-key|private-token"
    r"|job-token|deploy-token|x-gitlab-token|x-vault-token|x-shopify-access-token|ocp-apim-"
    r"subscription-key|x-session-token|x-registry-auth|authentication-info|x-hub-signature-256"
)
_SCHEMES: Final = r"basic|bearer|digest|negotiate|ntlm|token|apikey|hawk|aws4-hmac-sha256|dpop"
_NAMES: Final = (
    r"pass(?:word|wd|phrase)?|pwd|secret|client_?secret|secret_?(?:access_?)?key|access_?key(?:_?id)?"
    r"|api_?-?key|apikey|auth_?token|access_?token|refresh_?token|id_?token|session_?token|csrf_?token"
    r"|xsrf_?token|token|jwt|sig|signature|x-amz-(?:signature|credential|security-token)|x-goog-"
    r"(?:signature|credential)|authorization|auth|session_?id|sessid|sid|phpsessid|jsessionid"
    r"|private_?key|code_verifier|otp|pin|sas|code|state|nonce|key|samlresponse|assertion"
)
_ASSIGNED: Final = (
    r"pass(?:word|wd|phrase)?|pwd|(?:client_?)?secret|secret_?(?:access_?)?key|access_?key(?:_?id)?"
    r"|api_?-?key|(?:auth|access|refresh|id|session)_?token|private_?key|_authToken|_auth|_password"
)
_PREFIX: Final = r"(?:[A-Za-z0-9]{1,20}[_.-])?"
_QUOTE: Final = r"\\{0,3}[\"']"  # also inside of a JSON string
_TOKENS: Final = (
    r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.?[A-Za-z0-9_-]*"  # JSON Web Token
    r"|\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[\w-]{16,}"
    r"|xox[abposr]-[\w-]{10,}|sk-[\w-]{16,}|sk_(?:live|test)_\w{10,}|pk_(?:live|test)_\w{10,}"
    r"|AKIA[0-9A-Z]{12,}|ASIA[0-9A-Z]{12,}|AIza[\w-]{30,}|ya29\.[\w-]{10,}|npm_[A-Za-z0-9]{20,}"
    r"|pypi-[\w-]{30,}|dckr_pat_[\w-]{10,}|SG\.[\w-]{10,}\.[\w-]{10,}|hvs\.[\w-]{16,})"
)


def _any_case(word: str) -> str:
    return "".join(f"[{letter.upper()}{letter}]" for letter in word)


_ANY_CASE: Final = "|".join(map(_any_case, ("bearer", "basic", "negotiate", "ntlm")))


def _pair(names: str) -> str:
    """A header, parameter or cookie as HAR writes it: a name and a value."""
    gap = rf"[{_W}]{{0,40}}"
    head = rf"\"name\"{gap}:{gap}\"(?:{names})\"{gap},{gap}\"value\"{gap}:{gap}\""
    return rf"(?P<head>{head}){_JSON_TEXT}"


RULES: Final = (
    # A private key's block, whole or cut.
    Rule(
        "key",
        r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?(?:PRIVATE KEY-----|(?![\s\S]))",
        any_case=False,
    ),
    Rule(
        "password", rf"(?P<head>\b[a-z][a-z0-9+.-]{{1,20}}://)[^{_W}/?#@\"'<>]{{1,1000}}(?P<tail>@)"
    ),
    # HAR: what is named like a secret, and every cookie.
    Rule("cookie", _pair("cookie|set-cookie")),
    Rule("authorization", _pair(_HEADERS)),
    Rule("token", _pair(rf"{_PREFIX}(?:{_NAMES})")),
    Rule(
        "cookie",
        rf"(?P<head>\"value\"[{_W}]{{0,40}}:[{_W}]{{0,40}}\"){_JSON_TEXT}",
        within=rf"\"cookies\"[{_W}]{{0,40}}:[{_W}]{{0,40}}\[(?:[^\]\"]|\"(?:[^\"\\]|\\[\s\S])*\")*",
    ),
    # Headers: to the end of a line of their own, else to the next quote.
    Rule("cookie", rf"(?P<head>{_LINE}set-cookie{_GAP}:{_GAP}[^{_W}=;]{{1,200}}=)[^;\r\n]+"),
    Rule("cookie", rf"(?P<head>{_LINE}cookie{_GAP}:{_GAP})[^\r\n]+"),
    Rule(
        "authorization",
        rf"(?P<head>{_LINE}(?:{_HEADERS}){_GAP}:{_GAP}(?:(?:{_SCHEMES})[ \t]+)?)[^\r\n]+",
    ),
    Rule(
        "cookie",
        rf"(?P<head>\bset-cookie[\"']?{_GAP}:{_GAP}[\"']?[^{_W}=;\"']{{1,200}}=)"
        r"(?:[^;\"'\\\r\n]|\\+[^\"'\\\r\n])+",
    ),
    Rule("cookie", rf"(?P<head>(?<!set-)\bcookie[\"']?{_GAP}:{_GAP}[\"']?){_TO_QUOTE}"),
    Rule(
        "password",
        rf"(?P<head>(?<![\w-])(?:-u|--user|--proxy-user|-U)[ =]{{1,3}}[\"']?[^{_W}:\"']{{0,200}}:)"
        rf"[^{_W}\"']+",
        any_case=False,
    ),
    Rule(
        "authorization",
        rf"(?P<head>\b(?:{_HEADERS})[\"']?{_GAP}[:=]{_GAP}[\"']?(?:(?:{_SCHEMES})[ \t]+)?)"
        rf"{_TO_QUOTE}",
    ),
    # A scheme and what looks like credentials: no lower-case word of a sentence.
    Rule(
        "authorization",
        rf"(?P<head>\b(?:{_ANY_CASE})[ \t]+)"
        r"(?=[A-Za-z0-9._~+/-]*[0-9A-Z=_])[A-Za-z0-9._~+/-]{12,}={0,2}",
        any_case=False,
    ),
    Rule(
        "token",
        rf"(?P<head>[?&;](?:[a-z0-9]{{1,20}}[_.-])?(?:{_NAMES})=)[^{_W}&#;\"'<>\\]+",
    ),
    Rule(
        "password",
        rf"(?P<head>(?:{_QUOTE})?\b{_PREFIX}(?:{_ASSIGNED}|token)(?:{_QUOTE})?{_GAP}[:=]{_GAP}"
        rf"{_QUOTE}){_TO_QUOTE}",
    ),
    Rule(
        "password",
        rf"(?P<head>(?<![\w.-])(?:--)?{_PREFIX}(?:{_ASSIGNED})(?:=|:[ \t]{{1,4}}))"
        rf"(?!REMOVED)[^{_W}\"'&,;<>\\]{{4,}}",
    ),
    Rule("token", _TOKENS, any_case=False),
)


def _compiled(rule: Rule) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    flags = re.ASCII | (re.IGNORECASE if rule.any_case else 0)
    within = re.compile(rule.within, re.ASCII | re.IGNORECASE) if rule.within else None
    return re.compile(rule.pattern, flags), within


_COMPILED: Final = tuple(map(_compiled, RULES))
_SIEVE: Final = Sieve(within or pattern for pattern, within in _COMPILED)


def remove_secrets(text: str) -> str:
    """``text`` with every secret of a known form replaced. Idempotent, linear."""
    if not _SIEVE.passing(text):
        return text
    for pattern, within in _COMPILED:
        if within is None:
            text = pattern.sub(_replaced, text)
        else:
            text = within.sub(lambda part, inner=pattern: inner.sub(_replaced, part[0]), text)  # type: ignore[misc]
    return text


def _replaced(match: re.Match[str]) -> str:
    kept = match.groupdict()
    return f"{kept.get('head') or ''}{REMOVED}{kept.get('tail') or ''}"


def browser_rules() -> list[list[str]]:
    """The rules in JavaScript's notation: kind, pattern, its flags, the part to look in or ''."""
    return [
        [rule.kind, _javascript(rule.pattern), "gi" if rule.any_case else "g",
         _javascript(rule.within)]
        for rule in RULES
    ]  # fmt: skip


def _javascript(pattern: str) -> str:
    return pattern.replace("(?P<", "(?<")


def without_userinfo(url: str) -> str:
    """The URL without the user name and password before its host."""
    return url.replace(f"://{REMOVED}@", "://", 1)
