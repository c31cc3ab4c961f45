"""What a person would use instead: does its output name the cause, read generously?

``curl -sv`` speaks to the case's URL; ``httplint`` (the checks of redbot) reads the response that
curl got; ``sslyze`` looks at https. A case's own ``named_by`` is tried beside the table below, in
which one word about the cause's matter is enough: a status counts as named when it is shown.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from tests.lab.case import Case
from tests.lab.lab import Lab

TOOLS = ("curl", "httplint", "sslyze")
Found = TypeVar("Found")
_BIN = Path(sys.executable).parent
_AT_ONCE = 8  # most of curl's time is waiting
_MAX_RESPONSE = 100_000
_STATUSES = {2173: 401, 2174: 400, 2176: 403, 2177: 404, 2178: 405, 2179: 406, 2180: 407,
             2181: 408, 2183: 410, 2184: 411, 2186: 413, 2187: 414, 2188: 415, 2189: 416, 2191: 421,
             2192: 422, 2194: 425, 2195: 426, 2197: 429, 2198: 431, 2199: 451, 2201: 419, 2202: 500,
             2203: 501, 2204: 502, 2205: 503, 2206: 504, 2207: 505, 2210: 508, 2211: 511}  # fmt: skip
# By solution: what it would be generous to take for the cause.
_WORDS: dict[int, dict[str, str]] = {
    **{number: {"curl": f"HTTP/1.1 {status}"} for number, status in _STATUSES.items()},
    **{2220 + n: {"curl": f"HTTP/1.1 52{n}"} for n in range(5)},
    2225: {"curl": "HTTP/1.1 52[56]"},
    2226: {"curl": "HTTP/1.1 530"},
    2230: {"curl": "not resolve host"},
    2240: {"curl": "refused|[Cc]ould(n't| not) connect|Failed to connect"},
    2241: {"curl": "timed out"},
    2242: {"curl": "reset by peer"},
    2244: {"curl": "Empty reply"},
    2246: {"curl": "HTTP/0.9|SSH-|220 "},
    2252: {"curl": "expired", "sslyze": "expired|not valid at validation time"},
    2253: {"curl": "not yet valid", "sslyze": "not yet valid|not valid at validation time"},
    2254: {"curl": "does not match|no alternative", "sslyze": "does NOT match|FAILED - .*[Hh]ost"},
    2255: {"curl": "self.signed", "sslyze": "self.signed|NOT Trusted"},
    2256: {"curl": "local issuer", "sslyze": "order|local issuer|issuer"},
    2257: {"curl": "local issuer|self.signed", "sslyze": "issuer|self.signed|NOT Trusted"},
    2260: {"curl": "too (small|weak)", "sslyze": "1024|weak"},
    2261: {"curl": "purpose", "sslyze": "purpose"},
    2266: {"curl": "protocol version|unsupported protocol|alert", "sslyze": "TLS 1.0"},
    2267: {"curl": "handshake failure|no cipher", "sslyze": "NULL|cipher"},
    2268: {"curl": "wrong version number", "sslyze": "TLS|SSL"},
    2269: {"curl": "HTTPS port|SSL-enabled|HTTP/0.9"},
    2270: {"curl": "unrecognized name", "sslyze": "unrecognized|SNI"},
    2271: {"curl": "SSL certificate was sent|certificate required", "sslyze": "[Cc]lient cert"},
    2272: {"curl": "eof|reset|unexpected"},
    2273: {"curl": "timed out"},
    2276: {"curl": "remaining|transfer closed", "httplint": "[Cc]ontent-[Ll]ength"},
    2277: {"curl": "chunk|hunk", "httplint": "chunk"},
    2278: {"curl": "encoding|gzip|brotli", "httplint": "gzip|decod|encod"},
    2279: {"curl": "colon|Weird|nsupported HTTP|HTTP/0.9|Invalid", "httplint": "header|syntax"},
    2280: {"curl": "Content-Length.*duplicate|Invalid Content-Length", "httplint": "Content-Length"},
    2281: {"curl": "[Tt]oo large|exceeds|too much", "httplint": "large"},
    2284: {"curl": "timed out"},
    2285: {"curl": "timed out"},
    2212: {"curl": "Maximum"},
    2214: {"curl": "[Ll]ocation: .*login"},
    2215: {"curl": "not resolve host|refused|connect to|Location: *$", "httplint": "Location"},
    2213: {"curl": "Location: http://", "httplint": "redirect"},
    2217: {"curl": "Content-Length: 0|HTTP/1.1 (204|101)"},
    2288: {"curl": "cf-mitigated|challenge"},
    2229: {"curl": "cloudfront|CloudFront|awselb"},
    2302: {"curl": "[Aa]ccess-[Cc]ontrol", "httplint": "Access-Control"},
    2200: {"curl": "HTTP/1.1 999"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """What each tool printed for one case, and the seconds that each tool took for all."""

    outputs: Mapping[str, Mapping[str, str]]
    seconds: Mapping[str, float]


def tool_names(
    lab: Lab, cases: Sequence[Case]
) -> tuple[dict[str, frozenset[str]], dict[str, float]]:
    """For each case with a fault the tools whose output names it, and each tool's seconds."""
    faulty = [case for case in cases if case.first]
    shown = _shown(lab, faulty)
    return {case.id: _naming(case, shown.outputs[case.id]) for case in faulty}, dict(shown.seconds)


