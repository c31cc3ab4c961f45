"""The lab's certificate authorities, and certificates with every flaw."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from tests.lab.case import Certificate


def _subject(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _key(bits: int) -> Any:
    if bits:
        return rsa.generate_private_key(public_exponent=65537, key_size=bits)
    return ec.generate_private_key(ec.SECP256R1())


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


class Authorities:
    """A trusted root, an intermediate below it, and a private root."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "tls"
        self._folder.mkdir()
        self._keys: dict[str, Any] = {}
        self._certificates: dict[str, x509.Certificate] = {}
        self._authority("root", "Lab Root", "root")
        self._authority("middle", "Lab Intermediate", "root")
        self._authority("private", "Some Company Root", "private")
        self._authority("old", "Lab Intermediate G1", "root", (-400, -5))
        self.root_file = self._folder / "root.pem"
        self.root_file.write_bytes(self._pem("root"))

    def _authority(
        self, kind: str, name: str, signer: str, days: tuple[int, int] = (-30, 400)
    ) -> None:
        key = self._keys[kind] = _key(0)
        issuer = self._certificates[signer].subject if signer != kind else _subject(name)
        builder = self._builder(_subject(name), issuer, key, days).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        self._certificates[kind] = builder.sign(self._keys[signer], hashes.SHA256())

    @staticmethod
    def _builder(
        subject: x509.Name, issuer: x509.Name, key: Any, days: tuple[int, int]
    ) -> x509.CertificateBuilder:
        today = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(today + timedelta(days=days[0]))
            .not_valid_after(today + timedelta(days=days[1]))
        )

    def _pem(self, kind: str) -> bytes:
        return self._certificates[kind].public_bytes(serialization.Encoding.PEM)

    def write(self, name: str, wanted: Certificate, aia: int) -> tuple[Path, Path]:
        """Issue ``wanted``; gives the files of the chain and of the key (and one of both)."""
        key = _key(wanted.rsa_bits)
        subject = _subject((wanted.names or ("site.test",))[0])
        own = wanted.signer == "self"
        issuer = subject if own else self._certificates[wanted.signer].subject
        builder = self._builder(subject, issuer, key, wanted.days).add_extension(
            x509.BasicConstraints(ca=False, path_length=None), critical=True
        )
        if wanted.names:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([_general(item) for item in wanted.names]),
                critical=False,
            )
        if wanted.client_only:
            builder = builder.add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
            )
        if wanted.issuer_url:
            access = x509.AccessDescription(
                AuthorityInformationAccessOID.CA_ISSUERS,
                x509.UniformResourceIdentifier(wanted.issuer_url.replace("@AIA@", str(aia))),
            )
            builder = builder.add_extension(
                x509.AuthorityInformationAccess([access]), critical=False
            )
        leaf = builder.sign(key if own else self._keys[wanted.signer], hashes.SHA256())
        chain, secret = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        chain.write_bytes(
            leaf.public_bytes(serialization.Encoding.PEM)
            + b"".join(self._pem(kind) for kind in wanted.chain)
        )
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        both = self._folder / f"{name}.both.pem"
        both.write_bytes(chain.read_bytes() + secret.read_bytes())
        return chain, secret

    def intermediate(self) -> bytes:
        """An HTTP response with the intermediate in DER, as an authority publishes it."""
        body = self._certificates["middle"].public_bytes(serialization.Encoding.DER)
        kind = "Content-Type: application/pkix-cert"
        return f"HTTP/1.1 200 OK\r\n{kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body

    @staticmethod
    def context(certificate: Path, key: Path) -> ssl.SSLContext:
        """A server's context that presents the chain."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return context
