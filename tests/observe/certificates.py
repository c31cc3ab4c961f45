"""Certificates with every flaw, made at test time."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Authority:
    """A certificate that can sign others, with its key."""

    certificate: x509.Certificate
    key: Key


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def issue(
    name: str,
    signer: Authority | None = None,
    *,
    names: tuple[str, ...] = ("127.0.0.1",),
    days: tuple[int, int] = (-10, 90),
    authority: bool = False,
    issuer_url: str = "",
    crl_url: str = "",
    client_only: bool = False,
    rsa_bits: int = 0,
    must_staple: bool = False,
) -> Authority:
    """A certificate for ``names``, signed by ``signer`` or by itself, valid between ``days``.

    Its key is an elliptic one unless ``rsa_bits`` says how long an RSA key shall be.
    """
    key: Key = (
        rsa.generate_private_key(public_exponent=65537, key_size=rsa_bits)
        if rsa_bits
        else ec.generate_private_key(ec.SECP256R1())
    )
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(signer.certificate.subject if signer else _name(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if names and not authority:
        alternatives: list[x509.GeneralName] = []
        for item in names:
            try:
                alternatives.append(x509.IPAddress(ipaddress.ip_address(item)))
            except ValueError:
                alternatives.append(x509.DNSName(item))
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    if client_only:
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
    if must_staple:
        feature = x509.TLSFeature([x509.TLSFeatureType.status_request])
        builder = builder.add_extension(feature, critical=False)
    if issuer_url:
        access = x509.AccessDescription(
            AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(issuer_url)
        )
        builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
    if crl_url:
        location = x509.DistributionPoint(
            [x509.UniformResourceIdentifier(crl_url)], None, None, None
        )
        builder = builder.add_extension(x509.CRLDistributionPoints([location]), critical=False)
    return Authority(builder.sign(signer.key if signer else key, hashes.SHA256()), key)


def ocsp_answer(leaf: Authority, issuer: Authority, *, revoked: bool, old: bool) -> bytes:
    """What the issuer says of ``leaf``, as a responder does (DER); ``old`` lets it be over."""
    now = datetime.now(UTC)
    days = (-9, -2) if old else (-1, 6)
    answer = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=leaf.certificate,
            issuer=issuer.certificate,
            algorithm=hashes.SHA256(),
            cert_status=ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD,
            this_update=now + timedelta(days=days[0]),
            next_update=now + timedelta(days=days[1]),
            revocation_time=now - timedelta(days=3) if revoked else None,
            revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, issuer.certificate)
        .sign(issuer.key, hashes.SHA256())
    )
    return answer.public_bytes(serialization.Encoding.DER)


def pem(*certificates: Authority) -> bytes:
    """The certificates, in order, as PEM."""
    return b"".join(
        item.certificate.public_bytes(serialization.Encoding.PEM) for item in certificates
    )


def write(
    folder: Path, leaf: Authority, *chain: Authority, name: str = "server"
) -> tuple[Path, Path]:
    """Write chain and key for a server; gives both paths."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    certificate.write_bytes(pem(leaf, *chain))
    key.write_bytes(
        leaf.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, key


def server_context(folder: Path, leaf: Authority, *chain: Authority) -> ssl.SSLContext:
    """A server's context that presents this chain."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*write(folder, leaf, *chain))
    return context
