"""The master process: loads the content, forks workers, renews them when the content changes."""

from __future__ import annotations

import gc
import logging
import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger

from kb.desk import Desk
from kb.errors import ErrordeskError
from kb.settings import Settings
from kb.shared import SHARED
from webapp import create_app, i18n
from webapp.services import Services
from webapp.serving.turns import Turns
from webapp.serving.watch import ContentWatch
from webapp.serving.worker import Worker

Factory = Callable[[Settings, Desk], Flask]
_LOG = logging.getLogger(__name__)
# How long requests that are being answered may take once the server is told to stop; a probe and
# its stream end within PROBE_DEADLINE.
GRACE_MARGIN_S: Final = 10
# A connection that sends nothing is closed after this. Front servers keep theirs for less.
KEEPALIVE_S: Final = 20
CONNECTIONS: Final = 1_000
_YOUNG: Final = 10_000  # objects that a worker makes before it looks for garbage among them
_NUMBERS: Final = "PROMETHEUS_MULTIPROC_DIR"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one server does at once: processes, and requests in each of them."""

    workers: int
    threads: int

    @classmethod
    def of_this_machine(cls, workers: int | None = None, threads: int | None = None) -> Limits:
        """A process for each processor that this one may use, unless given."""
        return cls(workers or len(os.sched_getaffinity(0)), threads or 16)


class _Log(Logger):
    """gunicorn's messages go where all others go."""

    def setup(self, cfg: Any) -> None:
        """Follow the configuration of :mod:`logging`."""
        super().setup(cfg)
        self.error_log.propagate = True


class _Application(BaseApplication):
    """What gunicorn serves, and how."""

    def __init__(
        self, desk: Desk, options: dict[str, Any], watch: ContentWatch, factory: Factory
    ) -> None:
        self._desk = desk
        self._factory = factory
        self._options = options
        self.watch = watch
        self.turns = Turns()
        super().__init__()

    def load_config(self) -> None:
        """Take the options; nothing is read from gunicorn's files or environment."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The app of the content that was loaded last, its memory ready to be shared."""
        app = self._factory(self._desk.settings, self._desk)
        _warm(app, self._desk)
        if self._desk.settings.probe_enabled:
            import_module("kb.observe")  # now, once, rather than at each worker's first probe
        gc.collect()
        gc.freeze()  # the collector of a worker does not touch, and so not copy, these pages
        # An answer makes thousands of objects and no cycle: to look for one each 700 costs 3 %.
        gc.set_threshold(_YOUNG)
        return app

    def renew(self) -> bool:
        """Load the content anew; False, and the former stays, where that would lose articles."""
        gc.unfreeze()
        try:
            desk = Desk.open(self._desk.settings)
        except ErrordeskError as error:
            _LOG.error("The content changed and cannot be used; the former stays: %s", error)
            return False
        except Exception:  # noqa: BLE001  # whatever content does to us, the server must outlive it
            _LOG.exception("The content changed and cannot be loaded; the former stays.")
            return False
        broken = set(desk.base.problems) - set(self._desk.base.problems)
        if broken:
            for problem in sorted(broken):
                _LOG.error("The content changed and is broken; the former stays: %s", problem)
            return False
        _LOG.info("The content changed: revision %s is served now.", desk.base.revision)
        self._desk, self.callable = desk, None
        return True


def _warm(app: Flask, desk: Desk) -> None:
    """Make what is made once before there are workers: a reader would wait for it in each."""
    desk.warm()
    app.url_map.update()
    for language in i18n.LANGUAGES:
        i18n.catalogue(language)
    for name in app.jinja_env.list_templates(extensions=("html",)):
        app.jinja_env.get_template(name)


class _Master(Arbiter):
    """gunicorn's master, with an eye on the content."""

    app: _Application

    def murder_workers(self) -> None:
        """Called each second: look after the workers, then after the content."""
        super().murder_workers()
        if self.app.watch.changed():
            self.handle_hup()

    def handle_hup(self) -> None:
        """Renew the content and the workers, in this order, so that there is always one to ask."""
        if self.app.renew():
            self.reload()

    def handle_int(self) -> None:
        """Ctrl-C ends as SIGTERM does; a second one does not wait."""
        self.handle_term()


def _close(_master: Any, worker: Any) -> None:
    """Write what is queued, at the end of a worker."""
    if worker.pid != os.getpid():  # gunicorn tells the master of workers that are gone, too
        return
    found = worker.app.wsgi().extensions["errordesk"]
    if isinstance(found, Services) and found.store is not None:
        found.store.close()


def _forget(_master: Any, worker: Any) -> None:
    """Take a worker that ended out of the metrics, and out of those that connections wait for."""
    worker.app.turns.ended(worker.age)
    if _NUMBERS in os.environ:
        from prometheus_client.multiprocess import (  # noqa: PLC0415  # it looks at the variable
            mark_process_dead,
        )

        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def _clean(_master: Any) -> None:
    if _NUMBERS in os.environ:
        shutil.rmtree(os.environ[_NUMBERS], ignore_errors=True)


def prepared(settings: Settings, limits: Limits) -> Settings:
    """The settings of a desk that several processes serve."""
    return replace(
        settings,
        # One key for all workers, and for those that replace them.
        secret_key=settings.secret_key or secrets.token_hex(32),
        shared=settings.data / SHARED if limits.workers > 1 else None,
        # Half of a worker's threads stay free of probes, whatever was set.
        probe_concurrency=max(1, min(settings.probe_concurrency, limits.threads // 2)),
    )


def serve(
    desk: Desk,
    watch: ContentWatch,
    listener: socket.socket,
    limits: Limits,
    ready: Callable[[], None],
    factory: Factory = create_app,
) -> None:
    """Serve a desk that was opened with :func:`prepared` settings, until a signal ends it.

    ``watch`` was begun before the desk read the content, so that no change goes unnoticed.
    ``listener`` is bound and does not listen yet; ``ready`` is called once when it does. SIGTERM
    and SIGINT take no new request and let those that are being answered finish; SIGHUP reads the
    content again, which happens by itself when it changes.
    """
    settings = desk.settings
    if settings.metrics_token and limits.workers > 1:
        # Where the processes of this server add up their numbers; gone with the server.
        os.environ[_NUMBERS] = tempfile.mkdtemp(prefix="errordesk-metrics-")
    memory = Path("/dev/shm")  # noqa: S108  # only the workers' signs of life, made by mkstemp
    options = {
        "bind": [f"fd://{listener.detach()}"],
        "workers": limits.workers,
        "threads": limits.threads,
        "worker_class": Worker,
        "worker_connections": CONNECTIONS,
        "preload_app": True,
        "keepalive": KEEPALIVE_S,
        "graceful_timeout": round(settings.probe_deadline) + GRACE_MARGIN_S,
        "timeout": 60,
        "limit_request_line": 8190,
        "sendfile": False,
        "proc_name": "errordesk",
        "logger_class": _Log,
        "errorlog": None,
        "loglevel": "warning",
        "control_socket_disable": True,
        "worker_tmp_dir": str(memory) if os.access(memory, os.W_OK) else None,
        # Whose X-Forwarded-* headers count is decided in the app.
        "forwarded_allow_ips": "",
        "when_ready": lambda _master: ready(),
        "worker_exit": _close,
        "child_exit": _forget,
        "on_exit": _clean,
    }
    _Master(_Application(desk, options, watch, factory)).run()
