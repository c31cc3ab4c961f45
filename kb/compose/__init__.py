"""From verdicts to the one answer: headline, whose move it is, commands, comparison, ticket."""

from kb.compose.parts import (
    changes_between,
    compare,
    layer_sentence,
    reproduce,
    ticket,
    unknown_sentences,
)

__all__ = [
    "changes_between",
    "compare",
    "layer_sentence",
    "reproduce",
    "ticket",
    "unknown_sentences",
]
