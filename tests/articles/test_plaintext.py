"""Markdown as plain text: what a passage in a search result shows."""

from __future__ import annotations

import pytest

from kb.articles.plaintext import plain


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("*Flexible* asks port 80", "Flexible asks port 80"),
        ("**You run the site.** See `/etc/hosts`.", "You run the site. See /etc/hosts."),
        (
            "an [exception `domain-config`](https://a.example/) here",
            "an exception domain-config here",
        ),
        ("- a point\n- another", "a point another"),
        ("2 * 3 and *.example.com stay", "2 * 3 and *.example.com stay"),
        ("\\#2173 is no link", "#2173 is no link"),
    ],
)
def test_markdown_becomes_plain_words(markdown: str, text: str) -> None:
    assert plain(markdown) == text
