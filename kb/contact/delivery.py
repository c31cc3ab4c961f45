"""A message to the operator's webhook: signed, tried again within a few seconds, never twice.

It goes on until the webhook says 2xx, says that it will not (4xx), or the time is over, and the
reader is told which. Every attempt carries the same ``webhook-id``, so that a receiver that took
the first one and answered too late drops the second.
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kb.contact.signing import BadSecret, key_of, signed_headers
from kb.errors import BadURL
from kb.observe.policy import parse_resolver
from kb.observe.post import Undelivered, post
from kb.observe.target import Target, parse_target
from kb.settings import BadSetting, Settings

_LOG = logging.getLogger(__name__)
# Pauses between attempts, in seconds; half of each is random, so that senders do not come at once.
PAUSES: Final = (0.3, 1.0)
# What a receiver says when it may take the same message later.
_LATER: Final = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of it; ``problem`` is a phrase for the operator's log, '' when delivered."""

    delivered: bool
    attempts: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Webhook:
    """The operator's target. The operator named it, so it may be at a private address.

    ``deadline_s`` bounds all attempts together: somebody waits for the outcome.
    """

    target: Target
    key: bytes = field(repr=False)
    agent: str = "Errordesk"
    resolver: tuple[str, int] | None = None
    ca_file: str = ""
    deadline_s: float = 8.0
    attempt_s: float = 4.0

    @classmethod
    def from_settings(cls, settings: Settings) -> Webhook | None:
        """The webhook as the operator configured it, None without one. Raises BadSetting."""
        if not settings.contact_webhook:
            return None
        try:
            return cls(
                parse_target(settings.contact_webhook),
                key_of(settings.contact_secret),
                f"Errordesk (+{settings.base_url})" if settings.base_url else "Errordesk",
                parse_resolver(settings.probe_resolver),
                settings.probe_ca_file,
            )
        except BadSecret as error:
            raise BadSetting(f"ERRORDESK_CONTACT_SECRET cannot be used. {error}") from None
        except BadURL as error:
            raise BadSetting(f"ERRORDESK_CONTACT_WEBHOOK cannot be used. {error}") from None

    def deliver(self, payload: Mapping[str, Any], identity: str) -> Delivery:
        """Send ``payload``; ``identity`` makes a repeated sending harmless."""
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        end = time.monotonic() + self.deadline_s
        problem = ""
        for attempt, pause in enumerate((*PAUSES, 0.0), start=1):
            status, problem = self._try(body, identity, min(end, time.monotonic() + self.attempt_s))
            if 200 <= status < 300:
                return Delivery(True, attempt)
            wait = pause * random.uniform(0.5, 1)  # noqa: S311  # spreads attempts, no secret
            again = status == 0 or status >= 500 or status in _LATER
            if not again or not pause or time.monotonic() + wait >= end:
                break
            time.sleep(wait)
        _LOG.warning("contact %s was not delivered after %d: %s", identity, attempt, problem)
        return Delivery(False, attempt, problem)

    def _try(self, body: bytes, identity: str, deadline: float) -> tuple[int, str]:
        headers = {
            "User-Agent": self.agent,
            "Content-Type": "application/json",
            **signed_headers(self.key, identity, int(time.time()), body),
        }
        try:
            status = post(
                self.target, headers, body, deadline, resolver=self.resolver, ca_file=self.ca_file
            )
        except Undelivered as error:
            return 0, str(error)
        return status, f"the webhook answered {status}"
