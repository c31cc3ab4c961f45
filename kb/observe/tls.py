"""The TLS handshake and the certificate as facts; failed verification is a finding, no end.

A socket's timeout bounds the whole handshake, not each of its steps: a peer that drips bytes gains
no time (Python's ssl documents it for ``do_handshake`` since 3.5; tests/observe/test_hostile.py).
"""

from __future__ import annotations

import functools
import re
import ssl
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import certifi
from cryptography import x509

from kb.facts import FactValue
from kb.observe.certificate import common_name, describe
from kb.observe.fetch import Fetcher
from kb.observe.http import Connection
from kb.observe.target import Target
from kb.observe.trust import incomplete

_PROBLEMS: Final = {
    9: "not_yet_valid", 10: "expired", 18: "self_signed", 19: "private_root", 23: "revoked",
    26: "wrong_purpose", 62: "hostname_mismatch", 64: "hostname_mismatch", 66: "weak", 67: "weak",
    68: "weak",
}  # fmt: skip
# The peer's first bytes are no TLS record: OpenSSL's reasons for it.
_NO_RECORD: Final = frozenset(
    {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE",
     "HTTPS_PROXY_REQUEST"}
)  # fmt: skip
_CERTIFICATE_REQUEST: Final = 13  # HandshakeType (RFC 8446, B.3)
_MAX_CHAIN: Final = 16
_SETTINGS: Final = b"\x04"  # type of the frame that begins an HTTP/2 connection (RFC 9113, 3.4)

_SAID: Final = re.compile(r"\[SSL[^\]]*\] ([\w ]{3,80}) \(_ssl\.c:\d+\)")

Opener = Callable[[], Any]  # opens a fresh, guarded socket to the same address


class _Socket(ssl.SSLSocket):
    """A TLS socket that knows whether the peer asked for a client certificate."""

    certificate_requested = False


def _note(
    connection: object, direction: str, _version: object, _kind: object, message: object, _: bytes
) -> None:
    if direction == "read" and message == _CERTIFICATE_REQUEST and isinstance(connection, _Socket):
        connection.certificate_requested = True


@dataclass(slots=True)
class Handshake:
    """What came of it: facts, and a connection to go on with where there is one."""

    facts: dict[str, FactValue]
    connection: Connection | None
    summary: str
    detail: list[str] = field(default_factory=list)
    chain: list[x509.Certificate] = field(default_factory=list)


# What clients of today offer. Python's own choice depends on who built it: Debian's leaves it to
# OpenSSL's configuration, which may let in what others refuse.
_MODERN: Final = (
    "@SECLEVEL=2:ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:DHE+AES:!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM"
)


@functools.lru_cache(maxsize=16)
def _context(
    verify: bool,
    ca_file: str,
    legacy: bool = False,
    protocols: tuple[str, ...] = ("http/1.1",),
    ciphers: str = "DEFAULT@SECLEVEL=0",
) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.hostname_checks_common_name = False
    context.sslsocket_class = _Socket
    # The one way of the standard library to see a CertificateRequest inside of TLS 1.3.
    setattr(context, "_msg_callback", _note)  # noqa: B010  # no stub knows the attribute
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if verify:
        context.set_ciphers(_MODERN)
        context.load_verify_locations(certifi.where())
        if ca_file:
            context.load_verify_locations(ca_file)
    else:
        # The chain is recorded and nothing is trusted; the probe never sends a secret. So that a
        # weak certificate is seen at all, its strength does not end the handshake.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_ciphers(ciphers)
    if legacy:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("ALL:@SECLEVEL=0")
    else:
        context.set_alpn_protocols(list(protocols))
    return context


