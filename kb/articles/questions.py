"""The questions that may be asked, each about one fact, as ``content/questions.yaml`` has them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import yaml

from kb.articles.yamltext import load
from kb.errors import ContentError
from kb.facts import FactValue, UnknownFact, as_text, check


@dataclass(frozen=True, slots=True)
class AnswerSpec:
    """One possible answer: its label, the fact's value, and wordings that say it in free text.

    ``phrases`` say it wherever they stand, ``replies`` only where this question was asked.
    """

    label: str
    value: FactValue
    phrases: tuple[re.Pattern[str], ...]
    replies: tuple[re.Pattern[str], ...] = ()

    @property
    def text(self) -> str:
        """The value as a form or a command line writes it."""
        return as_text(self.value)


@dataclass(frozen=True, slots=True)
class QuestionSpec:
    """A question about one ``reader.*`` fact, why it is asked, and its answers.

    ``works`` marks those that ask whether it works elsewhere: "the same error" is a no to them.
    ``role`` is the value of reader.role whom alone the question concerns, '' for everybody.
    ``unless`` is CEL over facts: where it is true, other facts have answered the question.
    """

    fact: str
    ask: str
    why: str
    answers: tuple[AnswerSpec, ...]
    works: bool = False
    role: str = ""
    unless: str = ""

    def label(self, value: str) -> str:
        """What the button of an answer says; the value itself where there is none."""
        return next((answer.label for answer in self.answers if answer.text == value), value)


def parse_questions(text: str, path: str = "questions.yaml") -> tuple[QuestionSpec, ...]:
    """Read the file's text. Raises ContentError."""
    try:
        items = load(text)
        return tuple(
            QuestionSpec(
                fact=item["fact"],
                ask=item["ask"],
                why=item["why"],
                answers=tuple(
                    AnswerSpec(
                        label=answer["label"],
                        value=check(item["fact"], answer["value"]),
                        phrases=_patterns(answer.get("phrases", ())),
                        replies=_patterns(answer.get("replies", ())),
                    )
                    for answer in item["answers"]
                ),
                works=item.get("works", False) is True,
                role=str(check("reader.role", item["role"])) if "role" in item else "",
                unless=str(item.get("unless", "")),
            )
            for item in items
        )
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ContentError(f"No valid YAML: {error.problem}.", path, line) from None
    except UnknownFact as error:
        raise ContentError(f"There is no fact {error}.", path) from None
    except (KeyError, TypeError, ValueError, re.error) as error:
        raise ContentError(
            f"A question needs fact, ask, why and answers of the fact's kind: {error}.", path
        ) from None


def _patterns(phrases: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(phrase, re.IGNORECASE) for phrase in phrases)
