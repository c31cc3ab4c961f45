"""``/metrics`` for Prometheus: a registry of our own, readable with the operator's token only.

Imported only where METRICS_TOKEN is set. Where several processes serve one address,
PROMETHEUS_MULTIPROC_DIR names a folder of theirs before this is imported, and the numbers are
those of all of them.
"""

from __future__ import annotations

import hmac
import os

from flask import Blueprint, Flask, Response, current_app, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from kb.answer import Answer
from kb.desk import Desk
from kb.store import Store
from webapp.services import services

blueprint = Blueprint("metrics", __name__)
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The counters of one process. Safe to use from several threads."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        self.registry = registry
        self._requests = Counter(
            "errordesk_requests", "Requests that were answered.", ("method", "route", "status"),
            registry=registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "errordesk_request_seconds", "How long answering took, streams to their end.",
            ("route",), registry=registry, buckets=_SECONDS,
        )  # fmt: skip
        self._answers = Counter(
            "errordesk_answers", "Answers: confirmed, known or unknown.", ("front", "outcome"),
            registry=registry,
        )  # fmt: skip
        self._probes = Counter(
            "errordesk_probes", "Probes by their outcome.", ("outcome",), registry=registry
        )
        self._refused = Counter(
            "errordesk_refused",
            "What a limit refused: asker, target, busy, keeping or login.",
            ("limit",),
            registry=registry,
        )
        self._running = Gauge(
            "errordesk_probes_running", "Probes that run now.", registry=registry,
            multiprocess_mode="livesum",
        )  # fmt: skip
        self._places = Gauge(
            "errordesk_probes_places", "Probes that one process may run at once.",
            registry=registry, multiprocess_mode="livemax",
        )  # fmt: skip
        self._waiting = Gauge(
            "errordesk_log_waiting", "Questions that wait to be written to the log.",
            registry=registry, multiprocess_mode="livesum",
        )  # fmt: skip
        self._dropped = Gauge(
            "errordesk_log_dropped", "Questions that could not be written since the start.",
            registry=registry, multiprocess_mode="livesum",
        )  # fmt: skip
        self._content = Gauge(
            "errordesk_solutions", "Solutions that are served, by the revision of the content.",
            ("revision",), registry=registry, multiprocess_mode="livemax",
        )  # fmt: skip

    def request(self, method: str, route: str, status: int, took_s: float) -> None:
        """A request has ended."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(took_s)

    def answer(self, answer: Answer, front: str) -> None:
        """A question was answered, with or without a probe."""
        settled = "confirmed" if answer.confirmed else "known"
        self._answers.labels(front, settled if answer.known else "unknown").inc()
        if any(seen.source == "probe" for seen in answer.observations):
            self._probes.labels(str(answer.facts.get("probe", {}).get("outcome"))).inc()

    def refused(self, limit: str) -> None:
        """A limit refused something."""
        self._refused.labels(limit).inc()

    def running(self, change: int) -> None:
        """A probe began (1) or ended (-1)."""
        self._running.inc(change)

    def log(self, store: Store) -> None:
        """How far behind the log of questions is."""
        self._waiting.set(store.waiting)
        self._dropped.set(store.dropped)

    def look(self, desk: Desk, places: int) -> None:
        """Take what is a state rather than an event."""
        self._places.set(places)
        self._content.labels(desk.base.revision).set(len(desk.base.published))


def metrics() -> Metrics | None:
    """The metrics of the current app; None where there are none."""
    found = current_app.extensions.get("errordesk.metrics")
    return found if isinstance(found, Metrics) else None


def register(app: Flask) -> Metrics:
    """Count in ``app`` and serve the numbers."""
    found = Metrics()
    app.extensions["errordesk.metrics"] = found
    app.register_blueprint(blueprint)
    return found


@blueprint.get("/metrics")
def page() -> Response:
    """The numbers in Prometheus' text format, for who knows the token."""
    wanted = f"Bearer {services().settings.metrics_token}".encode()
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), wanted):
        return Response("Not without the token.\n", 401, {"WWW-Authenticate": "Bearer"})
    found = metrics()
    assert found is not None  # noqa: S101  # this view exists with the metrics only
    found.look(services().desk, services().settings.probe_concurrency)
    if (store := services().store) is not None:
        found.log(store)
    registry = found.registry
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    response = Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    response.headers["Cache-Control"] = "no-store"
    return response