def handshake(
    target: Target,
    open_socket: Opener,
    first: Any,
    ca_file: str,
    deadline: float,
    fetcher: Fetcher | None = None,
    *,
    http2: bool = False,
) -> Handshake:
    """Verify first, on ``first``; on a bad certificate shake hands again without trust, to record
    the chain. ``open_socket`` opens another connection to the same address.

    With a ``fetcher`` a missing issuer is looked for. With ``http2`` that protocol alone is
    offered.
    """
    started = time.monotonic()
    protocols = ("h2",) if http2 else ("http/1.1",)
    connection, error, asked = _attempt(
        target.host, first, _context(True, ca_file, protocols=protocols), deadline
    )
    code = 0
    if isinstance(error, ssl.SSLCertVerificationError):
        code = error.verify_code
        connection, error, asked = _attempt(
            target.host, _opened(open_socket), _context(False, "", protocols=protocols), deadline
        )
    if connection is None:
        return _failed(target, error, asked, open_socket, started, deadline)
    facts: dict[str, FactValue] = {
        "tls.outcome": "ok" if code == 0 else "untrusted",
        "tls.verify_code": code,
        "tls.version": connection.version() or "",
        "tls.cipher": (connection.cipher() or ("",))[0],
        "tls.time_ms": (time.monotonic() - started) * 1000,
        "tls.client_certificate_requested": connection.certificate_requested,
    }
    alpn = connection.selected_alpn_protocol()
    if alpn:
        facts["tls.alpn"] = alpn
    if str(facts["tls.cipher"]).startswith("DHE-"):
        facts["tls.weak_dh"] = _weak_dh(target, open_socket, deadline)
    chain = _chain(connection)
    facts |= describe(chain, target.host)
    problem = _problem(code, chain, ca_file, fetcher, deadline)
    facts["tls.problem"] = problem
    if problem in ("incomplete_chain", "unknown_issuer") and chain:
        facts["tls.missing_issuer"] = common_name(chain[-1].issuer)
    summary = (
        f"{facts['tls.version']}, the certificate is trusted"
        if code == 0
        else f"The certificate is not trusted: {problem.replace('_', ' ')}"
    )
    return Handshake(facts, connection, summary, _lines(facts), chain)


def leaf_without_name(open_socket: Opener, deadline: float) -> bytes | None:
    """The certificate (DER) that the port shows to a client that sends no name, None if none."""
    connection, _, _ = _attempt(None, _opened(open_socket), _context(False, ""), deadline)
    if connection is None:
        return None
    leaf = connection.getpeercert(binary_form=True)
    connection.close()
    return leaf


def _opened(open_socket: Opener) -> Any:
    try:
        return open_socket()
    except OSError:
        return None


def _attempt(
    host: str | None, plain: Any, context: ssl.SSLContext, deadline: float
) -> tuple[_Socket | None, Exception | None, bool]:
    """One handshake: the connection or the error, and if a client certificate was asked for."""
    if plain is None:
        return None, ConnectionError("no second connection"), False
    if host is None and context.check_hostname:  # pragma: no cover  # a programmer's error
        raise ValueError("a verified handshake needs a name")
    try:
        plain.getpeername()
    except OSError:
        # Reset already. The standard library would lose the socket unclosed inside of wrap_socket.
        plain.close()
        return None, ConnectionResetError("reset before the handshake"), False
    try:
        plain.settimeout(max(0.001, deadline - time.monotonic()))
        secured = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
    except (OSError, ValueError) as error:
        plain.close()
        return None, error, False
    assert isinstance(secured, _Socket)  # noqa: S101  # by sslsocket_class
    try:
        secured.do_handshake()
    except (OSError, ValueError) as error:
        secured.close()
        return None, error, secured.certificate_requested
    return secured, None, secured.certificate_requested


