"""Whose message a text is (``claim.client``), and the method of the failing request."""

from __future__ import annotations

import re
from typing import Final

from kb.sieve import Sieve

# The first that matches wins: a tool before the library it is made with, a log before a client.
_CLIENTS: Final = tuple(
    (client, re.compile(pattern, flags))
    for client, pattern, flags in (
        ("nginx", r"\[(?:emerg|alert|crit|error|warn)\] \d+#\d+:", 0),
        ("apache", r"\bAH\d{5}\b", 0),
        ("haproxy", r"\bhaproxy\[\d+\]:", re.I),
        ("git", r"\bfatal: (?:unable to access|Authentication failed|could not read|repository)"
                r"|^remote: |\berror: RPC failed", re.M),
        ("pip", r"\bpip(?:3|\.exe)? install\b|pip\._vendor|No matching distribution found"
                r"|WARNING: Retrying \(Retry\(", 0),
        ("npm", r"\bnpm (?:ERR!|error)\s", 0),
        ("docker", r"\bError response from daemon|\bdocker(?:d|-compose)?: |\bdocker (?:pull|push|login|build|run)\b", 0),
        ("wget", r"^--\d{4}-\d\d-\d\d \d\d:\d\d:\d\d--  |\bwget: |^wget\s", re.M),
        ("openssl", r"\bopenssl s_client\b|^CONNECTED\([0-9A-F]{8}\)$|^Verify return code: ", re.M),
        ("php", r"\bPHP (?:Warning|Fatal error)|\bfile_get_contents\(|GuzzleHttp\\|\bcURL error \d", 0),
        ("ruby", r"\bErrno::E[A-Z]+|Net::(?:HTTP|OpenTimeout|ReadTimeout)|OpenSSL::SSL::SSLError|Faraday::|\.rb:\d+:in ", 0),
        ("python", r"Traceback \(most recent call last\)|(?<![\w.])(?:requests|urllib3?|httpx|aiohttp|httpcore|ssl|socket)\."
                   r"(?:exceptions\.|error|[A-Z]\w*(?:Error|Exception|Timeout))|\[Errno -?\d+\]|\(_ssl\.c:\d+\)|<urlopen error", 0),
        ("java", r"\b(?:java|javax|sun|okhttp3|org\.apache)\.[\w.]+(?:Exception|Error)\b|^\s*Caused by: |\bException in thread \"", re.M),
        ("dotnet", r"\bSystem\.(?:Net|IO|Security|Threading)\.[\w.]*Exception|\bHttpRequestException\b|\bWebException\b", 0),
        ("go", r"\bdial (?:tcp|udp)\b|\bx509: |\bnet/http: |\btls: |\bcontext deadline exceeded\b|\bgoroutine \d+ \[", 0),
        ("rust", r"\breqwest::|\bhyper::|\brustls\b|\bos error \d+\)", 0),
        ("node", r"\bnode:internal|\bUND_ERR_|\bAxiosError\b|\bsyscall: '|\berrno: -\d+|\bat TLSSocket\.|\bFetchError\b"
                 r"|\bERR_SSL_|\bgetaddrinfo E[A-Z_]+|\b(?:connect|read) E[A-Z]{5,}|\bsocket hang up\b", 0),
        ("curl", r"\bcurl: \(\d+\)|^\* (?:Connected to|Trying|Host |Rebuilt URL|Could not resolve)|\bcurl/\d", re.M),
        ("iis", r"\bHTTP Error (?:40[1-6]|50[0-3])\.\d+\b|Internet Information Services", 0),
        ("firefox", r"\b(?:SSL_ERROR|SEC_ERROR|MOZILLA_PKIX_ERROR|PR|NS_ERROR)_[A-Z_]{4,}|\bFirefox\b"
                    r"|Potential Security (?:Risk|Issue)|\bHmm\. We[’']re having trouble", 0),
        ("safari", r"\bSafari (?:can[’']t|could not)|\bkCFErrorDomain|NSURLErrorDomain"
                   r"|\bThis Connection Is Not Private\b", re.I),
        ("edge", r"\b(?:Microsoft Edge|Edg/\d)", 0),
        ("chrome", r"\bnet::ERR_|\bDNS_PROBE_[A-Z_]+|\b(?:Google )?Chrome\b|\bERR_(?:CONNECTION|NAME|CERT|SSL|TOO|EMPTY|TIMED|INTERNET)_"
                   r"|\bYour connection is(?:n[’']t| not) private|\bThis (?:site|page) (?:can|is)[n’']+t? (?:be reached|working)", 0),
    )
)  # fmt: skip
_METHOD: Final = (
    re.compile(r"^> (GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \S", re.M),
    re.compile(r"\"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) [^\"\s]{1,4000}(?: HTTP/[\d.]+)?\""),
    re.compile(r"\bRequest Method:\s{0,4}(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\b", re.I),
    re.compile(r"^(?:\d[\d:. ]* )?(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (?:https?://|/)\S*", re.M),
    re.compile(r"\b(POST|PUT|PATCH|DELETE|HEAD|OPTIONS)[- ]?(?:request|requests|call|calls|method)\b"),
    re.compile(r"\bcurl [^\n]{0,300}?-X ?(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\b"),
    re.compile(r"\b(?:requests|axios|httpx|client|session|http)\.(get|head|post|put|patch|delete|options)\("),
    re.compile(r"\b(?:a|the|on|for|with|via|my) (POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\b"),
)  # fmt: skip

_SIEVE: Final = Sieve(pattern for _, pattern in _CLIENTS)
_METHOD_SIEVE: Final = Sieve(_METHOD)


def client_of(text: str) -> str | None:
    """The program whose message ``text`` is, one of ``claim.client``'s values."""
    if not (passing := _SIEVE.passing(text)):
        return None
    return next(
        (client for client, pattern in _CLIENTS if pattern in passing and pattern.search(text)),
        None,
    )


def method_of(text: str) -> str | None:
    """The method of the failing request, where the text tells it."""
    for pattern in _METHOD_SIEVE.passing(text):
        found = None
        for found in pattern.finditer(text):  # noqa: B007  # the last one is the one that failed
            pass
        if found is not None:
            return found[1].upper()
    return None
