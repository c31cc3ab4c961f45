"""The API's requests and responses as models, which validate and make the OpenAPI document."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

from kb.answer import Who
from kb.conversation import AT_ONCE, MAX_MORE, MAX_TURNS, Said
from kb.desk import Query
from kb.recognise.recognise import MAX_TEXT

Limit = Annotated[int, Field(ge=1, le=50, description="How many at most.")]
Language = Annotated[
    Literal["en", "de"], Field(description="Language of the words; English where untranslated.")
]


Asked = Annotated[
    str,
    Field(
        max_length=36,
        pattern=r"^([A-Za-z0-9-]{8,36})?$",
        description="The Errordesk-Question header of the answer that this goes on from.",
    ),
]


def _whole(value: object) -> object:
    """2173.0 is an integer of JSON, too (JSON Schema, 6.1.1)."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


SolutionId = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=999_999_999)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class TurnIn(_Strict):
    """One thing said after the question: the ``value`` of a choice or a ``text``, to the question
    about ``fact``; a ``fact`` alone is "I don't know", a ``text`` alone adds to the question."""

    fact: str = Field(
        "", max_length=60, description="The fact of next_question, if one stood there."
    )
    value: str = Field("", max_length=200, description="The value of the choice that was made.")
    text: str = Field(
        "",
        max_length=MAX_TEXT,
        description="What was typed: an answer in words, another error line, a URL.",
        examples=["it opens there"],
    )


class AnswerRequest(_Strict):
    """A question: the text, what its asker answered already, and whether its URL may be probed."""

    text: str = Field(
        description=f"An error, a transcript, a URL or a question; up to {MAX_TEXT} characters.",
        examples=["HTTP 401 https://example.com/feed"],
    )
    facts: dict[str, str] = Field(
        default_factory=dict,
        description="Answers to earlier questions: reader facts by name, values as text.",
        examples=[{"reader.automated": "true"}],
    )
    turns: list[TurnIn] = Field(
        default_factory=list,
        max_length=MAX_TURNS,
        description="The conversation after the question, in order; to undo, leave one out. The "
        "answer's conversation.turns, without the first, can be sent back with these fields.",
        examples=[[{"fact": "reader.clean_browser_works", "text": "it opens there"}]],
    )
    skipped: list[str] = Field(
        default_factory=list, description="Facts of questions that are not to be asked."
    )
    forget: list[str] = Field(
        default_factory=list, description="Facts that are not to be read out of the words."
    )
    more: int = Field(
        0,
        ge=0,
        le=MAX_MORE,
        description=f"How often {AT_ONCE} further questions were wanted before advice.",
    )
    probe: bool = Field(True, description="Whether a URL in the text is probed.")
    fresh: bool = Field(False, description="Probe again although a result is cached.")
    lang: Language = "en"
    asked: Asked = ""

    def query(self) -> Query:
        """The same as the library takes it."""
        return Query(
            self.text,
            self.facts,
            self.probe,
            self.fresh,
            said=tuple(Said(turn.fact, turn.value, turn.text) for turn in self.turns),
            skipped=frozenset(self.skipped),
            forgotten=frozenset(self.forget),
            more=self.more,
        )


class FeedbackRequest(_Strict):
    """Whether a solution helped; ``key`` makes a repeated sending harmless."""

    solution: SolutionId = Field(description="The solution's permanent ID.", examples=[2173])
    helpful: bool = Field(description="Whether it helped.")
    comment: str = Field("", max_length=1000, description="One sentence; no names, please.")
    question: str = Field("", max_length=2000, description="What was asked.")
    key: str = Field(
        "",
        max_length=36,
        pattern=r"^([A-Za-z0-9-]{8,36})?$",
        description="A random key such as a UUID; the same key is stored once.",
    )
    asked: Asked = ""


class SeenIn(_Strict):
    """One answer that the reader saw; ``cause`` is the ID of its best cause."""

    question: str = Field("", max_length=2000)
    known: bool = False
    solution: SolutionId | None = None
    cause: str | None = Field(None, max_length=200)
    confirmed: bool = False


def _cut(length: int) -> BeforeValidator:
    """Texts and lists from a probe are shortened rather than refused: a person waits for them."""
    return BeforeValidator(
        lambda value: value[:length] if isinstance(value, (str, list)) else value
    )


class StepIn(BaseModel):
    """One step of a probe, as an answer has it."""

    vantage: Annotated[str, _cut(100)] = ""
    layer: Annotated[str, _cut(20)] = ""
    status: Annotated[str, _cut(20)] = ""
    summary: Annotated[str, _cut(2_000)] = ""
    start_ms: float = Field(0.0, strict=True, allow_inf_nan=False)
    duration_ms: float = Field(0.0, strict=True, allow_inf_nan=False)
    detail: Annotated[tuple[Annotated[str, _cut(4_000)], ...], _cut(200)] = ()


