"""The passage of an article that speaks of a question, with the words to highlight in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    """Plain text as it is shown, and where each of its stems stands in it."""

    text: str
    places: Mapping[str, tuple[tuple[int, int], ...]]


@dataclass(frozen=True, slots=True)
class _Cut:
    """The paragraphs of an article, and the numbers of those that have a stem."""

    paragraphs: tuple[_Paragraph, ...]
    having: Mapping[str, tuple[int, ...]]


class Passages:
    """The paragraphs of the articles, cut when an article is first asked for. Thread-safe."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], _Cut] = {}

    def best(self, article: Article, terms: frozenset[str]) -> Passage:
        """The paragraph with the most different ``terms``, the summary where none has any."""
        key = (article.id, article.language)
        cut = self._known.get(key)
        if cut is None:
            cut = self._known[key] = _cut(article)
        counts = [0] * len(cut.paragraphs)
        for term in terms & cut.having.keys():
            for number in cut.having[term]:
                counts[number] += 1
        found = cut.paragraphs[counts.index(max(counts))]
        spans = [span for term in terms & found.places.keys() for span in found.places[term]]
        return found.text, tuple(sorted(spans))


def best_passage(article: Article, terms: frozenset[str]) -> Passage:
    """The best passage of one article. See :meth:`Passages.best`."""
    key = (article.id, article.language, article.summary, article.body)
    passages = _LATELY.get(key)
    if passages is None:
        passages = Passages()
        _LATELY.put(key, passages)
    return passages.best(article, terms)


def _cut(article: Article) -> _Cut:
    texts = tuple(_texts(article))
    having: dict[str, list[int]] = {}
    for number, text in enumerate(texts):
        for stem in dict.fromkeys(stems_of(text)):
            having.setdefault(stem, []).append(number)
    return _Cut(
        tuple(_paragraph(text) for text in texts),
        {stem: tuple(numbers) for stem, numbers in having.items()},
    )


def _texts(article: Article) -> Iterator[str]:
    yield article.summary  # the first, and the one for want of a better
    for section in article.sections:
        if section.title in _LEFT_OUT:
            continue
        for block in section.markdown.split("\n\n"):
            if not block.startswith(("```", "|", "###")):
                yield plain(block)


def _paragraph(text: str) -> _Paragraph:
    shown = text
    if len(shown) > MAX_PASSAGE:
        shown = shown[:MAX_PASSAGE].rsplit(" ", 1)[0] + " …"
    places: dict[str, tuple[tuple[int, int], ...]] = {}
    for stem, start, end in spans_of(shown):
        places[stem] = (*places.get(stem, ()), (start, end))
    return _Paragraph(shown, places)
