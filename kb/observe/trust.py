"""Whom a chain leads to when a link is missing, and whether the authority has revoked it.

A public authority says where its own certificate lies (AIA, RFC 5280, 4.2.2.1). With it in hand a
chain that merely lacks an intermediate is told from one that ends at an unknown authority.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import certifi
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from kb.observe.certificate import access_url, crl_url, issued_by, organisation
from kb.observe.fetch import Fetcher

_MAX_LINKS: Final = 3


@functools.lru_cache(maxsize=4)
def roots(ca_file: str) -> tuple[x509.Certificate, ...]:
    """The trusted roots: certifi's, and the operator's file."""
    found = []
    with warnings.catch_warnings():
        # Some trusted roots are older than today's rule for serial numbers (RFC 5280, 4.1.2.2).
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        for path in filter(None, (certifi.where(), ca_file)):
            found += x509.load_pem_x509_certificates(Path(path).read_bytes())
    return tuple(found)


def incomplete(
    chain: list[x509.Certificate], ca_file: str, fetcher: Fetcher, deadline: float
) -> bool:
    """Whether the chain would be trusted, were the certificates that it lacks sent along."""
    link = _end(chain)
    for _ in range(_MAX_LINKS):
        if any(root.subject == link.issuer and issued_by(link, root) for root in roots(ca_file)):
            return True
        following = issuer_of(link, [], fetcher, deadline)
        if following is None:
            break
        link = following
    # Nobody shows the missing link. An organisation that has a trusted root has intermediates.
    known = organisation(link.issuer)
    return bool(known) and any(organisation(root.subject) == known for root in roots(ca_file))


def _end(chain: list[x509.Certificate]) -> x509.Certificate:
    """The last certificate of the path that begins at the leaf, whatever the order was."""
    link = chain[0]
    for _ in chain:
        following = next((item for item in chain if item != link and issued_by(link, item)), None)
        if following is None:
            break
        link = following
    return link


def issuer_of(
    certificate: x509.Certificate,
    sent: list[x509.Certificate],
    fetcher: Fetcher,
    deadline: float,
) -> x509.Certificate | None:
    """The certificate of the issuer: among those sent, or where AIA says that it lies."""
    for item in sent:
        if item != certificate and issued_by(certificate, item):
            return item
    url = access_url(certificate, AuthorityInformationAccessOID.CA_ISSUERS)
    data = fetcher.get(url, deadline) if url else None
    if not data:
        return None
    return next((item for item in _certificates(data) if issued_by(certificate, item)), None)


def _certificates(data: bytes) -> list[x509.Certificate]:
    """Certificates of a file in any of the forms in use: DER, PEM or a PKCS #7 bundle."""
    for load in _FORMS:
        try:
            return load(data)[:16]
        except (ValueError, UnsupportedAlgorithm):
            continue
    return []


_FORMS: Final[tuple[Callable[[bytes], list[x509.Certificate]], ...]] = (
    lambda data: [x509.load_der_x509_certificate(data)],
    x509.load_pem_x509_certificates,
    pkcs7.load_der_pkcs7_certificates,
)


def issuer_or_root(
    chain: list[x509.Certificate], ca_file: str, fetcher: Fetcher, deadline: float
) -> x509.Certificate | None:
    """The leaf's issuer: sent, where AIA says, or a trusted root."""
    return issuer_of(chain[0], chain[1:], fetcher, deadline) or next(
        (root for root in roots(ca_file) if issued_by(chain[0], root)), None
    )


def revocation(
    chain: list[x509.Certificate], ca_file: str, fetcher: Fetcher, deadline: float
) -> str:
    """``tls.revocation`` of the leaf: ``good``, ``revoked`` or ``unknown``, by OCSP or CRL."""
    leaf = chain[0]
    issuer = issuer_or_root(chain, ca_file, fetcher, deadline)
    if issuer is None:
        return "unknown"
    answer = _by_ocsp(leaf, issuer, fetcher, deadline)
    return answer if answer != "unknown" else _by_list(leaf, issuer, fetcher, deadline)


def _by_ocsp(
    leaf: x509.Certificate, issuer: x509.Certificate, fetcher: Fetcher, deadline: float
) -> str:
    url = access_url(leaf, AuthorityInformationAccessOID.OCSP)
    if not url:
        return "unknown"
    # The hash only names the issuer (RFC 6960, 4.1.1); responders are sure to know SHA-1.
    builder = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer, hashes.SHA1())  # noqa: S303
    question = builder.build().public_bytes(serialization.Encoding.DER)
    answer = fetcher.ask(url, deadline, question, "application/ocsp-request")
    if answer is None or answer.status != 200:
        return "unknown"
    try:
        reply = ocsp.load_der_ocsp_response(answer.body)
        if (
            reply.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL
            or reply.serial_number != leaf.serial_number
            or not signed(reply, issuer)
        ):
            return "unknown"
        status = reply.certificate_status
    except (ValueError, UnsupportedAlgorithm):
        return "unknown"
    return {ocsp.OCSPCertStatus.GOOD: "good", ocsp.OCSPCertStatus.REVOKED: "revoked"}.get(
        status, "unknown"
    )


def signed(reply: ocsp.OCSPResponse, issuer: x509.Certificate) -> bool:
    """The answer is signed by the issuer or by whom it has delegated (RFC 6960, 4.2.2.2)."""
    signers = [issuer]
    for certificate in reply.certificates:
        try:
            usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        except (x509.ExtensionNotFound, ValueError):
            continue
        if ExtendedKeyUsageOID.OCSP_SIGNING in usage and issued_by(certificate, issuer):
            signers.append(certificate)
    algorithm = reply.signature_hash_algorithm
    if algorithm is None:
        return False
    return any(
        _verifies(signer, reply.signature, reply.tbs_response_bytes, algorithm)
        for signer in signers
    )


def _verifies(
    signer: x509.Certificate, signature: bytes, data: bytes, algorithm: hashes.HashAlgorithm
) -> bool:
    key = signer.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(algorithm))
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def _by_list(
    leaf: x509.Certificate, issuer: x509.Certificate, fetcher: Fetcher, deadline: float
) -> str:
    url = crl_url(leaf)
    data = fetcher.get(url, deadline) if url else None
    if not data:
        return "unknown"
    try:
        listed = (
            x509.load_pem_x509_crl(data)
            if data.startswith(b"-----")
            else x509.load_der_x509_crl(data)
        )
        key = issuer.public_key()
        signed = isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey)) and (
            listed.is_signature_valid(key)
        )
        after = listed.next_update_utc
        if not signed or (after is not None and after < datetime.now(UTC)):
            return "unknown"
        entry = listed.get_revoked_certificate_by_serial_number(leaf.serial_number)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return "unknown"
    return "good" if entry is None else "revoked"