def _failed(
    target: Target,
    error: Exception | None,
    asked: bool,
    open_socket: Opener,
    started: float,
    deadline: float,
) -> Handshake:
    reason = reason_of(error)
    outcome = "failed"
    facts: dict[str, FactValue] = {}
    if isinstance(error, TimeoutError):
        outcome = "timeout"
    elif isinstance(error, ConnectionError):
        outcome = "reset"
    # Python before 3.11.3 reports an end in the middle of a handshake as an orderly one.
    elif (
        isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError))
        or reason == "UNEXPECTED_EOF_WHILE_READING"
    ):
        outcome = "closed"
    elif reason in _NO_RECORD:
        said = _plain_answer(target, open_socket, deadline)
        outcome = "plain_http" if said.startswith(b"HTTP/") else "not_tls"
        if outcome == "not_tls" and said:
            facts["tcp.banner"] = banner(said)
    if outcome == "failed":
        facts["tls.alert"] = reason
        facts["tls.legacy_version"] = _legacy(target, open_socket, deadline)
    if asked or "CERTIFICATE_REQUIRED" in reason:
        facts["tls.client_certificate_requested"] = True
    facts["tls.outcome"] = outcome
    facts["tls.time_ms"] = (time.monotonic() - started) * 1000
    sentences = {
        "timeout": "The server did not finish the handshake in time",
        "reset": "The connection was reset during the handshake",
        "closed": "The server closed the connection during the handshake",
        "plain_http": "The port speaks plain HTTP, not TLS",
        "not_tls": "The port answers, but with something that is not TLS",
        "failed": f"The handshake failed: {reason}",
    }
    return Handshake(facts, None, sentences[outcome])


def reason_of(error: Exception | None) -> str:
    """OpenSSL's reason. Python names only those of the OpenSSL it was written for; the text of an
    error has the others: ``[SSL] tlsv1 alert no application protocol (_ssl.c:1006)``."""
    known = getattr(error, "reason", None)
    if known:
        return str(known)
    said = _SAID.fullmatch(str(error.args[1])) if error and len(error.args) > 1 else None
    return re.sub(r"\W+", "_", said[1]).strip("_").upper() if said else type(error).__name__


def banner(data: bytes) -> str:
    """First bytes of a stranger as one printable line."""
    if data[3:4] == _SETTINGS and data[5:9] == bytes(4) and int.from_bytes(data[:3]) % 6 == 0:
        return "HTTP/2 SETTINGS frame"
    text = data[:120].decode("latin-1").strip()
    return "".join(char if char.isprintable() else " " for char in text).strip()


def _plain_answer(target: Target, open_socket: Opener, deadline: float) -> bytes:
    """What the port says to a plain request."""
    plain = _opened(open_socket)
    if plain is None:
        return b""
    try:
        plain.settimeout(max(0.001, min(2.0, deadline - time.monotonic())))
        plain.sendall(
            f"HEAD / HTTP/1.1\r\nHost: {target.authority}\r\nConnection: close\r\n\r\n".encode()
        )
        return bytes(plain.recv(256))
    except OSError:
        return b""
    finally:
        plain.close()


def _weak_dh(target: Target, open_socket: Opener, deadline: float) -> bool:
    """Whether a client that wants 112 bits of security (OpenSSL's level 2) takes the server's
    Diffie-Hellman key; asked only where that key exchange was chosen."""
    context = _context(False, "", ciphers="DHE:@SECLEVEL=2")
    connection, error, _ = _attempt(target.host, _opened(open_socket), context, deadline)
    if connection is not None:
        connection.close()
    return reason_of(error) == "DH_KEY_TOO_SMALL"


def _legacy(target: Target, open_socket: Opener, deadline: float) -> str:
    """The old version that works, or ``none``."""
    connection, _, _ = _attempt(
        target.host, _opened(open_socket), _context(False, "", legacy=True), deadline
    )
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
    for der in raw[:_MAX_CHAIN]:
        try:
            chain.append(x509.load_der_x509_certificate(der))
        except ValueError:
            break
    return chain


def _problem(
    code: int,
    chain: list[x509.Certificate],
    ca_file: str,
    fetcher: Fetcher | None,
    deadline: float,
) -> str:
    if code == 0:
        return "none"
    if code in (20, 21):
        # Somebody who was not sent has issued the last certificate: known to the world, or not.
        found = chain and fetcher and incomplete(chain, ca_file, fetcher, deadline)
        return "incomplete_chain" if found else "unknown_issuer"
    return _PROBLEMS.get(code, "other")


def _lines(facts: dict[str, FactValue]) -> list[str]:
    names = facts.get("tls.names")
    return [
        f"subject {facts.get('tls.subject', '')}, issuer {facts.get('tls.issuer', '')}",
        f"valid {facts.get('tls.not_before', '')} to {facts.get('tls.not_after', '')}",
        f"names {', '.join(names[:10]) if isinstance(names, list) else ''}",
    ]
