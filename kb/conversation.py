"""The conversation of a question: what the reader said in turns, carried whole in each request.

Nothing is kept between requests. A request brings the question and, in order, everything that was
said after it (:class:`Said`); undoing is leaving one of them out. Each is heard again every time:

- an answer by button or in words ("it opens there", "nein") settles the fact that was asked for,
- "I don't know" keeps that question from coming back,
- anything else (an error line, a URL, a sentence) is added to the question's text.

At most :data:`AT_ONCE` questions are asked before advice is given; ``more`` allows as many again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from kb.answer import (
    Advice,
    CauseReport,
    Conversation,
    OpenCause,
    Question,
    SolutionReport,
    Told,
    Turn,
    Verdict,
)
from kb.articles import KnowledgeBase
from kb.articles.plaintext import how_to_tell
from kb.articles.questions import QuestionSpec
from kb.diagnose import Asker
from kb.errors import BadQuestion
from kb.facts import Facts, FactValue, Source, UnknownFact, as_text, parse_value
from kb.recognise import Lexicon, Recognition, recognise
from kb.recognise.recognise import check_text
from kb.recognise.replies import Unsure, is_empty, reply

AT_ONCE: Final = 3
MAX_TURNS: Final = 40
MAX_MORE: Final = 20
# How many causes are named as still possible in a turn, and as advice.
NAMED: Final = 5
ADVISED: Final = 3
# Words of a reply; and how often a question is asked whose replies cannot be read.
FEW: Final = 4
PATIENCE: Final = 2
# Facts that do not turn a reply into one about something else: who somebody is comes out of many a
# sentence, and what works on a phone is another network at once.
_BESIDE: Final = frozenset({"reader.role"})
_PHONE: Final = {"reader.other_network_works": frozenset({"reader.clean_browser_works"})}


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said after the question: to the question about ``fact`` ('' to none) the ``value``
    of a button or a ``text``; neither of them is "I don't know"."""

    fact: str = ""
    value: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing said, understood. ``adds`` is what goes to recognition, '' for a mere answer."""

    said: Said
    kind: str
    facts: Facts
    adds: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known after one turn: the recognised text, what was looked at, the causes so far."""

    found: Recognition
    facts: Facts
    solutions: tuple[SolutionReport, ...]
    causes: tuple[CauseReport, ...]
    checked: tuple[str, ...] = ()


class Ear:
    """Understands what is said in a conversation, over one snapshot of the content."""

    def __init__(self, base: KnowledgeBase, lexicon: Lexicon) -> None:
        self._base = base
        self._lexicon = lexicon
        self._questions = {question.fact: question for question in base.questions}

    def hear(self, said: Sequence[Said]) -> tuple[Heard, ...]:
        """Understand each in its order.

        Raises BadQuestion for what is no answer, for too many turns or a text that cannot be taken.
        """
        if len(said) > MAX_TURNS:
            raise BadQuestion(
                f"A conversation has at most {MAX_TURNS} turns. Take some back, or ask anew."
            )
        return tuple(self._hear(one) for one in said)

    def known(self, fact: str) -> QuestionSpec:
        """The question about ``fact``. Raises BadQuestion where there is none."""
        if fact not in self._questions:
            raise BadQuestion(f"{fact[:60]!r} is no question that is asked here.")
        return self._questions[fact]

    def _hear(self, said: Said) -> Heard:
        question = self.known(said.fact) if said.fact else None
        if said.text.strip():
            return self._read(said, question)
        if question is None:
            raise BadQuestion("A turn needs a question that was asked, or a text.")
        if not said.value:
            return Heard(said, "unknown", Facts())
        return Heard(said, "answer", reader_facts({said.fact: said.value}))

    def _read(self, said: Said, question: QuestionSpec | None) -> Heard:
        text = check_text(said.text)
        found = recognise(text, self._lexicon, self._base.questions)
        said = Said(said.fact, "", found.text)
        new = bool(found.identifiers or found.urls or found.transcript or found.solutions)
        beside = _BESIDE | _PHONE.get(said.fact, frozenset())
        others = bool(found.reader.keys() - beside - {said.fact})
        answer = None
        if question:
            labels = self._labels(question)
            answer = reply(found.text, question, labels, plain=not new, elsewhere=others)
        # A sentence that settles a fact has said what it had to say, and a bare "no" nothing; a
        # few words to a question that they do not answer would only blur what is searched for.
        silent = answer is not None or bool(found.reader) or is_empty(found.text)
        silent = silent or (question is not None and len(found.text.split()) <= FEW)
        adds = found.text if new or not silent else ""
        if isinstance(answer, Unsure):
            return Heard(said, "unknown", found.reader, adds)
        if answer is None or question is None:
            return Heard(said, "added", found.reader, adds)
        settled = Facts({question.fact: answer}, Source.READER)
        return Heard(said, "answer", found.reader.merged(settled), adds)

    def _labels(self, question: QuestionSpec) -> Iterable[tuple[str, str]]:
        for (fact, _), words in self._base.translations.questions.items():
            if fact == question.fact:
                for value, label in words.answers.items():
                    yield label, value


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation heard to its end, and what the request said beside the turns."""

    heard: tuple[Heard, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    skipped: frozenset[str] = frozenset()
    forgotten: frozenset[str] = frozenset()
    more: int = 0

    @property
    def closed(self) -> frozenset[str]:
        """Facts that are not asked for again."""
        if not self.heard:
            return self.skipped
        unsure = (heard.said.fact for heard in self.heard if heard.kind == "unknown")
        unread = Counter(heard.said.fact for heard in self.heard if heard.kind == "added")
        tired = (fact for fact, times in unread.items() if fact and times >= PATIENCE)
        return self.skipped.union(unsure, tired)

    def asked(self, questions: Iterable[QuestionSpec]) -> int:
        """How many questions were answered or skipped."""
        if not (self.heard or self.skipped or self.given):
            return 0
        known = {question.fact for question in questions}
        replied = {heard.said.fact for heard in self.heard if heard.kind != "added"}
        return len((replied | self.closed | set(self.given)) & known)

    def text(self, turns: int) -> str:
        """What the first ``turns`` turns add to the question's text."""
        return "\n".join(heard.adds for heard in self.heard[:turns] if heard.adds)

    def reader(self, found: Recognition, turns: int) -> Facts:
        """What is known from the reader after so many turns: read in the text, given, answered.

        What was taken back is not read out of the words again.
        """
        facts = self._kept(found.reader).merged(reader_facts(self.given))
        for heard in self.heard[:turns]:
            own = heard.said.fact if heard.kind == "answer" else ""
            facts = facts.merged(self._kept(heard.facts, own))
        return facts

    def _kept(self, facts: Facts, own: str = "") -> Facts:
        if self.forgotten.isdisjoint(facts):
            return facts
        left = {n: v for n, v in facts.items() if n == own or n not in self.forgotten}
        return Facts(left, Source.READER)


