"""What a body is, by its marks: a login form, a challenge page, a server's own error page; and
whether it is what its header fields say."""

from __future__ import annotations

import codecs
import contextlib
import json
import re
from collections.abc import Mapping
from typing import Final

import webencodings
from lxml import etree

from kb.facts import FactValue
from kb.observe.marks import Page, error_product, first_mark

MAX_TEXT: Final = 2_000
# What of a page is read for its marks: those that tell stand early, and reading costs time.
MAX_MARKUP: Final = 131_072
_MAX_WORDS: Final = 8 * MAX_TEXT
_MAX_MIXED: Final = 20
_SPACE: Final = re.compile(r"\s+")
_META_CHARSET: Final = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.I
)
_FEW: Final = 200
_MAX_SCRIPTS: Final = 20
_REFRESH: Final = re.compile(
    r"""\s*0*[01]?(?:\.\d*)?\s*[;,]\s*(?:url\s*=\s*)?["']?([^"'\s]{1,300})""", re.I
)
_ASSIGNS: Final = re.compile(
    r"""\blocation(?:\.href)?\s{0,9}=\s{0,9}["']([^"'\s]{1,300})["']"""
    r"""|\blocation\.(?:replace|assign)\(\s{0,9}["']([^"'\s]{1,300})["']"""
)
_DECIDES: Final = re.compile(r"\bif\b|\?|cookie|storage|navigator|listener|onclick|timeout", re.I)
# Elements that fetch something into the page, and the attribute that says what.
_FETCHING: Final = {
    "script": "src", "iframe": "src", "img": "src", "audio": "src", "video": "src",
    "source": "src", "embed": "src", "track": "src", "object": "data",
}  # fmt: skip
# Signatures of types (WHATWG MIME Sniffing, 6 and 7).
_SIGNATURES: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"BM", "image/bmp"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"wOFF", "font/woff"),
    (b"wOF2", "font/woff2"),
    (b"ID3", "audio/mpeg"),
    (b"OggS\x00", "application/ogg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"%!PS-Adobe-", "application/postscript"),
    (b"\0asm\x01\x00\x00\x00", "application/wasm"),
    (b"<?php", "application/x-httpd-php"),
)
# Bytes of these are no text, whatever a header says of its encoding.
_PACKED: Final = frozenset({"application/gzip", "application/zip", "application/wasm"})
_UTF8: Final = codecs.lookup("utf-8")
_ONE_BYTE: Final = ("windows-1252", "iso-8859-15")
_HTML_START: Final = re.compile(
    rb"(?:<!--.{0,2000}?-->\s*)*<(?:!doctype html|html|head|body|title|script|iframe|h1|div|font|"
    rb"table|style|meta|p|a|br|b)[\s>]",
    re.I | re.DOTALL,
)


class _Reader:
    """Takes what matters from a parser's events. libxml2 reads any markup in linear time and goes
    256 elements deep, which the standard library's parser does not promise."""

    def __init__(self) -> None:
        self.title = ""
        self.password = False
        self.words: list[str] = []
        self.fetched: list[str] = []
        self.refresh = ""
        self.scripts: list[str] = []
        self.foreign = False
        self._inside: list[str] = []
        self._room = _MAX_WORDS

    def start(self, tag: str, values: Mapping[str, str]) -> None:
        """An element begins."""
        if tag in ("title", "script", "style", "noscript"):
            self._inside.append(tag)
        self._onward(tag, values)
        if tag == "input" and values.get("type", "").lower() == "password":
            self.password = True
        wanted = _FETCHING.get(tag)
        if tag == "link" and "stylesheet" in values.get("rel", "").lower():
            wanted = "href"
        url = values.get(wanted, "").strip() if wanted else ""
        if url[:7].lower() == "http://" and len(self.fetched) < _MAX_MIXED:
            self.fetched.append(url[:300])

    def _onward(self, tag: str, values: Mapping[str, str]) -> None:
        if tag == "script" and values.get("src"):
            self.foreign = True
        if (
            tag == "meta"
            and values.get("http-equiv", "").strip().lower() == "refresh"
            and "noscript" not in self._inside
            and not self.refresh
        ):
            said = _REFRESH.match(values.get("content", "")[:600])
            self.refresh = said[1].strip() if said else ""

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag in self._inside:
            self._inside.remove(tag)

    def data(self, text: str) -> None:
        """Text between the tags."""
        if "title" in self._inside and len(self.title) < 500:
            self.title += text
        if "script" in self._inside and len(self.scripts) < _MAX_SCRIPTS:
            self.scripts.append(text[:MAX_TEXT])
        if self._room > 0 and "script" not in self._inside and "style" not in self._inside:
            self.words.append(text)
            self._room -= len(text)

    def close(self) -> None:
        """The end of the document; the parser asks for it."""


def _sends_on(reader: _Reader) -> str:
    """Where the page sends its reader at once, '' when it does not.

    A refresh counts within a second (HTML, "shared declarative refresh steps"), a script only on a
    page without words, where nothing in it decides: no condition, cookie or storage, no other file.
    """
    if reader.refresh:
        return reader.refresh
    script = " ".join(reader.scripts)
    if reader.foreign or len("".join(reader.words).strip()) > _FEW or _DECIDES.search(script):
        return ""
    said = _ASSIGNS.search(script)
    return (said[1] or said[2]) if said else ""