def _naming(case: Case, outputs: Mapping[str, str]) -> frozenset[str]:
    words = _WORDS.get(int(case.first.partition("/")[0]), {})
    own = dict(case.named_by)
    return frozenset(
        tool
        for tool, output in outputs.items()
        for pattern in (words.get(tool), own.get(tool))
        if pattern and re.search(pattern, output, re.IGNORECASE | re.MULTILINE)
    )


def _shown(lab: Lab, cases: Sequence[Case]) -> Shown:
    """Each tool over all cases, at once: curl several times, the others in one process for all."""
    secure = [case for case in cases if case.scheme == "https"]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        scan = pool.submit(_timed, lambda: _sslyze(lab, secure))
        curls, curl_s = _timed(lambda: list(pool.map(lambda case: _curl(lab, case), cases)))
        linted, lint_s = _timed(lambda: _httplint([head for _, head in curls]))
        scanned, scan_s = scan.result()
    outputs = {
        case.id: {"curl": said, "httplint": notes, "sslyze": scanned.get(case.id, "")}
        for case, (said, _), notes in zip(cases, curls, linted, strict=True)
    }
    return Shown(outputs, dict(zip(TOOLS, (curl_s, lint_s, scan_s), strict=True)))


def _timed(work: Callable[[], Found]) -> tuple[Found, float]:
    began = time.monotonic()
    return work(), time.monotonic() - began


def _place(lab: Lab, case: Case) -> tuple[str, int, bool]:
    """Host and port of a case, and whether the name must be told to be this machine."""
    parts = urlsplit(lab.urls[case.id])
    host = parts.hostname or ""
    near = host == "site.test" or any(line.split()[-1] == "127.0.0.1" for line in case.zone)
    return host, parts.port or (443 if parts.scheme == "https" else 80), near


def _curl(lab: Lab, case: Case) -> tuple[str, str]:
    """What ``curl -sv`` prints on the way, and the response as ``curl -i`` shows it."""
    host, port, near = _place(lab, case)
    url = lab.urls[case.id]
    where = ["--resolve", f"{host}:{port}:127.0.0.1"] if near else []
    limit = ["--max-time", "5", *where]
    trust = ["--cacert", str(lab.root), "--compressed"]
    said = _run(["curl", "-sSvL", "--max-redirs", "10", "-o", "/dev/null", *trust, *limit, url])
    return said, _run(["curl", "-sSi", "--raw", "--insecure", *limit, url])


def _httplint(heads: Sequence[str]) -> list[str]:
    """The notes of ``httplint -n`` on each response, all in one process."""
    given = json.dumps([head[:_MAX_RESPONSE] for head in heads])
    done = _run([sys.executable, "-m", "tests.lab.linting"], given, timeout=120)
    notes: list[str] = json.loads(done) if done else [""] * len(heads)
    return notes


def _sslyze(lab: Lab, cases: Sequence[Case]) -> dict[str, str]:
    """The console output of one ``sslyze --certinfo`` over all cases, cut up by server."""
    if not cases:
        return {}
    places = {case.id: _place(lab, case) for case in cases}
    targets = [f"{h}:{p}" + ("{127.0.0.1}" if near else "") for h, p, near in places.values()]
    command = [str(_BIN / "sslyze"), "--certinfo", "--certinfo_ca_file", str(lab.root), *targets]
    output = _run(command, timeout=180)
    checked, *scans = re.split(r"(?im)^ *SCAN RESULTS FOR ", output)
    found = {}
    for case, (host, port, _) in places.items():
        name = f"{host}:{port}"
        lines = [line for line in checked.splitlines() if f" {name} " in f"{line} "]
        parts = [scan for scan in scans if scan.lower().startswith(f"{name.lower()} ")]
        found[case] = "\n".join([*lines, *parts])
    return found


def _run(command: list[str], given: str = "", timeout: float = 10) -> str:
    try:
        done = subprocess.run(
            command, input=given.encode("latin-1", "replace"), capture_output=True, check=False,
            timeout=timeout,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return ""
    return (done.stdout + done.stderr).decode("latin-1")
