"""One pure function from text to what can be recognised in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from kb.answer import IdentifierHit
from kb.articles.questions import QuestionSpec
from kb.errors import BadQuestion, CredentialsInURL
from kb.facts import Facts, FactValue, Source
from kb.recognise.identifiers import find_identifiers
from kb.recognise.transcript import transcript_facts

MAX_TEXT: Final = 100_000
_URL: Final = re.compile(r"\bhttps?://[^\s<>\"'`|\\^{}]{1,4000}", re.IGNORECASE)
_USERINFO: Final = re.compile(r"\bhttps?://[^\s/?#@]{1,1000}@", re.IGNORECASE)
_BARE_HOST: Final = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}(?::\d{1,5})?(?:/\S*)?", re.IGNORECASE
)
_SOLUTION: Final = re.compile(r"(?<![\w&/])#(\d{4,9})\b")
_SENTENCE: Final = re.compile(r"[^.!?\n]+")
_SPACES: Final = re.compile(r"\s+")
MAX_WORDING: Final = 4_000


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was found: identifiers, URLs, solution IDs, and facts by who they come from."""

    text: str
    identifiers: tuple[IdentifierHit, ...]
    urls: tuple[str, ...]
    solutions: tuple[int, ...]
    transcript: Facts | None
    claims: Facts
    reader: Facts


def check_text(text: str) -> str:
    """The text, trimmed. Raises BadQuestion (empty, too long, binary) or CredentialsInURL."""
    if len(text) > MAX_TEXT:
        raise BadQuestion(
            f"This is {len(text):,} characters long; {MAX_TEXT:,} are the most that fit. Keep the "
            "lines around the error and ask again."
        )
    if "\x00" in text or sum(not (c.isprintable() or c.isspace()) for c in text) > len(text) / 10:
        raise BadQuestion("This is not text. Paste the message or the transcript as text.")
    if not text.strip():
        raise BadQuestion("Nothing was asked. Paste an error, a transcript, a URL or a question.")
    if _USERINFO.search(text):
        raise CredentialsInURL
    return text.strip()


def recognise(
    text: str, claimed: Mapping[str, int], questions: Iterable[QuestionSpec] = ()
) -> Recognition:
    """Recognise ``text``. Raises BadQuestion or CredentialsInURL like :func:`check_text`."""
    text = check_text(text)
    urls = [_trim(match[0]) for match in _URL.finditer(text)]
    if not urls and _BARE_HOST.fullmatch(text):
        urls = [f"https://{text}"]
    identifiers = find_identifiers(text, claimed)
    statuses = [int(hit.name[5:]) for hit in identifiers if re.fullmatch(r"HTTP \d{3}", hit.name)]
    claims: dict[str, FactValue] = {}
    if statuses:
        claims = {"claim.status": statuses[0], "http.status": statuses[0]}
    return Recognition(
        text=text,
        identifiers=identifiers,
        urls=tuple(dict.fromkeys(urls)),
        solutions=tuple(dict.fromkeys(int(match[1]) for match in _SOLUTION.finditer(text))),
        transcript=transcript_facts(text),
        claims=Facts(claims, Source.CLAIM),
        reader=_wording(text, questions),
    )


def _trim(url: str) -> str:
    """Drop the punctuation of the sentence around a URL, and a bracket it does not open itself."""
    url = url.partition("#")[0].rstrip(".,;:!?'*_")
    while url.endswith(")") and url.count(")") > url.count("("):
        url = url[:-1].rstrip(".,;:!?")
    return url


def _wording(text: str, questions: Iterable[QuestionSpec]) -> Facts:
    """What the reader's own words answer, by the phrases of the questions."""
    words = _URL.sub(" ", text[:MAX_WORDING])
    sentences = [_SPACES.sub(" ", match[0]) for match in _SENTENCE.finditer(words)]
    found: dict[str, FactValue] = {}
    for question in questions:
        for answer in question.answers:
            if question.fact not in found and any(
                phrase.search(sentence) for phrase in answer.phrases for sentence in sentences
            ):
                found[question.fact] = answer.value
    return Facts(found, Source.READER)
