"""DokuWiki with our articles as its pages: a help site of the same kind, measured beside ours.

Debian's package behind nginx and PHP-FPM with its opcode cache, as many processes as ours; pages
come from DokuWiki's own cache, and its index is built before. Everything but the program is in a
folder of ours.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from kb.article import Article
from tests.lab.servers import free_ports, nginx, program, running

_PROGRAM: Final = Path("/usr/share/dokuwiki")
_USER: Final = "www-data"
_FOLDERS: Final = (
    *("attic", "cache", "index", "locks", "log", "media", "media_attic", "media_meta"),
    *("meta", "pages", "tmp"),
)
_LOCAL: Final = """<?php
$conf['title'] = 'Help';
$conf['savedir'] = '{folder}/data';
$conf['useacl'] = 0;
"""
_POOL: Final = """
[global]
error_log = {folder}/fpm.log
daemonize = no
[www]
user = {user}
listen = 127.0.0.1:{port}
pm = static
pm.max_children = {processes}
php_admin_value[auto_prepend_file] = {folder}/prepend.php
php_admin_value[opcache.enable] = 1
"""
_SITE: Final = """
include /etc/nginx/mime.types;
gzip on;
server {{
  listen 127.0.0.1:{port};
  root {program};
  location ~ \\.php$ {{
    include /etc/nginx/fastcgi_params;
    fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
    fastcgi_pass 127.0.0.1:{behind};
  }}
}}
"""


@contextlib.contextmanager
def dokuwiki(folder: Path, articles: Iterable[Article]) -> Iterator[int]:
    """DokuWiki on loopback with ``articles``; gives its port. Needs root: it gets its own user."""
    folder.mkdir(parents=True)
    (folder / "conf").mkdir()
    for name in _FOLDERS:
        (folder / "data" / name).mkdir(parents=True)
    pages = folder / "data" / "pages" / "solutions"
    pages.mkdir()
    for article in articles:
        (pages / f"{article.id}.txt").write_text(_as_page(article))
    (folder / "conf" / "local.php").write_text(_LOCAL.format(folder=folder))
    (folder / "prepend.php").write_text(f"<?php define('DOKU_CONF', '{folder}/conf/');")
    for place in (folder, *folder.rglob("*")):
        shutil.chown(place, _USER)
    behind, port = free_ports(2)
    processes = len(os.sched_getaffinity(0))
    pool = folder / "pool.conf"
    pool.write_text(_POOL.format(folder=folder, user=_USER, port=behind, processes=processes))
    _index(folder)
    served = folder / "nginx"
    served.mkdir()
    with (
        running([_fpm(), "--nodaemonize", "--fpm-config", str(pool)], folder, [behind]),
        nginx(served, _SITE.format(port=port, program=_PROGRAM, behind=behind), port),
    ):
        yield port


def page_of(article_id: int) -> str:
    """The path of an article's page."""
    return f"/doku.php?id=solutions:{article_id}"


def _fpm() -> str:
    found = sorted(Path("/usr/sbin").glob("php-fpm*"))
    return str(found[-1]) if found else program("php-fpm")


def _index(folder: Path) -> None:
    """Build the index as the user who reads it."""
    command = [
        *("runuser", "-u", _USER, "--", program("php")),
        *("-d", f"auto_prepend_file={folder}/prepend.php"),
        *(str(_PROGRAM / "bin" / "indexer.php"), "-c", "-q"),
    ]
    subprocess.run(command, check=True, capture_output=True, cwd=folder)


def _as_page(article: Article) -> str:
    """The article in DokuWiki's own markup, as far as it matters for size and work."""
    text = re.sub(r"```\w*\n(.*?)```", r"<code>\n\1</code>", article.body, flags=re.DOTALL)
    text = re.sub(r"^### (.*)$", r"==== \1 ====", text, flags=re.MULTILINE)
    text = re.sub(r"^## (.*)$", r"===== \1 =====", text, flags=re.MULTILINE)
    text = re.sub(r"(?m)^- ", "  * ", text)
    text = re.sub(r"\[([^\]]+)\]\((https?://[^)]+)\)", r"[[\2|\1]]", text)
    return f"====== {article.title} ======\n\n{article.summary}\n\n{text}\n"
