"""The one schema of facts: what can be known of a URL, whoever observed it.

A fact has a dotted name, a kind and a sentence. Conditions of articles (CEL) read facts, observers
(probe, transcript, HAR, reader) write them, and ``content/facts.md`` is printed from the registry
below. Unknown is absent: a fact is never ``None`` and never a default that nobody observed.

The outcomes of the layers (``dns.outcome``, ``tcp.outcome``, ``tls.outcome``, ``http.outcome``) are
all written as soon as a probe ran; layers behind the one that failed say ``not_tried``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

FactValue = bool | int | float | str | list[str] | dict[str, str]


class Source(StrEnum):
    """Who observed a fact, weakest first: a later source overrides an earlier one."""

    CLAIM = "claim"
    READER = "reader"
    TRANSCRIPT = "transcript"
    HAR = "har"
    PROBE = "probe"


class Kind(StrEnum):
    """The type of a fact's value, by its name in CEL."""

    BOOL = "bool"
    INT = "int"
    FLOAT = "double"
    STRING = "string"
    STRINGS = "list(string)"
    HEADERS = "map(string, string)"


@dataclass(frozen=True, slots=True)
class FactSpec:
    """One fact of the schema: its name, kind, meaning and, for an enumeration, its values."""

    name: str
    kind: Kind
    meaning: str
    values: tuple[str, ...] = ()
    unit: str = ""


LAYER_DNS = ("ok", "literal", "nxdomain", "nodata", "servfail", "refused", "timeout", "error")
LAYER_TCP = ("ok", "refused", "timeout", "reset", "unreachable", "not_tried")
LAYER_TLS = (
    "ok",  # handshake done, certificate trusted and for this name
    "untrusted",  # handshake possible, the certificate fails verification (tls.problem)
    "failed",  # the peer or OpenSSL ended the handshake with an alert or an error
    "plain_http",  # the peer answered the handshake in plain HTTP
    "not_tls",  # the peer answered with other bytes that are not TLS
    "reset",
    "closed",
    "timeout",
    "none",  # an http:// URL: there is no TLS to speak
    "not_tried",
)
LAYER_HTTP = (
    "ok",  # a complete response
    "empty",  # closed without a byte
    "reset",
    "timeout",
    "not_http",  # bytes, but no HTTP
    "tls_expected",  # a TLS alert as answer to plain HTTP
    "malformed",  # HTTP, but broken framing or headers (http.problem)
    "truncated",  # the body ended before its declared length
    "not_tried",
)
TLS_PROBLEMS = (
    "none",
    "expired",
    "not_yet_valid",
    "hostname_mismatch",
    "self_signed",
    "private_root",
    "incomplete_chain",
    "unknown_issuer",
    "wrong_purpose",
    "weak",
    "other",
)
BODY_KINDS = (
    "empty",
    "html",
    "json",
    "text",
    "other",
    "login_form",
    "challenge",
    "default_page",
    "parked",
    "directory_listing",
    "error_page",
)
REDIRECT_PATTERNS = ("none", "self", "scheme", "host", "slash", "login", "other")
REFUSALS = ("address", "port", "scheme", "credentials", "rate_limit", "not_a_url")
VANTAGES = ("robot", "browser")


def _vantage(name: str, what: str) -> tuple[FactSpec, ...]:
    prefix = f"vantage.{name}"
    return (
        FactSpec(f"{prefix}.outcome", Kind.STRING, f"How the exchange ended {what}.", LAYER_HTTP),
        FactSpec(f"{prefix}.status", Kind.INT, f"Status of the last response {what}."),
        FactSpec(f"{prefix}.body_kind", Kind.STRING, f"Kind of the body {what}.", BODY_KINDS),
        FactSpec(f"{prefix}.redirects", Kind.INT, f"Redirects followed {what}."),
        FactSpec(f"{prefix}.time_ms", Kind.FLOAT, f"Whole exchange {what}.", unit="ms"),
    )


