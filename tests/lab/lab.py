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
from tests.lab.case import Case
from tests.lab.servers import free_ports, program, running
from tests.observe.servers import over_tls, request, saying, serving

_UPSTREAM_WAIT = "1s"


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
    builders = _Nginx(folder), _Apache(folder), _HAProxy(folder)
    urls: dict[str, str] = {}
    records: list[str] = []
    with contextlib.ExitStack() as stack:
        silent = stack.enter_context(serving(_silent))
        aia = stack.enter_context(serving(saying(authorities.intermediate())))
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
                certificate, key = authorities.write(case.id, case.certificate, aia)
                values |= {"@CERT@": str(certificate), "@KEY@": str(key)}
                if case.raw:
                    context = authorities.context(certificate, key)
            for builder in builders:
                builder.add(case, port, values)
            records += case.zone
            if case.raw:
                handle = over_tls(context, case.raw) if context else case.raw
                port = stack.enter_context(serving(handle, case.listen[0]))
            if case.port == "default":
                urls[case.id] = f"{case.scheme}://{_filled(case.host, values)}{case.path}"
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
            settings = replace(settings, content=content)
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
    (site / "files" / "one.txt").write_text("one")
    (site / "secret.html").write_text("not for the server's user")
    (site / "secret.html").chmod(0)
    for path in (site, site / "empty", site / "files"):
        path.chmod(0o755)


def _filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(name, value)
    return text


class _Server:
    """Collects the configuration of one server for all of its cases."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.configured = False
        self.ports: list[int] = []
        self.common: list[str] = []
        self.parts: list[str] = []

    def take(self, own: str, common: str, port: int | None, values: dict[str, str]) -> None:
        self.configured = True
        if port:
            self.ports.append(port)
        self.parts.append(_filled(own, values))
        self.common.append(_filled(common, values))

    def run(self, stack: contextlib.ExitStack, name: str, text: str, command: list[str]) -> None:
        folder = self.folder / name
        folder.mkdir()
        (folder / "conf").write_text(text)
        stack.enter_context(running(command, folder, self.ports))


class _Nginx(_Server):
    def add(self, case: Case, port: int, values: dict[str, str]) -> None:
        if not case.nginx:
            return
        secure = " ssl" if case.certificate else ""
        files = "ssl_certificate @CERT@; ssl_certificate_key @KEY@;" if case.certificate else ""
        listen = " ".join(
            f"listen {f'[{address}]' if ':' in address else address}:@PORT@{secure};"
            for address in case.listen
        )
        body = case.nginx if "listen" in case.nginx else f"{listen} {files} {case.nginx}"
        usual = "127.0.0.1" in case.listen and case.port == "own"
        self.take(f"server {{ {body} }}", case.nginx_http, port if usual else None, values)

    def start(self, stack: contextlib.ExitStack) -> None:
        if not self.configured:
            return
        folder = self.folder / "nginx"
        temporary = "\n".join(
            f"{kind}_temp_path {folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        text = f"""
worker_processes 2; daemon off; pid {folder}/pid; error_log {folder}/error.log info;
events {{ worker_connections 512; }}
http {{
  access_log off; default_type text/html; server_names_hash_bucket_size 128;
  root {self.folder}/site; proxy_connect_timeout {_UPSTREAM_WAIT}; {temporary}
  types {{ text/html html; text/plain txt; }}
  {" ".join(self.common)}
  {" ".join(self.parts)}
}}"""
        self.run(
            stack,
            "nginx",
            text,
            [program("nginx"), "-p", str(folder), "-c", "conf", "-e", "stderr"],
        )


_APACHE_MODULES = (
    "mpm_event", "authz_core", "authz_host", "authz_user", "authn_core", "authn_file", "auth_basic",
    "auth_digest", "dir", "autoindex", "mime", "alias", "rewrite", "headers", "proxy", "proxy_http",
    "ssl", "socache_shmcb", "setenvif", "unique_id", "security2", "allowmethods", "reqtimeout",
)  # fmt: skip


class _Apache(_Server):
    def add(self, case: Case, port: int, values: dict[str, str]) -> None:
        if not case.apache:
            return
        secure = (
            "SSLEngine on\nSSLCertificateFile @CERT@\nSSLCertificateKeyFile @KEY@\n"
            if case.certificate
            else ""
        )
        own = f"""
Listen 127.0.0.1:@PORT@
<VirtualHost 127.0.0.1:@PORT@>
ServerName site.test
DocumentRoot @FOLDER@/site
{secure}{case.apache}
</VirtualHost>"""
        self.take(own, case.apache_global, port, values)

    def start(self, stack: contextlib.ExitStack) -> None:
        if not self.configured:
            return
        folder = self.folder / "apache"
        modules = "\n".join(
            f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so"
            for name in _APACHE_MODULES
        )
        user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
        text = f"""
ServerRoot {folder}
ServerName site.test
PidFile {folder}/pid
ErrorLog {folder}/error.log
{modules}
{user}
Mutex file:{folder} default
TypesConfig /etc/mime.types
DirectoryIndex index.html
SecRuleEngine Off
<Directory {self.folder}/site>
Require all granted
AllowOverride All
Options +Indexes
</Directory>
{chr(10).join(self.common)}
{chr(10).join(self.parts)}
"""
        command = [program("apache2"), "-f", str(folder / "conf"), "-D", "FOREGROUND"]
        self.run(stack, "apache", text, command)


class _HAProxy(_Server):
    def add(self, case: Case, port: int, values: dict[str, str]) -> None:
        if not case.haproxy:
            return
        secure = " ssl crt @FOLDER@/tls/" + case.id + ".both.pem" if case.certificate else ""
        name = case.id.replace("-", "_")
        own = f"\nfrontend {name}\n  bind 127.0.0.1:@PORT@{secure}\n  {case.haproxy}\n"
        self.take(own, case.haproxy_global, port, values)

    def start(self, stack: contextlib.ExitStack) -> None:
        if not self.configured:
            return
        text = f"""
global
  maxconn 500
  log stderr local0 err
defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 1s
  timeout tarpit 2s
  retries 1
{chr(10).join(self.common)}
{chr(10).join(self.parts)}
"""
        command = [program("haproxy"), "-db", "-f", str(self.folder / "haproxy" / "conf")]
        self.run(stack, "haproxy", text, command)


@contextlib.contextmanager
def _dns(folder: Path, records: list[str]) -> Iterator[int]:
    """NSD with a zone ``test``, and Unbound before it, which validates and forwards.

    Names below ``lame.example`` are forwarded to a server that does not have the zone, those below
    ``bogus.test`` to an unsigned zone that should be signed; ``silent.test`` is not answered and
    ``filtered.test`` refused.
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
  do-not-query-localhost: no
  module-config: "validator iterator"
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
