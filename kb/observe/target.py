"""Strict reading of a URL that a stranger wants probed (RFC 3986, WHATWG URL where stricter)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

from kb.errors import BadURL, CredentialsInURL

MAX_URL: Final = 4096
_FORBIDDEN: Final = re.compile(r"[\x00-\x20\x7f\\<>\"^`{|}]")
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
# The last label of a name is never a number: "0x7f.1" and "127.1" are spellings of addresses
# (WHATWG URL, "ends in a number").
_SLASHES: Final = re.compile(r"^(https?:|)/{3,}", re.I)
_NUMBER: Final = re.compile(r"\d+|0x[0-9a-f]*")
PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Target:
    """A checked URL. ``path`` is what the request line carries, query included."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def address(self) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
        """The address when the host is a literal one."""
        try:
            return ipaddress.ip_address(self.host)
        except ValueError:
            return None

    @property
    def authority(self) -> str:
        """The Host header's value: brackets around IPv6, the port unless it is the default."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole URL in one normal spelling, without a fragment."""
        return f"{self.scheme}://{self.authority}{self.path}"

    def join(self, reference: str) -> Target:
        """The target that a Location header names, as browsers read it. Raises BadURL.

        They skip slashes too many before the host (WHATWG URL, "special authority ignore slashes").
        """
        reference = _SLASHES.sub(r"\1//", reference.strip())
        return parse_target(urljoin(self.url, reference))


def parse_target(text: str) -> Target:
    """Read ``text``. Raises BadURL, or CredentialsInURL (which does not quote them)."""
    if len(text) > MAX_URL:
        raise BadURL(f"This URL is longer than {MAX_URL} characters.")
    if _FORBIDDEN.search(text):
        raise BadURL("This URL holds a character that no URL may hold (a space or a backslash?).")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise BadURL("This URL cannot be read: look at the host and the port.") from None
    if parts.scheme not in PORTS:
        raise BadURL("Only http:// and https:// URLs can be probed.")
    if "@" in parts.netloc:
        raise CredentialsInURL
    if port == 0:
        raise BadURL("There is no port 0.")
    host = _host(parts.hostname or "")
    path = re.sub(r"[^\x21-\x7e]", _percent, parts.path or "/")
    query = re.sub(r"[^\x21-\x7e]", _percent, parts.query)
    return Target(
        parts.scheme, host, port or PORTS[parts.scheme], f"{path}?{query}" if query else path
    )


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))


def _host(text: str) -> str:
    if ":" in text:
        try:
            address = ipaddress.IPv6Address(text)
        except ValueError:
            raise BadURL("This is no IPv6 address.") from None
        if address.scope_id is not None:
            raise BadURL("An IPv6 address with a zone belongs to one machine; nobody else has it.")
        return str(address)
    try:
        host = text.encode("idna").decode("ascii").lower() if not text.isascii() else text.lower()
    except UnicodeError:
        raise BadURL("This host name cannot be written in DNS.") from None
    host = host.removesuffix(".")
    labels = host.split(".")
    if not host or len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise BadURL("This URL has no valid host name.")
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            raise BadURL("Write the IPv4 address as four decimal numbers.") from None
    return host