_SPECS: tuple[FactSpec, ...] = (
    FactSpec(
        "source",
        Kind.STRINGS,
        "Who observed the facts at hand.",
        tuple(source.value for source in Source),
    ),
    # url
    FactSpec("url.scheme", Kind.STRING, "Scheme of the URL asked about.", ("http", "https")),
    FactSpec("url.host", Kind.STRING, "Host in lower case, as an A-label where international."),
    FactSpec("url.host_kind", Kind.STRING, "Whether the host is a name.", ("name", "ipv4", "ipv6")),
    FactSpec("url.port", Kind.INT, "Port, the scheme's default included."),
    FactSpec("url.path", Kind.STRING, "Path, without query and fragment."),
    FactSpec("url.has_query", Kind.BOOL, "Whether the URL carries a query."),
    FactSpec("url.length", Kind.INT, "Length of the whole URL.", unit="characters"),
    # claim: what the text says, not what was seen
    FactSpec("claim.status", Kind.INT, "HTTP status that the reader reports."),
    # probe
    FactSpec("probe.outcome", Kind.STRING, "Whether the probe could look.", ("done", "refused")),
    FactSpec("probe.refusal", Kind.STRING, "Why the guard did not let it look.", REFUSALS),
    # dns
    FactSpec("dns.outcome", Kind.STRING, "How the name lookup ended.", LAYER_DNS),
    FactSpec("dns.name", Kind.STRING, "The name that was looked up."),
    FactSpec("dns.a", Kind.STRINGS, "IPv4 addresses of the name."),
    FactSpec("dns.aaaa", Kind.STRINGS, "IPv6 addresses of the name."),
    FactSpec("dns.cname", Kind.STRINGS, "CNAME chain, in order, without the name itself."),
    FactSpec("dns.rcode", Kind.STRING, "RCODE of the answer, such as NXDOMAIN (RFC 1035, 4.1.1)."),
    FactSpec("dns.resolver", Kind.STRING, "The resolver that was asked."),
    FactSpec("dns.time_ms", Kind.FLOAT, "Time of the lookup.", unit="ms"),
    # tcp
    FactSpec("tcp.outcome", Kind.STRING, "How the connection attempt ended.", LAYER_TCP),
    FactSpec("tcp.ipv4.outcome", Kind.STRING, "The same over IPv4 alone.", LAYER_TCP),
    FactSpec("tcp.ipv6.outcome", Kind.STRING, "The same over IPv6 alone.", LAYER_TCP),
    FactSpec("tcp.address", Kind.STRING, "The address of the connection that was used or failed."),
    FactSpec("tcp.time_ms", Kind.FLOAT, "Time to connect, or to fail.", unit="ms"),
    # tls
    FactSpec("tls.outcome", Kind.STRING, "How the TLS handshake ended.", LAYER_TLS),
    FactSpec("tls.version", Kind.STRING, "Negotiated version, such as TLSv1.3."),
    FactSpec("tls.cipher", Kind.STRING, "Negotiated cipher suite."),
    FactSpec("tls.alpn", Kind.STRING, "Negotiated application protocol."),
    FactSpec("tls.verify_code", Kind.INT, "OpenSSL's X509 verification code, 0 when trusted."),
    FactSpec("tls.problem", Kind.STRING, "What is wrong with the certificate.", TLS_PROBLEMS),
    FactSpec(
        "tls.alert",
        Kind.STRING,
        "OpenSSL's reason for a failed handshake, such as TLSV1_ALERT_PROTOCOL_VERSION.",
    ),
    FactSpec(
        "tls.legacy_version",
        Kind.STRING,
        "Old version that a retry could negotiate after the "
        "modern handshake failed; 'none' when the retry failed too.",
    ),
    FactSpec(
        "tls.client_certificate_requested", Kind.BOOL, "The server asked for a client certificate."
    ),
    FactSpec("tls.subject", Kind.STRING, "Common name of the certificate's subject."),
    FactSpec("tls.issuer", Kind.STRING, "Common name of the certificate's issuer."),
    FactSpec("tls.names", Kind.STRINGS, "DNS names and addresses in subjectAltName."),
    FactSpec("tls.not_before", Kind.STRING, "Start of validity, ISO 8601, UTC."),
    FactSpec("tls.not_after", Kind.STRING, "End of validity, ISO 8601, UTC."),
    FactSpec("tls.days_left", Kind.INT, "Days until notAfter; negative when expired.", unit="days"),
    FactSpec("tls.days_until_valid", Kind.INT, "Days until notBefore; 0 once valid.", unit="days"),
    FactSpec("tls.chain_length", Kind.INT, "Certificates that the server sent."),
    FactSpec("tls.issuer_url", Kind.STRING, "CA issuers URL (AIA) of the last certificate sent."),
    FactSpec("tls.time_ms", Kind.FLOAT, "Time of the handshake.", unit="ms"),
    # http: the robot vantage's last response where a probe ran
    FactSpec("http.outcome", Kind.STRING, "How the HTTP exchange ended.", LAYER_HTTP),
    FactSpec("http.problem", Kind.STRING, "What is malformed, in one phrase."),
    FactSpec("http.status", Kind.INT, "Status of the last response (RFC 9110, 15)."),
    FactSpec("http.reason", Kind.STRING, "Reason phrase of the last response."),
    FactSpec("http.method", Kind.STRING, "Method of the request."),
    FactSpec(
        "http.headers",
        Kind.HEADERS,
        "All headers of the last response, names in lower case, "
        "repeated fields joined by ', '. Ask with 'name' in http.headers.",
    ),
    FactSpec("http.server", Kind.STRING, "Server header, '' when the response has none."),
    FactSpec(
        "http.challenge_schemes",
        Kind.STRINGS,
        "Authentication schemes offered by "
        "WWW-Authenticate or Proxy-Authenticate, lower case, [] when none (RFC 9110, 11.6).",
    ),
    FactSpec("http.realm", Kind.STRING, "Realm of the first challenge that names one."),
    FactSpec(
        "http.challenge_error",
        Kind.STRING,
        "error parameter of a Bearer challenge (RFC 6750, 3.1).",
    ),
    FactSpec(
        "http.challenge_error_description", Kind.STRING, "error_description of a Bearer challenge."
    ),
    FactSpec(
        "http.credentials_sent",
        Kind.BOOL,
        "Whether the request carried Authorization. "
        "Always false for the probe; transcripts may say true.",
    ),
    FactSpec("http.allow", Kind.STRINGS, "Methods in the Allow header, upper case."),
    FactSpec("http.retry_after_s", Kind.INT, "Retry-After in seconds, a date converted.", unit="s"),
    FactSpec("http.body_kind", Kind.STRING, "What the body is, by its marks.", BODY_KINDS),
    FactSpec(
        "http.body_text",
        Kind.STRING,
        "First 2,000 characters of the body as text, white space folded, in lower case.",
    ),
    FactSpec("http.body_bytes", Kind.INT, "Bytes of the body that were read.", unit="bytes"),
    FactSpec("http.title", Kind.STRING, "Text of the HTML title."),
    FactSpec(
        "http.product",
        Kind.STRING,
        "Server, framework or CDN whose error page or headers "
        "these are, such as nginx, apache, haproxy, iis, cloudflare; '' when unknown.",
    ),
    FactSpec(
        "http.layer",
        Kind.STRING,
        "Who wrote the answer, as far as its marks tell.",
        ("cdn", "proxy", "origin", "application", "unknown"),
    ),
    FactSpec("http.ttfb_ms", Kind.FLOAT, "Request sent until first byte.", unit="ms"),
    FactSpec("redirect.count", Kind.INT, "Redirects followed before the last response."),
    FactSpec(
        "redirect.loop",
        Kind.BOOL,
        "A URL of the chain came up again, or the limit of 10 redirects was reached.",
    ),
    FactSpec("redirect.pattern", Kind.STRING, "What alternates in the chain.", REDIRECT_PATTERNS),
    FactSpec("redirect.sets_cookie", Kind.BOOL, "A response in the chain tried to set a cookie."),
    FactSpec("redirect.downgrade", Kind.BOOL, "A hop went from https to http."),
    FactSpec(
        "redirect.location_missing", Kind.BOOL, "A redirect status came without a usable Location."
    ),
    FactSpec("redirect.refused", Kind.BOOL, "The chain led where the guard does not go."),
    FactSpec("redirect.first_status", Kind.INT, "Status of the first response of the chain."),
    FactSpec("redirect.target", Kind.STRING, "The last URL that a redirect named."),
    *_vantage("robot", "as an automated client that names itself"),
    *_vantage("browser", "with the request headers of a browser"),
    FactSpec("vantage.differ", Kind.BOOL, "Robot and browser got different statuses or outcomes."),
    # reader: answers of the person, and what their own words say
    FactSpec("reader.role", Kind.STRING, "Who is asking.", ("visitor", "developer", "owner")),
    FactSpec("reader.automated", Kind.BOOL, "The failing client is a script, robot or library."),
    FactSpec("reader.opens_in_browser", Kind.BOOL, "It opens in the reader's own browser."),
    FactSpec(
        "reader.clean_browser_works",
        Kind.BOOL,
        "It opens in a private window without login, on another connection.",
    ),
    FactSpec("reader.other_network_works", Kind.BOOL, "It works from another network."),
    FactSpec("reader.others_affected", Kind.BOOL, "Other people see the same."),
    FactSpec("reader.credentials_sent", Kind.BOOL, "The reader's client sends credentials."),
    FactSpec(
        "reader.account",
        Kind.STRING,
        "State of the account.",
        ("none", "new", "known_good", "maybe_suspended"),
    ),
    FactSpec("reader.clock_right", Kind.BOOL, "The reader's device has the right date and time."),
    FactSpec(
        "reader.behind_proxy",
        Kind.BOOL,
        "The reader is behind a company, school or hotel network or an inspecting proxy.",
    ),
    FactSpec("reader.changed_recently", Kind.BOOL, "The site or its settings changed recently."),
    FactSpec("reader.happens_always", Kind.BOOL, "It happens every time, not now and then."),
    FactSpec("reader.signed_in", Kind.BOOL, "The reader is signed in at the site."),
    FactSpec("reader.sends_body", Kind.BOOL, "The failing request carries a body (form, upload)."),
)

