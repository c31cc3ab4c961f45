"""The values of settings, read from text: each reader checks one kind and says what it takes.

All of them raise BadSetting, with the variable's name and a sentence.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from kb.colour import MIN_CONTRAST, contrast
from kb.errors import ErrordeskError
from kb.settings.table import PREFIX

MIN_SECRET = 32


class BadSetting(ErrordeskError):
    """An environment variable or option has a value that cannot be used."""


def switch(name: str, text: str) -> bool:
    if text.lower() in ("on", "true", "1", "yes"):
        return True
    if text.lower() in ("off", "false", "0", "no", ""):
        return False
    raise BadSetting(f"{PREFIX}{name} takes on or off, not {text!r}.")


def switch_auto(name: str, text: str, *modules: str) -> bool:
    """on, off, or auto: on where the Python modules of the extra are installed."""
    if text.lower() == "auto":
        return all(find_spec(module) is not None for module in modules)
    return switch(name, text)


def number(name: str, text: str, low: float, high: float) -> float:
    try:
        value = float(text)
    except ValueError:
        raise BadSetting(f"{PREFIX}{name} takes a number, not {text!r}.") from None
    if not low <= value <= high:
        raise BadSetting(f"{PREFIX}{name} takes a number from {low:g} to {high:g}, not {text}.")
    return value


def base_url(text: str) -> str:
    if text and not text.startswith(("http://", "https://")):
        raise BadSetting(f"{PREFIX}BASE_URL takes an http or https URL, not {text!r}.")
    return text.rstrip("/")


def contact_url(text: str) -> str:
    if text and not text.startswith(("http://", "https://", "mailto:")):
        raise BadSetting(f"{PREFIX}CONTACT_URL takes an https or mailto URL, not {text!r}.")
    return text


def redis(text: str) -> str:
    if text and not text.startswith(("redis://", "rediss://", "unix://")):
        raise BadSetting(f"{PREFIX}REDIS_URL takes a redis:// URL.")
    return text


def search(text: str) -> str:
    if not text.startswith(("whoosh:", "tantivy:", "postgresql://")):
        raise BadSetting(f"{PREFIX}SEARCH_URL takes whoosh:, tantivy: or a postgresql:// URL.")
    return text


def logo(text: str) -> str:
    if text and Path(text).suffix.lower() not in (".svg", ".png", ".webp"):
        raise BadSetting(f"{PREFIX}LOGO_FILE takes an SVG, PNG or WebP file, not {text!r}.")
    return file("LOGO_FILE", text)


def accent(text: str) -> str:
    if not text:
        return ""
    try:
        ratio = contrast(text, "#ffffff")
    except ValueError:
        raise BadSetting(f"{PREFIX}ACCENT takes a colour such as #0b5c6b, not {text!r}.") from None
    if ratio < MIN_CONTRAST:
        raise BadSetting(
            f"{PREFIX}ACCENT: text in {text} on white has a contrast of {ratio:.1f}; "
            f"WCAG asks for {MIN_CONTRAST} at least, so take a darker colour."
        )
    return text.lower()


def links(text: str) -> tuple[tuple[str, str], ...]:
    if not text:
        return ()
    try:
        links = tuple((str(label), str(url)) for label, url in json.loads(text))
    except (ValueError, TypeError):
        raise BadSetting(f"{PREFIX}FOOTER_LINKS takes a JSON list of [label, URL] pairs.") from None
    for _, url in links:
        if not url.startswith(("/", "https://", "http://", "mailto:")):
            raise BadSetting(f"{PREFIX}FOOTER_LINKS: {url!r} is neither a path nor a URL.")
    return links


def edit_urls(text: str) -> tuple[str, ...]:
    urls = tuple("" if part == "-" else part for part in text.split())
    for url in filter(None, urls):
        if not url.startswith(("http://", "https://")) or "{path}" not in url:
            raise BadSetting(f"{PREFIX}EDIT_URL takes http or https URLs with {{path}} in them.")
    return urls


def origins(text: str) -> tuple[str, ...]:
    origins = tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())
    for origin in origins:
        if not re.fullmatch(r"https?://[^/\s]+", origin):
            raise BadSetting(
                f"{PREFIX}ALLOWED_ORIGINS takes origins such as https://www.example.com, "
                f"not {origin!r}."
            )
    return origins


def networks(text: str) -> str:
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            ipaddress.ip_network(part.replace("[", "").replace("]", ""))
        except ValueError as error:
            raise BadSetting(f"{PREFIX}PROBE_ALLOW: {error}.") from None
    return text


def proxies(text: str) -> tuple[str, ...]:
    parts = [part for part in (part.strip() for part in text.split(",")) if part]
    try:
        return tuple(str(ipaddress.ip_network(part)) for part in parts)
    except ValueError as error:
        raise BadSetting(f"{PREFIX}TRUSTED_PROXIES: {error}.") from None


def operator(get: Mapping[str, str]) -> str:
    """The password's hash, once everything that a safe login needs is there."""
    hashed, header = get.get("OPERATOR_PASSWORD_HASH", ""), get.get("OPERATOR_HEADER", "")
    if hashed and not re.fullmatch(r"(scrypt|pbkdf2):[\w:]+\$[^$]+\$[0-9a-f]{64,}", hashed):
        raise BadSetting(
            f"{PREFIX}OPERATOR_PASSWORD_HASH takes what errordesk password prints, not a password."
        )
    if header and not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", header):
        raise BadSetting(f"{PREFIX}OPERATOR_HEADER takes the name of a header, not {header!r}.")
    if header and not get.get("TRUSTED_PROXIES"):
        raise BadSetting(
            f"{PREFIX}OPERATOR_HEADER needs {PREFIX}TRUSTED_PROXIES: else anybody could send it."
        )
    if (hashed or header) and len(get.get("SECRET_KEY", "")) < MIN_SECRET:
        raise BadSetting(
            f"{PREFIX}SECRET_KEY needs {MIN_SECRET} characters or more to sign the operator's "
            "session; errordesk password prints one."
        )
    return hashed


def token(text: str) -> str:
    if text and not re.fullmatch(r"[\x21-\x7e]{16,}", text):
        raise BadSetting(f"{PREFIX}METRICS_TOKEN takes 16 or more characters without spaces.")
    return text


def log(text: str) -> str:
    if text not in ("text", "json", "off"):
        raise BadSetting(f"{PREFIX}LOG takes text, json or off, not {text!r}.")
    return text


def ports(text: str) -> str:
    for part in filter(None, (part.strip() for part in text.split(","))):
        if not part.isdigit() or not 1 <= int(part) <= 65535:
            raise BadSetting(f"{PREFIX}PROBE_PORTS takes ports from 1 to 65535, not {part!r}.")
    return text


def file(name: str, text: str) -> str:
    if text and not Path(text).is_file():
        raise BadSetting(f"{PREFIX}{name}: there is no file {text!r}.")
    return text


def examples(text: str) -> tuple[tuple[str, str], ...]:
    if not text:
        return ()
    try:
        return tuple((str(label), str(example)) for label, example in json.loads(text))
    except (ValueError, TypeError):
        raise BadSetting(f"{PREFIX}EXAMPLES takes a JSON list of [label, text] pairs.") from None
