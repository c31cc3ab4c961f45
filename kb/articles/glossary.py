"""What words of another language are called in English, as ``content/glossary.LANG.yaml`` has them.

The articles are written in English and few are translated. A question in another language finds
the others through this list: word by word, which is enough to rank by.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from kb.articles.yamltext import load
from kb.errors import ContentError

NAME: Final = re.compile(r"glossary\.[a-z]{2}\.yaml")
_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SPELLED: Final = {"\xe4": "ae", "\xf6": "oe", "\xfc": "ue", "\xdf": "ss"}
_FORM: Final = (
    "A glossary has `words`, English words with the list of what they are called, and `filler`, "
    "a list of words that drop out; each word is a single one."
)


@dataclass(frozen=True, slots=True)
class Glossary:
    """English words by the foreign one, in small letters; nothing for one that drops out."""

    words: Mapping[str, str] = field(default_factory=dict)

    def merged(self, later: Glossary) -> Glossary:
        """Both; of a word that both have, the later meaning."""
        return Glossary({**self.words, **later.words})

    def translated(self, text: str) -> str:
        """``text`` with the words that are known here in English; the same text without any."""
        return _WORD.sub(self._meaning, text)

    def _meaning(self, match: re.Match[str]) -> str:
        word = match[0].casefold()
        found = self.words.get(word)
        if found is None and "-" in word:
            parts = [self.words.get(part, part) for part in word.split("-")]
            return " ".join(parts) if parts != word.split("-") else match[0]
        return match[0] if found is None else found


def parse_glossary(text: str, path: str = "glossary.yaml") -> Glossary:
    """Read the file's text. Raises ContentError."""
    try:
        data = load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ContentError(f"No valid YAML: {error.problem}.", path, line) from None
    if not isinstance(data, dict) or not isinstance(data.get("words"), dict):
        raise ContentError(_FORM, path)
    found: dict[str, str] = {}
    for english, words in (*data["words"].items(), ("", data.get("filler") or [])):
        for word in _words(english, words, path):
            for spelled in {word, _without_umlauts(word)}:
                found.setdefault(spelled, str(english))
    return Glossary(found)


def _words(english: Any, words: Any, path: str) -> list[str]:
    if not isinstance(english, str) or not isinstance(words, list):
        raise ContentError(_FORM, path)
    for word in words:
        if not isinstance(word, str) or not _WORD.fullmatch(word):
            raise ContentError(f"{_FORM} This is none: {word!r}.", path)
    return [word.casefold() for word in words]


def _without_umlauts(word: str) -> str:
    return "".join(_SPELLED.get(sign, sign) for sign in word)
