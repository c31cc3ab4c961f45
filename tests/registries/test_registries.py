"""Each registry is whole, against the list that its owner keeps.

The list comes from the installed thing itself where there is one (a library, a header, a browser),
else from a file under data/ whose first line says where it was taken from. Where a component is
missing, the test fails: a skipped comparison would look like a whole registry.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import errno
import gzip
import json
import re
import shutil
import socket
import subprocess
from http import HTTPStatus
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from kb.articles import KnowledgeBase
from kb.articles.registry import Entry, conflicts, needs_context
from kb.recognise import Lexicon, recognise

DATA = Path(__file__).parent / "data"
# Linux has more errnos than a network program meets; these are the ones of sockets and of limits.
NETWORK_ERRNOS = """
    ECONNREFUSED ECONNRESET ECONNABORTED ETIMEDOUT EHOSTUNREACH EHOSTDOWN ENETUNREACH ENETDOWN
    ENETRESET ENONET EPIPE ENOTCONN EISCONN ESHUTDOWN EADDRINUSE EADDRNOTAVAIL EACCES EPERM EMFILE
    ENFILE ENOBUFS ENOMEM ENOSPC EDQUOT EAFNOSUPPORT EPFNOSUPPORT EPROTONOSUPPORT ESOCKTNOSUPPORT
    EPROTOTYPE ENOPROTOOPT EOPNOTSUPP EPROTO EMSGSIZE EDESTADDRREQ EALREADY EINPROGRESS EAGAIN
    ENOTSOCK EBADF ETOOMANYREFS ECANCELED
