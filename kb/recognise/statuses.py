"""HTTP statuses in text: a number is one only in the company of a word or a form that makes it so.

"I have 401 users" and "404 Main Street" are left in peace; "a 502 on checkout", ``{"status":403}``,
"HTTP-Fehler 401", ``"GET / HTTP/1.1" 404 153`` and "404 Not Found" are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from kb.sieve import Sieve

_REASONS: Final = "|".join(
    sorted(
        {re.escape(status.phrase) for status in HTTPStatus if status >= 300}
        | {
            "Payload Too Large", "Request Entity Too Large", "Request-URI Too Large",
            "Request-URI Too Long", "Authorization Required", "Gateway Time-?out",
            "Service Temporarily Unavailable", "Moved Temporarily", "Unprocessable Entity",
            "Client Error", "Server Error", "Access Denied", "Page Not Found", "Page Expired",
            "File or directory not found", "Not Authorized", "Permission denied",
            "Request Entity", "Request Denied", "Web server is (?:down|returning)",
            "Origin (?:is unreachable|DNS)", "Connection timed out", "A timeout occurred",
            "SSL handshake failed", "Invalid SSL certificate", "Unauthori[sz]ed", "Forbidden",
            "Client Closed Request", "Method Not Supported", "Server unavailable", "Unavailable",
        },
        key=len,
        reverse=True,
    )
)  # fmt: skip
# "error", "status" and "code" in the languages in which people paste most.
_ERROR: Final = (
    r"error|fehler|erreur|errore|erro|fout|fejl|feil|fel|virhe|chyba|błąd|hiba|eroare|hata"
    r"|ошибка|помилка|错误|錯誤|エラー|오류"
)
_STATUS: Final = (
    r"status|statuscode|statut|estado|stato|estatus|статус|状态码|狀態碼|ステータス|fehlercode"
    r"|errorcode|response|respuesta|réponse|antwort|answer|http_code|httpcode|sc-status"
)
_CODE: Final = r"(?:[ _-]?(?:code|codes|kod|kode|código|codice|nummer|number|no\.?|nr\.?|error))?"
# In front of these words: one look at a letter is cheaper than a look for each of the words.
_BEGINS: Final = f"(?=[{''.join(sorted({word[0] for word in f'{_ERROR}|{_STATUS}'.split('|')}))}])"
# What may follow the number in "I get a 502 …" without making it a count of things.
_AFTER: Final = (
    r"(?=\s*$|\s*[.,;:!?)\]\"'’”/—–-](?!\d)|\s+(?:error|errors|err|when|whenever|while|on|from|for"
    r"|after|before|to|in|at|with|without|and|but|or|if|every|each|sometimes|always|all|again"
    r"|instead|response|responses|status|back|even|only|since|because|randomly|intermittently"
    r"|using|via|as|this|though|although|unless|until|now|today|immediately|unauthori[sz]ed"
    r"|forbidden|bad|not|internal|service|gateway|too|through|behind|http|https|is|are|was|were"
    r"|comes|appears|how|why|what|then|so|here|there|by|due|any|even|code|codes|page(?! (?:book"
    r"|novel|report|document|pdf|manuscript|thesis))|zurück|bei|beim|von|wenn|nach|und|aber|beim"
    r"|quand|lorsque|sur|avec|et|mais|cuando|al|en|con|pero|y)\b)"
)
_PATTERNS: Final = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        # HTTP 404, HTTP/1.1 502, HTTP error 401, HTTP-Fehler 500, HTTP Status 404, http_code: 403
        rf"(?<![a-z])HTTP(?:S?/\d(?:\.\d)?)?(?:[ _-]{{0,3}}(?:{_ERROR}|{_STATUS}|code|exception"
        r"|request|failed|returned|with|got|was)\b){0,4}[ :=#(\"'-]{0,4}([1-9]\d\d)\b(?![.:]\d)",
        # 404 Not Found, 502: Bad Gateway, (404) Not Found, 403 - Forbidden
        rf"(?<![\d.,$€£-])([345]\d\d)[ :,|–)({{\[\"'\]-]{{1,4}}(?:{_REASONS})\b",
        # status 502, status code: 403, statusCode=500, "status":403, error 404, Fehler 404
        rf"(?:\b|(?<=[a-z])){_BEGINS}(?:{_ERROR}|{_STATUS}){_CODE}[\"']?\s{{0,2}}(?:[:=#(\[\"'–-]{{1,3}}"
        r"\s?[\"']?|(?:is|was|of|von|de|di|:)\s|\s)([345]\d\d)\b(?![.,:]\d|-\d|\s?(?:euros?|"
        r"dollars?|people|users|employees|customers|visitors|items|rows|records|%|€|ms|mm|px|km|kg|mb|gb)\b)",
        rf"(?:code|código|codice|kod)(?: d['’]| de | di |[ -])(?:{_ERROR}|{_STATUS})[ :]{{1,3}}"
        r"([345]\d\d)\b",
        # 404 error, 502-Fehler, 404错误, 500 response
        rf"(?<![\d.,$€£-])\b([345]\d\d)[ -]{{0,2}}(?:{_ERROR}|errors|response(?! (?:team|time|rate))"
        r"|responses|status|http\b|page(?! (?:book|novel|report|document|pdf|manuscript|thesis))\b"
        r"|seite\b|not found|forbidden|unauthori[sz]ed|bad gateway)",
        # the access log: "GET / HTTP/1.1" 404 153
        r"\bHTTP/\d(?:\.\d)?\"\s([1-5]\d\d)\s",
        # AWS and others: exceptions with the number in brackets
        r"\b(?:error|exception|failed|failure|refused|denied|fehler|erreur)[^\n\d]{0,40}\((?:HTTP )?([345]\d\d)\)",
        # an ACME authority's: Invalid response from http://…/.well-known/… [192.0.2.1]: 404
        r"\bInvalid response from \S{1,500}(?: \[[0-9a-fA-F.:]{3,45}\])?: ([345]\d\d)\b",
        # npm E404, Node's ERR 403
        r"(?:\b(?:code|error|npm)[: ]{1,2}E|\bERR[!_ ])([45]\d\d)\b",
        # I get a 502 on …, it returns 403, throws 500, mit 401 zurück
        r"\b(?:get|gets|getting|got|gotten|returns?|returned|returning|answers?|answered|answering"
        r"|throws?|threw|throwing|shows?|showing|gives?|giving|says?|keep|seeing|sees?|saw|hits?"
        r"|hitting|receiv(?:e|es|ed|ing)|respond(?:s|ed|ing)?|reports?|sends?|sent|fails?|failed"
        r"|failing|blocked|rejected|with|an?|the|random|occasional|constant|intermittent|same|back"
        r"|liefert|bekomme|kommt|gibt|zeigt|mit|einen?|obtengo|devuelve|un|une|reçois|renvoie)\s"
        rf"(?:(?:an?|the|me|us|back|random|lots of|einen?|un|une|with)\s){{0,3}}([345]\d\d){_AFTER}",
        # the number alone, or with a question mark
        r"\A[^\w\n]{0,6}([1-5]\d\d)[^\w\n]{0,6}\Z",
        # 502s, lots of 500s
        r"(?<![\d.$€£-])\b([45]\d\d)'?s\b(?= (?:on|from|in|when|after|for|every|since|with|at)\b|[.,;!?]|$)",
        # :status: 404 and Status Code: 404 (developer tools)
        r"^\s{0,8}:?status(?: code)?:\s{0,4}([1-5]\d\d)\b",
    )
)  # fmt: skip
_SIEVE: Final = Sieve(_PATTERNS)
_LIST: Final = re.compile(
    r"(?:\s?/\s?|\s?,\s?| or | and | und | oder | ou | o )([45]\d\d)\b(?![.:]\d)"
)
_STATUS_LINE: Final = re.compile(
    r"^[<*\s]{0,4}HTTP/(?:1\.[01]|2|3)(?:\.0)? (\d{3})\b", re.IGNORECASE | re.MULTILINE
)


def find_statuses(text: str) -> Iterator[tuple[int, int, int]]:
    """Each status with its span, unordered, some several times. Linear in the text's length."""
    for pattern in _SIEVE.passing(text):
        for match in pattern.finditer(text):
            yield int(match[1]), match.start(), match.end()
            end = match.end(1)
            for _ in range(4):
                following = _LIST.match(text, end)
                if following is None:
                    break
                yield int(following[1]), following.start(1), following.end(1)
                end = following.end(1)


def status_lines(text: str) -> list[tuple[int, int]]:
    """The status lines of the responses in a transcript: status and where the line begins."""
    return [(int(match[1]), match.start()) for match in _STATUS_LINE.finditer(text)]
