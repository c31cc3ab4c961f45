"""From text to stems: the one place that decides which words match which.

Words of any script become lower case without accents; English stop words drop out; Porter's stem of
each is what is compared. Two words that people write as one as well are both the words and the one
("log in" is found by "login"), and spellings of the same word are one.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Final

from whoosh.analysis import STOP_WORDS
from whoosh.lang.porter import stem

TOKEN: Final = re.compile(r"[^\W_]+")
MIN_SIZE: Final = 2
_IN: Final = "log logs logged logging sign signs signed signing"
_PAIRS: Final = (
    (_IN, "in on into", "login"),
    (_IN, "out off", "logout"),
    ("time times timed timing", "out outs", "timeout"),
    ("name", "server servers", "nameserver"),
    ("web", "site sites", "website"),
    ("web", "page pages", "webpage"),
    ("web", "hook hooks", "webhook"),
    ("web", "socket sockets", "websocket"),
    ("host", "name names", "hostname"),
    ("style", "sheet sheets", "stylesheet"),
    ("load", "balancer balancers balancing", "loadbalancer"),
    ("sub", "domain domains", "subdomain"),
    ("call", "back backs", "callback"),
    ("back", "end ends", "backend"),
    ("front", "end ends", "frontend"),
    ("end", "point points", "endpoint"),
    ("data", "base bases", "database"),
    ("pre", "flight flights", "preflight"),
    ("fire", "wall walls", "firewall"),
    ("user", "name names", "username"),
    ("rate", "limit limits limited limiting", "ratelimit"),
    ("ad", "block blocker blockers blocking", "adblocker"),
    ("self", "signed", "selfsigned"),
    ("wi", "fi", "wifi"),
    ("pop", "up ups", "popup"),
    ("not", "found", "notfound"),
    ("in", "use", "inuse"),
)
_JOINED: Final = {
    (first, second): stem(joined)
    for firsts, seconds, joined in _PAIRS
    for first in firsts.split()
    for second in seconds.split()
}
_FIRST: Final = frozenset(first for first, _ in _JOINED)
_SAME: Final = {
    "signin": "login",
    "logon": "login",
    "signon": "login",
    "signout": "logout",
    "logoff": "logout",
    "adblock": "adblocker",
    "sslcert": "certificate",
    "cert": "certificate",
    "certs": "certificates",
}
# "It logs me out": who stands between the two words.
_WHO: Final = frozenset({"me", "us", "him", "her", "them", "you", "user", "users", "people"})
_Z: Final = re.compile(r"(?<=\w\w\w)iz(?=(?:e[ds]?|ing|ations?|er)$)")
_ASCII: Final = re.compile(r"[a-z0-9]+")


@functools.lru_cache(maxsize=100_000)
def _stem(word: str) -> str | None:
    """The stem of a word in lower case; None for what is no word to search by."""
    if not _ASCII.fullmatch(word):
        plain = unicodedata.normalize("NFKD", word)
        word = "".join(sign for sign in plain if not unicodedata.combining(sign))
    if len(word) < MIN_SIZE or word in STOP_WORDS:
        return None
    return str(stem(_Z.sub("is", _SAME.get(word, word))))


def _joined(words: list[str], place: int) -> str | None:
    """The stem of the one word that begins at ``place`` and is written as two."""
    after = words[place + 1 : place + 3]
    found = _JOINED.get((words[place], after[0])) if after else None
    if found is None and len(after) == 2 and after[0] in _WHO:
        found = _JOINED.get((words[place], after[1]))
    return found


def stems_of(text: str) -> list[str]:
    """The stems of ``text`` in order."""
    words = [word.lower() for word in TOKEN.findall(text)]
    stems = []
    for place, word in enumerate(words):
        cut = _stem(word)
        if cut is not None:
            stems.append(cut)
        if word in _FIRST:
            joined = _joined(words, place)
            if joined is not None:
                stems.append(joined)
    return stems


def spans_of(text: str) -> list[tuple[str, int, int]]:
    """The stem of each word of ``text`` with the word's span."""
    found = ((_stem(match[0].lower()), match.span()) for match in TOKEN.finditer(text))
    return [(cut, *span) for cut, span in found if cut is not None]
