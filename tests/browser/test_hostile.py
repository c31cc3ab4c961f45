"""Script in everything that strangers write: it stands on the page as text, and the policy behind
that lets none run.

The page of each test fails it with any error on the console, and a blocked script is one.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.settings import Settings
from tests.browser.conftest import serving_site
from tests.browser.foreign import foreign
from tests.browser.test_site import ask
from tests.observe.certificates import issue, server_context
from tests.observe.servers import over_tls, saying, serving
from webapp import create_app

pytestmark = pytest.mark.browser

# One for each way out of where a text may stand: an element, an attribute in either quote, a
# script, a text area, a title, a comment, a link, a template, a style.
SCRIPTS = (
    "<script>window.ran=1</script>",
    '"><img src=x onerror="window.ran=1">',
    "' autofocus onfocus='window.ran=1' x='",
    "</script><script>window.ran=1</script>",
    "</textarea></title><svg onload=window.ran=1>",
    "--><details open ontoggle=window.ran=1>",
    "javascript:window.ran=1",
    "{{''.__class__}}${window.ran=1}",
    "</style><body onload=window.ran=1>",
    '<iframe srcdoc="<script>parent.ran=1</script>"></iframe>',
    '<a href="javascript:window.ran=1">x</a><base href="//elsewhere.example/">',
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=x onerror=ran=1>'>",
)
ALL = " ".join(SCRIPTS)


def harmless(page: Page) -> None:
    """Nothing ran, and nothing that a stranger wrote became an element or a handler."""
    assert page.evaluate("window.ran") is None
    found = page.evaluate(
        """() => [...document.querySelectorAll('*')].filter(node =>
             [...node.attributes].some(a => a.name.startsWith('on') ||
               /^\\s*javascript:/i.test(a.value) && ['href', 'src', 'action'].includes(a.name)) ||
             ['IFRAME', 'BASE', 'MATH', 'EMBED', 'OBJECT'].includes(node.tagName) ||
             node.tagName === 'SCRIPT' && !node.src && node.type !== 'application/ld+json' &&
               node.type !== 'application/json').map(node => node.outerHTML)"""
    )
    assert found == []


@pytest.mark.parametrize("path", ["/ask?q={}", "/search?q={}", "/de/ask?q={}", "/search?who={}"])
def test_a_question_is_text(path: str, page: Page, site: str) -> None:
    for script in SCRIPTS:
        page.goto(site + path.format(quote(script)))
        harmless(page)


def test_what_is_said_in_a_conversation_is_text(page: Page, site: str) -> None:
    ask(page, site, f"I just registered and get 401 {ALL}")
    page.locator("#say").fill(f"our robot {ALL}")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("our robot <script>")
    harmless(page)


def test_a_url_is_text(page: Page, site: str) -> None:
    with serving(saying(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")) as port:
        for script in SCRIPTS:
            address = f"http://127.0.0.1:{port}/{quote(script, safe='<>=()/')}?q={quote(script)}"
            page.goto(f"{site}/ask?q={quote(f'404 at {address} #{script}')}")
            harmless(page)
        ask(page, site, f"404 at http://127.0.0.1:{port}/<script>window.ran=1</script>")
        page.wait_for_selector(".picture")
        harmless(page)


@pytest.mark.parametrize("shift", range(0, len(SCRIPTS), 4))
def test_what_a_site_answers_is_text(shift: int, page: Page, site: str) -> None:
    it = iter(SCRIPTS[shift:] + SCRIPTS[:shift])
    head = (
        f"HTTP/1.1 401 {next(it)}\r\nServer: nginx {next(it)}\r\nX-Powered-By: {next(it)}\r\n"
        f'WWW-Authenticate: Basic realm="{next(it)}"\r\nWWW-Authenticate: {next(it)}\r\n'
        f"Set-Cookie: {next(it)}\r\nVia: 1.1 {next(it)}\r\nLocation: {next(it)}\r\n"
        f"Content-Type: text/html; charset={next(it)}\r\nRetry-After: {next(it)}\r\n"
        f"Connection: close\r\n\r\n<title>{ALL}</title><h1>{ALL}</h1>"
    )
    with serving(saying(head.encode())) as port:
        ask(page, site, f"HTTP 401 http://127.0.0.1:{port}/")
        page.wait_for_selector(".picture")
        page.get_by_text("Transcript for experts").click()
        expect(page.locator(".transcript pre")).to_contain_text("Server: nginx ")
        harmless(page)


def test_what_a_certificate_says_is_text(page: Page, site: str, tmp_path: Path) -> None:
    leaf = issue("<img src=x onerror=window.ran=1>", names=("<svg/onload=window.ran=1>.test",))
    answer = saying(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    with serving(over_tls(server_context(tmp_path, leaf), answer)) as port:
        ask(page, site, f"certificate error at https://127.0.0.1:{port}/")
        page.wait_for_selector(".picture")
        expect(page.locator("main")).to_contain_text("onerror=window.ran=1")
        harmless(page)


def test_a_har_is_text(page: Page, site: str) -> None:
    fields = [{"name": f"x-{n}", "value": script} for n, script in enumerate(SCRIPTS)]
    entry = {
        "request": {
            "method": "GET",
            "url": f"https://shop.example/{quote(SCRIPTS[0])}?{SCRIPTS[1]}",
            "headers": fields,
        },
        "response": {
            "status": 401,
            "statusText": ALL,
            "headers": [{"name": "WWW-Authenticate", "value": f'Basic realm="{ALL}"'}, *fields],
            "content": {"mimeType": f"text/html {SCRIPTS[2]}", "text": ALL},
        },
    }
    page.goto(site)
    page.get_by_label("What do you see?").fill(json.dumps({"log": {"entries": [entry]}}))
    page.get_by_role("button", name="Get the answer").click()
    expect(page.locator(".verdict")).to_contain_text("401")
    harmless(page)


@pytest.fixture
def written(content: Path, tmp_path: Path) -> Iterator[str]:
    """A site with an article full of script."""
    folder = tmp_path / "content"
    (folder / "articles").mkdir(parents=True)
    for file in content.glob("*.yaml"):
        if file.name != "redirects.yaml":
            shutil.copy(file, folder)
    name = "2173-http-401-unauthorized.md"
    text = (content / "articles" / name).read_text()
    body = "\n\n".join(("{#what-it-means}", *SCRIPTS))
    text = text.replace("{#what-it-means}", body, 1)
    text = text.replace("title: ", f"title: {json.dumps(ALL)} # ", 1)
    text = text.replace("summary: ", f"summary: {json.dumps(ALL)} # ", 1)
    text = text.replace("symptoms:\n", f"symptoms:\n  - {json.dumps(ALL)}\n", 1)
    (folder / "articles" / name).write_text(text)
    settings = Settings(content=(folder,), data=tmp_path / "data", database_url="off")
    with serving_site(create_app(settings)) as address:
        yield address


def test_an_article_cannot_bring_script(page: Page, written: str) -> None:
    for path in (
        "/",
        "/solutions/2173",
        "/browse/http/client-errors",
        "/search?q=401",
        "/ask?q=HTTP+401",
    ):
        page.goto(written + path)
        if path != "/":
            expect(page.locator("body")).to_contain_text("window.ran=1")
        harmless(page)


def test_an_embedding_page_cannot_be_attacked_through_the_widget(page: Page, site: str) -> None:
    asked = ALL.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    element = f'<script type="module" src="{site}/widget.js"></script>'
    link = f'<a href="{site}">?</a>'
    element += f'<error-desk error="HTTP 401 {asked}" url="here">{link}</error-desk>'
    body = f"<!doctype html><title>Shop</title><h1>Shop</h1>{element}"
    with foreign({"/": body}, site) as host:
        page.goto(host)
        page.get_by_role("link", name="?").click()
        page.get_by_role("button", name="Ask", exact=True).click()
        expect(page.locator(".answer").last).to_be_visible()
        expect(page.locator("dialog")).to_contain_text("HTTP 401 <script>")
        assert page.evaluate("window.ran") is None


@pytest.mark.parametrize("path", ["/", "/solutions/2173", "/ask?q=HTTP+401", "/search?q=401"])
def test_script_that_got_onto_a_page_would_not_run(path: str, browser: Browser, site: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(
        "window.blocked = []; addEventListener('securitypolicyviolation',"
        " event => blocked.push(event.effectiveDirective))"
    )
    page.goto(site + path)
    page.evaluate(
        """() => {
          document.body.insertAdjacentHTML('beforeend',
            '<img src=x onerror="window.ran=1"><svg onload="window.ran=1"></svg>' +
            '<iframe srcdoc="<script>parent.ran=1</script>"></iframe>' +
            '<a id=trap href="javascript:window.ran=1">x</a><base href="//elsewhere.example/">' +
            '<form id=away action="https://elsewhere.example/"></form>');
          const inline = document.createElement('script');
          inline.textContent = 'window.ran = 1';
          const data = document.createElement('script');
          data.src = 'data:text/javascript,window.ran=1';
          document.body.append(inline, data);
          document.querySelector('#trap').click();
          document.querySelector('#away').submit();
        }"""
    )
    page.wait_for_function("blocked.length >= 5")
    with pytest.raises(AssertionError):  # what the other tests look for would be seen
        harmless(page)
    assert page.evaluate("window.ran") is None
    blocked = set(page.evaluate("blocked"))
    assert {"script-src-elem", "script-src-attr", "base-uri", "form-action"} <= blocked
    context.close()
