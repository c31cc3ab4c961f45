"""After a repair the second look tells the difference; the commands shown reproduce the fault."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.desk import Desk, Query
from kb.settings import Settings
from tests.lab.cases import CASES
from tests.lab.lab import Lab, laboratory
from tests.lab.servers import free_ports, nginx
from tests.observe.certificates import issue, pem, write

pytestmark = pytest.mark.lab

_GOOD = 'return 200 "<!doctype html><title>Shop</title><p>Welcome";'
_REPAIRS = [
    ("return 503;", "http.status", "503", "200"),
    ("return 401;", "http.status", "401", "200"),
    ("return 302 $request_uri;", "redirect.loop", "yes", "no"),
    ("return 444;", "http.outcome", "empty", "ok"),
    ("", "tcp.outcome", "refused", "ok"),
]
# Words of the output that show the fault; the commands of a case together must show them all.
_REPRODUCED = {
    "http-401-basic": ("401 Unauthorized", "WWW-Authenticate"),
    "http-503-announced": ("503 Service", "Retry-After"),
    "http-403-robots": (r"^403$", r"^200$"),
    "redirect-self": (r"(HTTP/1.1 302[^$]*){10}", "Maximum"),
    "tcp-refused": ("refused|Failed to connect|Couldn't connect",),
    "tcp-empty-reply": ("Empty reply",),
    "message-cut-body": ("transfer closed|remaining",),
    "message-wrong-encoding": ("Content-Encoding: gzip",),
    "tls-by-address": ("mismatch|does not match|no alternative",),
    "other-tls-plain-apache": ("wrong version number",),
}


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with laboratory([case for case in CASES if case.id in _REPRODUCED]) as lab:
        yield lab


def _desk(folder: Path, ca_file: str = "") -> Desk:
    return Desk.open(
        Settings(data=folder / "data", probe_allow="127.0.0.0/8", probe_ca_file=ca_file,
                 probe_cache_s=0.0)
    )  # fmt: skip


@pytest.mark.parametrize(("fault", "fact", "before", "after"), _REPAIRS)
def test_check_again_tells_what_the_repair_changed(
    fault: str, fact: str, before: str, after: str, tmp_path: Path
) -> None:
    desk = _desk(tmp_path)
    (port,) = free_ports(1)
    question = Query(f"what is wrong with http://127.0.0.1:{port}/shop", fresh=True)
    if fault:
        with nginx(tmp_path, f"server {{ listen 127.0.0.1:{port}; {fault} }}", port):
            assert desk.ask(question).confirmed
    else:
        assert desk.ask(question).confirmed
    with nginx(tmp_path, f"server {{ listen 127.0.0.1:{port}; {_GOOD} }}", port):
        answer = desk.ask(question)
    changes = {change.fact: (change.before, change.after) for change in answer.changes}
    assert changes[fact] == (before, after)
    assert not answer.confirmed


def test_check_again_sees_the_new_certificate(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    root = issue("Lab Root", authority=True)
    (tmp_path / "root.pem").write_bytes(pem(root))
    desk = _desk(tmp_path, str(tmp_path / "root.pem"))
    question = Query(f"certificate warning at https://127.0.0.1:{port}/", fresh=True)
    answers = []
    for name in ("shop.example", "127.0.0.1"):
        certificate, key = write(tmp_path, issue("shop", root, names=(name,)))
        config = (
            f"server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {certificate}; "
            f"ssl_certificate_key {key}; {_GOOD} }}"
        )
        with nginx(tmp_path, config, port):
            answers.append(desk.ask(question))
    assert {cause.solution for cause in answers[0].confirmed} == {2254}
    assert not answers[1].confirmed
    assert {"tls.outcome", "tls.problem"} <= {change.fact for change in answers[1].changes}


@pytest.mark.parametrize("case", sorted(_REPRODUCED))
def test_the_commands_reproduce_the_fault(case: str, lab: Lab) -> None:
    says = next(item.says for item in CASES if item.id == case)
    answer = lab.desk.ask(Query(says.format(url=lab.urls[case]), fresh=True))
    assert answer.reproduce
    trusted = {"SSL_CERT_FILE": str(lab.root), "CURL_CA_BUNDLE": str(lab.root)}
    shown = ""
    for command in answer.reproduce:
        done = subprocess.run(
            ["bash", "-c", command], capture_output=True, text=True, errors="replace", check=False,
            timeout=20, env={**os.environ, **trusted},
        )  # fmt: skip
        shown += done.stdout + done.stderr
    for word in _REPRODUCED[case]:
        assert re.search(word, shown, re.MULTILINE), shown


def test_a_ticket_carries_no_secret(tmp_path: Path) -> None:
    desk = _desk(tmp_path)
    (port,) = free_ports(1)
    fault = 'add_header Set-Cookie "session=s3cr3t-cookie"; return 503;'
    with nginx(tmp_path, f"server {{ listen 127.0.0.1:{port}; {fault} }}", port):
        answer = desk.ask(
            Query(f"503 at http://127.0.0.1:{port}/shop?token=s3cr3t-query\nCookie: id=s3cr3t-mine")
        )
    assert answer.ticket
    assert f"http://127.0.0.1:{port}/shop" in answer.ticket.body
    assert "s3cr3t" not in answer.ticket.body + answer.ticket.subject
