"""The lab's certificate authorities, and the certificate that a case asks for."""

from __future__ import annotations

import ssl
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from tests.lab.case import Certificate
from tests.observe.certificates import issue, pem, write

_YEAR = (-30, 400)


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
        self.root_file = self._folder / "root.pem"
        self.root_file.write_bytes(pem(root))

    def write(self, name: str, wanted: Certificate, aia: int) -> tuple[Path, Path]:
        """Issue ``wanted``; gives the files of the chain and of the key (and one of both)."""
        leaf = issue(
            (wanted.names or ("site.test",))[0],
            None if wanted.signer == "self" else self._known[wanted.signer],
            names=wanted.names,
            days=wanted.days,
            issuer_url=wanted.issuer_url.replace("@AIA@", str(aia)),
            client_only=wanted.client_only,
            rsa_bits=wanted.rsa_bits,
        )
        chain, key = write(
            self._folder, leaf, *(self._known[kind] for kind in wanted.chain), name=name
        )
        both = self._folder / f"{name}.both.pem"
        both.write_bytes(chain.read_bytes() + key.read_bytes())
        return chain, key

    def intermediate(self) -> bytes:
        """An HTTP response with the intermediate in DER, as an authority publishes it."""
        body = self._known["middle"].certificate.public_bytes(serialization.Encoding.DER)
        kind = "Content-Type: application/pkix-cert"
        return f"HTTP/1.1 200 OK\r\n{kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body

    @staticmethod
    def context(certificate: Path, key: Path) -> ssl.SSLContext:
        """A server's context that presents the chain."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return context
