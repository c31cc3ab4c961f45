"""From a reader's message to its delivery: counted once, a few at once, and never twice by us."""

from __future__ import annotations

import contextlib
import threading
from enum import StrEnum
from typing import Final

from kb.articles import KnowledgeBase
from kb.contact import Contact, Webhook
from kb.recent import Recent
from kb.store import ContactRecord, Store, StoreUnavailable

# How many readers may wait for the webhook at once: the other threads go on answering.
AT_ONCE: Final = 4
BUSY_S: Final = 10


class Outcome(StrEnum):
    """What became of a message."""

    DELIVERED = "delivered"
    BEFORE = "before"
    FAILED = "failed"
    BUSY = "busy"


class Handover:
    """Sends contacts to the webhook and counts them. Safe to use from several threads.

    The store remembers what was delivered, for all processes; each process does for itself, too,
    since a person must be reachable while the store is not.
    """

    def __init__(
        self, webhook: Webhook | None, store: Store | None, base: KnowledgeBase, site: str
    ) -> None:
        self._webhook = webhook
        self._store = store
        self._base = base
        self._site = site
        self._free = threading.BoundedSemaphore(AT_ONCE)
        self._delivered: Recent[str, bool] = Recent(1_000)
        self._sending: set[str] = set()
        self._lock = threading.Lock()

    @property
    def able(self) -> bool:
        """Whether there is a webhook."""
        return self._webhook is not None

    def preview(self, contact: Contact) -> str:
        """The text that a person would read, without secrets."""
        return str(contact.payload(self._base, self._site)["data"]["text"])

    def count(self, contact: Contact, question_key: str | None = None) -> bool:
        """Count a contact that goes another way; False when its key was counted before.

        Raises StoreUnavailable.
        """
        if self._store is None:
            return True
        return self._store.add_contact(self._record(contact, "elsewhere", question_key))

    def send(self, contact: Contact, question_key: str | None = None) -> Outcome:
        """Deliver it, within the webhook's deadline. Not to be called without a webhook."""
        assert self._webhook is not None  # noqa: S101  # the views ask for able first
        if self._delivered.get(contact.key) or self._stored_as_delivered(contact.key):
            return Outcome.BEFORE
        if not self._begin(contact.key):
            return Outcome.BUSY
        try:
            if self._store is not None:
                with contextlib.suppress(StoreUnavailable):
                    self._store.add_contact(self._record(contact, "webhook", question_key))
            sent = self._webhook.deliver(contact.payload(self._base, self._site), contact.key)
            if not sent.delivered:
                return Outcome.FAILED
            self._delivered.put(contact.key, True)
            if self._store is not None:
                with contextlib.suppress(StoreUnavailable):
                    self._store.mark_delivered(contact.key)
            return Outcome.DELIVERED
        finally:
            self._end(contact.key)

    def _begin(self, key: str) -> bool:
        with self._lock:
            if key in self._sending or not self._free.acquire(blocking=False):
                return False
            self._sending.add(key)
            return True

    def _end(self, key: str) -> None:
        with self._lock:
            self._sending.discard(key)
            self._free.release()

    def _stored_as_delivered(self, key: str) -> bool:
        if self._store is None:
            return False
        with contextlib.suppress(StoreUnavailable):
            return self._store.contact_delivered(key)
        return False

    def _record(self, contact: Contact, via: str, question_key: str | None) -> ContactRecord:
        known = tuple(number for number in contact.solutions if self._base.get(number))
        return ContactRecord(via, contact.language, known, question_key or None, key=contact.key)
