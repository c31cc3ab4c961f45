"""The desk: one question in, one answer out. Fronts call this and nothing below it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kb import known
from kb.answer import (
    Answer,
    CauseReport,
    Change,
    Observation,
    SolutionReport,
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
from kb.conversation import (
    MAX_MORE,
    Ear,
    Said,
    Standing,
    Talk,
    conversation,
    next_question,
    said_of,
)
from kb.diagnose import Asker, Judge
from kb.errors import BadQuestion, BadURL
from kb.facts import Facts, Source
from kb.probed import Probed
from kb.ranking import MAX_SOLUTIONS, SURE, Ranking, pointed_to
from kb.recent import Recent
from kb.recognise import Lexicon, Recognition, recognise
from kb.search import Searcher, SearchResult, Semantic, Suggestion, open_index
from kb.settings import BadSetting, Settings
from kb.shared import open_shared

if TYPE_CHECKING:
    from kb.observe import Probe, ProbeResult

Observer = Callable[[Step], None]
# Answers from texts are kept up to this length: longer ones are pasted once.
MAX_CACHED_TEXT: Final = 4_000
_WARMING: Final = 40  # questions that are asked before the first reader comes
UNKNOWN: Final = "We do not know this one"
WORKS: Final = "From here it works"
PASTED: Final = "Read from what was pasted"


@dataclass(frozen=True, slots=True)
class Query:
    """A question: its text, the reader's answers so far, and whether to probe, and afresh.

    ``said`` is the conversation after it, in order; ``skipped`` are questions not to be asked,
    ``forgotten`` facts not to be read out of the words, ``more`` how often the reader wanted to be
    asked on. See :mod:`kb.conversation`.
    """

    text: str
    reader: Mapping[str, str] = field(default_factory=dict)
    probe: bool = True
    fresh: bool = False
    said: tuple[Said, ...] = ()
    skipped: frozenset[str] = frozenset()
    forgotten: frozenset[str] = frozenset()
    more: int = 0

    @property
    def key(self) -> Hashable:
        """All that an answer without a probe depends on."""
        reader = tuple(sorted(self.reader.items()))
        return (self.text, reader, self.said, self.skipped, self.forgotten, self.more)


class Desk:
    """Answers questions from one snapshot of the content. Safe to use from several threads."""

    def __init__(self, settings: Settings, base: KnowledgeBase, searcher: Searcher) -> None:
        self.settings = settings
        self.base = base
        self._searcher = searcher
        self._judge = Judge(base.published)
        self._asker = Asker(self._judge, base.questions)
        self._lexicon = Lexicon.of(base)
        self._ranking = Ranking(base, searcher)
        self._probed = Probed(open_shared(settings.redis_url, settings.shared))
        self._rendered: dict[tuple[int, str], RenderedArticle] = {}
        self._ear = Ear(base, self._lexicon)
        self._answers: Recent[Hashable, Answer] = Recent(512)

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
        model = word_model(base, settings.data) if settings.semantic else None
        return cls(settings, base, Searcher(base, index, semantic=model))

    def warm(self) -> None:
        """Do now what the first readers would else wait for: looking up the words that people use,
        cutting the articles into passages, and learning to spell."""
        published = self.base.published
        for article in published[:: 1 + len(published) // _WARMING]:
            for symptom in article.symptoms[:1]:
                self.ask(Query(symptom, probe=False))
        self.search("zertifcate")  # no word of any article: the speller is made for it
        self.suggest("http")

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
        answer = self._answers.get(query.key)
        if answer is None:
            lapses = self._searcher.lapses
            answer = self._ask(query, None)
            if self._searcher.lapses == lapses:
                self._answers.put(query.key, answer)
        return answer

    def keeps(self, query: Query, answer: Answer) -> bool:
        """Whether whoever asks the same gets this ``answer`` again, as long as there is room."""
        return self._answers.get(query.key) is answer

    def _ask(self, query: Query, observer: Observer | None) -> Answer:
        first = recognise(query.text, self._lexicon, self.base.questions)
        talk = self._talk(query)
        found = self._with_added(first, talk.text(len(talk.heard)))
        words = self._search(found)
        reader = talk.reader(found, len(talk.heard))
        url = known.url_of(first, found)
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
        if found.transcript:
            observations.append(Observation("transcript", url or "", "", "done", PASTED))
        if probed:
            observations.append(probed.observation)
            if probed.facts["probe.outcome"] != "done":
                notices.append(probed.observation.summary)
        facts = known.facts_of(found, probed, reader)
        changes = changes_between(former.facts, probed.facts) if former and probed else ()
        standings = self._standings(first, found, words, talk, probed)
        return self._compose(
            first.text, talk, standings, words, url, facts, reader, observations, notices, changes
        )

    def _talk(self, query: Query) -> Talk:
        for name in query.skipped:
            self._ear.known(name)
        if not 0 <= query.more <= MAX_MORE:
            raise BadQuestion(f"more counts from 0 to {MAX_MORE}.")
        heard = self._ear.hear(query.said)
        return Talk(heard, query.reader, query.skipped, query.forgotten, query.more)

    def _with_added(self, first: Recognition, added: str) -> Recognition:
        """The question with what later turns added to it; what a HAR file held is kept."""
        if not added:
            return first
        found = recognise(f"{first.text}\n{added}", self._lexicon, self.base.questions)
        if first.transcript is None:
            return found
        seen = first.transcript.merged(found.transcript or Facts())
        return replace(found, transcript=seen, urls=tuple(dict.fromkeys(first.urls + found.urls)))

    def _search(self, found: Recognition) -> SearchResult:
        return self._searcher.search(known.unnamed(found), MAX_SOLUTIONS, correct=False)

    def _standings(
        self,
        first: Recognition,
        found: Recognition,
        words: SearchResult,
        talk: Talk,
        probed: ProbeResult | None,
    ) -> list[Standing]:
        """What was known after the question and after each turn. A probe counts from the turn on
        that gave its URL."""
        standings: list[Standing] = []
        url, whole = known.url_of(first, found), talk.text(len(talk.heard))
        now, hits = first, words if found is first else self._search(first)
        for turns in range(len(talk.heard) + 1):
            added = talk.text(turns)
            if added == whole:
                now, hits = found, words
            elif turns and talk.heard[turns - 1].adds:
                now = self._with_added(first, added)
                hits = self._search(now)
            seen = probed if url in now.urls else None
            facts = known.facts_of(now, seen, talk.reader(now, turns))
            checked: tuple[str, ...] = (PASTED,) if now.transcript else ()
            if seen:
                said = seen.observation
                checked += (f"{said.target}: {said.summary}" if said.target else said.summary,)
            standings.append(Standing(now, facts, *self._causes(now, hits, facts), checked))
        return standings

    def _causes(
        self, found: Recognition, words: SearchResult, facts: Facts
    ) -> tuple[tuple[SolutionReport, ...], tuple[CauseReport, ...]]:
        reports = self._judge.judge(facts)
        ranked = self._ranking.solutions(found, words, reports, known.observed(facts))
        pointed = pointed_to(self._judge, facts, reports, ranked)
        return tuple(ranked), tuple(self._ranking.causes(found, reports, ranked, pointed))

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
        told = Facts(claim, Source.CLAIM).merged(reader)
        result = self._probe.run(
            url, observer, lambda seen: self._judge.wanted(told.merged(seen), relevance)
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
        text: str,
        talk: Talk,
        standings: list[Standing],
        words: SearchResult,
        url: str | None,
        facts: Facts,
        reader: Facts,
        observations: list[Observation],
        notices: list[str],
        changes: tuple[Change, ...],
    ) -> Answer:
        found, causes = standings[-1].found, standings[-1].causes
        observed = known.observed(facts)
        by_solution: dict[int, list[CauseReport]] = {}
        for cause in causes:
            by_solution.setdefault(cause.solution, []).append(cause)
        solutions = tuple(
            s.with_causes(tuple(by_solution.get(s.id, ()))) for s in standings[-1].solutions
        )
        best = causes[0] if causes and causes[0].verdict is Verdict.CONFIRMED else None
        if best and (observed or best.solution in found.solutions):
            solutions = tuple(sorted(solutions, key=lambda s: s.id != best.solution))
        matched = [s for s in solutions if s.matched_by in SURE]
        # What the words find is no answer once the probe has ruled out all of it.
        found_good = best is None and known.works(facts)
        refuted = found_good and all(
            cause.verdict is Verdict.RULED_OUT for one in solutions[:1] for cause in one.causes
        )
        answered = bool(matched) or (words.answers and not refuted)
        question, paused = None, False
        settled = best is not None and not self._ranking.is_general(best)
        works = not answered and found_good
        if works or (answered and not settled):
            relevance = self._ranking.elsewhere() if works else self._ranking.relevance(solutions)
            question, paused = next_question(self._asker, talk, facts, relevance)
        talked = conversation(
            self.base, text, talk, standings, answered and not settled and question is None, paused
        )
        layer = layer_sentence(facts)
        lead = best or next((c for c in causes if c.verdict is Verdict.POSSIBLE), None)
        headline = solutions[0].title if answered else WORKS if works else UNKNOWN
        return Answer(
            question=text,
            headline=headline,
            known=answered,
            identifiers=found.identifiers,
            solutions=solutions,
            causes=causes,
            next_question=question,
            facts=facts.nested(),
            observations=tuple(observations),
            content_revision=self.base.revision,
            url=url,
            who=lead.who if lead and answered else None,
            layer=layer[0] if layer else None,
            layer_sentence=layer[1] if layer else None,
            first_step=lead.fix if lead and answered else None,
            comparison=compare(facts),
            reproduce=reproduce(url, facts),
            ticket=ticket(best, headline, url, facts),
            unknown=unknown_sentences(
                tuple(c for c in causes if solutions and c.solution == solutions[0].id), question
            )
            if answered
            else (),
            notices=tuple(notices),
            did_you_mean=None if answered else self._searcher.corrected(found.text),
            changes=changes,
            reader_facts=said_of(reader),
            conversation=talked,
            works=works,
        )


def word_model(base: KnowledgeBase, folder: Path) -> Semantic:
    """The word model of a base, its vectors kept in ``folder``. Raises BadSetting where it is not
    installed."""
    try:
        from kb.search.semantic import WordModel  # noqa: PLC0415  # an optional extra
    except ImportError:
        raise BadSetting(
            "ERRORDESK_SEMANTIC needs the extra: pip install 'errordesk[semantic]'."
        ) from None
    return WordModel(base, folder)