REGISTRY: Mapping[str, FactSpec] = {spec.name: spec for spec in _SPECS}


class UnknownFact(KeyError):
    """A programmer or writer named a fact that the schema does not have."""


def check(name: str, value: object) -> FactValue:
    """Return ``value`` if it is a value of the fact ``name``.

    Raises UnknownFact for a name outside the registry, TypeError for another kind and ValueError
    for a string outside of an enumeration.
    """
    spec = REGISTRY.get(name)
    if spec is None:
        raise UnknownFact(name)
    if not _fits(spec.kind, value):
        raise TypeError(f"{name} takes {spec.kind.value}, not {type(value).__name__}")
    if spec.values and spec.kind is Kind.STRING and value not in spec.values:
        raise ValueError(f"{name} takes one of {', '.join(spec.values)}; not {value!r}")
    return value  # type: ignore[return-value]  # _fits has checked it


def _fits(kind: Kind, value: object) -> bool:
    match kind:
        case Kind.BOOL:
            return isinstance(value, bool)
        case Kind.INT:
            return isinstance(value, int) and not isinstance(value, bool)
        case Kind.FLOAT:
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case Kind.STRING:
            return isinstance(value, str)
        case Kind.STRINGS:
            return isinstance(value, list) and all(isinstance(item, str) for item in value)
        case Kind.HEADERS:
            return isinstance(value, dict) and all(
                isinstance(k, str) and isinstance(v, str) for k, v in value.items()
            )


