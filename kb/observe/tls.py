"""The TLS handshake and the certificate as facts; failed verification is a finding, no end."""

from __future__ import annotations

import functools
import ssl
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Protocol

import certifi
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtensionOID, NameOID

from kb.facts import FactValue
from kb.observe.target import Target

_PROBLEMS: Final = {
    9: "not_yet_valid", 10: "expired", 18: "self_signed", 19: "private_root", 26: "wrong_purpose",
    62: "hostname_mismatch", 64: "hostname_mismatch", 66: "weak", 67: "weak", 68: "weak",
}  # fmt: skip


class Connection(Protocol):
    """What of a socket is needed once the guard has opened it."""

    def settimeout(self, value: float | None, /) -> None: ...
    def recv(self, bufsize: int, /) -> bytes: ...
    def sendall(self, data: bytes, /) -> None: ...
    def close(self) -> None: ...


Opener = Callable[[], Any]  # opens a fresh, guarded socket to the same address


@dataclass(slots=True)
class Handshake:
    """What came of it: facts, and a connection to go on with where there is one."""

    facts: dict[str, FactValue]
    connection: Connection | None
    summary: str
    detail: list[str] = field(default_factory=list)


@functools.lru_cache(maxsize=8)
def _context(verify: bool, ca_file: str, legacy: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.hostname_checks_common_name = False
    if verify:
        context.load_verify_locations(certifi.where())
        if ca_file:
            context.load_verify_locations(ca_file)
    else:
        # The chain is recorded and nothing is trusted; the probe never sends a secret.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if legacy:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("ALL:@SECLEVEL=0")
    else:
        context.set_alpn_protocols(["http/1.1"])
    return context


def handshake(target: Target, open_socket: Opener, ca_file: str, deadline: float) -> Handshake:
    """Verify first; on a bad certificate shake hands again without trust, to record the chain."""
    started = time.monotonic()
    connection, error = _attempt(target, open_socket(), _context(True, ca_file))
    code = 0
    if isinstance(error, ssl.SSLCertVerificationError):
        code = error.verify_code
        connection, error = _attempt(target, open_socket(), _context(False, ""))
    if connection is None:
        return _failed(target, error, open_socket, started, deadline)
    facts: dict[str, FactValue] = {
        "tls.outcome": "ok" if code == 0 else "untrusted",
        "tls.verify_code": code,
        "tls.version": connection.version() or "",
        "tls.cipher": (connection.cipher() or ("",))[0],
        "tls.time_ms": (time.monotonic() - started) * 1000,
    }
    alpn = connection.selected_alpn_protocol()
    if alpn:
        facts["tls.alpn"] = alpn
    chain = _chain(connection)
    _describe(chain, facts)
    facts["tls.problem"] = _problem(code, chain, facts)
    problem = facts["tls.problem"]
    summary = (
        f"{facts['tls.version']}, the certificate is trusted"
        if code == 0
        else f"The certificate is not trusted: {str(problem).replace('_', ' ')}"
    )
    return Handshake(facts, connection, summary, _lines(facts))


def _attempt(
    target: Target, plain: Any, context: ssl.SSLContext
) -> tuple[ssl.SSLSocket | None, Exception | None]:
    try:
        return context.wrap_socket(plain, server_hostname=target.host), None
    except (OSError, ValueError) as error:
        plain.close()
        return None, error


def _failed(
    target: Target, error: Exception | None, open_socket: Opener, started: float, deadline: float
) -> Handshake:
    reason = getattr(error, "reason", None) or ""
    outcome = "failed"
    facts: dict[str, FactValue] = {}
    if isinstance(error, TimeoutError):
        outcome = "timeout"
    elif isinstance(error, ConnectionResetError):
        outcome = "reset"
    elif isinstance(error, ssl.SSLEOFError) or reason == "UNEXPECTED_EOF_WHILE_READING":
        outcome = "closed"
    elif reason in (
        "WRONG_VERSION_NUMBER",
        "HTTP_REQUEST",
        "PACKET_LENGTH_TOO_LONG",
        "RECORD_LAYER_FAILURE",
    ):
        outcome = "plain_http" if _answers_http(target, open_socket, deadline) else "not_tls"
    if outcome == "failed":
        facts["tls.alert"] = reason or type(error).__name__
        facts["tls.legacy_version"] = _legacy(target, open_socket)
        if "CERTIFICATE_REQUIRED" in reason:
            facts["tls.client_certificate_requested"] = True
    facts["tls.outcome"] = outcome
    facts["tls.time_ms"] = (time.monotonic() - started) * 1000
    said = {
        "timeout": "The server did not finish the handshake in time",
        "reset": "The connection was reset during the handshake",
        "closed": "The server closed the connection during the handshake",
        "plain_http": "The port speaks plain HTTP, not TLS",
        "not_tls": "The port answers, but with something that is not TLS",
        "failed": f"The handshake failed: {reason or error}",
    }
    return Handshake(facts, None, said[outcome])


def _answers_http(target: Target, open_socket: Opener, deadline: float) -> bool:
    """Whether the port answers a plain request in HTTP."""
    try:
        plain = open_socket()
    except OSError:
        return False
    try:
        plain.settimeout(max(0.05, min(2.0, deadline - time.monotonic())))
        plain.sendall(
            f"HEAD / HTTP/1.1\r\nHost: {target.authority}\r\nConnection: close\r\n\r\n".encode()
        )
        return bool(plain.recv(64).startswith(b"HTTP/"))
    except OSError:
        return False
    finally:
        plain.close()


def _legacy(target: Target, open_socket: Opener) -> str:
    """The old version that works, or ``none``."""
    try:
        connection, _ = _attempt(target, open_socket(), _context(False, "", legacy=True))
    except OSError:
        return "none"
    if connection is None:
        return "none"
    version = connection.version() or "none"
    connection.close()
    return version


def _chain(connection: ssl.SSLSocket) -> list[x509.Certificate]:
    """The certificates as sent, at most 16. Python has a public call for them since 3.13."""
    raw: list[bytes] = []
    public = getattr(connection, "get_unverified_chain", None)
    private = getattr(getattr(connection, "_sslobj", None), "get_unverified_chain", None)
    if public is not None:
        raw = list(public())
    elif private is not None:
        # The private method's objects give DER for 1 (ssl.ENCODING_DER, not exported in 3.11).
        raw = [certificate.public_bytes(2) for certificate in private() or ()]
    if not raw:
        leaf = connection.getpeercert(binary_form=True)
        raw = [leaf] if leaf else []
    chain = []
    for der in raw[:16]:
        try:
            chain.append(x509.load_der_x509_certificate(der))
        except ValueError:
            break
    return chain


def _describe(chain: list[x509.Certificate], facts: dict[str, FactValue]) -> None:
    facts["tls.chain_length"] = len(chain)
    if not chain:
        return
    leaf = chain[0]
    now = datetime.now(UTC)
    facts["tls.subject"] = _common_name(leaf.subject)
    facts["tls.issuer"] = _common_name(leaf.issuer)
    facts["tls.names"] = _names(leaf)
    facts["tls.not_before"] = leaf.not_valid_before_utc.isoformat()
    facts["tls.not_after"] = leaf.not_valid_after_utc.isoformat()
    facts["tls.days_left"] = (leaf.not_valid_after_utc - now).days
    facts["tls.days_until_valid"] = max(0, (leaf.not_valid_before_utc - now).days)
    url = _issuer_url(chain[-1])
    if url:
        facts["tls.issuer_url"] = url


def _common_name(name: x509.Name) -> str:
    values = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(values[0].value)[:200] if values else name.rfc4514_string()[:200]


def _names(leaf: x509.Certificate) -> list[str]:
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    found = [*names.get_values_for_type(x509.DNSName)]
    found += [str(address) for address in names.get_values_for_type(x509.IPAddress)]
    return found[:100]


def _issuer_url(certificate: x509.Certificate) -> str:
    try:
        access = certificate.extensions.get_extension_for_oid(
            ExtensionOID.AUTHORITY_INFORMATION_ACCESS
        ).value
    except (x509.ExtensionNotFound, ValueError):
        return ""
    assert isinstance(access, x509.AuthorityInformationAccess)  # noqa: S101  # by its OID
    for item in access:
        if item.access_method == AuthorityInformationAccessOID.CA_ISSUERS:
            value = getattr(item.access_location, "value", "")
            if isinstance(value, str) and value.startswith(("http://", "https://")):
                return value[:500]
    return ""


def _problem(code: int, chain: list[x509.Certificate], facts: dict[str, FactValue]) -> str:
    if code == 0:
        return "none"
    if code in (20, 21):
        # The last certificate sent was issued by somebody who was not sent. A public authority
        # says where its certificate lies (AIA, RFC 5280, 4.2.2.1); a private one seldom does.
        last = chain[-1] if chain else None
        missing = last is not None and last.issuer != last.subject
        return "incomplete_chain" if missing and "tls.issuer_url" in facts else "unknown_issuer"
    return _PROBLEMS.get(code, "other")


def _lines(facts: dict[str, FactValue]) -> list[str]:
    names = facts.get("tls.names")
    return [
        f"subject {facts.get('tls.subject', '')}, issuer {facts.get('tls.issuer', '')}",
        f"valid {facts.get('tls.not_before', '')} to {facts.get('tls.not_after', '')}",
        f"names {', '.join(names[:10]) if isinstance(names, list) else ''}",
    ]
