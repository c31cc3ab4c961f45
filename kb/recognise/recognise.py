"""One function from text to what can be recognised in it; pure, and linear in the text's length."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kb.answer import IdentifierHit
from kb.articles.questions import QuestionSpec
from kb.articles.registry import Says
from kb.errors import BadQuestion, CredentialsInURL
from kb.facts import Facts, FactValue, Source
from kb.recognise.clients import client_of, method_of
from kb.recognise.dig import dig_facts
from kb.recognise.har import MAX_HAR, looks_like_har, read_har
from kb.recognise.identifiers import Identified, find_identifiers
from kb.recognise.lexicon import Lexicon
from kb.recognise.logs import upstream_problem
from kb.recognise.openssl import openssl_facts
from kb.recognise.pasted import pasted_facts
from kb.recognise.quoting import unquoted
from kb.recognise.secrets import remove_secrets, without_userinfo
from kb.recognise.transcript import transcript_facts
from kb.recognise.wording import wording

MAX_TEXT: Final = 100_000
# What stands before the origin that asked (CORS), what a policy refused, what a page mixed in.
_BESIDE: Final = re.compile(
    r"(?:\bfrom (?:frame with )?origin|\brefused to (?!display|frame|connect to)[^'\"\n]{3,40}"
    r"|\brequested an insecure [^'\"\n]{3,40})\s*['\"\u2018\u201c]?$",
    re.IGNORECASE,
)
_URL: Final = re.compile(r"\bhttps?://[^\s<>\"'`|\\^{}]{1,4000}", re.IGNORECASE)
_USERINFO: Final = re.compile(r"\bhttps?://[^\s/?#@]{1,1000}@", re.IGNORECASE)
_BARE_HOST: Final = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}(?::\d{1,5})?(?:/\S*)?", re.IGNORECASE
)
_SOLUTION: Final = re.compile(r"(?<![\w&/])#(\d{4,9})\b")
MAX_CLAIM: Final = 2_000
MAX_WORDING: Final = 4_000
_LAYERS: Final = ("dns.outcome", "tcp.outcome", "tls.outcome", "http.outcome")
# What a layer's outcome must be for the next one to be tried at all.
_GOES_ON: Final = {
    "dns.outcome": ("ok", "literal"),
    "tcp.outcome": ("ok",),
    "tls.outcome": ("ok", "untrusted", "none"),
}


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was found: identifiers, URLs, solution IDs, and facts by who they come from.

    ``text`` is the question without secrets. ``identifiers`` begin with the likely cause; those
    in ``weak`` are no errors in themselves (a success, a redirect), or, in a line of somebody's
    own, the title of a browser's page that stands over many errors.
    """

    text: str
    identifiers: tuple[IdentifierHit, ...]
    weak: frozenset[str]
    urls: tuple[str, ...]
    solutions: tuple[int, ...]
    transcript: Facts | None
    claims: Facts
    reader: Facts


def check_text(text: str) -> str:
    """The text, trimmed and without secrets.

    Raises BadQuestion (empty, too long, binary), or CredentialsInURL where a question of one line
    has a URL with a password; in a longer paste it is removed like other secrets.
    """
    most = MAX_HAR if looks_like_har(text) else MAX_TEXT
    if len(text) > most:
        raise BadQuestion(
            f"This is {len(text):,} characters long; {most:,} are the most that fit. Keep the "
            "lines around the error and ask again."
        )
    if "\x00" in text or _unprintable(text) > len(text) / 10:
        raise BadQuestion("This is not text. Paste the message or the transcript as text.")
    if not text.strip():
        raise BadQuestion("Nothing was asked. Paste an error, a transcript, a URL or a question.")
    if "\n" not in text.strip() and _USERINFO.search(text):
        raise CredentialsInURL
    # JSON can carry half of a surrogate pair, which no encoding of ours can write.
    return text.encode(errors="replace").decode().strip()


def _unprintable(text: str) -> int:
    """How many characters are neither printable nor white space."""
    letters = "".join(text.split())
    return 0 if letters.isprintable() else sum(not letter.isprintable() for letter in letters)


