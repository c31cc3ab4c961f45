"""What strangers send to the whole installation: the server behind a real nginx that caches."""

from __future__ import annotations

import contextlib
import re
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.servers import free_ports, nginx, running

HOST = "help.example.com"
EVIL = "evil.example"
CRLF = "%0d%0aX-Evil:%20yes%0d%0aSet-Cookie:%20a=b"
# A cache that goes by the path alone, as careless ones do.
FRONT = """
proxy_cache_path {folder}/cache keys_zone=pages:1m;
server {{
  listen 127.0.0.1:{port};
  location / {{
    proxy_pass http://127.0.0.1:{behind};
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto https;
    proxy_cache pages;
    proxy_cache_key $request_uri;
    proxy_cache_valid 200 301 302 404 1m;
    proxy_ignore_headers Cache-Control Expires Vary Set-Cookie;
  }}
}}
"""


@pytest.fixture(scope="module")
def front(index_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """nginx before ``errordesk serve``; gives its port."""
    folder = tmp_path_factory.mktemp("front")
    port, behind = free_ports(2)
    environment = {
        "ERRORDESK_DATA": str(index_folder),
        "ERRORDESK_BASE_URL": f"https://{HOST}",
        "ERRORDESK_TRUSTED_PROXIES": "127.0.0.0/8",
        "ERRORDESK_DATABASE_URL": "off",
    }
    command = [str(Path(sys.executable).parent / "errordesk"), "serve", "--port", str(behind)]
    with (
        tempfile.TemporaryDirectory(prefix="errordesk-front-") as name,
        running([*command, "--workers", "1"], folder, [behind], environment=environment),
    ):
        Path(name).chmod(0o755)  # nginx writes its cache as another user
        block = FRONT.format(folder=name, port=port, behind=behind)
        with nginx(Path(name), block, port):
            yield port


def sent(port: int, path: str, *headers: str, host: str = HOST) -> tuple[str, str]:
    """Head and body of the response to a request whose path is sent as it stands."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", *headers, "Connection: close", "", ""]
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall("\r\n".join(lines).encode())
        data = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = data.decode(errors="replace").partition("\r\n\r\n")
    return head, body


@pytest.mark.parametrize(
    "path",
    [
        f"/2173?lang={CRLF}",
        f"/solutions/2173-x{CRLF}",
        f"/solutions/2173?x={CRLF}",
        f"/de{CRLF}/solutions/2173",
        f"/search?q=%232173{CRLF}",
        f"/ask?q={CRLF}",
        f"/browse/http{CRLF}",
        f"/oembed?url=https://{HOST}/solutions/2173{CRLF}",
        f"/index.php?sid=1&lang=en{CRLF}&action=artikel&id=2173{CRLF}",
        f"/api/v1/solutions/2173?lang={CRLF}",
        f"/static/{CRLF}",
    ],
)
def test_no_path_writes_a_header(front: int, path: str) -> None:
    head, _ = sent(front, path)
    assert re.match(r"HTTP/1\.1 [2345]\d\d ", head)
    assert not re.search(r"^(X-Evil|Set-Cookie):", head, re.IGNORECASE | re.MULTILINE)


def test_no_header_writes_a_header(front: int) -> None:
    for name in ("X-Request-ID", "Accept-Language", "Origin", "User-Agent", "X-Forwarded-For"):
        head, _ = sent(front, f"/about-probe?{name}", f"{name}: a\rX-Evil: yes\x0bb")
        assert "\nX-Evil" not in head
        assert "\rX-Evil" not in head


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../../../../../etc/passwd",
        "/static/..%2f..%2f..%2f..%2f..%2fetc/passwd",
        "/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/static/....//....//etc/passwd",
        "/static/..%5c..%5c..%5cetc%5cpasswd",
        "/static//etc/passwd",
        "/static/%00/etc/passwd",
        "/widget/..%2f..%2f..%2fetc/passwd",
        "/solutions/2173-..%2f..%2f..%2fetc%2fpasswd.md",
        "/reports/..%2f..%2f..%2fetc%2fpasswd",
        "/browse/..%2f..%2f..%2fetc%2fpasswd",
        "/api/v1/solutions/..%2f..%2fetc%2fpasswd",
    ],
)
def test_no_path_leaves_its_folder(front: int, path: str) -> None:
    head, body = sent(front, path)
    assert "root:" not in body
    assert re.match(r"HTTP/1\.1 (30[1278]|4\d\d) ", head), head


@pytest.mark.parametrize(
    "path",
    [
        f"//{EVIL}/2173",
        f"//{EVIL}/solutions/2173",
        f"/%2f%2f{EVIL}/2173",
        f"/\\{EVIL}/2173",
        f"/%5c%5c{EVIL}",
        f"/de//{EVIL}",
        f"/2173?next=https://{EVIL}/",
        f"/solutions/2173?url=//{EVIL}",
        f"/operator/login?next=//{EVIL}",
        f"/index.php?action=//{EVIL}&id=2173",
        f"/solutions//{EVIL}",
        f"/search?q=%232173&next=//{EVIL}",
    ],
)
def test_no_path_leads_elsewhere(front: int, path: str) -> None:
    head, _ = sent(front, path)
    for place in re.findall(r"^Location: *(\S*)", head, re.IGNORECASE | re.MULTILINE):
        assert re.match(rf"https?://{re.escape(HOST)}(?:[:/]|$)|/(?![/\\])", place), place


@pytest.mark.parametrize(
    "path",
    ["/", "/solutions/2173-http-401-unauthorized", "/2173", "/ask?q=HTTP+401", "/search?q=401",
     "/sitemap.xml", "/feed.atom", "/opensearch.xml", "/llms.txt", "/robots.txt", "/api",
     "/.well-known/security.txt", "/api/v1/openapi.json", "/widget", "/nowhere",
     f"/oembed?url=https://{HOST}/solutions/2173&format=json"],
)  # fmt: skip
def test_a_wrong_host_poisons_no_cache(front: int, path: str) -> None:
    forged = (f"X-Forwarded-Host: {EVIL}", f"Forwarded: host={EVIL}", f"X-Original-URL: //{EVIL}")
    first, poisoned = sent(front, path, *forged, host=EVIL)
    assert EVIL not in first + poisoned
    head, body = sent(front, path)
    assert EVIL not in head + body
    assert re.match(r"HTTP/1\.1 (200|30[128]|404) ", head), head


def test_one_request_gets_one_response(front: int) -> None:
    hidden = "GET /2173 HTTP/1.1\r\nHost: x\r\n\r\n"
    for extra in (
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Content-Length: 0\r\nContent-Length: 50",
    ):
        request = (
            f"POST /api/v1/answers HTTP/1.1\r\nHost: {HOST}\r\n{extra}\r\n\r\n0\r\n\r\n{hidden}"
        )
        with socket.create_connection(("127.0.0.1", front), timeout=20) as connection:
            connection.sendall(request.encode())
            connection.shutdown(socket.SHUT_WR)
            data = b""
            with contextlib.suppress(ConnectionResetError):
                data = b"".join(iter(lambda: connection.recv(65536), b""))
        statuses = re.findall(rb"^HTTP/1\.1 (\d\d\d) ", data, re.MULTILINE)
        assert statuses in ([b"400"], [b"501"]), (extra, statuses)