def reader_facts(given: Mapping[str, str]) -> Facts:
    """The reader's answers from text. Raises BadQuestion for what is no answer to a question."""
    values: dict[str, FactValue] = {}
    for name, text in given.items():
        try:
            if not name.startswith("reader."):
                raise UnknownFact(name)
            values[name] = parse_value(name, text)
        except (UnknownFact, ValueError, TypeError):
            raise BadQuestion(
                f"{name[:60]!r} with {text[:60]!r} is no answer to a question."
            ) from None
    return Facts(values, Source.READER)


def said_of(facts: Facts) -> dict[str, str]:
    """The reader's facts as text by name."""
    return {name: as_text(v) for name, v in facts.items() if name.startswith("reader.")}


def next_question(
    asker: Asker,
    talk: Talk,
    facts: Facts,
    relevance: Mapping[int, float],
) -> tuple[Question | None, bool]:
    """The next question, and whether one is held back because it is time for advice."""
    best = asker.best(facts, relevance, talk.closed)
    enough = talk.asked(asker.questions) >= AT_ONCE * (1 + talk.more)
    return (None, True) if best and enough else (best, False)


def conversation(
    base: KnowledgeBase,
    text: str,
    talk: Talk,
    standings: Sequence[Standing],
    advise: bool,
    paused: bool,
) -> Conversation:
    """The conversation as an answer shows it; ``standings`` are those after each turn, the
    question's first."""
    questions = {question.fact: question for question in base.questions}
    turns = [_turn(Turn("question", text), None, standings[0])]
    for place, heard in enumerate(talk.heard):
        said = heard.said
        question = questions.get(said.fact)
        turn = Turn(
            heard.kind,
            said.text or (question.label(said.value) if question and said.value else ""),
            fact=said.fact,
            value=said.value,
            text=said.text,
            question=question.ask if question else "",
        )
        turns.append(_turn(turn, standings[place], standings[place + 1]))
    return Conversation(
        turns=tuple(turns),
        told=_told(questions, talk, standings[-1].facts),
        advice=_advice(base, standings[-1].causes) if advise and (talk.heard or paused) else (),
        asked=talk.asked(base.questions),
        more=talk.more,
        paused=paused,
        given=dict(talk.given),
        skipped=tuple(sorted(talk.skipped)),
        forgotten=tuple(sorted(talk.forgotten)),
    )


def _turn(turn: Turn, before: Standing | None, after: Standing) -> Turn:
    known = {hit.name for hit in before.found.identifiers} if before else set()
    urls = before.found.urls if before else ()
    facts, old = said_of(after.facts), said_of(before.facts) if before else {}
    still = [cause for cause in after.causes if cause.verdict is not Verdict.RULED_OUT]
    return replace(
        turn,
        identifiers=tuple(
            dict.fromkeys(hit.name for hit in after.found.identifiers if hit.name not in known)
        ),
        urls=tuple(url for url in after.found.urls if url not in urls),
        facts={name: value for name, value in facts.items() if old.get(name) != value},
        checked=tuple(
            sentence for sentence in after.checked if not before or sentence not in before.checked
        ),
        possible=tuple(OpenCause(c.solution, c.id, c.title) for c in still[:NAMED]),
        open=len(still),
    )


def _told(questions: Mapping[str, QuestionSpec], talk: Talk, facts: Facts) -> tuple[Told, ...]:
    told: list[Told] = []
    answered: set[str] = set()
    for place, heard in enumerate(talk.heard):
        said = heard.said
        if heard.kind == "added":
            told.append(Told("", "", said.text, place))
            continue
        asked = questions[said.fact]
        value = as_text(heard.facts[said.fact]) if heard.kind == "answer" else ""
        label = asked.label(value) if value else ""
        told.append(Told(said.fact, value, label, place, asked.ask))
        answered.add(said.fact)
    for name, value in said_of(facts).items():
        if name not in answered:
            spec = questions.get(name)
            label, ask = (spec.label(value), spec.ask) if spec else (value, "")
            told.append(Told(name, value, label, question=ask))
    return tuple(told)


def _advice(base: KnowledgeBase, causes: Sequence[CauseReport]) -> tuple[Advice, ...]:
    found: list[Advice] = []
    for report in causes:
        article = base.visible(report.solution)
        if article is None or report.verdict is Verdict.RULED_OUT:
            continue
        check = how_to_tell(article.cause(report.id).section)
        found.append(
            Advice(
                report.solution, report.id, report.title, report.who, report.fix, check, report.url
            )
        )
    return tuple(found[:ADVISED])
