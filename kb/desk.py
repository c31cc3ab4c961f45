"""The desk: one question in, one answer out. Fronts call this and nothing below it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from kb.answer import (
    Answer,
    CauseReport,
    Change,
    Observation,
    Step,
    Verdict,
)
from kb.article import Article
from kb.articles import KnowledgeBase, RenderedArticle, render_article
from kb.compose import (
    changes_between,
    compare,
    layer_sentence,
    reproduce,
    ticket,
    unknown_sentences,
)
from kb.diagnose import Judge, best_question
from kb.errors import BadQuestion, BadURL
from kb.facts import Facts, FactValue, Source, UnknownFact, parse_value
from kb.probed import Probed
from kb.ranking import FEW_WORDS, MAX_SOLUTIONS, SURE, Ranking
from kb.recent import Recent
from kb.recognise import Lexicon, Recognition, recognise
from kb.search import Searcher, SearchResult, Semantic, Suggestion, open_index
from kb.search.query import terms_of
from kb.settings import BadSetting, Settings
from kb.shared import open_shared

if TYPE_CHECKING:
    from kb.observe import Probe, ProbeResult

Observer = Callable[[Step], None]
# Answers from texts are kept up to this length: longer ones are pasted once.
MAX_CACHED_TEXT: Final = 4_000


@dataclass(frozen=True, slots=True)
class Query:
    """A question: its text, the reader's answers so far, and whether to probe, and afresh."""

    text: str
    reader: Mapping[str, str] = field(default_factory=dict)
    probe: bool = True
    fresh: bool = False


