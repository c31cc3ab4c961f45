"""The main job against real servers: once by the command, once from the page in a real browser."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.lab.servers import free_port, nginx, running
from tests.observe.certificates import issue, pem, write

pytestmark = [pytest.mark.lab, pytest.mark.browser]
COMMAND = Path(sys.executable).parent / "errordesk"


@contextlib.contextmanager
def robots_refused(folder: Path) -> Iterator[str]:
    """nginx that answers 401 without a challenge to all but browsers."""
    port = free_port()
    config = f"""
      map $http_user_agent $robot {{ default 1; "~^Mozilla/.*(Chrome|Firefox|Safari)" 0; }}
      server {{ listen 127.0.0.1:{port};
        location / {{ if ($robot) {{ return 401; }} return 200 "<p>The feed</p>"; }} }}"""
    with nginx(folder, config, port):
        yield f"http://127.0.0.1:{port}/feed"


@contextlib.contextmanager
def password_wanted(folder: Path) -> Iterator[str]:
    """nginx with auth_basic for everyone."""
    port = free_port()
    (folder / "passwords").write_text("anna:{PLAIN}secret\n")
    config = f"""
      server {{ listen 127.0.0.1:{port};
        auth_basic "Staff only"; auth_basic_user_file {folder}/passwords; root {folder}; }}"""
    with nginx(folder, config, port):
        yield f"http://127.0.0.1:{port}/feed"


@contextlib.contextmanager
def wrong_name(folder: Path) -> Iterator[str]:
    """nginx with a trusted certificate for another name."""
    port = free_port()
    root = issue("Lab Root", authority=True)
    (folder / "root.pem").write_bytes(pem(root))
    certificate, key = write(folder, issue("shop", root, names=("shop.example",)))
    config = f"""
      server {{ listen 127.0.0.1:{port} ssl;
        ssl_certificate {certificate}; ssl_certificate_key {key}; return 200 "ok"; }}"""
    with nginx(folder, config, port):
        yield f"https://127.0.0.1:{port}/"


@contextlib.contextmanager
def closed_port(_folder: Path) -> Iterator[str]:
    """A port that nobody listens on."""
    yield f"http://127.0.0.1:{free_port()}/"


@contextlib.contextmanager
def redirect_loop(folder: Path) -> Iterator[str]:
    """nginx that sends / to /home and /home to /."""
    port = free_port()
    config = f"""
      server {{ listen 127.0.0.1:{port};
        location = / {{ return 302 /home; }} location = /home {{ return 302 /; }} }}"""
    with nginx(folder, config, port):
        yield f"http://127.0.0.1:{port}/"


Server = Callable[[Path], "contextlib.AbstractContextManager[str]"]
ROBOT = "HTTP Error 401 Unauthorized from our robot, but it opens in my browser: {}"
SCENARIOS: list[tuple[Server, str, int, str, tuple[str, ...]]] = [
    (robots_refused, ROBOT, 2173, "automated-clients-refused", ("401", "200")),
    (password_wanted, "HTTP Error 401 Unauthorized {}", 2173, "no-credentials", ("basic", "Staff")),
    (wrong_name, "The browser warns me about {}", 2254, "opened-by-address", ("shop.example",)),
    (closed_port, "My shop is down: {}", 2240, "port-refused", ("refused",)),
    (redirect_loop, "the page never opens {}", 2212, "rules-contradict", ("/home",)),
]  # fmt: skip
NAMES = [server.__name__ for server, *_ in SCENARIOS]


@pytest.mark.parametrize(
    ("server", "text", "solution", "cause", "evidence"), SCENARIOS, ids=NAMES
)  # fmt: skip
def test_the_command_confirms_the_cause(
    server: Server,
    text: str,
    solution: int,
    cause: str,
    evidence: tuple[str, ...],
    tmp_path: Path,
    index_folder: Path,
) -> None:
    with server(tmp_path) as url:
        options = ["--allow", "127.0.0.0/8"]
        if (tmp_path / "root.pem").exists():
            options += ["--ca-file", str(tmp_path / "root.pem")]
        done = subprocess.run(
            [COMMAND, "ask", text.format(url), "--json", *options],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "ERRORDESK_DATA": str(index_folder)},
        )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    first = answer["causes"][0]
    assert answer["solutions"][0]["id"] == solution
    assert (first["id"], first["verdict"]) == (cause, "confirmed")
    assert all(word in " ".join(first["evidence"]) for word in evidence)


@contextlib.contextmanager
def site(folder: Path, data: Path) -> Iterator[str]:
    """The help site as ``errordesk serve`` runs it."""
    port = free_port()
    command = [str(COMMAND), "serve", "--port", str(port), "--allow", "127.0.0.0/8"]
    if (folder / "root.pem").exists():
        command += ["--ca-file", str(folder / "root.pem")]
    home = folder / "site"
    home.mkdir()
    with running(command, home, [port], environment={"ERRORDESK_DATA": str(data)}):
        yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    ("server", "text", "solution", "cause", "evidence"), SCENARIOS, ids=NAMES
)  # fmt: skip
def test_the_page_confirms_the_cause(
    browser: Browser,
    server: Server,
    text: str,
    solution: int,
    cause: str,
    evidence: tuple[str, ...],
    tmp_path: Path,
    index_folder: Path,
) -> None:
    with server(tmp_path) as url, site(tmp_path, index_folder) as home:
        page = browser.new_page()
        page.goto(home)
        page.locator("main textarea").first.fill(text.format(url))
        page.locator("main button.primary").first.click()
        page.wait_for_selector(".badge.confirmed")
        shown = page.locator("#answer .verdict").inner_text()
        link = page.locator(".cause.confirmed a").first.get_attribute("href")
        page.close()
    assert f"#{solution}" in shown
    assert link is not None
    assert link.endswith(f"#{cause}")
    assert all(word in shown for word in evidence)
