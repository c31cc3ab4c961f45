"""The passage of an article that speaks of a question, with the words to highlight in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kb.article import Article
from kb.articles.plaintext import plain
from kb.recent import Recent
from kb.search.stems import spans_of, stems_of

MAX_PASSAGE: Final = 280
# Sections whose paragraphs explain nothing by themselves.
_LEFT_OUT: Final = ("Sources", "See also", "Check it yourself")

Passage = tuple[str, tuple[tuple[int, int], ...]]  # plain text, and the spans to highlight
# Translations by their words: any base may have them.
_LATELY: Final[Recent[tuple[int, str, str, str], Passages]] = Recent(1_000)


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """Plain text as it is shown, the stems of all of it, and where the stems stand in it."""

    text: str
    stems: frozenset[str]
    places: tuple[tuple[str, int, int], ...]


class Passages:
    """The paragraphs of the articles, cut when an article is first asked for. Thread-safe."""

    def __init__(self) -> None:
        self._cut: dict[tuple[int, str], tuple[_Paragraph, ...]] = {}

    def best(self, article: Article, terms: frozenset[str]) -> Passage:
        """The paragraph with the most different ``terms``, the summary where none has any."""
        key = (article.id, article.language)
        paragraphs = self._cut.get(key)
        if paragraphs is None:
            paragraphs = self._cut[key] = tuple(_paragraphs(article))
        counts = [len(paragraph.stems & terms) for paragraph in paragraphs]
        most = max(counts)
        found = paragraphs[counts.index(most) if most else 0]
        return found.text, tuple((start, end) for stem, start, end in found.places if stem in terms)


def best_passage(article: Article, terms: frozenset[str]) -> Passage:
    """The best passage of one article. See :meth:`Passages.best`."""
    key = (article.id, article.language, article.summary, article.body)
    passages = _LATELY.get(key)
    if passages is None:
        passages = Passages()
        _LATELY.put(key, passages)
    return passages.best(article, terms)


def _paragraphs(article: Article) -> Iterator[_Paragraph]:
    yield _paragraph(article.summary)  # the first, and the one for want of a better
    for section in article.sections:
        if section.title in _LEFT_OUT:
            continue
        for block in section.markdown.split("\n\n"):
            if not block.startswith(("```", "|", "###")):
                yield _paragraph(plain(block))


def _paragraph(text: str) -> _Paragraph:
    shown = text
    if len(shown) > MAX_PASSAGE:
        shown = shown[:MAX_PASSAGE].rsplit(" ", 1)[0] + " …"
    return _Paragraph(shown, frozenset(stems_of(text)), tuple(spans_of(shown)))
