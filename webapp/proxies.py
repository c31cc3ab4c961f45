"""Who really asks, behind front servers that the operator trusts (``TRUSTED_PROXIES``).

Anybody may send X-Forwarded-For; it counts only when the connection comes from a trusted network,
and then from the right, up to the first address that is not trusted itself. Nothing else that a
proxy may add is taken: the host comes from ``Host``, or from BASE_URL.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_TRUSTED: Final = "errordesk.from_proxy"


class TrustedProxies:
    """WSGI middleware: puts the asker's address and scheme where the app looks for them."""

    def __init__(self, app: WSGIApplication, networks: Iterable[str]) -> None:
        self._app = app
        self._networks = [ipaddress.ip_network(network) for network in networks]

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        environ[_TRUSTED] = trusted = self._trusts(environ.get("REMOTE_ADDR", ""))
        if trusted:
            for hop in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(",")):
                address = _address(hop)
                if not address:
                    break
                environ["REMOTE_ADDR"] = address
                if not self._trusts(address):
                    break
            scheme = environ.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip()
            if scheme in ("http", "https"):
                environ["wsgi.url_scheme"] = scheme
        return self._app(environ, start)

    def _trusts(self, text: str) -> bool:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self._networks)


def _address(hop: str) -> str:
    """An address without a port and brackets; '' for anything that is none."""
    text = hop.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""


def from_trusted_proxy(environ: WSGIEnvironment) -> bool:
    """Whether the connection of this request comes from a trusted front server."""
    return environ.get(_TRUSTED) is True
