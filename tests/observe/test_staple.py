"""The OCSP answer that a server staples: asked for in a handshake of its own, and what it says."""

from __future__ import annotations

import contextlib
import socket
import time
from pathlib import Path

import pytest
from OpenSSL import SSL

from kb.observe.staple import stapled, status
from tests.observe.certificates import issue, ocsp_answer, server_context, write
from tests.observe.servers import Handler, over_tls, resetting, serving

ROOT = issue("Root", authority=True)
LEAF = issue("leaf", ROOT)
OTHER = issue("other", ROOT)
STRANGER = issue("Stranger", authority=True)


def _asked(port: int, deadline_s: float = 5.0) -> bytes | None:
    plain = socket.create_connection(("127.0.0.1", port))
    return stapled("site.test", plain, time.monotonic() + deadline_s)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"", "none"),
        (ocsp_answer(LEAF, ROOT, revoked=False, old=False), "good"),
        (ocsp_answer(LEAF, ROOT, revoked=True, old=False), "revoked"),
        (ocsp_answer(LEAF, ROOT, revoked=True, old=True), "old"),
        (ocsp_answer(OTHER, ROOT, revoked=False, old=False), "unusable"),
        (ocsp_answer(LEAF, STRANGER, revoked=False, old=False), "unusable"),
        (b"\x30\x03\x0a\x01\x03", "unusable"),  # tryLater (RFC 6960, 4.2.1)
        (b"no OCSP at all", "unusable"),
    ],
)
def test_what_an_answer_says(answer: bytes, said: str) -> None:
    assert status(answer, LEAF.certificate, ROOT.certificate) == said


@pytest.mark.parametrize("version", [SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION])
def test_the_answer_comes_with_the_handshake(tmp_path: Path, version: int) -> None:
    answer = ocsp_answer(LEAF, ROOT, revoked=False, old=False)
    certificate, key = write(tmp_path, LEAF)
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.use_certificate_chain_file(str(certificate))
    context.use_privatekey_file(str(key))
    context.set_max_proto_version(version)
    context.set_ocsp_server_callback(lambda _connection, _data: answer)

    def handle(plain: socket.socket) -> None:
        plain.settimeout(None)
        secured = SSL.Connection(context, plain)
        secured.set_accept_state()
        with contextlib.suppress(SSL.Error):  # the client leaves once it has what it wants
            secured.do_handshake()

    with serving(handle) as port:
        assert _asked(port) == answer


def test_a_server_without_one(tmp_path: Path) -> None:
    context = server_context(tmp_path, LEAF)
    with serving(over_tls(context, lambda connection: connection.close())) as port:
        assert _asked(port) == b""


def _silent(connection: socket.socket) -> None:
    connection.settimeout(2)
    while connection.recv(65_536):
        pass


@pytest.mark.parametrize(
    "handle",
    [
        resetting,
        lambda connection: None,
        lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        lambda connection: connection.sendall(b"\x16\x03\x03\x40\x00" * 9_000),
        _silent,
    ],
    ids=["reset", "closed", "plain", "flood", "silent"],
)
def test_a_server_that_does_not_shake_hands(handle: Handler) -> None:
    with serving(handle) as port:
        assert _asked(port, 1.0) is None
