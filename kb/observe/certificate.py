"""What a certificate chain says, as facts (RFC 5280): names, dates, key, order, the issuer."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtensionOID, NameOID

from kb.facts import FactValue

MAX_NAMES: Final = 100


def describe(chain: list[x509.Certificate], host: str) -> dict[str, FactValue]:
    """The facts of a chain as it was sent, the server's own certificate first."""
    facts: dict[str, FactValue] = {"tls.chain_length": len(chain)}
    if not chain:
        return facts
    leaf, last = chain[0], chain[-1]
    now = datetime.now(UTC)
    names = alternative_names(leaf)
    facts |= {
        "tls.subject": common_name(leaf.subject),
        "tls.issuer": common_name(leaf.issuer),
        "tls.names": names,
        "tls.not_before": leaf.not_valid_before_utc.isoformat(),
        "tls.not_after": leaf.not_valid_after_utc.isoformat(),
        "tls.days_left": (leaf.not_valid_after_utc - now).days,
        "tls.days_until_valid": max(0, (leaf.not_valid_before_utc - now).days),
        "tls.validity_days": (leaf.not_valid_after_utc - leaf.not_valid_before_utc).days,
        "tls.must_staple": must_staple(leaf),
        "tls.chain_ordered": _ordered(chain),
    }
    reason = name_reason(names, host)
    if reason:
        facts["tls.name_reason"] = reason
    url = access_url(last, AuthorityInformationAccessOID.CA_ISSUERS)
    if url:
        facts["tls.issuer_url"] = url
    return facts | _key(leaf)


def common_name(name: x509.Name) -> str:
    """The common name, or the whole name where it has none."""
    values = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(values[0].value)[:200] if values else name.rfc4514_string()[:200]


def organisation(name: x509.Name) -> str:
    """The organisation in a name, '' when it has none."""
    values = name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return str(values[0].value) if values else ""


def alternative_names(leaf: x509.Certificate) -> list[str]:
    """DNS names (lower case) and addresses in subjectAltName."""
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    found = [name.lower() for name in names.get_values_for_type(x509.DNSName)]
    found += [str(address) for address in names.get_values_for_type(x509.IPAddress)]
    return found[:MAX_NAMES]


def access_url(certificate: x509.Certificate, method: x509.ObjectIdentifier) -> str:
    """The first http(s) URL of Authority Information Access with this method, '' when none."""
    try:
        access = certificate.extensions.get_extension_for_class(
            x509.AuthorityInformationAccess
        ).value
    except (x509.ExtensionNotFound, ValueError):
        return ""
    return _first_url(item.access_location for item in access if item.access_method == method)


def crl_url(certificate: x509.Certificate) -> str:
    """The first http(s) URL of a revocation list (CRLDistributionPoints), '' when none."""
    try:
        points = certificate.extensions.get_extension_for_oid(
            ExtensionOID.CRL_DISTRIBUTION_POINTS
        ).value
    except (x509.ExtensionNotFound, ValueError):
        return ""
    if not isinstance(points, x509.CRLDistributionPoints):
        return ""
    return _first_url(name for point in points for name in point.full_name or ())


def _first_url(names: object) -> str:
    for name in names if hasattr(names, "__iter__") else ():
        value = getattr(name, "value", "")
        if isinstance(value, str) and value.startswith(("http://", "https://")):
            return value[:500]
    return ""


def must_staple(leaf: x509.Certificate) -> bool:
    """Whether clients may demand a stapled OCSP answer (status_request, RFC 7633, 4)."""
    try:
        features = leaf.extensions.get_extension_for_class(x509.TLSFeature).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return x509.TLSFeatureType.status_request in features


def _ordered(chain: list[x509.Certificate]) -> bool:
    """Whether the path from the leaf stands without gaps. A certificate sent twice, or what
    follows the path, harms nobody: clients look no further (RFC 8446, 4.4.2)."""
    path = list(dict.fromkeys(chain))
    for at, link in enumerate(path[:-1]):
        if not issued_by(link, path[at + 1]):
            return not any(issued_by(link, later) for later in path[at + 2 :])
    return True


def issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether ``issuer``'s name and key made this certificate."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def name_reason(names: list[str], host: str) -> str:
    """How the names miss the host (``tls.name_reason``), '' when they cover it (RFC 9525, 6)."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        address = None
    if not names:
        return "no_names"
    if address is not None:
        return "" if str(address) in names else "address"
    if any(_covers(name, host) for name in names):
        return ""
    bare = host.removeprefix("www.")
    if host == bare and any(_covers(name, f"www.{host}") for name in names):
        return "www_only"
    if host != bare and any(_covers(name, bare) for name in names):
        return "apex_only"
    if any(name.startswith("*.") and host.endswith(name[1:]) for name in names):
        return "wildcard_depth"
    return "other_name"


def _covers(name: str, host: str) -> bool:
    """A name covers a host; a star stands for exactly the leftmost label (RFC 9525, 6.3)."""
    if name.startswith("*."):
        first, dot, rest = host.partition(".")
        return bool(first and dot) and rest == name[2:]
    return name == host


def _key(leaf: x509.Certificate) -> dict[str, FactValue]:
    facts: dict[str, FactValue] = {}
    try:
        key = leaf.public_key()
        algorithm = leaf.signature_hash_algorithm
    except (ValueError, UnsupportedAlgorithm):
        return facts
    kind, bits = "", 0
    if isinstance(key, rsa.RSAPublicKey):
        kind, bits = "RSA", key.key_size
    elif isinstance(key, ec.EllipticCurvePublicKey):
        kind, bits = "EC", key.curve.key_size
    elif isinstance(key, dsa.DSAPublicKey):
        kind, bits = "DSA", key.key_size
    elif isinstance(key, ed25519.Ed25519PublicKey):
        kind, bits = "Ed25519", 256
    elif isinstance(key, ed448.Ed448PublicKey):
        kind, bits = "Ed448", 456
    if kind:
        facts["tls.key"] = f"{kind} {bits}" if not kind.startswith("Ed") else kind
        facts["tls.key_bits"] = bits
    if algorithm is not None:
        facts["tls.signature_hash"] = algorithm.name
    return facts
