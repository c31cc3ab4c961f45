"""The lab's certificate authorities, and the certificate that a case asks for."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dh

from tests.lab.case import Certificate
from tests.observe.certificates import issue, ocsp_answer, pem, write

_YEAR = (-30, 400)
# The group of 1,024 bits that everybody had (RFC 2409, 6.2).
_OAKLEY_2 = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF",
    16,
)


def short_group() -> bytes:
    """A Diffie-Hellman group of 1,024 bits, as PEM."""
    group = dh.DHParameterNumbers(_OAKLEY_2, 2).parameters()
    return group.parameter_bytes(serialization.Encoding.PEM, serialization.ParameterFormat.PKCS3)


class Authorities:
    """A trusted root, two intermediates below it (one is over), and a private root."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "tls"
        self._folder.mkdir()
        root = issue("Lab Root", authority=True, days=_YEAR)
        self._known = {
            "root": root,
            "middle": issue("Lab Intermediate", root, authority=True, days=_YEAR),
            "private": issue("Some Company Root", authority=True, days=_YEAR),
            "old": issue("Lab Intermediate G1", root, authority=True, days=(-400, -5)),
        }
        self._revoked: list[int] = []
        self.root_file = self._folder / "root.pem"
        self.root_file.write_bytes(pem(root))
        (self._folder / "dh1024.pem").write_bytes(short_group())

    def write(self, name: str, wanted: Certificate, aia: int, crl: int) -> tuple[Path, Path]:
        """Issue ``wanted``; gives the files of the chain and of the key (and one of both)."""
        leaf = issue(
            wanted.subject or (wanted.names or ("site.test",))[0],
            None if wanted.signer == "self" else self._known[wanted.signer],
            names=wanted.names,
            days=wanted.days,
            issuer_url=wanted.issuer_url.replace("@AIA@", str(aia)),
            client_only=wanted.client_only,
            rsa_bits=wanted.rsa_bits,
            must_staple=wanted.must_staple,
            crl_url=f"http://127.0.0.1:{crl}/root.crl" if wanted.revoked else "",
        )
        if wanted.revoked:
            self._revoked.append(leaf.certificate.serial_number)
        chain, key = write(
            self._folder, leaf, *(self._known[kind] for kind in wanted.chain), name=name
        )
        if wanted.staple and wanted.signer != "self":
            answer = ocsp_answer(
                leaf,
                self._known[wanted.signer],
                revoked=wanted.staple == "revoked",
                old=wanted.staple == "old",
            )
            chain.with_suffix(".ocsp").write_bytes(answer)
        both = self._folder / f"{name}.both.pem"
        both.write_bytes(chain.read_bytes() + key.read_bytes())
        return chain, key

    def intermediate(self) -> bytes:
        """An HTTP response with the intermediate in DER, as an authority publishes it."""
        body = self._known["middle"].certificate.public_bytes(serialization.Encoding.DER)
        return _published("application/pkix-cert", body)

    def revocations(self) -> bytes:
        """An HTTP response with the root's list of what it has revoked so far."""
        root, now = self._known["root"], datetime.now(UTC)
        day = timedelta(days=1)
        builder = x509.CertificateRevocationListBuilder(
            root.certificate.subject, now - day, now + day
        )
        for serial in self._revoked:
            entry = x509.RevokedCertificateBuilder(serial, now - day)
            builder = builder.add_revoked_certificate(entry.build())
        body = builder.sign(root.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
        return _published("application/pkix-crl", body)

    @staticmethod
    def context(certificate: Path, key: Path, alpn: tuple[str, ...]) -> ssl.SSLContext:
        """A server's context that presents the chain."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        if alpn:
            context.set_alpn_protocols(list(alpn))
        return context


def _published(kind: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body