def _read(text: str) -> _Reader:
    reader = _Reader()
    parser = etree.HTMLParser(target=reader, encoding="utf-8", no_network=True)
    with contextlib.suppress(etree.LxmlError):
        parser.feed(text[:MAX_MARKUP].encode("utf-8", "replace"))
        parser.close()
    return reader


def page_facts(
    status: int, headers: dict[str, str], body: bytes, *, secure: bool = False
) -> dict[str, FactValue]:
    """The facts of a decoded body; ``headers`` by lower-case name, ``secure`` for an https page."""
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    sniffed = sniff(body)
    facts: dict[str, FactValue] = {}
    if sniffed:
        facts["http.sniffed_type"] = sniffed
    charset = _charset(headers, body, media or sniffed)
    text = body.decode("utf-8", "replace")
    if charset:
        facts["http.charset"] = charset
        if body and sniffed not in _PACKED:
            facts["http.charset_fits"] = fits(body, charset)
            text = _decoded(body, charset)
    if ("html" in media or sniffed == "text/html") and sniffed != "application/x-httpd-php":
        if not charset and body and sniffed not in _PACKED:
            marked = body.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
            facts["http.charset_undeclared"] = not marked and not body.isascii()
        reader = _read(text)
        words = _fold(" ".join(reader.words))
        title = _SPACE.sub(" ", reader.title).strip()[:200]
        if title:
            facts["http.title"] = title
        facts["http.body_text"] = words
        onward = _sends_on(reader) if status < 400 else ""
        if onward:
            facts["http.page_redirect"] = onward
        if secure:
            facts["http.mixed_content"] = list(dict.fromkeys(reader.fetched))
        page = Page(status, headers, title.lower(), words, text.lower())
        mark = first_mark(page)
        facts["http.body_kind"] = _html_kind(page, mark.kind if mark else "", reader.password)
        product = (mark.product if mark else "") or error_product(page)
    else:
        words = _fold(text)
        facts["http.body_text"] = words
        page = Page(status, headers, "", words, text[:65_536].lower())
        mark = first_mark(page)
        facts["http.body_kind"] = mark.kind if mark else _plain_kind(body, media, sniffed)
        product = (mark.product if mark else "") or error_product(page)
    if product:
        facts["http.product"] = product
    return facts


def _fold(text: str) -> str:
    return _SPACE.sub(" ", text).strip().lower()[:MAX_TEXT]


def _plain_kind(body: bytes, media: str, sniffed: str) -> str:
    if not body:
        return "empty"
    if "json" in media or (not media and sniffed == "application/json"):
        return "json"
    return "text" if media.startswith("text/") or not media else "other"


def _html_kind(page: Page, marked: str, password: bool) -> str:
    if not page.html.strip():
        return "empty"
    if marked:
        return marked
    if password:
        return "login_form"
    return "error_page" if page.status >= 400 else "html"


def sniff(body: bytes) -> str:
    """The media type that the first bytes show, '' where they show none."""
    for mark, media in _SIGNATURES:
        if body.startswith(mark):
            return media
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    if body[4:8] == b"ftyp":
        return "video/mp4"
    start = body.removeprefix(codecs.BOM_UTF8).lstrip()[:4_096]
    if _HTML_START.match(start):
        return "text/html"
    if start.startswith(b"<?xml"):
        return "image/svg+xml" if b"<svg" in start else "text/xml"
    if start.lower().startswith(b"<svg"):
        return "image/svg+xml"
    if start[:1] in (b"{", b"["):
        try:
            json.loads(body)
        except (ValueError, RecursionError):
            return ""
        return "application/json"
    return ""


def _charset(headers: dict[str, str], body: bytes, media: str) -> str:
    """The declared encoding: the field's, or for HTML the one in its first kilobyte."""
    declared = re.search(r'charset\s*=\s*"?([\w.:-]+)', headers.get("content-type", ""), re.I)
    if declared:
        return declared[1].lower()
    meta = _META_CHARSET.search(body[:1_024]) if "html" in media else None
    return meta[1].decode("ascii").lower() if meta else ""


def fits(body: bytes, charset: str) -> bool:
    """Whether the text can be read in this encoding, as browsers name them (WHATWG Encoding).

    An encoding of one byte a character reads everything. Text in it that is proper UTF-8, letters
    beyond ASCII included, is what readers see as “Ã¼”: it does not fit.
    """
    encoding = webencodings.lookup(charset)
    if encoding is None:
        return False
    if not _reads(body, encoding.codec_info):
        return False
    return body.isascii() or encoding.name not in _ONE_BYTE or not _reads(body, _UTF8)


def _reads(body: bytes, codec: codecs.CodecInfo) -> bool:
    """Whether all bytes have a meaning; a character cut off at the end is no fault."""
    if codec.incrementaldecoder is None:
        return True
    try:
        codec.incrementaldecoder("strict").decode(body)
    except UnicodeError:
        return False
    return True


def _decoded(body: bytes, charset: str) -> str:
    encoding = webencodings.lookup(charset)
    return (
        body.decode("utf-8", "replace")
        if encoding is None
        else (encoding.codec_info.decode(body, "replace")[0])
    )
