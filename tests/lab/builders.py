"""The laboratory's real servers: each collects its cases' settings and runs once for all."""

from __future__ import annotations

import contextlib
import os
from abc import ABC, abstractmethod
from pathlib import Path

from tests.lab.case import Case
from tests.lab.servers import program, running

_UPSTREAM_WAIT = "1s"


def filled(text: str, values: dict[str, str]) -> str:
    """``text`` with every ``@NAME@`` of ``values`` replaced."""
    for name, value in values.items():
        text = text.replace(name, value)
    return text


class Server(ABC):
    """Collects the configuration of one server for all of its cases."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.configured = False
        self.ports: list[int] = []
        self.common: list[str] = []
        self.parts: list[str] = []

    @abstractmethod
    def add(self, case: Case, port: int, values: dict[str, str]) -> None:
        """Take what ``case`` wants of this server; nothing when it wants nothing."""

    @abstractmethod
    def launch(self, stack: contextlib.ExitStack) -> None:
        """Write the configuration and run the server until ``stack`` is closed."""

    def start(self, stack: contextlib.ExitStack) -> None:
        """Start the server, when a case wanted it, until ``stack`` is closed."""
        if self.configured:
            self.launch(stack)

    def take(self, own: str, common: str, port: int | None, values: dict[str, str]) -> None:
        self.configured = True
        if port:
            self.ports.append(port)
        self.parts.append(filled(own, values))
        self.common.append(filled(common, values))

    def run(self, stack: contextlib.ExitStack, name: str, text: str, command: list[str]) -> None:
        folder = self.folder / name
        folder.mkdir()
        folder.chmod(0o777)  # Squid gives up root before it writes
        (folder / "conf").write_text(text)
        stack.enter_context(running(command, folder, self.ports))


class Nginx(Server):
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

    def launch(self, stack: contextlib.ExitStack) -> None:
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


class Apache(Server):
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

    def launch(self, stack: contextlib.ExitStack) -> None:
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


class HAProxy(Server):
    def add(self, case: Case, port: int, values: dict[str, str]) -> None:
        if not case.haproxy:
            return
        secure = " ssl crt @FOLDER@/tls/" + case.id + ".both.pem" if case.certificate else ""
        name = case.id.replace("-", "_")
        own = f"\nfrontend {name}\n  bind 127.0.0.1:@PORT@{secure} {case.bind}\n  {case.haproxy}\n"
        self.take(own, case.haproxy_global, port, values)

    def launch(self, stack: contextlib.ExitStack) -> None:
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


class Lighttpd(Server):
    def add(self, case: Case, port: int, values: dict[str, str]) -> None:
        if case.lighttpd:
            self.take(
                f'$SERVER["socket"] == "127.0.0.1:@PORT@" {{\n{case.lighttpd}\n}}',
                "",
                port,
                values,
            )

    def launch(self, stack: contextlib.ExitStack) -> None:
        text = f"""
server.document-root = "{self.folder}/site"
server.bind = "127.0.0.1"
server.port = {self.ports[0]}
server.modules = ("mod_access", "mod_auth", "mod_authn_file", "mod_redirect", "mod_setenv",
  "mod_dirlisting", "mod_proxy")
index-file.names = ("index.html")
mimetype.assign = (".html" => "text/html; charset=utf-8", ".txt" => "text/plain")
{chr(10).join(self.parts)}
"""
        command = [program("lighttpd"), "-D", "-f", str(self.folder / "lighttpd" / "conf")]
        self.run(stack, "lighttpd", text, command)


class Varnish(Server):
    def add(self, case: Case, port: int, values: dict[str, str]) -> None:
        if not case.varnish:
            return
        received, _, synth = case.varnish.partition("---")
        self.take(f"if (std.port(local.ip) == @PORT@) {{ {received} }}", "", port, values)
        self.common.append(f"if (std.port(local.ip) == {port}) {{ {synth} }}")

    def launch(self, stack: contextlib.ExitStack) -> None:
        text = f"""
vcl 4.1;
import std;
backend dead {{ .host = "127.0.0.1"; .port = "1"; .connect_timeout = 1s; }}
sub vcl_recv {{ set req.backend_hint = dead; {chr(10).join(self.parts)} }}
sub vcl_synth {{ {chr(10).join(self.common)} }}
"""
        listen = [part for port in self.ports for part in ("-a", f"127.0.0.1:{port}")]
        command = [
            program("varnishd"), "-F", "-j", "none", "-n", str(self.folder / "varnish" / "work"),
            "-s", "default,4m", *listen, "-f", str(self.folder / "varnish" / "conf"),
        ]  # fmt: skip
        self.run(stack, "varnish", text, command)


class Squid(Server):
    def add(self, case: Case, port: int, values: dict[str, str]) -> None:
        if case.squid:
            self.take(
                f"http_port 127.0.0.1:@PORT@ accel defaultsite=site.test name=p@PORT@\n"
                f"acl on@PORT@ myportname p@PORT@\n{case.squid}\n",
                "",
                port,
                values,
            )

    def launch(self, stack: contextlib.ExitStack) -> None:
        home = self.folder / "squid"
        text = f"""
{chr(10).join(self.parts)}
http_access deny all
cache deny all
pid_filename {home}/pid
access_log none
cache_log {home}/cache.log
coredump_dir {home}
pinger_enable off
shutdown_lifetime 1 second
visible_hostname cache.example.org
connect_timeout 1 second
netdb_filename none
"""
        # A service name of its own, because its shared memory is named by it.
        name = f"lab{os.getpid()}"
        command = [program("squid"), "-N", "-n", name, "-d", "1", "-f", str(home / "conf")]
        self.run(stack, "squid", text, command)
