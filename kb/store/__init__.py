"""What changes while the desk runs: feedback, the log of questions, shared reports; in SQL."""

from kb.store.records import ContactRecord, Feedback, QuestionRecord, StoreUnavailable
from kb.store.store import Store, open_store

__all__ = [
    "ContactRecord",
    "Feedback",
    "QuestionRecord",
    "Store",
    "StoreUnavailable",
    "open_store",
]
