"""What probes found lately, so that a question asked again does not ask the site again."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from pydantic import TypeAdapter, ValidationError

from kb.answer import Observation
from kb.facts import Facts, Source, UnknownFact
from kb.recent import Recent
from kb.shared import Shared

if TYPE_CHECKING:
    from kb.observe import ProbeResult

_LOG = logging.getLogger(__name__)
_OBSERVATION: Final = TypeAdapter(Observation)
MAX_KEPT: Final = 256
# How long a place that does not answer is left alone.
RETRY_S: Final = 5.0


class Probed:
    """Results by key, with their age: in this process, and in a shared place if there are others.

    While the shared place is away each process knows its own results only.
    """

    def __init__(self, shared: Shared | None = None) -> None:
        self._own: Recent[str, tuple[float, ProbeResult]] = Recent(MAX_KEPT)
        self._shared = shared
        self._again = 0.0

    def get(self, key: str) -> tuple[float, ProbeResult] | None:
        """Age in seconds and result."""
        if self._shared is not None and time.monotonic() >= self._again:
            try:
                found = self._shared.get(_name(key))
                return (found[0], _read(found[1])) if found else None
            except (ValidationError, UnknownFact, ValueError, KeyError, TypeError):
                return None  # written by another version
            except Exception as error:  # noqa: BLE001  # whatever its client raises
                self._gone(error)
        own = self._own.get(key)
        return (time.monotonic() - own[0], own[1]) if own else None

    def put(self, key: str, result: ProbeResult) -> None:
        """Keep a result, as of now."""
        self._own.put(key, (time.monotonic(), result))
        if self._shared is not None and time.monotonic() >= self._again:
            try:
                self._shared.put(_name(key), _written(result))
            except Exception as error:  # noqa: BLE001  # whatever its client raises
                self._gone(error)

    def _gone(self, error: Exception) -> None:
        self._again = time.monotonic() + RETRY_S
        _LOG.warning("results of probes are not shared right now: %s", type(error).__name__)


def _name(key: str) -> str:
    """A key of the shared place: URLs are not readable there, and short."""
    return "probed:" + hashlib.blake2b(key.encode(), digest_size=16).hexdigest()


def _written(result: ProbeResult) -> bytes:
    observation = asdict(result.observation)
    return json.dumps([result.url, dict(result.facts.items()), observation]).encode()


def _read(text: bytes) -> ProbeResult:
    from kb.observe import ProbeResult  # noqa: PLC0415  # as in the desk: most need none of it

    url, facts, observation = json.loads(text)
    seen = _OBSERVATION.validate_python(observation)
    return ProbeResult(url, Facts(facts, Source.PROBE), seen)
