"""The OCSP answer that a server staples to its handshake (RFC 6066, 8).

The standard library cannot ask for it, so this one handshake is pyOpenSSL's, in memory between our
guarded socket and the library, and nothing else is ever said on it.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509 import ocsp
from OpenSSL import SSL

from kb.observe.http import Connection
from kb.observe.trust import signed

_STEP: Final = 16_384
_MAX_READ: Final = 262_144
_STATUS: Final = {
    ocsp.OCSPCertStatus.GOOD: "good",
    ocsp.OCSPCertStatus.REVOKED: "revoked",
    ocsp.OCSPCertStatus.UNKNOWN: "unknown",
}


def stapled(name: str | None, plain: Connection, deadline: float) -> bytes | None:
    """The answer as sent (DER), b"" when the server staples none, None without a handshake.

    ``name`` is sent as the server's name (SNI); ``plain`` is closed at the end.
    """
    answers: list[bytes] = []

    def take(_connection: SSL.Connection, answer: bytes, _data: Any) -> bool:
        answers.append(answer)
        return True

    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_verify(SSL.VERIFY_NONE)
    context.set_ocsp_client_callback(take)
    secured = SSL.Connection(context, None)
    if name is not None:
        secured.set_tlsext_host_name(name.encode("ascii"))
    secured.request_ocsp()
    secured.set_connect_state()
    try:
        _shake(secured, plain, deadline)
    except (OSError, SSL.Error):
        return None
    finally:
        plain.close()
    return answers[0] if answers else b""


def _shake(secured: SSL.Connection, plain: Connection, deadline: float) -> None:
    """Carry the handshake's bytes to and fro. Raises OSError or SSL.Error when it does not end."""
    read = 0
    while True:
        try:
            secured.do_handshake()
        except SSL.WantReadError:
            _send(secured, plain, deadline)
        else:
            return
        data = plain.recv(_STEP)
        read += len(data)
        if not data or read > _MAX_READ:
            raise ConnectionError("no end of the handshake")
        secured.bio_write(data)


def _send(secured: SSL.Connection, plain: Connection, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    plain.settimeout(left)
    while True:
        try:
            data = secured.bio_read(_STEP)
        except SSL.WantReadError:
            return
        plain.sendall(data)


def status(answer: bytes, leaf: x509.Certificate, issuer: x509.Certificate | None) -> str:
    """``tls.staple`` of an answer as it was sent.

    Without an ``issuer`` its signature is not judged.
    """
    if not answer:
        return "none"
    try:
        reply = ocsp.load_der_ocsp_response(answer)
        if (
            reply.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL
            or reply.serial_number != leaf.serial_number
            or (issuer is not None and not signed(reply, issuer))
        ):
            return "unusable"
        until = reply.next_update_utc
        said = _STATUS[reply.certificate_status]
    except (ValueError, UnsupportedAlgorithm):
        return "unusable"
    return "old" if until is not None and until < datetime.now(UTC) else said
