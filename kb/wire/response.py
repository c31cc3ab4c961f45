"""The head of an HTTP response as facts (RFC 9110, 6 and 15)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from kb.facts import FactValue
from kb.wire.challenges import parse_challenges
from kb.wire.fields import field_facts

# Marks of products in the Server header, the most specific first.
_PRODUCTS = (
    ("openresty", "openresty"),
    ("nginx", "nginx"),
    ("apache-coyote", "tomcat"),
    ("apache", "apache"),
    ("microsoft-iis", "iis"),
    ("cloudflare", "cloudflare"),
    ("akamai", "akamai"),
    ("cloudfront", "cloudfront"),
    ("varnish", "varnish"),
    ("squid", "squid"),
    ("envoy", "envoy"),
    ("caddy", "caddy"),
    ("litespeed", "litespeed"),
    ("gunicorn", "gunicorn"),
    ("werkzeug", "werkzeug"),
    ("uvicorn", "uvicorn"),
    ("jetty", "jetty"),
    ("kestrel", "kestrel"),
    ("lighttpd", "lighttpd"),
    ("traefik", "traefik"),
    ("haproxy", "haproxy"),
    ("imperva", "imperva"),
    ("sucuri", "sucuri"),
    ("bigip", "f5"),
    ("big-ip", "f5"),
    ("awselb", "aws-elb"),
    ("simplehttp", "python"),
)
# Headers that only one product sends, whatever Server says.
_HEADER_MARKS = (
    ("cf-ray", "cloudflare"),
    ("x-amz-cf-id", "cloudfront"),
    ("x-akamai-request-id", "akamai"),
    ("akamai-grn", "akamai"),
    ("x-iinfo", "imperva"),
    ("x-sucuri-id", "sucuri"),
    ("x-vercel-id", "vercel"),
    ("x-nf-request-id", "netlify"),
    ("x-azure-ref", "azure"),
    ("x-varnish", "varnish"),
)
_CDN = frozenset(
    {
        "cloudflare",
        "akamai",
        "cloudfront",
        "fastly",
        "imperva",
        "sucuri",
        "vercel",
        "netlify",
        "azure",
    }
)
_PROXY = frozenset({"varnish", "squid", "envoy", "aws-elb", "haproxy", "traefik", "f5"})
_APPLICATION = frozenset(
    {"gunicorn", "werkzeug", "tomcat", "express", "uvicorn", "jetty", "kestrel", "django",
     "laravel", "rails", "symfony", "asp.net", "php", "python"}
)  # fmt: skip


def join_headers(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Header fields by lower-case name, repeated ones joined by ``, `` (RFC 9110, 5.3)."""
    joined: dict[str, str] = {}
    for name, value in pairs:
        key = name.lower()
        joined[key] = f"{joined[key]}, {value}" if key in joined else value
    return joined


def response_facts(
    status: int, reason: str, pairs: list[tuple[str, str]], now: datetime | None = None
) -> dict[str, FactValue]:
    """The facts that a status line and header fields give. Cookies' values are dropped."""
    headers = join_headers(pairs)
    if "set-cookie" in headers:
        headers["set-cookie"] = "(removed)"
    server = headers.get("server", "")
    product = _product(headers, server.lower())
    facts: dict[str, FactValue] = {
        "http.outcome": "ok",
        "http.status": status,
        "http.reason": reason,
        "http.headers": headers,
        "http.server": server,
        "http.product": product,
        "http.layer": layer_of(product, headers),
    }
    facts |= field_facts(headers)
    challenges = parse_challenges(
        value for name, value in pairs if name.lower() in ("www-authenticate", "proxy-authenticate")
    )
    facts["http.challenge_schemes"] = list(dict.fromkeys(item.scheme for item in challenges))
    for challenge in challenges:
        for name, parameter in (
            ("http.realm", "realm"),
            ("http.challenge_error", "error"),
            ("http.challenge_error_description", "error_description"),
        ):
            value = challenge.get(parameter)
            if value is not None and name not in facts:
                facts[name] = value
    if "allow" in headers:
        facts["http.allow"] = [part.strip().upper() for part in headers["allow"].split(",")]
    seconds = _retry_after(headers.get("retry-after", ""), now)
    if seconds is not None:
        facts["http.retry_after_s"] = seconds
    return facts


def _product(headers: dict[str, str], server: str) -> str:
    for mark, name in _HEADER_MARKS:
        if mark in headers:
            return name
    if "x-served-by" in headers and "cache-" in headers["x-served-by"]:
        return "fastly"
    for mark, name in _PRODUCTS:
        if mark in server:
            return name
    return "express" if headers.get("x-powered-by", "").lower() == "express" else ""


def layer_of(product: str, headers: dict[str, str]) -> str:
    """Who wrote the answer (``http.layer``), by the product whose mark it carries."""
    if product in _CDN:
        return "cdn"
    if product in _PROXY:
        return "proxy"
    if product in _APPLICATION:
        return "application"
    if "via" in headers:
        return "proxy"
    return "origin" if product else "unknown"


def _retry_after(value: str, now: datetime | None) -> int | None:
    """Retry-After in seconds, from a number or an HTTP date (RFC 9110, 10.2.3)."""
    if value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0, round((moment - (now or datetime.now(UTC))).total_seconds()))