def recognise(text: str, lexicon: Lexicon, questions: Iterable[QuestionSpec] = ()) -> Recognition:
    """Recognise ``text``. Raises BadQuestion or CredentialsInURL like :func:`check_text`."""
    text = check_text(text)
    if looks_like_har(text):
        return _recognise_har(text, lexicon)
    text = remove_secrets(text)
    urls = _urls(text)
    if not urls and _BARE_HOST.fullmatch(text):
        urls = [f"https://{text}"]
    found = find_identifiers(text, lexicon)
    lines = unquoted(text)
    seen = dict(transcript_facts(lines) or {})
    for facts in (openssl_facts(lines), dig_facts(lines), pasted_facts(lines)):
        seen.update({name: value for name, value in facts.items() if name not in seen})
    seen.pop("source", None)
    return Recognition(
        text=text,
        identifiers=tuple(item.hit for item in found),
        weak=_weak(found, text),
        urls=tuple(dict.fromkeys(urls)),
        solutions=tuple(dict.fromkeys(int(match[1]) for match in _SOLUTION.finditer(text))),
        transcript=Facts(seen, Source.TRANSCRIPT) if seen else None,
        claims=_claims(text, found),
        reader=wording(_URL.sub(" ", text[:MAX_WORDING]), questions),
    )


def _recognise_har(text: str, lexicon: Lexicon) -> Recognition:
    facts, url, error = read_har(text)
    url = remove_secrets(url) if url else None
    shown = remove_secrets(f"HAR file: {facts.get('http.method', 'GET')} {url or ''} {error}")
    found = find_identifiers(error, lexicon)
    offset = max(0, len(shown) - len(error))
    hits = tuple(
        IdentifierHit(
            item.hit.name,
            (item.hit.span[0] + offset, item.hit.span[1] + offset),
            item.hit.solution,
            item.hit.meaning,
        )
        for item in found
    )
    return Recognition(
        text=shown.strip(),
        identifiers=hits,
        weak=_weak(found, error),
        urls=(without_userinfo(url),) if url else (),
        solutions=(),
        transcript=Facts(facts, Source.HAR) if facts else None,
        claims=_claims(error, found),
        reader=Facts({}, Source.READER),
    )


def _weak(found: tuple[Identified, ...], text: str) -> frozenset[str]:
    weak = (Says.BENIGN,) if "\n" in text else (Says.BENIGN, Says.TITLE)
    return frozenset(item.hit.name for item in found if item.says in weak)


def _claims(text: str, found: tuple[Identified, ...]) -> Facts:
    """What the identifiers prove, the most telling first; a contradiction is left out."""
    claims: dict[str, FactValue] = {"claim.text": text[:MAX_CLAIM].lower()}
    problem = upstream_problem(text)
    if problem:
        claims["upstream.problem"] = problem
    statuses = [item for item in found if item.says in (Says.OUTCOME, Says.BENIGN)]
    status = next((int(i.hit.name[5:]) for i in statuses if i.hit.name.startswith("HTTP ")), None)
    if status is not None:
        claims["claim.status"] = claims["http.status"] = status
    layers: dict[str, FactValue] = {}
    for item in found:
        for name, value in item.entry.facts.items() if item.entry else ():
            if name.startswith(("dns.", "tcp.", "tls.", "http.", "http2.")):
                if name not in ("http.status",):
                    layers.setdefault(name, value)
            else:
                claims.setdefault(name, value)
    answered = status is not None and status >= 400
    if not problem and not answered:  # a proxy's own trouble is not the asker's
        claims.update({n: v for n, v in layers.items() if n not in claims})
        claims.update(_behind(claims))
    if client := client_of(text):
        claims["claim.client"] = client
    if method := method_of(text):
        claims["claim.method"] = method
    return Facts(claims, Source.CLAIM)


def _behind(claims: dict[str, FactValue]) -> dict[str, FactValue]:
    """The layers behind the first one that failed: they were not tried."""
    for place, layer in enumerate(_LAYERS[:-1]):
        if layer in claims and claims[layer] not in _GOES_ON[layer]:
            return dict.fromkeys(_LAYERS[place + 1 :], "not_tried")
    return {}


def _urls(text: str) -> list[str]:
    """The URLs in the text; those that a browser's message names beside the page come last."""
    page: list[str] = []
    beside: list[str] = []
    for match in _URL.finditer(text):
        before = text[max(0, match.start() - 80) : match.start()]
        (beside if _BESIDE.search(before) else page).append(_trim(without_userinfo(match[0])))
    return page + beside


def _trim(url: str) -> str:
    """Drop the punctuation of the sentence around a URL, and a bracket it does not open itself."""
    url = url.partition("#")[0].rstrip(".,;:!?'*_")
    while url.endswith(")") and url.count(")") > url.count("("):
        url = url[:-1].rstrip(".,;:!?")
    return url
