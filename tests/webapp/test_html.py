"""Every page type is HTML without a parse error (html5lib, the algorithm of the HTML standard)."""

from __future__ import annotations

import html5lib
import pytest
from flask.testing import FlaskClient

PATHS = ["/", "/solutions/2173-http-401-unauthorized", "/de/solutions/2173-http-401-unauthorized",
         "/search?q=password", "/search?q=zzqqzz", "/search?q=", "/browse", "/browse/http",
         "/ask?q=HTTP+401", "/ask?q=a+cake+recipe", "/api", "/about-probe", "/nowhere",
         "/solutions/999999", "/ask?q=%23%3Cb%3E+%26+%22+401+http://127.0.0.1:1/"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_the_page_parses_without_an_error(client: FlaskClient, path: str) -> None:
    parser = html5lib.HTMLParser(strict=True)
    tree = parser.parse(client.get(path).text)
    ids = [item.get("id") for item in tree.iter() if item.get("id")]
    assert len(ids) == len(set(ids))
