"""Asking the index: ranked articles with the passage that answers, typeahead, did-you-mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from whoosh.query import Or, Term
from whoosh.scoring import BM25F

from kb.answer import SolutionReport
from kb.article import Article
from kb.articles import KnowledgeBase
from kb.search.schema import ANALYZER, BOOSTS

MAX_TERMS: Final = 24
MAX_PASSAGE: Final = 280
_MARKUP: Final = re.compile(r"\*\*|`|\[([^\]]*)\]\([^)]*\)|^\s*[-#>|]+\s*", re.MULTILINE)
_WORD: Final = re.compile(r"[A-Za-z]{4,}")


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Articles, best first. ``coverage`` is the share of the question's words in the best one."""

    hits: tuple[SolutionReport, ...]
    did_you_mean: str | None = None
    coverage: float = 0.0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line of the typeahead; ``match`` is the title, identifier or symptom that matched."""

    id: int
    title: str
    url: str
    match: str


class Searcher:
    """Search over one snapshot of the content; safe to use from several threads."""

    def __init__(self, base: KnowledgeBase, index: Any) -> None:
        self._base = base
        self._searcher = index.searcher(weighting=BM25F())
        self._phrases = [
            (phrase.lower(), phrase, article)
            for article in base.published
            for item in base.in_all_languages(article)
            for phrase in (item.title, *article.identifiers, *item.symptoms)
        ]

    def search(self, text: str, limit: int = 10, category: str | None = None) -> SearchResult:
        """Articles whose words match ``text``, best first; ``category`` keeps one branch only."""
        terms = _terms(text)
        if not terms:
            return SearchResult(())
        query = Or(
            [Term(field, term, boost=boost) for field, boost in BOOSTS.items() for term in terms]
        )
        found = self._searcher.search(query, limit=None if category else limit)
        hits = []
        for hit in found:
            article = self._base.visible(int(hit["id"]))
            if article is None or (
                category and not f"{article.category}/".startswith(f"{category}/")
            ):
                continue
            hits.append(self.report(article, terms, float(hit.score), "words"))
        coverage = self._coverage(hits[0].id, terms) if hits else 0.0
        return SearchResult(tuple(hits[:limit]), self._correct(text), coverage)

    def report(
        self, article: Article, terms: frozenset[str], score: float, matched_by: str
    ) -> SolutionReport:
        """The article as one line of a result, with its best passage for ``terms``."""
        passage, marks = best_passage(article, terms)
        return SolutionReport(
            article.id,
            article.title,
            article.summary,
            article.url,
            round(score, 3),
            passage,
            marks,
            matched_by,
        )

    def suggest(self, prefix: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """What begins with, then what contains, all the words typed so far."""
        typed = prefix.lower().strip().lstrip("#")
        if not typed:
            return ()
        ranked: dict[int, tuple[int, Suggestion]] = {}
        words = typed.split()
        for lowered, phrase, article in self._phrases:
            if str(article.id).startswith(typed) or lowered.startswith(typed):
                rank = 0
            elif all(re.search(rf"(?<!\w){re.escape(word)}", lowered) for word in words):
                rank = 1
            else:
                continue
            best = ranked.get(article.id)
            if best is None or rank < best[0]:
                ranked[article.id] = (
                    rank,
                    Suggestion(article.id, article.title, article.url, phrase),
                )
        return tuple(
            item
            for _, item in sorted(ranked.values(), key=lambda pair: (pair[0], pair[1].id))[:limit]
        )

    def _coverage(self, article_id: int, terms: frozenset[str]) -> float:
        article = self._base.get(article_id)
        if article is None:
            return 0.0
        words = " ".join(
            (article.title, article.summary, *article.identifiers, *article.symptoms, article.body)
        )
        present = {token.text for token in ANALYZER(words)}
        return len(terms & present) / len(terms)

    def _correct(self, text: str) -> str | None:
        """The question with its unknown words replaced by the closest known ones."""
        reader = self._searcher.reader()
        corrector = self._searcher.corrector("words")
        changed = False

        def replace(match: re.Match[str]) -> str:
            nonlocal changed
            word = match[0].lower()
            if ("words", word) in reader:
                return match[0]
            better = next(iter(corrector.suggest(word, limit=1, maxdist=2, prefix=1)), None)
            if better is None or better == word:
                return match[0]
            changed = True
            return str(better)

        if len(text) > 200 or len(text.split()) > 12:
            return None
        corrected = _WORD.sub(replace, text)
        return corrected if changed else None


def _terms(text: str) -> frozenset[str]:
    terms = dict.fromkeys(token.text for token in ANALYZER(text[:4000]))
    return frozenset(list(terms)[:MAX_TERMS])


def terms_of(text: str) -> frozenset[str]:
    """The stems by which ``text`` is searched, at most :data:`MAX_TERMS`."""
    return _terms(text)


def best_passage(
    article: Article, terms: frozenset[str]
) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The paragraph with the most different terms, as plain text, and the spans of the terms."""
    best, best_score = article.summary, -1
    for section in article.sections:
        if section.title in ("Sources", "See also", "Check it yourself"):
            continue
        for paragraph in section.markdown.split("\n\n"):
            if paragraph.startswith(("```", "|", "###")):
                continue
            score = len({token.text for token in ANALYZER(paragraph)} & terms)
            if score > best_score:
                best, best_score = paragraph, score
    plain = " ".join(_MARKUP.sub(lambda match: match[1] or "", best).split())
    if len(plain) > MAX_PASSAGE:
        plain = plain[:MAX_PASSAGE].rsplit(" ", 1)[0] + " …"
    marks = tuple(
        (token.startchar, token.endchar)
        for token in ANALYZER(plain, chars=True)
        if token.text in terms
    )
    return plain, marks
