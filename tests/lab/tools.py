"""What a person would use instead: does its output name the cause, read generously?

``curl -sv`` speaks to the case's URL; ``httplint`` (the checks of redbot) reads the response that
curl got; ``sslyze`` looks at https. A case's own ``named_by`` is tried beside the table below, in
which one word about the cause's matter is enough: a status counts as named when it is shown.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from tests.lab.case import Case
from tests.lab.lab import Lab

TOOLS = ("curl", "httplint", "sslyze")
_BIN = Path(sys.executable).parent
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
    2252: {"curl": "expired", "sslyze": "expired"},
    2253: {"curl": "not yet valid", "sslyze": "not yet valid"},
    2254: {"curl": "does not match|no alternative", "sslyze": "does NOT match|FAILED - .*[Hh]ost"},
    2255: {"curl": "self.signed", "sslyze": "self.signed"},
    2256: {"curl": "local issuer", "sslyze": "order|local issuer|issuer"},
    2257: {"curl": "local issuer|self.signed", "sslyze": "issuer|self.signed"},
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


def tool_names(lab: Lab, cases: Sequence[Case]) -> Iterator[tuple[Case, frozenset[str]]]:
    """For each case with a fault, the tools whose output names it."""
    faulty = [case for case in cases if case.first]
    with ThreadPoolExecutor(4) as pool:
        yield from zip(faulty, pool.map(lambda case: _naming(lab, case), faulty), strict=True)


def _naming(lab: Lab, case: Case) -> frozenset[str]:
    words = _WORDS.get(int(case.first.partition("/")[0]), {})
    own = dict(case.named_by)
    outputs = dict(_outputs(lab, case))
    return frozenset(
        tool
        for tool, output in outputs.items()
        for pattern in (words.get(tool), own.get(tool))
        if pattern and re.search(pattern, output, re.IGNORECASE | re.MULTILINE)
    )


def _outputs(lab: Lab, case: Case) -> Iterator[tuple[str, str]]:
    url = lab.urls[case.id]
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    near = (
        any(line.split()[-1] == "127.0.0.1" for line in case.zone) or parts.hostname == "site.test"
    )
    trust = ["--cacert", str(lab.root), "--compressed", "--max-time", "5"]
    if near:
        trust += ["--resolve", f"{parts.hostname}:{port}:127.0.0.1"]
    yield "curl", _run(["curl", "-sSvL", "--max-redirs", "10", "-o", "/dev/null", *trust, url])
    head = _run(["curl", "-sSi", "--raw", "--insecure", "--max-time", "5", *trust[4:], url])
    yield "httplint", _run([str(_BIN / "httplint"), "-n"], head)
    if parts.scheme == "https":
        where = f"{parts.hostname}:{port}" + ("{127.0.0.1}" if near else "")
        command = [str(_BIN / "sslyze"), "--certinfo", "--certinfo_ca_file", str(lab.root), where]
        yield "sslyze", _run(command)


def _run(command: list[str], given: str = "") -> str:
    try:
        done = subprocess.run(
            command, input=given.encode("latin-1", "replace"), capture_output=True, check=False,
            timeout=10,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return ""
    return (done.stdout + done.stderr).decode("latin-1")
