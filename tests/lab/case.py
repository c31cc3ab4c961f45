"""One fault of the laboratory, declared: how it is made, what a person says, which cause it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tests.observe.servers import Handler

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Layer = Literal[
    "dns", "tcp", "tls", "http", "redirect", "message", "policy", "comparison", "healthy"
]


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate to serve. ``chain`` is what follows the leaf.

    ``signer`` is ``root`` (trusted by the probe), ``middle`` (under it), ``old`` (under it,
    expired itself), ``private`` (a root that nobody trusts) or ``self``. ``revoked`` puts it on the
    authority's list, and ``alpn`` is what a raw server offers to speak. ``staple`` is what the file
    ``@STAPLE@`` says, ``subject`` the common name where it is not the first of ``names``.
    """

    names: tuple[str, ...] = ("127.0.0.1", "site.test")
    days: tuple[int, int] = (-10, 90)
    signer: Literal["root", "middle", "private", "old", "self"] = "root"
    chain: tuple[Literal["middle", "private", "root", "old"], ...] = ()
    client_only: bool = False
    rsa_bits: int = 0
    issuer_url: str = ""
    revoked: bool = False
    must_staple: bool = False
    staple: Literal["", "good", "revoked", "old"] = ""
    subject: str = ""
    alpn: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A fault. In configurations ``@PORT@`` is the case's port, ``@OTHER@`` another free one,
    ``@FOLDER@`` the lab's folder, ``@ADDRESS@`` an
    address of its own (also in ``host``), ``@CERT@`` and ``@KEY@`` the certificate's files.

    ``app`` is a WSGI application, ``varnish`` a part of ``vcl_recv`` (or of ``vcl_synth`` after a
    line ``---``), ``bind`` words for the line on which HAProxy listens,
    ``backlog_full`` a listener whose queue is full, so that packets vanish.

    ``says`` is what a person pastes, ``{url}`` in it the address. ``first`` is the cause that must
    come first, as ``solution/cause``; it must be confirmed unless ``confirmed`` is False (not to be
    told from outside: then it must come first among the possible ones). ``also`` may be confirmed
    beside it; any other confirmed cause is a wrong one. ``named_by`` holds a regular expression a
    tool: output that it would be generous to count as naming the cause.
    """

    id: str
    layer: Layer
    first: str
    says: str = "What is wrong here? {url}"
    also: tuple[str, ...] = ()
    confirmed: bool = True
    scheme: str = "http"
    host: str = "127.0.0.1"
    path: str = "/"
    port: Literal["own", "closed", "default"] = "own"
    nginx: str = ""
    nginx_http: str = ""
    apache: str = ""
    apache_global: str = ""
    haproxy: str = ""
    haproxy_global: str = ""
    bind: str = ""
    lighttpd: str = ""
    varnish: str = ""
    squid: str = ""
    app: WSGIApplication | None = None
    raw: Handler | None = None
    backlog_full: bool = False
    listen: tuple[str, ...] = ("127.0.0.1",)
    zone: tuple[str, ...] = ()
    certificate: Certificate | None = None
    named_by: tuple[tuple[str, str], ...] = ()
