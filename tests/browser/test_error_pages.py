"""The widget in the error pages of a real nginx and a real Apache, in a real Chromium."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.lab.servers import free_ports, nginx, program, running
from tests.observe.servers import saying, serving

pytestmark = pytest.mark.browser
BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy"
MODULES = (
    "mpm_event", "authz_core", "alias", "mime", "filter", "include", "unique_id", "headers",
    "proxy", "proxy_http",
)  # fmt: skip


@pytest.fixture
def served() -> Iterator[Path]:
    """A folder that a server's worker, another user, may read; pytest's own may not be."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def documented(content: Path, language: str, folder: Path) -> str:
    """The lines that docs/embedding.md tells to copy, with the folder of this test."""
    text = (content.parent / "docs" / "embedding.md").read_text(encoding="utf-8")
    found = re.search(rf"```{language}\n(.*?)```", text, re.DOTALL)
    assert found
    return found[1].replace("/srv/errors", str(folder))


def page_of(site: str, server: str) -> str:
    with urllib.request.urlopen(f"{site}/widget/error-page.html?server={server}") as answer:
        return str(answer.read().decode())


@contextlib.contextmanager
def behind_nginx(site: str, folder: Path, lines: str, busy: int) -> Iterator[str]:
    port, dead = free_ports(2)
    (folder / "error-page.html").write_text(page_of(site, "nginx"))
    policy = f"default-src 'self'; script-src {site}; connect-src {site}"
    http = (
        f"server {{ listen 127.0.0.1:{port}; root {folder}/www; "
        f'add_header Content-Security-Policy "{policy}" always; {lines} '
        f"location /dead {{ proxy_pass http://127.0.0.1:{dead}; }} "
        f"location /busy {{ proxy_pass http://127.0.0.1:{busy}; }} }}"
    )
    with nginx(folder, http, port):
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def behind_apache(site: str, folder: Path, lines: str, busy: int) -> Iterator[str]:
    port, dead = free_ports(2)
    (folder / "error-page.html").write_text(page_of(site, "apache"))
    (folder / "www").mkdir()
    policy = f"default-src 'self'; script-src {site}; connect-src {site}"
    config = folder / "apache.conf"
    config.write_text(
        "".join(
            f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in MODULES
        )
        + f"ServerRoot {folder}\nServerName site.test\nPidFile {folder}/pid\n"
        f"ErrorLog {folder}/error.log\nMutex file:{folder} default\n"
        f"TypesConfig /etc/mime.types\nDocumentRoot {folder}/www\nListen 127.0.0.1:{port}\n"
        + ("User www-data\nGroup www-data\n" if os.geteuid() == 0 else "")
        + f'Header always set Content-Security-Policy "{policy}"\n'
        f"ProxyPass /dead http://127.0.0.1:{dead}/\nProxyPass /busy http://127.0.0.1:{busy}/\n{lines}"
    )
    command = [program("apache2"), "-f", str(config), "-D", "FOREGROUND"]
    with running(command, folder, [port]):
        yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("server", [behind_nginx, behind_apache])
def test_the_widget_knows_status_url_and_request(
    context: BrowserContext, site: str, served: Path, content: Path, server: object
) -> None:
    name = "nginx" if server is behind_nginx else "apache"
    lines = documented(content, name, served)
    # What Apache says of an application that is down is 503.
    statuses = {"/nowhere": 404, "/dead/cart": 502 if name == "nginx" else 503, "/busy/cart": 503}
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    with (
        serving(saying(BUSY)) as busy,
        server(site, served, lines, busy) as host,  # type: ignore[operator]
    ):
        for path, status in statuses.items():
            answer = page.goto(f"{host}{path}?token=geheim#geheim")
            assert answer is not None
            assert answer.status == status
            expect(page.locator("p").first).to_contain_text(f"the server answered {status}")
            page.evaluate("customElements.whenDefined('error-desk')")
            page.get_by_role("link", name="What does that mean").click()
            said = f"HTTP {status} {host}{path}"
            expect(page.get_by_label("Paste the error")).to_have_value(said)
            expect(page.locator(".head p")).to_contain_text(re.compile(r"request [\w@-]{20,}"))
            page.get_by_role("button", name="Ask", exact=True).click()
            expect(page.locator(".answer h3")).to_contain_text(f"HTTP {status}")
    assert [error for error in errors if "responded with a status" not in error] == []