class Desk:
    """Answers questions from one snapshot of the content. Safe to use from several threads."""

    def __init__(self, settings: Settings, base: KnowledgeBase, searcher: Searcher) -> None:
        self.settings = settings
        self.base = base
        self._searcher = searcher
        self._judge = Judge(base.published)
        self._lexicon = Lexicon.of(base)
        self._ranking = Ranking(base, searcher)
        self._probed = Probed(open_shared(settings.redis_url, settings.shared))
        self._rendered: dict[tuple[int, str], RenderedArticle] = {}
        self._answers: Recent[tuple[str, tuple[tuple[str, str], ...]], Answer] = Recent(512)

    @classmethod
    def open(cls, settings: Settings, progress: Callable[[int, int], None] | None = None) -> Desk:
        """Load the content and open the index, building it where needed.

        Raises ContentError or IndexUnavailable.
        """
        return cls.of(settings, KnowledgeBase.load(settings.content, settings.drafts), progress)

    @classmethod
    def of(
        cls,
        settings: Settings,
        base: KnowledgeBase,
        progress: Callable[[int, int], None] | None = None,
    ) -> Desk:
        """The desk of a base that is loaded already. Raises IndexUnavailable."""
        index = open_index(base, settings.data, progress, settings.search_url)
        return cls(
            settings,
            base,
            Searcher(base, index, semantic=_model(base) if settings.semantic else None),
        )

    def close(self) -> None:
        """Let go of the index's files and connections; nothing is to be asked afterwards."""
        self._searcher.close()

    def search(self, text: str, limit: int = 10, category: str | None = None) -> SearchResult:
        """Articles by words. See :meth:`kb.search.Searcher.search`."""
        return self._searcher.search(text, limit, category)

    def suggest(self, prefix: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """Typeahead. See :meth:`kb.search.Searcher.suggest`."""
        return self._searcher.suggest(prefix, limit)

    def render(self, article: Article) -> RenderedArticle:
        """The article as safe HTML; rendered once, since the snapshot never changes."""
        key = (article.id, article.language)
        found = self._rendered.get(key)
        if found is None:
            found = self._rendered[key] = render_article(self.base, article)
        return found

    def source(self, article: Article) -> str:
        """The article's Markdown file."""
        return self.base.file_of(article).read_text(encoding="utf-8")

    def ask(self, query: Query, observer: Observer | None = None) -> Answer:
        """Answer ``query``; ``observer`` is told each step of the probe as it ends.

        Raises BadQuestion or CredentialsInURL. What is wrong with a URL or refused by the guard is
        said in the answer. An answer without a probe depends on the text, the reader's answers and
        this snapshot only, so it is kept.
        """
        if query.probe or len(query.text) > MAX_CACHED_TEXT:
            return self._ask(query, observer)
        key = (query.text, tuple(sorted(query.reader.items())))
        answer = self._answers.get(key)
        if answer is None:
            lapses = self._searcher.lapses
            answer = self._ask(query, None)
            if self._searcher.lapses == lapses:
                self._answers.put(key, answer)
        return answer

    def _ask(self, query: Query, observer: Observer | None) -> Answer:
        found = recognise(query.text, self._lexicon, self.base.questions)
        words = self._searcher.search(_unnamed(found), MAX_SOLUTIONS, correct=False)
        reader = found.reader.merged(Facts(_reader_facts(query.reader), Source.READER))
        url = found.urls[0] if found.urls else None
        notices: list[str] = []
        probed, former = None, None
        if url and query.probe:
            if self.settings.probe_enabled:
                try:
                    probed, former = self._observe(url, query.fresh, observer, found, words, reader)
                except BadURL as error:
                    notices.append(str(error))
            else:
                notices.append("This installation does not probe URLs.")
        observations = []
        facts = found.claims.merged(found.transcript or Facts())
        if found.transcript:
            observations.append(
                Observation("transcript", url or "", "", "done", "Read from what was pasted")
            )
        if probed:
            observations.append(probed.observation)
            if probed.facts["probe.outcome"] == "done":
                # The probe speaks for every layer: what was claimed of them does not mix in. What a
                # pasted log says of the server behind a proxy no probe can see.
                claim = {n: v for n, v in facts.items() if n.startswith(("claim.", "upstream."))}
                facts = Facts(claim, Source.CLAIM)
            else:
                notices.append(probed.observation.summary)
            facts = facts.merged(probed.facts)
        facts = facts.merged(reader)
        changes = changes_between(former.facts, probed.facts) if former and probed else ()
        return self._compose(
            found, words, query, url, facts, reader, observations, notices, changes
        )

    @cached_property
    def _probe(self) -> Probe:
        from kb.observe import Probe  # noqa: PLC0415  # a question without a URL needs none of it

        return Probe.from_settings(self.settings)

    def _observe(
        self,
        url: str,
        fresh: bool,
        observer: Observer | None,
        found: Recognition,
        words: SearchResult,
        reader: Facts,
    ) -> tuple[ProbeResult, ProbeResult | None]:
        relevance = self._relevance(found, words)
        # What was looked for depends on what was asked: another error is another probe.
        key = f"{url} {sorted(place for place, share in relevance.items() if share == 1.0)}"
        cached = self._probed.get(key)
        if cached and not fresh and cached[0] < self.settings.probe_cache_s:
            if observer:
                for step in cached[1].observation.steps:
                    observer(step)
            return cached[1], None
        claim = {n: v for n, v in found.claims.items() if n.startswith("claim.")}
        known = Facts(claim, Source.CLAIM).merged(reader)
        result = self._probe.run(
            url, observer, lambda seen: self._judge.wanted(known.merged(seen), relevance)
        )
        self._probed.put(key, result)
        return result, cached[1] if cached and fresh else None

    def _relevance(self, found: Recognition, words: SearchResult) -> dict[int, float]:
        """How much each article matters for the question: named, or found by its words."""
        relevance = {hit.id: 0.5 / (1 + place) for place, hit in enumerate(words.hits)}
        named = (hit.solution for hit in found.identifiers if hit.solution is not None)
        return relevance | dict.fromkeys((*named, *found.solutions), 1.0)

    def _compose(
        self,
        found: Recognition,
        words: SearchResult,
        query: Query,
        url: str | None,
        facts: Facts,
        reader: Facts,
        observations: list[Observation],
        notices: list[str],
        changes: tuple[Change, ...],
    ) -> Answer:
        reports = self._judge.judge(facts)
        observed = _observed(facts)
        result = self._ranking.solutions(found, words, reports, observed)
        causes = self._ranking.causes(found, reports, result)
        by_solution: dict[int, list[CauseReport]] = {}
        for cause in causes:
            by_solution.setdefault(cause.solution, []).append(cause)
        solutions = tuple(replace(s, causes=tuple(by_solution.get(s.id, ()))) for s in result)
        best = causes[0] if causes and causes[0].verdict is Verdict.CONFIRMED else None
        if best and (observed or best.solution in found.solutions):
            solutions = tuple(sorted(solutions, key=lambda s: s.id != best.solution))
        matched = [s for s in solutions if s.matched_by in SURE]
        known = bool(matched) or words.answers
        # What only shares words with the question is no subject of the next one, once something is
        # named or confirmed.
        subjects = (matched or solutions)[:3] if known else ()
        relevance = {s.id: 1.0 / (1 + place) for place, s in enumerate(subjects)}
        question = None
        if not best or self._ranking.is_general(best):
            question = best_question(self._judge, facts, self.base.questions, relevance)
        layer = layer_sentence(facts)
        lead = best or next((c for c in causes if c.verdict is Verdict.POSSIBLE), None)
        headline = solutions[0].title if known else "We do not know this one"
        return Answer(
            question=found.text,
            headline=headline,
            known=known,
            identifiers=found.identifiers,
            solutions=solutions,
            causes=tuple(causes),
            next_question=question,
            facts=facts.nested(),
            observations=tuple(observations),
            content_revision=self.base.revision,
            url=url,
            who=lead.who if lead and known else None,
            layer=layer[0] if layer else None,
            layer_sentence=layer[1] if layer else None,
            first_step=lead.fix if lead and known else None,
            comparison=compare(facts),
            reproduce=reproduce(url, facts),
            ticket=ticket(best, headline, url, facts),
            unknown=unknown_sentences(
                tuple(c for c in causes if solutions and c.solution == solutions[0].id), question
            )
            if known
            else (),
            notices=tuple(notices),
            did_you_mean=None if known else self._searcher.corrected(found.text),
            changes=changes,
            reader_facts={
                name: str(value).lower() if isinstance(value, bool) else str(value)
                for name, value in reader.items()
                if name.startswith("reader.")
            },
        )


def _model(base: KnowledgeBase) -> Semantic:
    try:
        from kb.search.semantic import WordModel  # noqa: PLC0415  # an optional extra
    except ImportError:
        raise BadSetting(
            "ERRORDESK_SEMANTIC needs the extra: pip install 'errordesk[semantic]'."
        ) from None
    return WordModel(base)


def _unnamed(found: Recognition) -> str:
    """The question without the numbers that were understood as statuses: as words they would find
    every article with the same number in it. A question that is nothing else stays as it is."""
    text = list(found.text)
    for hit in found.identifiers:
        if hit.name.startswith("HTTP "):
            start, end = hit.span
            text[start:end] = " " * (end - start)
    rest = "".join(text)
    return rest if len(terms_of(rest)) >= FEW_WORDS // 2 else found.text


def _observed(facts: Facts) -> bool:
    """Whether anything was looked at, rather than only told."""
    return any(
        facts.source_of(name) in (Source.TRANSCRIPT, Source.HAR, Source.PROBE)
        for name in facts
        if name != "source"
    )


def _reader_facts(given: Mapping[str, str]) -> dict[str, FactValue]:
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
    return values