def parse_value(name: str, text: str) -> FactValue:
    """Read the value of a fact from text, as a command line or a form gives it.

    Raises UnknownFact or ValueError (with a sentence) like :func:`check`.
    """
    spec = REGISTRY.get(name)
    if spec is None:
        raise UnknownFact(name)
    value: FactValue
    match spec.kind:
        case Kind.BOOL:
            if text not in ("true", "false"):
                raise ValueError(f"{name} takes true or false, not {text!r}")
            value = text == "true"
        case Kind.INT:
            value = int(text)
        case Kind.FLOAT:
            value = float(text)
        case Kind.STRINGS:
            value = [part.strip() for part in text.split(",") if part.strip()]
        case Kind.HEADERS:
            raise ValueError(f"{name} cannot be given as text")
        case Kind.STRING:
            value = text
    return check(name, value)


class Facts(Mapping[str, FactValue]):
    """An immutable set of known facts, by dotted name, each with the source that observed it."""

    __slots__ = ("_sources", "_values")

    def __init__(
        self, values: Mapping[str, object] | None = None, source: Source = Source.PROBE
    ) -> None:
        self._values: dict[str, FactValue] = {
            name: check(name, value) for name, value in (values or {}).items()
        }
        self._sources: dict[str, Source] = dict.fromkeys(self._values, source)

    def __getitem__(self, name: str) -> FactValue:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Facts({self._values!r})"

    def source_of(self, name: str) -> Source:
        """Who observed the fact ``name``; KeyError when it is unknown."""
        return self._sources[name]

    def merged(self, other: Facts) -> Facts:
        """Both sets in one; where both know a fact the stronger source wins, ``other`` on a tie."""
        result = Facts()
        result._values = dict(self._values)
        result._sources = dict(self._sources)
        order = list(Source)
        for name, value in other._values.items():
            mine = result._sources.get(name)
            if mine is None or order.index(other._sources[name]) >= order.index(mine):
                result._values[name] = value
                result._sources[name] = other._sources[name]
        if result._values:
            present = {*result._sources.values()}
            result._values["source"] = [source.value for source in order if source in present]
            result._sources.setdefault("source", Source.CLAIM)
        return result

    def nested(self) -> dict[str, Any]:
        """The facts as nested maps, ``{"http": {"status": 401}}``: what CEL and JSON see."""
        tree: dict[str, Any] = {}
        for name, value in self._values.items():
            *parents, leaf = name.split(".")
            node = tree
            for parent in parents:
                node = node.setdefault(parent, {})
            node[leaf] = value
        return tree
