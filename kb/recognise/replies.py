"""What a reader's own words answer: any question by its phrases, the one that was asked by more.

English and German. In order: "I don't know"; the question's own phrases; whether it works or is
the same, for questions that ask that; the words of a button; a yes or no in front. What is none of
these is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Final

from kb.articles.questions import AnswerSpec, QuestionSpec
from kb.facts import FactValue


class Unsure(Enum):
    """The reader cannot answer the question."""

    UNSURE = "unknown"


_WORDS: Final = re.compile(r"\w+")
_SHORT: Final = 12  # words: a longer text is no button's label
_LONGEST: Final = 240  # characters of the first line in which an answer is looked for

_UNSURE: Final = re.compile(
    r"\b(?:(?:do|did|ca|could)n['’]?t|(?:do|did|could) not|cannot|can not)"
    r" (?:really |even )?(?:know|tell|say|check|try|test|remember)\b"
    r"|\bno (?:idea|clue)\b|\bnot (?:so |really |quite |entirely )?sure\b|\bunsure\b|\bdunno\b"
    r"|\bidk\b|\bhard to (?:say|tell)\b|^skip\b|^\W*\?+\W*$"
    r"|^\W*(?:both|either|(?:it )?depends|maybe|perhaps|kind of|sort of|more or less|beides?"
    r"|vielleicht|jein|teils,? teils|(?:das )?kommt d(?:a)?rauf an)\W*$"
    r"|\bkeine? ?ahnung\b|\bwei(?:ß|ss) (?:ich |es |das |leider ){0,3}nicht\b"
    r"|\bnicht (?:so |ganz )?sicher\b|\bunsicher\b|\bschwer zu sagen\b|^überspringen\b"
    r"|\bkann (?:ich |es |das |gerade |leider ){0,4}nicht (?:sagen|prüfen|testen)\b"
    r"|\bkann (?:ich |es |das |gerade |leider ){0,4}nicht (?:aus)?probieren\b",
    re.IGNORECASE,
)
# A question back: nothing that was said, and nothing to search for.
_BACK: Final = re.compile(
    r"^\W*(?:what (?:do you mean|is that|does that mean|exactly)|what['’]?s that"
    r"|how(?: do i| can i|\W*$)|why\W*$|huh|pardon|(?:i )?d(?:on['’]?t|o not) understand"
    r"|was (?:meinst du|meinen sie|heißt das|ist das)|wie (?:bitte|meinst du|mache? ich)"
    r"|(?:das )?verstehe ich nicht|hä)\b[^.!]{0,60}$",
    re.IGNORECASE,
)
_BUT: Final = re.compile(r"\b(?:but|though|however|aber|allerdings|jedoch)\b", re.IGNORECASE)
# After a yes or no comes an end, a comma or an ordinary word: "No such host" is no answer.
_GOES_ON: Final = (
    r"(?=\s*(?:$|[,.;:!)–—-])|\s+(?:it|its|i|we|that|this|the|there|they|only|always|same|not|still"
    r"|but|because|on|in|from|with|works?|opens?|es|das|dort|da|ich|wir|er|sie|nur|immer|leider|auf"
    r"|im|bei|mit|auch|aber|derselbe|dasselbe|genauso|geht|thanks?|danke)\b)"
)
_YES: Final = re.compile(
    r"^\W*(?:yes|yeah|yep|yup|sure|right|correct|indeed|exactly|true|of course|(?:yes,? )?it does"
    r"|it is|i am|i do|i did|i have|we do|ja|jo|jup|jawohl|doch|stimmt|genau|richtig|klar"
    r"|[yj](?=\W*$))" + _GOES_ON,
    re.IGNORECASE,
)
_NO: Final = re.compile(
    r"^\W*(?:no|nope|nah|not really|not at all|never|false|it does(?:n['’]?t| not)"
    r"|it is(?:n['’]?t| not)|i['’]m not|i am not|(?:i|we) d(?:o|id)(?:n['’]?t| not)"
    r"|i haven['’]?t|i have not|nein|nee|nö|leider nicht|stimmt nicht|nicht wirklich|nie|niemals"
    r"|n(?=\W*$))" + _GOES_ON,
    re.IGNORECASE,
)
_SAME: Final = re.compile(
    r"\b(?:same(?=\W*$| (?:errors?|things?|problem|message|issue|result|page|code|status|there|here"
    r"|in|on|with|for|as|again|too)\b)|identical|(?:der|die|das)selben?|(?:die|der|das) gleichen?"
    r"|genauso)\b",
    re.IGNORECASE,
)
_WORKS: Final = re.compile(
    r"\b(?:work(?:s|ed|ing)?|open(?:s|ed)?|load(?:s|ed)?|(?:shows?|comes?) up|gets? (?:in|through)"
    r"|(?:is|was|looks) (?:fine|ok|okay|good)|geht'?s?|ging|klappt|funktioniert|öffnet|lädt"
    r"|läuft)\b",
    re.IGNORECASE,
)
_FAILS: Final = re.compile(
    r"\b(?:fail(?:s|ed|ing)?|broken|errors?|too|also|as well|still|neither|scheitert|fehler|auch"
    r"|ebenfalls|immer noch)\b",
    re.IGNORECASE,
)
# A negation shortly before, in the same clause: "does not open there", "ohne Fehler".
_BEFORE: Final = re.compile(
    r"(?:\b(?:not|no|never|cannot|without|neither|nicht|keine?[mnrs]?|nie|ohne)|n['’]t)"
    r"(?:\s+(?!(?:but|and|aber|und|or|oder)\b)\w+){0,2}\s+$",
    re.IGNORECASE,
)
# German puts it behind: "öffnet sich dort nicht".
_BEHIND: Final = re.compile(r"^(?:\s+(?!(?:und|aber|oder)\b)\w+){0,3}\s+nicht\b", re.IGNORECASE)
_FILLERS: Final = frozenset(
    _WORDS.findall(
        "a an the it its is i have my me on in of or and there this that yes no ein eine der die"
        " das es ist ich da dort ja nein und oder"
    )
)


def negated(text: str, match: re.Match[str]) -> bool:
    """Whether the words of ``match`` are denied by what stands around them."""
    before = text[max(0, match.start() - 60) : match.start()]
    behind = text[match.end() : match.end() + 60]
    return bool(_BEFORE.search(before) or _BEHIND.match(behind))


def said_by_phrases(
    texts: Sequence[str], question: QuestionSpec, asked: bool = False
) -> FactValue | None:
    """The value that the question's phrases find in ``texts``; a denied yes is a no.

    ``asked`` adds the wordings that are an answer only to this question.
    """
    for answer in question.answers:
        for phrase in (*answer.phrases, *(answer.replies if asked else ())):
            for text in texts:
                match = phrase.search(text)
                if match is None:
                    continue
                denied = isinstance(answer.value, bool) and negated(text, match)
                return not answer.value if denied else answer.value
    return None


def reply(
    text: str,
    question: QuestionSpec,
    labels: Iterable[tuple[str, str]] = (),
    plain: bool = True,
    elsewhere: bool = False,
) -> FactValue | Unsure | None:
    """What ``text`` answers to ``question``, or None.

    ``labels`` are further labels of its answers, each with the answer's text. ``plain`` is False
    where the text has an error, a URL or a transcript in it, whose words are nobody's answer.
    ``elsewhere`` says that its words answer another question: then only phrases that mean this one
    count ("yes, on mobile data it works" does not say that something was changed).
    """
    line = text.strip().partition("\n")[0][:_LONGEST]
    if elsewhere:
        return said_by_phrases((line,), question)
    unsure = _UNSURE.search(line)
    if unsure:
        but = _BUT.search(line, unsure.end())
        if but is None:
            return Unsure.UNSURE
        line = line[but.end() :]
    yes, no = _YES.match(line), _NO.match(line)
    lead = no or yes
    # "It does not" belongs to what it denies, "no" does not.
    whole = lead is None or lead[0].lower().endswith(("not", "n't", "n’t"))
    rest = line if whole or lead is None else line[lead.end() :]
    value = said_by_phrases((rest,), question, asked=True)
    if value is None and plain and question.works:
        value = _works(rest)
    if value is None and plain:
        value = _label(rest, question, labels)
    if value is None and lead and isinstance(question.answers[0].value, bool):
        value = lead is yes
    return Unsure.UNSURE if value is None and unsure else value


def is_empty(text: str) -> bool:
    """Whether a text says nothing by itself: a yes, a no, "I don't know" or fillers."""
    line = text.strip()
    if _BACK.match(line):
        return True
    lead = _NO.match(line) or _YES.match(line)
    rest = _UNSURE.sub(" ", line[lead.end() :] if lead else line)
    return not _content(rest)


def _works(text: str) -> bool | None:
    if _SAME.search(text):
        return False
    for words, means in ((_WORKS, True), (_FAILS, False)):
        if match := words.search(text):
            return means is not negated(text, match)
    return None


def _label(
    text: str, question: QuestionSpec, labels: Iterable[tuple[str, str]]
) -> FactValue | None:
    """The one answer whose label has all words of ``text``, or the other way round."""
    words = _content(text)
    if not words or len(text.split()) > _SHORT:
        return None
    known: list[tuple[AnswerSpec, frozenset[str]]] = []
    for answer in question.answers:
        own = [label for label, value in labels if value == answer.text]
        known += [(answer, _content(label)) for label in (answer.label, *own)]
    for fits in (
        [answer for answer, label in known if words <= label],
        [answer for answer, label in known if label and label <= words],
    ):
        if len({answer.text for answer in fits}) == 1:
            return fits[0].value
    return None


def _content(text: str) -> frozenset[str]:
    return frozenset(_WORDS.findall(text.lower())) - _FILLERS