class ObservationIn(BaseModel):
    """What one observer did, as an answer has it."""

    source: Annotated[str, _cut(20)]
    target: Annotated[str, _cut(5_000)] = ""
    at: Annotated[str, _cut(40)] = ""
    outcome: Annotated[str, _cut(100)] = ""
    summary: Annotated[str, _cut(2_000)] = ""
    steps: Annotated[tuple[StepIn, ...], _cut(400)] = ()


class ReportIn(BaseModel):
    """What the probe saw, as an answer has it: ``url``, ``facts`` and ``observations``."""

    url: Annotated[str, _cut(5_000)]
    facts: dict[str, JsonValue] = Field(default_factory=dict, max_length=100)
    observations: Annotated[tuple[ObservationIn, ...], _cut(10)] = ()


class ContactRequest(_Strict):
    """A question for a person. ``key`` makes a repeated sending harmless."""

    question: str = Field("", max_length=MAX_TEXT, description="What was asked.")
    message: str = Field("", max_length=10_000, description="What else is to be said.")
    reply_to: str = Field(
        "",
        max_length=254,
        pattern=r"^([^\s@<>\x00-\x1f]+@[^\s@<>\x00-\x1f]+)?$",
        description="A mail address to answer to; passed on, never stored.",
    )
    answers: list[SeenIn] = Field(
        default_factory=list, max_length=50, description="The answers that were seen."
    )
    report: ReportIn | None = Field(None, description="The report of the last probe.")
    request_id: str = Field("", max_length=200, description="The failed request's ID.")
    language: Language = "en"
    elsewhere: bool = Field(
        False, description="The message goes another way: only that it happened is counted."
    )
    asked: Asked = ""
    key: str = Field(
        "",
        max_length=36,
        pattern=r"^([A-Za-z0-9-]{8,36})?$",
        description="A random key such as a UUID; the same key is delivered once.",
    )


class ContactOut(BaseModel):
    """What became of it; ``new`` is false when its key had been delivered before."""

    delivered: bool
    new: bool


class FeedbackOut(BaseModel):
    """It is stored; ``new`` is false when its key had been stored before."""

    stored: bool
    new: bool


class SearchQuery(BaseModel):
    """Words to search by, and what to keep."""

    model_config = ConfigDict(extra="ignore")

    q: str = Field("", max_length=1000, description="Words, an error line or an ID.")
    limit: Limit = 10
    category: str | None = Field(None, max_length=100, description="Keep one category's branch.")
    who: Who | None = Field(None, description="Keep solutions with a cause on this role.")
    lang: Language = "en"


class SuggestQuery(BaseModel):
    """What was typed so far."""

    model_config = ConfigDict(extra="ignore")

    q: str = Field("", max_length=200, description="The beginning of a title, code or symptom.")
    lang: Language = "en"


class SolutionQuery(BaseModel):
    """How one solution is shown."""

    model_config = ConfigDict(extra="ignore")

    lang: Language = "en"
    view: Literal["full", "card"] = Field(
        "full", description="card: the few fields that a card shows; full: everything."
    )


class SuggestionOut(BaseModel):
    """One line of the typeahead; ``match`` is the title, identifier or symptom that matched."""

    id: int
    title: str
    url: str
    match: str


class CauseOut(BaseModel):
    """One cause of a solution; ``when`` is its condition over facts in CEL."""

    id: str
    title: str
    when: str
    who: Who
    fix: str


class SolutionOut(BaseModel):
    """One article; ``markdown`` is its body."""

    id: int
    title: str
    summary: str
    url: str
    language: str
    category: str
    identifiers: list[str]
    symptoms: list[str]
    causes: list[CauseOut]
    related: list[int]
    authors: list[str]
    created: date
    updated: date
    markdown: str


class CardCause(BaseModel):
    """A cause on a card."""

    id: str
    title: str
    who: Who


class CardOut(BaseModel):
    """What a hover card or a chat tool shows of a solution (``view=card``)."""

    id: int
    title: str
    summary: str
    url: str
    language: str
    category: str
    updated: date
    causes: list[CardCause]


class AutolinksOut(BaseModel):
    """How other tools turn ``#2173`` or ``KB-2173`` into a link; ``github`` is its API's body."""

    pattern: str
    url_template: str
    card_template: str
    badge_template: str
    github: dict[str, str | bool]
    gitlab: dict[str, str]


class Problem(BaseModel):
    """What is wrong with a request, in words (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
