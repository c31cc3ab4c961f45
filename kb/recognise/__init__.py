"""From pasted text to identifiers, URLs, transcripts and what the words say: pure functions."""

from kb.recognise.lexicon import Lexicon
from kb.recognise.recognise import Recognition, recognise
from kb.recognise.secrets import remove_secrets

__all__ = ["Lexicon", "Recognition", "recognise", "remove_secrets"]
