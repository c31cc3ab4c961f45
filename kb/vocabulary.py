"""The vocabulary of facts: each with its name, kind, meaning and, for an enumeration, its values.

Conditions of articles (CEL) read facts; observers (probe, transcript, HAR, the reader) write them.
``content/facts.md`` is printed from the registry below. A fact that nobody knows is absent.

The outcomes of the layers (``dns.outcome``, ``tcp.outcome``, ``tls.outcome``, ``http.outcome``) are
all written as soon as a probe ran; layers behind the one that failed say ``not_tried``. The robot's
and the browser's vantages are asked always, the others only where a cause that is still possible
reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


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


SOURCES: Final = ("claim", "reader", "transcript", "har", "probe")
LAYER_DNS: Final = (
    "ok", "literal", "nxdomain", "nodata", "servfail", "refused", "timeout", "error",
)  # fmt: skip
LAYER_TCP: Final = ("ok", "refused", "timeout", "reset", "unreachable", "not_tried")
LAYER_TLS: Final = (
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
LAYER_HTTP: Final = (
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
TLS_PROBLEMS: Final = (
    "none", "expired", "not_yet_valid", "hostname_mismatch", "self_signed", "private_root",
    "incomplete_chain", "unknown_issuer", "wrong_purpose", "weak", "revoked", "other",
)  # fmt: skip
NAME_REASONS: Final = (
    "other_name",  # the names have nothing to do with the host
    "www_only",  # the www name is covered, the bare one is not
    "apex_only",  # the bare name is covered, the www one is not
    "wildcard_depth",  # *.example.com and a host two labels below
    "address",  # the URL names an address and the certificate none
    "no_names",  # no subjectAltName at all
)
FAULTS: Final = (
    "two_lengths",  # conflicting Content-Length fields
    "length_and_chunked",  # Content-Length beside Transfer-Encoding (still readable)
    "bad_chunk",
    "cut_chunk",
    "cut_body",
    "wrong_encoding",  # the body is not what Content-Encoding says
    "bad_header",  # a header line that is none
    "head_too_big",
    "status_out_of_range",
    "unasked_switch",  # 101 without an Upgrade in the request
    "bomb",  # a compressed body that grows beyond all measure
    "other",
)
PHASES: Final = ("accept", "request", "head", "body", "done")
BODY_KINDS: Final = (
    "empty", "html", "json", "text", "other", "login_form", "challenge", "block_page",
    "default_page", "parked", "directory_listing", "debug_page", "error_page",
)  # fmt: skip
REDIRECT_PATTERNS: Final = ("none", "self", "scheme", "host", "slash", "login", "other")
REFUSALS: Final = (
    "address", "port", "scheme", "credentials", "rate_limit", "not_a_url",
    "opted_out",  # the site (robots.txt) or the operator's list asks for it
)  # fmt: skip
VANTAGES: Final[Mapping[str, str]] = {
    "robot": "as an automated client that names itself",
    "browser": "with the request headers of a browser",
    "again": "as the robot, a second time",
    "head": "as the robot, with HEAD instead of GET",
    "no_query": "without the query of the URL",
    "slash": "with the path's last slash added or taken away",
    "lowercase": "with the path in lower case",
    "random": "for a path beside this one that cannot exist",
    "root": "for the start page of the same host",
    "sibling": "at the www name of a bare domain, or the bare domain of a www name",
    "other_scheme": "over http instead of https, or the reverse, at that scheme's usual port",
    "referer": "as the browser, coming from a page of the same site (Referer)",
    "cookies": "as the browser, keeping cookies on the way",
    "language": "with the robot's headers and no preference for a kind or language of content",
    "ipv4": "over IPv4 alone",
    "ipv6": "over IPv6 alone",
    "address": "at the same address with the address as host, so that the default site answers",
    "http2": "over HTTP/2",
}
FAILED_AT: Final = ("none", "dns", "tcp", "tls", "http", "refused")
CLIENTS: Final = (
    "chrome", "firefox", "safari", "edge", "curl", "wget", "python", "node", "go", "java", "dotnet",
    "php", "ruby", "rust", "git", "pip", "npm", "docker", "nginx", "apache", "haproxy", "iis",
    "openssl",
)  # fmt: skip

_S, _I, _B, _F, _L = Kind.STRING, Kind.INT, Kind.BOOL, Kind.FLOAT, Kind.STRINGS


def _vantage(name: str, what: str) -> tuple[FactSpec, ...]:
    prefix = f"vantage.{name}"
    specs = (
        FactSpec(f"{prefix}.outcome", _S, f"How the exchange ended {what}.", LAYER_HTTP),
        FactSpec(f"{prefix}.failed_at", _S, f"The layer that failed {what}.", FAILED_AT),
        FactSpec(f"{prefix}.status", _I, f"Status of the last response {what}."),
        FactSpec(f"{prefix}.body_kind", _S, f"Kind of the body {what}.", BODY_KINDS),
        FactSpec(f"{prefix}.redirects", _I, f"Redirects followed {what}."),
        FactSpec(f"{prefix}.time_ms", _F, f"Whole exchange {what}.", unit="ms"),
    )
    if name == "robot":
        return specs
    return (*specs, FactSpec(f"{prefix}.same_body", _B, f"The body is the robot's {what}, too."))


_SPECS: Final[tuple[FactSpec, ...]] = (
    FactSpec("source", _L, "Who observed the facts at hand.", SOURCES),
    # url
    FactSpec("url.scheme", _S, "Scheme of the URL asked about.", ("http", "https")),
    FactSpec("url.host", _S, "Host in lower case, as an A-label where international."),
    FactSpec("url.host_kind", _S, "Whether the host is a name.", ("name", "ipv4", "ipv6")),
    FactSpec("url.port", _I, "Port, the scheme's default included."),
    FactSpec("url.path", _S, "Path, without query and fragment."),
    FactSpec("url.has_query", _B, "Whether the URL carries a query."),
    FactSpec("url.length", _I, "Length of the whole URL.", unit="characters"),
    # claim: what the text says, not what was seen
    FactSpec("claim.status", _I, "HTTP status that the reader reports."),
    FactSpec(
        "claim.method",
        _S,
        "Method of the failing request, as the text tells, in upper case, such as POST.",
    ),
    FactSpec(
        "claim.text",
        _S,
        "What was asked, in lower case, its first 2,000 characters. For causes of which only the "
        "reader's words can tell: claim.text.contains('cors').",
    ),
    FactSpec("claim.client", _S, "The program whose message this is.", CLIENTS),
    # probe
    FactSpec("probe.outcome", _S, "Whether the probe could look.", ("done", "refused")),
    FactSpec("probe.refusal", _S, "Why the guard did not let it look.", REFUSALS),
    # dns
    FactSpec("dns.outcome", _S, "How the name lookup ended.", LAYER_DNS),
    FactSpec("dns.name", _S, "The name that was looked up."),
    FactSpec("dns.a", _L, "IPv4 addresses of the name."),
    FactSpec("dns.aaaa", _L, "IPv6 addresses of the name."),
    FactSpec("dns.cname", _L, "CNAME chain, in order, without the name itself."),
    FactSpec("dns.cname_loop", _B, "The CNAME chain comes back to a name of its own."),
    FactSpec("dns.rcode", _S, "RCODE of the answer, such as NXDOMAIN (RFC 1035, 4.1.1)."),
    FactSpec(
        "dns.truncated",
        _B,
        "The answer did not fit into a UDP packet, and over TCP it did not come.",
    ),
    FactSpec(
        "dns.extended_error",
        _S,
        "Why the resolver gives no address, in the name of its extended error (RFC 8914), such as "
        "'blocked', 'censored', 'filtered', 'signature_expired', 'no_reachable_authority'.",
    ),
    FactSpec("dns.resolver", _S, "The resolver that was asked."),
    FactSpec(
        "dns.scope",
        _S,
        "Whether the addresses of a name are public; known when the name has addresses. Networks "
        "that the operator lets probe (PROBE_ALLOW) count as public.",
        ("public", "private", "mixed"),
    ),
    FactSpec(
        "dns.unvalidated_outcome",
        _S,
        "After SERVFAIL: the same lookup with checking disabled (CD, RFC 4035, 3.2.2). 'ok' means "
        "that DNSSEC validation is what fails.",
        LAYER_DNS,
    ),
    FactSpec(
        "dns.parent_outcome",
        _S,
        "After NXDOMAIN: the lookup of the domain that the name is in. 'nxdomain' means that the "
        "domain itself does not exist.",
        LAYER_DNS,
    ),
    FactSpec("dns.time_ms", _F, "Time of the lookup.", unit="ms"),
    # tcp
    FactSpec("tcp.outcome", _S, "How the connection attempt ended.", LAYER_TCP),
    FactSpec("tcp.ipv4.outcome", _S, "The same over IPv4 alone.", LAYER_TCP),
    FactSpec("tcp.ipv6.outcome", _S, "The same over IPv6 alone.", LAYER_TCP),
    FactSpec("tcp.address", _S, "The address of the connection that was used or failed."),
    FactSpec("tcp.dead_addresses", _L, "Addresses that took no connection."),
    FactSpec("tcp.dead_outcomes", _L, "How they failed, in the same order; see tcp.outcome."),
    FactSpec("tcp.live_addresses", _L, "Addresses that took a connection."),
    FactSpec(
        "tcp.idle",
        _S,
        "What the server does with a connection on which nothing is asked; looked at only after an "
        "exchange that ended without an answer.",
        ("open", "closed", "reset", "banner"),
    ),
    FactSpec("tcp.banner", _S, "First bytes that were sent unasked, or instead of HTTP."),
    FactSpec("tcp.time_ms", _F, "Time to connect, or to fail.", unit="ms"),
    # tls
    FactSpec("tls.outcome", _S, "How the TLS handshake ended.", LAYER_TLS),
    FactSpec("tls.version", _S, "Negotiated version, such as TLSv1.3."),
    FactSpec("tls.cipher", _S, "Negotiated cipher suite."),
    FactSpec("tls.alpn", _S, "Negotiated application protocol."),
    FactSpec("tls.verify_code", _I, "OpenSSL's X509 verification code, 0 when trusted."),
    FactSpec("tls.problem", _S, "What is wrong with the certificate.", TLS_PROBLEMS),
    FactSpec(
        "tls.alert",
        _S,
        "OpenSSL's reason for a failed handshake, such as TLSV1_ALERT_PROTOCOL_VERSION.",
    ),
    FactSpec(
        "tls.weak_dh",
        _B,
        "The Diffie-Hellman key is too short for OpenSSL's security level 2; looked at only where "
        "such a key exchange was chosen.",
    ),
    FactSpec(
        "tls.legacy_version",
        _S,
        "Old version that a retry could negotiate after the modern handshake failed; 'none' when "
        "the retry failed too.",
    ),
    FactSpec("tls.client_certificate_requested", _B, "The server asked for a client certificate."),
    FactSpec("tls.subject", _S, "Common name of the certificate's subject."),
    FactSpec("tls.issuer", _S, "Common name of the certificate's issuer."),
    FactSpec("tls.names", _L, "DNS names and addresses in subjectAltName."),
    FactSpec("tls.name_reason", _S, "How the names miss the host.", NAME_REASONS),
    FactSpec("tls.not_before", _S, "Start of validity, ISO 8601, UTC."),
    FactSpec("tls.not_after", _S, "End of validity, ISO 8601, UTC."),
    FactSpec("tls.days_left", _I, "Days until notAfter; negative when expired.", unit="days"),
    FactSpec("tls.days_until_valid", _I, "Days until notBefore; 0 once valid.", unit="days"),
    FactSpec("tls.chain_length", _I, "Certificates that the server sent."),
    FactSpec(
        "tls.chain_ordered",
        _B,
        "Each certificate of the path is followed by its issuer (RFC 5246, 7.4.2); certificates "
        "sent twice or behind the path do not count.",
    ),
    FactSpec("tls.missing_issuer", _S, "Issuer of the last certificate sent, when it is missing."),
    FactSpec("tls.issuer_url", _S, "CA issuers URL (AIA) of the last certificate sent."),
    FactSpec("tls.key", _S, "Kind and size of the leaf's key, such as RSA 2048 or EC 256."),
    FactSpec("tls.key_bits", _I, "Size of the leaf's key.", unit="bits"),
    FactSpec("tls.signature_hash", _S, "Hash of the leaf's signature, such as sha256."),
    FactSpec(
        "tls.without_name",
        _S,
        "What the same port does when no name is sent (SNI).",
        ("same", "other", "failed"),
    ),
    FactSpec(
        "tls.revocation",
        _S,
        "Status of the leaf by its authority's list or OCSP, where it could be had.",
        ("good", "revoked", "unknown"),
    ),
    FactSpec(
        "tls.must_staple",
        _B,
        "The certificate asks clients to insist on a stapled OCSP answer (RFC 7633).",
    ),
    FactSpec(
        "tls.staple",
        _S,
        "The OCSP answer that the server staples to the handshake (RFC 6066, 8): its status, "
        "'old' past its nextUpdate, 'unusable' when it is an error, for another certificate or "
        "wrongly signed.",
        ("none", "good", "revoked", "unknown", "old", "unusable"),
    ),
    FactSpec(
        "tls.validity_days", _I, "Days from the certificate's notBefore to notAfter.", unit="days"
    ),
    FactSpec("tls.time_ms", _F, "Time of the handshake.", unit="ms"),
    FactSpec(
        "clock.skew_s",
        _I,
        "The server's Date header minus our own clock; negative when the server is behind.",
        unit="s",
    ),
    # http: the robot vantage's last response where a probe ran
    FactSpec("http.outcome", _S, "How the HTTP exchange ended.", LAYER_HTTP),
    FactSpec("http.phase", _S, "How far the exchange came before it ended.", PHASES),
    FactSpec("http.problem", _S, "What is malformed, in one phrase."),
    FactSpec("http.fault", _S, "What is malformed, as a kind.", FAULTS),
    FactSpec("http.version", _S, "Version of the response, such as 1.1 or 2."),
    FactSpec("http.status", _I, "Status of the last response (RFC 9110, 15)."),
    FactSpec("http.reason", _S, "Reason phrase of the last response."),
    FactSpec("http.method", _S, "Method of the request."),
    FactSpec(
        "http.headers",
        Kind.HEADERS,
        "All headers of the last response, names in lower case, repeated fields joined by ', '. "
        "Ask with 'name' in http.headers.",
    ),
    FactSpec("http.server", _S, "Server header, '' when the response has none."),
    FactSpec(
        "http.challenge_schemes",
        _L,
        "Authentication schemes offered by WWW-Authenticate or Proxy-Authenticate, lower case, [] "
        "when none (RFC 9110, 11.6).",
    ),
    FactSpec("http.realm", _S, "Realm of the first challenge that names one."),
    FactSpec("http.challenge_error", _S, "error parameter of a Bearer challenge (RFC 6750, 3.1)."),
    FactSpec("http.challenge_error_description", _S, "error_description of a Bearer challenge."),
    FactSpec(
        "http.credentials_sent",
        _B,
        "Whether the request carried Authorization. Always false for the probe; transcripts may "
        "say true.",
    ),
    FactSpec("http.allow", _L, "Methods in the Allow header, upper case."),
    FactSpec("http.retry_after_s", _I, "Retry-After in seconds, a date converted.", unit="s"),
    FactSpec("http.content_type", _S, "Media type of the body, lower case, without parameters."),
    FactSpec(
        "http.sniffed_type",
        _S,
        "Media type that the body's first bytes show, where they do, such as text/html.",
    ),
    FactSpec("http.charset", _S, "Character encoding that the response declares, lower case."),
    FactSpec("http.charset_fits", _B, "The text can be read in the encoding that is declared."),
    FactSpec(
        "http.page_redirect",
        _S,
        "Where the page itself sends on at once, by meta refresh or by an unconditional script.",
    ),
    FactSpec(
        "http.page_redirect_loop",
        _B,
        "Following what the pages themselves say, with cookies kept, leads back to one of them.",
    ),
    FactSpec(
        "http.charset_undeclared",
        _B,
        "A page with letters beyond ASCII whose encoding neither the header nor the page names.",
    ),
    FactSpec("http.body_kind", _S, "What the body is, by its marks.", BODY_KINDS),
    FactSpec(
        "http.body_text",
        _S,
        "First 2,000 characters of the body as text, white space folded, in lower case.",
    ),
    FactSpec("http.body_bytes", _I, "Bytes of the body that were read.", unit="bytes"),
    FactSpec("http.declared_bytes", _I, "Content-Length of the response.", unit="bytes"),
    FactSpec(
        "http.body_rate",
        _F,
        "Bytes a second while the body was read; known when that took half a second or more.",
        unit="bytes/s",
    ),
    FactSpec("http.title", _S, "Text of the HTML title."),
    FactSpec(
        "http.product",
        _S,
        "Server, framework or CDN whose error page or headers these are, such as nginx, apache, "
        "haproxy, iis, cloudflare; '' when unknown.",
    ),
    FactSpec(
        "http.layer",
        _S,
        "Who wrote the answer, as far as its marks tell.",
        ("cdn", "proxy", "origin", "application", "unknown"),
    ),
    FactSpec("http.ttfb_ms", _F, "Request sent until first byte.", unit="ms"),
    FactSpec("http.age_s", _I, "Age header: how long a cache has kept this.", unit="s"),
    FactSpec(
        "http.cache",
        _S,
        "What a shared cache says of itself (Age, X-Cache, Cache-Status, CF-Cache-Status).",
        ("hit", "stale", "miss", "bypass", "none"),
    ),
    FactSpec(
        "http.framing",
        _S,
        "Who may show the page in a frame (X-Frame-Options, frame-ancestors).",
        ("anybody", "same_site", "listed", "nobody"),
    ),
    FactSpec(
        "http.mixed_content", _L, "http: URLs of scripts, styles, frames, images of an https page."
    ),
    FactSpec("http.hsts_max_age_s", _I, "max-age of Strict-Transport-Security.", unit="s"),
    FactSpec("http.hsts_preload", _B, "Strict-Transport-Security asks for preloading."),
    FactSpec(
        "upstream.problem",
        _S,
        "What a proxy says of the server behind it, in its log or in Proxy-Status (RFC 9209).",
        (
            "refused",
            "timeout",
            "closed",
            "reset",
            "invalid_header",
            "header_too_big",
            "none_available",
            "tls",
            "name",
            "other",
        ),
    ),
    # cors: a cross-origin request and its preflight (Fetch standard, 3.2)
    FactSpec("cors.preflight_status", _I, "Status of the answer to the preflight (OPTIONS)."),
    FactSpec(
        "cors.allow_origin", _S, "Access-Control-Allow-Origin of a cross-origin GET; '' when none."
    ),
    FactSpec(
        "cors.preflight_allow_origin", _S, "The same of the preflight's answer; '' when none."
    ),
    FactSpec("cors.allow_credentials", _B, "Access-Control-Allow-Credentials is true."),
    FactSpec("cors.allow_methods", _L, "Access-Control-Allow-Methods of the preflight."),
    FactSpec("cors.allow_headers", _L, "Access-Control-Allow-Headers of the preflight."),
    # robots: what the site's robots.txt says (RFC 9309)
    FactSpec("robots.forbids_search", _B, "robots.txt forbids this page to Googlebot."),
    # http2
    FactSpec(
        "http2.outcome",
        _S,
        "How the exchange over HTTP/2 ended.",
        (
            "ok",
            "not_offered",
            "refused_stream",
            "goaway",
            "stream_reset",
            "protocol_error",
            "reset",
            "closed",
            "timeout",
            "not_tried",
        ),
    ),
    FactSpec("http2.error", _S, "Error code of RST_STREAM or GOAWAY (RFC 9113, 7)."),
    # redirect
    FactSpec("redirect.count", _I, "Redirects followed before the last response."),
    FactSpec(
        "redirect.loop",
        _B,
        "A URL of the chain came up again, or the limit of 10 redirects was reached.",
    ),
    FactSpec("redirect.pattern", _S, "What alternates in the chain.", REDIRECT_PATTERNS),
    FactSpec("redirect.sets_cookie", _B, "A response in the chain tried to set a cookie."),
    FactSpec("redirect.downgrade", _B, "A hop went from https to http."),
    FactSpec("redirect.location_missing", _B, "A redirect status came without a usable Location."),
    FactSpec("redirect.refused", _B, "The chain led where the guard does not go."),
    FactSpec("redirect.lost_path", _B, "The chain dropped the path and ended at a start page."),
    FactSpec("redirect.host_changed", _B, "The last URL is at another host than the first."),
    FactSpec("redirect.permanent", _B, "A hop was permanent (301 or 308), which browsers keep."),
    FactSpec("redirect.first_status", _I, "Status of the first response of the chain."),
    FactSpec("redirect.target", _S, "The last URL that a redirect named."),
    *(spec for name, what in VANTAGES.items() for spec in _vantage(name, what)),
    FactSpec("vantage.differ", _B, "Robot and browser got different statuses or outcomes."),
    # reader: answers of the person, what their own words say, what their browser measured
    FactSpec("reader.role", _S, "Who is asking.", ("visitor", "developer", "owner")),
    FactSpec("reader.automated", _B, "The failing client is a script, robot or library."),
    FactSpec("reader.opens_in_browser", _B, "It opens in the reader's own browser."),
    FactSpec(
        "reader.clean_browser_works",
        _B,
        "It opens in a private window without login, on another connection.",
    ),
    FactSpec("reader.other_browser_works", _B, "It works in another browser on the same device."),
    FactSpec("reader.other_device_works", _B, "It works on another device in the same network."),
    FactSpec("reader.other_network_works", _B, "It works from another network."),
    FactSpec("reader.other_sites_work", _B, "Other sites open on the same device."),
    FactSpec("reader.extensions_off_works", _B, "It works with the browser's extensions off."),
    FactSpec("reader.vpn", _B, "The reader uses a VPN, a relay or Tor."),
    FactSpec("reader.browser_reached", _B, "The reader's browser could fetch the URL just now."),
    FactSpec("reader.browser_time_ms", _F, "How long that fetch took.", unit="ms"),
    FactSpec("reader.others_affected", _B, "Other people see the same."),
    FactSpec("reader.credentials_sent", _B, "The reader's client sends credentials."),
    FactSpec(
        "reader.account",
        _S,
        "State of the account.",
        ("none", "new", "known_good", "maybe_suspended"),
    ),
    FactSpec("reader.token_fresh", _B, "The token or key was issued only just now."),
    FactSpec("reader.clock_right", _B, "The reader's device has the right date and time."),
    FactSpec(
        "reader.behind_proxy",
        _B,
        "The reader is behind a company, school or hotel network or an inspecting proxy.",
    ),
    FactSpec("reader.changed_recently", _B, "The site or its settings changed recently."),
    FactSpec("reader.happens_always", _B, "It happens every time, not now and then."),
    FactSpec("reader.second_try_works", _B, "The first try fails and the next one works."),
    FactSpec("reader.signed_in", _B, "The reader is signed in at the site."),
    FactSpec("reader.cookies_allowed", _B, "The reader's browser keeps cookies of the site."),
    FactSpec("reader.sends_body", _B, "The failing request carries a body (form, upload)."),
    FactSpec("reader.large_upload", _B, "What is sent is larger than a megabyte."),
    FactSpec("reader.service_running", _B, "The service runs on the server (the owner looked)."),
    FactSpec("reader.works_on_server", _B, "It works when asked on the server itself."),
    FactSpec("reader.behind_cdn", _B, "A CDN or proxy stands in front of the reader's server."),
)

REGISTRY: Final[Mapping[str, FactSpec]] = {spec.name: spec for spec in _SPECS}
