"""Trying an article: which causes given facts confirm, and why. For writers."""

from kb.trial.given import read_facts, read_pairs
from kb.trial.trial import CauseTrial, Reason, Trial, find_article, try_article

__all__ = [
    "CauseTrial",
    "Reason",
    "Trial",
    "find_article",
    "read_facts",
    "read_pairs",
    "try_article",
]
