"""Where a page sends its reader by itself; DNS answers that are cut; keys that are too short."""

from __future__ import annotations

import itertools
import socket
import ssl
import threading
from pathlib import Path

import pytest

from kb.observe.page import page_facts
from kb.observe.target import parse_target
from kb.observe.tls import reason_of
from tests.lab.authority import short_group
from tests.observe.certificates import issue, server_context
from tests.observe.names import answering
from tests.observe.servers import Handler, over_tls, request, saying, serving
from tests.observe.test_layers import OK, ask, look

HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
LOOP = "http.page_redirect_loop"


@pytest.mark.parametrize(
    ("html", "onward"),
    [
        ('<meta http-equiv="refresh" content="0; url=/new">', "/new"),
        ("<META HTTP-EQUIV=Refresh CONTENT='1;URL=\"https://b.test/\"'>", "https://b.test/"),
        ('<meta http-equiv="refresh" content="30; url=/new">', None),
        ('<meta http-equiv="refresh" content="0">', None),
        ('<noscript><meta http-equiv="refresh" content="0; url=/plain"></noscript>', None),
        ('<script>window.location.href = "/de/";</script>', "/de/"),
        ("<script>location.replace('/de/')</script>", "/de/"),
        ('<script>if (old) location.href = "/de/";</script>', None),
        ('<script>document.cookie = "a=1"; location.href = "/de/";</script>', None),
        ('<script src="/a.js"></script><script>location.href = "/de/";</script>', None),
        ('<script>location.href = "/de/";</script>' + "<p>Words and words.</p>" * 20, None),
    ],
)
def test_where_a_page_sends_on(html: str, onward: str | None) -> None:
    facts = page_facts(200, {"content-type": "text/html"}, f"<!doctype html>{html}".encode())
    assert facts.get("http.page_redirect") == onward


def _pages(next_of: dict[str, str], cookie: str = "") -> Handler:
    def handle(connection: socket.socket) -> None:
        head = request(connection)
        there = next_of.get(head.split(" ")[1])
        known = bool(cookie) and cookie in head
        refresh = (
            f'<meta http-equiv=refresh content="0;url={there}">' if there and not known else ""
        )
        field = f"\r\nSet-Cookie: {cookie}".encode() if cookie else b""
        connection.sendall(HTML.replace(b"\r\n\r\n", field + b"\r\n\r\n") + refresh.encode())

    return handle


def test_pages_that_send_on_in_a_circle_and_such_that_end() -> None:
    assert ask(_pages({"/Feed": "/Feed"}), LOOP)[LOOP] is True
    assert ask(_pages({"/Feed": "/b", "/b": "/Feed"}), LOOP)[LOOP] is True
    assert ask(_pages({"/Feed": "/b"}), LOOP)[LOOP] is False


def test_a_page_that_waits_for_its_cookie_is_no_circle() -> None:
    assert ask(_pages({"/Feed": "/Feed"}, "seen=1"), LOOP)[LOOP] is False


def test_a_page_does_not_lead_inside() -> None:
    facts = ask(_pages({"/Feed": "http://192.168.0.1/"}), LOOP)
    assert facts[LOOP] is False


def test_pages_that_send_on_for_ever_are_asked_little() -> None:
    asked, numbers = [], itertools.count()

    def handle(connection: socket.socket) -> None:
        asked.append(request(connection))
        refresh = f'<meta http-equiv=refresh content="0;url=/{next(numbers)}">'
        connection.sendall(HTML + refresh.encode())

    assert LOOP not in ask(handle, LOOP)
    assert len(asked) <= 2 + 3 + 1


def _closing(address: tuple[str, int]) -> socket.socket:
    """A TCP server at ``address`` that closes what it accepts."""
    server = socket.create_server(address)

    def work() -> None:
        while True:
            try:
                server.accept()[0].close()
            except OSError:
                return

    threading.Thread(target=work, daemon=True).start()
    return server


@pytest.mark.parametrize("closing", [False, True])
def test_a_cut_answer_that_tcp_does_not_bring(closing: bool) -> None:
    with answering(lambda n, k, cd: ("CUT", [])) as resolver:
        server = _closing(resolver) if closing else None
        facts = look("http://many.test/", resolver=resolver)
        if server:
            server.shutdown(socket.SHUT_RDWR)
            server.close()
    assert (facts["dns.outcome"], facts["dns.truncated"]) == ("error", True)


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        ("http:///start", "http://start/"),
        ("///b.test/c", "http://b.test/c"),
        ("//b.test", "http://b.test/"),
        ("/c", "http://a.test/c"),
    ],
)
def test_slashes_too_many_are_skipped_as_browsers_do(reference: str, url: str) -> None:
    assert parse_target("http://a.test/x").join(reference).url == url


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ssl.SSLError(1, "[SSL] tlsv1 alert no application protocol (_ssl.c:1006)"),
         "TLSV1_ALERT_NO_APPLICATION_PROTOCOL"),
        (ssl.SSLError(1, "something else"), "SSLError"),
        (None, "NoneType"),
    ],
)  # fmt: skip
def test_a_reason_that_python_has_no_name_for(error: Exception | None, reason: str) -> None:
    assert reason_of(error) == reason


def test_a_short_diffie_hellman_key(tmp_path: Path) -> None:
    context = server_context(tmp_path, issue("127.0.0.1", rsa_bits=2048))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0")
    weak = tmp_path / "dh.pem"
    weak.write_bytes(short_group())
    context.load_dh_params(str(weak))
    with serving(over_tls(context, saying(OK))) as port:
        facts = look(f"https://127.0.0.1:{port}/")
    assert facts["tls.weak_dh"] is True
