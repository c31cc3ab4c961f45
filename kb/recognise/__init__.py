"""From pasted text to identifiers, URLs, transcripts and what the words say: pure functions."""

from kb.recognise.recognise import Recognition, recognise

__all__ = ["Recognition", "recognise"]
