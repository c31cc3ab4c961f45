"""The laboratory: all faults at once, on one nginx, Apache, HAProxy, DNS, and raw sockets."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from kb.desk import Desk
from kb.settings import Settings
from tests.lab.authority import Authorities
from tests.lab.builders import Apache, HAProxy, Lighttpd, Nginx, Squid, Varnish, filled
from tests.lab.case import Case
from tests.lab.ours import full_backlog, serving_app
from tests.lab.servers import free_ports, program, running
from tests.observe.servers import over_tls, request, saying, serving


@dataclass(frozen=True, slots=True)
class Lab:
    """The running lab: the address of each case, and a desk that may probe it."""

    urls: dict[str, str]
    desk: Desk
    resolver: int
    root: Path


@contextlib.contextmanager
def laboratory(cases: Iterable[Case], content: Path | None = None) -> Iterator[Lab]:
    """Start everything that ``cases`` need; ready when entered."""
    wanted = list(cases)
    # Workers of nginx and Apache give up root, so the folder must be open to them.
    folder = Path(tempfile.mkdtemp(prefix="errordesk-lab-"))
    folder.chmod(0o755)
    try:
        yield from _started(wanted, folder, content)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _started(cases: list[Case], folder: Path, content: Path | None) -> Iterator[Lab]:
    _documents(folder)
    authorities = Authorities(folder)
    kinds = (Nginx, Apache, HAProxy, Lighttpd, Varnish, Squid)
    builders = [kind(folder) for kind in kinds]
    urls: dict[str, str] = {}
    records: list[str] = []
    with contextlib.ExitStack() as stack:
        silent = stack.enter_context(serving(_silent))
        aia = stack.enter_context(serving(saying(authorities.intermediate())))

        def revocations(connection: socket.socket) -> None:
            saying(authorities.revocations())(connection)

        crl = stack.enter_context(serving(revocations))
        # Asked for together, so that no port is given twice.
        # An address of this run's own, whose usual ports nobody else listens on.
        address = (
            f"127.{secrets.randbelow(200) + 20}.{secrets.randbelow(250)}.{os.getpid() % 250 + 1}"
        )
        ports = iter(free_ports(2 * len(cases)))
        for case in cases:
            port = next(ports)
            values = {"@PORT@": str(port), "@OTHER@": str(next(ports)), "@FOLDER@": str(folder)}
            values |= {"@SILENT@": str(silent), "@ADDRESS@": address}
            context = None
            if case.certificate:
                certificate, key = authorities.write(case.id, case.certificate, aia, crl)
                values |= {"@CERT@": str(certificate), "@KEY@": str(key)}
                values["@STAPLE@"] = str(certificate.with_suffix(".ocsp"))
                if case.raw:
                    context = authorities.context(certificate, key, case.certificate.alpn)
            for builder in builders:
                builder.add(case, port, values)
            records += case.zone
            if case.raw:
                handle = over_tls(context, case.raw) if context else case.raw
                port = stack.enter_context(serving(handle, case.listen[0]))
            if case.app:
                port = stack.enter_context(serving_app(case.app))
            if case.backlog_full:
                port = stack.enter_context(full_backlog())
            if case.port == "default":
                urls[case.id] = f"{case.scheme}://{filled(case.host, values)}{case.path}"
            else:
                shown = f"[{case.host}]" if ":" in case.host else case.host
                urls[case.id] = f"{case.scheme}://{shown}:{port}{case.path}"
        for builder in builders:
            builder.start(stack)
        resolver = stack.enter_context(_dns(folder, records))
        settings = Settings(
            data=folder / "data",
            probe_allow="127.0.0.0/8,::1/128",
            probe_resolver=f"127.0.0.1:{resolver}",
            probe_ca_file=str(authorities.root_file),
            probe_deadline=8.0,
            probe_cache_s=0.0,
            probe_target_rate="100000/minute",
        )
        if content:
            settings = replace(settings, content=(content,))
        yield Lab(urls, Desk.open(settings), resolver, authorities.root_file)


def _silent(connection: socket.socket) -> None:
    """An upstream that takes the request and says nothing for a while."""
    request(connection)
    connection.settimeout(4)
    with contextlib.suppress(TimeoutError):
        connection.recv(1)


def _documents(folder: Path) -> None:
    site = folder / "site"
    (site / "empty").mkdir(parents=True)
    (site / "files").mkdir()
    (site / "index.html").write_text("<!doctype html><title>Shop</title><p>Welcome to the shop.")
    (site / "page.html").write_text("<!doctype html><title>Page</title><p>A page with words.")
    (site / "long.html").write_text("<!doctype html><title>Page</title>" + "<p>Words.</p>" * 700)
    (site / "files" / "one.txt").write_text("one")
    (site / "secret.html").write_text("not for the server's user")
    (site / "secret.html").chmod(0)
    for path in (site, site / "empty", site / "files"):
        path.chmod(0o755)


@contextlib.contextmanager
def _dns(folder: Path, records: list[str]) -> Iterator[int]:
    """NSD with a zone ``test``, and Unbound before it, which validates and forwards.

    Names below ``lame.example`` are forwarded to a server that does not have the zone, those below
    ``bogus.test`` to an unsigned zone that should be signed; ``silent.test`` is not answered and
    ``filtered.test`` refused. Nothing is said over TCP: an answer above 1,232 bytes arrives cut.
    """
    nsd_port, port = free_ports(2)
    home = folder / "dns"
    home.mkdir()
    zone = [
        "$ORIGIN test.",
        "$TTL 60",
        "@ IN SOA ns.test. admin.test. 1 60 60 60 60",
        "@ IN NS ns.test.",
        "ns IN A 127.0.0.1",
        "site IN A 127.0.0.1",
        "*.bogus IN A 127.0.0.1",
        *records,
    ]
    (home / "zone").write_text("\n".join(zone) + "\n")
    (home / "nsd.conf").write_text(
        f"""
server:
  ip-address: 127.0.0.1@{nsd_port}
  username: ""
  chroot: ""
  zonesdir: "{home}"
  pidfile: "{home}/nsd.pid"
  database: ""
  xfrdfile: "{home}/xfrd.state"
  zonelistfile: "{home}/zone.list"
  xfrdir: "{home}"
  server-count: 1
  ipv4-edns-size: 4096
remote-control:
  control-enable: no
zone:
  name: test
  zonefile: zone
"""
    )
    forward = "forward-first: no"
    anchor = "bogus.test. 3600 IN DS 12345 8 2 " + "ab" * 32
    (home / "unbound.conf").write_text(
        f"""
server:
  interface: 127.0.0.1
  port: {port}
  username: ""
  chroot: ""
  directory: "{home}"
  pidfile: "{home}/unbound.pid"
  use-syslog: no
  do-daemonize: no
  tcp-connection-limit: 127.0.0.0/8 0
  edns-buffer-size: 4096
  do-not-query-localhost: no
  module-config: "validator iterator"
  ede: yes
  trust-anchor: "{anchor}"
  domain-insecure: "test"
  local-zone: "test." nodefault
  local-zone: "silent.test." deny
  local-zone: "filtered.test." refuse
remote-control:
  control-enable: no
forward-zone:
  name: "test."
  forward-addr: 127.0.0.1@{nsd_port}
  {forward}
forward-zone:
  name: "lame.example."
  forward-addr: 127.0.0.1@{nsd_port}
  {forward}
"""
    )
    with (
        running([program("nsd"), "-d", "-c", str(home / "nsd.conf")], home, [nsd_port]),
        running([program("unbound"), "-d", "-c", str(home / "unbound.conf")], home, [port]),
    ):
        yield port
