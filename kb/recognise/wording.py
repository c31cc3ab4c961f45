"""What the reader's own words answer before anything was asked, by the phrases of the questions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from kb.articles.questions import QuestionSpec
from kb.facts import Facts, FactValue, Source
from kb.recent import Recent
from kb.recognise.replies import said_by_phrases
from kb.sieve import Sieve

_SENTENCE: Final = re.compile(r"[^.!?\n]+")
_SPACES: Final = re.compile(r"\s+")


class Phrases:
    """The phrases of some questions, all looked for at once. Build once, use from any thread."""

    def __init__(self, questions: Iterable[QuestionSpec]) -> None:
        self.questions = questions
        owners: dict[int, list[QuestionSpec]] = {}
        phrases: dict[int, re.Pattern[str]] = {}
        for question in questions:
            for phrase in dict.fromkeys(p for answer in question.answers for p in answer.phrases):
                phrases[id(phrase)] = phrase
                owners.setdefault(id(phrase), []).append(question)
        self.sieve = Sieve(phrases.values())
        self._owners = owners

    def spoken(self, text: str) -> list[QuestionSpec]:
        """The questions of which a phrase may be in ``text``, each once."""
        found = {
            question.fact: question
            for phrase in self.sieve.passing(text)
            for question in self._owners[id(phrase)]
        }
        return list(found.values())


_PHRASES: Final[Recent[int, Phrases]] = Recent(8)


def wording(text: str, questions: Iterable[QuestionSpec]) -> Facts:
    """The facts that ``text`` tells, one for each of the ``questions`` that it answers."""
    sentences = [_SPACES.sub(" ", match[0]) for match in _SENTENCE.finditer(text)]
    found: dict[str, FactValue] = {}
    for question in phrases_of(questions).spoken("\n".join(sentences)):
        value = said_by_phrases(sentences, question)
        if value is not None:
            found[question.fact] = value
    return Facts(found, Source.READER)


def phrases_of(questions: Iterable[QuestionSpec]) -> Phrases:
    """The phrases of ``questions``; built once for each knowledge base."""
    known = _PHRASES.get(id(questions))
    if known is None or known.questions is not questions:
        known = Phrases(questions)
        _PHRASES.put(id(questions), known)
    return known