""".split()  # noqa: SIM905
NO_ERROR = {"OK", "EAI_ALLDONE"}


def entries(base: KnowledgeBase, *files: str) -> dict[str, Entry]:
    """Every spelling in lower case of the registries in ``files``."""
    found = {}
    for registry in base.registries:
        if Path(registry.path).stem in files:
            for entry in registry.entries:
                for spelling in entry.spellings:
                    found[spelling.lower()] = entry
    assert found, f"{files} are no registries"
    return found


def listed(file: str) -> set[str]:
    """The names of a data file."""
    lines = (DATA / file).read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# "), "the first line says where the list is from"
    return {line.strip() for line in lines[1:] if line.strip()}


def library(name: str) -> ctypes.CDLL:
    found = ctypes.util.find_library(name)
    assert found, f"lib{name} is not installed; `make test` installs it"
    return ctypes.CDLL(found)


def missing(names: set[str], base: KnowledgeBase, *files: str) -> set[str]:
    have = entries(base, *files)
    return {name for name in names if name.lower() not in have}


def test_every_http_status_is_listed(base: KnowledgeBase) -> None:
    names = {f"HTTP {status.value}" for status in HTTPStatus}
    assert not missing(names, base, "http")


@pytest.mark.parametrize(
    ("file", "registry"),
    [
        ("firefox-security.txt", "firefox-security"),
        ("iis.txt", "iis"),
        ("cloudflare.txt", "cloudflare"),
        ("aws.txt", "aws"),
        ("nginx-status.txt", "nginx-status"),
        ("websocket.txt", "websocket"),
        ("wget.txt", "wget"),
        ("undici.txt", "node"),
    ],
)
def test_a_published_list_is_whole(file: str, registry: str, base: KnowledgeBase) -> None:
    assert not missing(listed(file), base, registry)


def test_every_exit_code_of_curl_is_listed_with_its_sentence(base: KnowledgeBase) -> None:
    strerror = library("curl").curl_easy_strerror
    strerror.restype = ctypes.c_char_p
    have = entries(base, "curl")
    for code in range(1, 150):
        sentence = strerror(code).decode()
        if sentence == "Unknown error":
            continue
        assert f"curl {code}" in have, f"curl {code}: {sentence}"
        # A sentence that others print for other things ("unsupported protocol") may be theirs;
        # "out of memory" is said by everything, and so means nothing by itself.
        if sentence == "Out of memory":
            continue
        owner = have.get(sentence.lower())
        assert owner is have[f"curl {code}"] or sentence.lower() in base.by_identifier


def test_every_verification_error_of_openssl_is_listed(base: KnowledgeBase) -> None:
    describe = library("crypto").X509_verify_cert_error_string
    describe.restype, describe.argtypes = ctypes.c_char_p, [ctypes.c_long]
    # An article may claim a sentence itself.
    have = {*entries(base, "openssl-verify", "getaddrinfo"), *base.by_identifier}
    unknown = describe(100_000).decode()
    for code in range(1, 200):
        sentence = describe(code).decode()
        # "out of memory" is said by everything, and so means nothing by itself.
        if sentence not in (unknown, "out of memory"):
            assert sentence.lower() in have, f"{code}: {sentence}"


def test_every_lookup_error_of_the_system_is_listed(base: KnowledgeBase) -> None:
    names = {name for name in dir(socket) if name.startswith("EAI_")}
    assert not missing(names - {"EAI_MAX"}, base, "getaddrinfo")


def test_every_network_errno_is_listed_with_its_number_and_text(base: KnowledgeBase) -> None:
    import os

    have = entries(base, "errno")
    for name in NETWORK_ERRNOS:
        number = getattr(errno, name)
        assert name.lower() in have
        assert f"[errno {number}]" in have, name
        assert have[f"[errno {number}]"].solution == have[name.lower()].solution
        text = os.strerror(number).lower()
        if not needs_context(text) and text in have:
            assert have[text].solution == have[name.lower()].solution


def test_every_system_error_that_node_can_meet_in_a_network_is_known(base: KnowledgeBase) -> None:
    node = shutil.which("node")
    assert node, "nodejs is not installed; `make test` installs it"
    script = "console.log(JSON.stringify([...require('util').getSystemErrorMap().values()]))"
    pairs = json.loads(subprocess.run([node, "-e", script], capture_output=True, check=True).stdout)
    names = {name for name, _ in pairs}
    wanted = {n for n in names if n in NETWORK_ERRNOS or n.startswith("EAI_")} - {"EAI_MAX"}
    assert len(wanted) > 20
    assert not missing(wanted, base, "errno", "getaddrinfo", "node")


def test_every_error_that_chromium_knows_is_listed(
    base: KnowledgeBase, playwright: Playwright, tmp_path: Path
) -> None:
    chromium = shutil.which("chromium")
    assert chromium, "chromium is not installed; `make test` installs it"
    (tmp_path / "Local State").write_text('{"internal_only_uis_enabled": true}')
    context = playwright.chromium.launch_persistent_context(
        str(tmp_path), executable_path=chromium, args=["--no-sandbox", "--headless=new"],
        headless=False,
    )  # fmt: skip
    page = context.new_page()
    page.goto("chrome://network-errors")
    page.wait_for_function("document.body.innerText.includes('ERR_CONNECTION_REFUSED')")
    names = set(re.findall(r"\bERR_[A-Z0-9_]+", page.inner_text("body")))
    context.close()
    assert len(names) > 200
    assert not missing(names, base, "chromium")


def test_every_message_of_apache_s_login_proxy_and_tls_modules_is_listed(
    base: KnowledgeBase,
) -> None:
    modules = [
        file
        for file in Path("/usr/lib/apache2/modules").glob("*.so")
        if re.search("auth|proxy|ssl|access", file.name)
    ]
    assert modules, "apache2 is not installed; `make test` installs it"
    names = {
        f"AH{number.decode()}"
        for file in modules
        for number in re.findall(rb"AH(\d{5}): ", file.read_bytes())
    }
    assert len(names) > 500
    assert not missing(names, base, "apache")


def test_every_termination_state_that_haproxy_documents_is_listed(base: KnowledgeBase) -> None:
    manual = Path("/usr/share/doc/haproxy/configuration.txt.gz")
    assert manual.is_file(), "haproxy is not installed; `make test` installs it"
    text = gzip.decompress(manual.read_bytes()).decode()
    section = text.rpartition("8.5. Session state at disconnection")[2].partition("\n8.6. ")[0]
    states = set(re.findall(r"^ {5}([CSPLURIDKcs][CDHLQRT])   [A-Z]", section, re.MULTILINE))
    assert len(states) > 20
    have = {e.id for r in base.registries if r.path.endswith("haproxy.yaml") for e in r.entries}
    assert {f"HAProxy {state}" for state in states} <= have


def test_registries_do_not_contradict_each_other_or_the_articles(base: KnowledgeBase) -> None:
    listed_ = [entry for registry in base.registries for entry in registry.entries]
    own = [Entry(name, article.id) for article in base.published for name in article.identifiers]
    assert [(e.id, text, first.id) for e, text, first in conflicts([*own, *listed_])] == []


def test_every_spelling_leads_to_its_solution(base: KnowledgeBase) -> None:
    lexicon = Lexicon.of(base)
    lost = []
    for registry in base.registries:
        for entry in registry.entries:
            if base.visible(entry.solution) is None:
                continue
            for text in entry.spellings:
                hits = recognise(f"error: {text}", lexicon).identifiers
                if lexicon.solution(entry.id, entry) not in [hit.solution for hit in hits]:
                    lost.append((entry.id, text, [hit.name for hit in hits]))
    assert lost == []


def test_an_identifier_of_a_general_article_says_what_it_means(base: KnowledgeBase) -> None:
    general = {2200, 2217, 2264, 2274, 2328, 2331, 2333, 2340, 2341, 2342, 2343, 2344, 2345}
    silent = [
        entry.id
        for registry in base.registries
        for entry in registry.entries
        if entry.solution in general and not entry.meaning
    ]
    assert silent == []


@pytest.mark.parametrize("file", ["chromium-languages.txt", "firefox-languages.txt"])
def test_a_browsers_sentences_are_recognised_in_other_languages(
    file: str, base: KnowledgeBase
) -> None:
    lexicon = Lexicon.of(base)
    lost = []
    for line in sorted(listed(file)):
        number, _, sentence = line.partition("\t")
        page = f"www.example.com\n\n{sentence.replace('$1', 'www.example.com')}"
        found = [hit.solution for hit in recognise(page, lexicon).identifiers]
        if int(number) not in found:
            lost.append((line, found))
    assert lost == []
