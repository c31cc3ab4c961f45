"""Measures understanding and retrieval: the tables of ``make eval``.

- ``questions.jsonl``: questions in people's words with the solutions that would satisfy, half of
  them (``test``) kept out of all tuning, and questions that the base cannot answer;
- ``fresh.jsonl``: the same from other threads, collected after the articles were written. The
  solutions were chosen by the articles' titles before anything was asked of the base; which half a
  question is in is the parity of its text's SHA-256. Only ``dev`` is ever looked at. ``last`` was
  collected when the tuning was over and asked once: it is the figure to believe, until somebody
  tunes on it;
- ``people.jsonl``: ordinary people's words (readers, owners of sites, those who run one at home)
  from threads that neither of the other files has, chosen by the articles' titles and causes before
  anything was asked. Half (``dev2``) is for tuning, half (``blind``) for measuring alone;
- ``pastes.jsonl``: whole pastes (tracebacks, logs, copied pages, mails) with the solutions that
  would satisfy, chosen by the articles' titles, and plain texts in which nothing may be recognised.
  ``held`` was never looked at for its failures;
- ``recognition.jsonl``: texts with the identifiers that are in them, and texts with none;
- the registries, each entry through the recogniser.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kb.articles import KnowledgeBase
from kb.desk import Desk, Query
from kb.recognise import Lexicon, recognise
from kb.search import Searcher, Tuning, open_index
from kb.search.semantic import WordModel
from kb.settings import Settings

HERE = Path(__file__).parent
FRESH = "fresh.jsonl"
PEOPLE = "people.jsonl"
# The splits that may be looked at and tuned on; the others are for measuring alone.
TUNED = frozenset({"dev", "dev2"})
PASTES = "pastes.jsonl"
Ranking = Callable[[str], tuple[list[int], bool]]


@dataclass(frozen=True, slots=True)
class Question:
    """One line of a file of questions; no ``solutions`` means that the base cannot know."""

    q: str
    solutions: tuple[int, ...]
    style: str
    source: str
    split: str


def questions(file: str = "questions.jsonl") -> list[Question]:
    """All questions of the file."""
    lines = (HERE / file).read_text(encoding="utf-8").splitlines()
    return [
        Question(d["q"], tuple(d["solutions"]), d["style"], d["source"], d["split"])
        for d in map(json.loads, lines)
    ]


@dataclass(slots=True)
class Score:
    """Counts of one group of questions."""

    count: int = 0
    first: int = 0
    third: int = 0
    reciprocal: float = 0.0
    known: int = 0

    def add(self, place: int | None, known: bool) -> None:
        """Count one question: ``place`` from 1 of the first satisfying solution."""
        self.count += 1
        self.known += known
        if place:
            self.first += place == 1
            self.third += place <= 3
            self.reciprocal += 1 / place

    def row(self) -> list[str]:
        """The cells of a table."""
        share = [self.first, self.third]
        return [
            str(self.count),
            *(f"{100 * value / self.count:.1f} %" for value in share),
            f"{self.reciprocal / self.count:.3f}",
            f"{100 * self.known / self.count:.1f} %",
        ]


def measure(asked: Iterable[Question], rank: Ranking) -> dict[tuple[str, str], Score]:
    """Scores by (split, style)."""
    scores: dict[tuple[str, str], Score] = defaultdict(Score)
    for item in asked:
        ranked, known = rank(item.q)
        place = next((n for n, found in enumerate(ranked, 1) if found in item.solutions), None)
        for key in {(item.split, item.style), (item.split, "all" if item.solutions else "unknown")}:
            scores[key].add(place, known)
    return dict(scores)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A plain table with aligned columns."""
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if n == 0 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def _by_words(searcher: Searcher) -> Ranking:
    def rank(text: str) -> tuple[list[int], bool]:
        result = searcher.search(text, 10)
        return [hit.id for hit in result.hits], result.answers

    return rank


def _by_desk(desk: Desk) -> Ranking:
    def rank(text: str) -> tuple[list[int], bool]:
        answer = desk.ask(Query(text, probe=False))
        return [solution.id for solution in answer.solutions], answer.known

    return rank


def variants(base: KnowledgeBase, data: Path) -> list[tuple[str, Ranking]]:
    """The ways of ranking that are compared."""
    index = open_index(base, data)
    plain = Tuning(boosts=(("body", 1.0),), synonyms=0.0, nearest=0.0, covered=0.0)
    fields = Tuning(synonyms=0.0, nearest=0.0, covered=0.0)
    phrases = Tuning(synonyms=0.0, covered=0.0)
    synonyms = Tuning(covered=0.0)
    found = [
        ("BM25F, body alone", _by_words(Searcher(base, index, plain))),
        ("BM25F, tuned fields", _by_words(Searcher(base, index, fields))),
        ("+ nearest symptom", _by_words(Searcher(base, index, phrases))),
        ("+ synonyms", _by_words(Searcher(base, index, synonyms))),
        ("+ what is covered and said", _by_words(Searcher(base, index))),
    ]
    fused = Searcher(base, index, semantic=WordModel(base))
    return [*found, ("+ meaning, wordllama", _by_words(fused))]


def fresh(file: str, rank: Ranking) -> list[list[str]]:
    """The rows of one file of questions, by half and by style."""
    scores = measure(questions(file), rank)
    rows = []
    for key in sorted(scores, key=lambda key: (key[1] != "all", key[1], key[0])):
        rows.append([key[1], key[0], *scores[key].row()])
    return rows


def coverage(base: KnowledgeBase) -> list[list[str]]:
    """Per registry: entries, those whose solution exists, spellings recognised as their own."""
    lexicon = Lexicon.of(base)
    rows = []
    for registry in base.registries:
        alive = [e for e in registry.entries if base.visible(e.solution)]
        spelled = [(e, text) for e in alive for text in e.spellings]
        right = 0
        for entry, text in spelled:
            shown = f"error: {text}"
            hits = recognise(shown, lexicon).identifiers
            right += any(hit.solution == lexicon.solution(entry.id, entry) for hit in hits[:1])
        rows.append(
            [
                registry.name[:60],
                str(len(registry.entries)),
                str(len(alive)),
                f"{100 * right / max(1, len(spelled)):.1f} %",
            ]
        )
    return rows


def recognition(base: KnowledgeBase) -> dict[str, Any]:
    """Precision and recall of the recogniser on ``recognition.jsonl``."""
    lexicon = Lexicon.of(base)
    lines = (HERE / "recognition.jsonl").read_text(encoding="utf-8").splitlines()
    items = [json.loads(line) for line in lines]
    wanted = found = false = texts = 0
    missed: list[str] = []
    wrong: list[str] = []
    for item in items:
        names = {hit.name for hit in recognise(item["text"], lexicon).identifiers}
        for name in item["names"]:
            wanted += 1
            found += name in names
            if name not in names:
                missed.append(f"{name} in {item['text'][:90]!r}, got {sorted(names)}")
        if not item["names"]:
            texts += 1
            false += bool(names)
            if names:
                wrong.append(f"{sorted(names)} in {item['text'][:90]!r}")
    return {
        "texts": len(items),
        "recall": found / max(1, wanted),
        "false": false / max(1, texts),
        "without": texts,
        "missed": missed,
        "wrong": wrong,
    }


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="list the development misses")
    options = parser.parse_args()
    settings = Settings.from_environment()
    base = KnowledgeBase.load(settings.content)
    asked = [
        item
        for item in questions()
        if not item.solutions or any(base.visible(number) for number in item.solutions)
    ]
    print(f"{len(base.published)} solutions, {len(asked)} questions\n")
    with tempfile.TemporaryDirectory() as folder:
        plain = Desk.open(Settings(content=settings.content, data=Path(folder)))
        desk = Desk.open(replace(plain.settings, semantic=settings.semantic))
        head = ["variant", "split", "n", "top-1", "top-3", "MRR", "claims to know"]
        rows = []
        ways = [
            *variants(base, Path(folder)),
            ("the desk, without the model", _by_desk(plain)),
            ("the desk", _by_desk(desk)),
        ]
        for name, rank in ways:
            scores = measure(asked, rank)
            for split in ("dev", "test"):
                rows.append([name, split, *scores[split, "all"].row()])
                unknown = scores[split, "unknown"]
                rows[-1][-1] += f", {100 * unknown.known / unknown.count:.1f} % nonsense"
        print(table(head, rows))
        scores = measure(asked, _by_desk(desk))
        print("\nThe desk, by style of question\n")
        print(
            table(["style", *head[1:]], [[k[1], k[0], *v.row()] for k, v in sorted(scores.items())])
        )
        print("\nFresh: the desk on questions that nobody had when the articles were written\n")
        print(table(head, fresh(FRESH, _by_desk(desk))))
        print("\nPeople: the desk on the words of readers and owners of sites\n")
        print(table(head, fresh(PEOPLE, _by_desk(desk))))
        print("\nPastes: the desk on what people copy, and plain texts with numbers\n")
        print(table(head, fresh(PASTES, _by_desk(desk))))
        print(f"\n{_speed(desk.settings, asked):.0f} new questions a second on one core")
        if options.misses:
            files = (FRESH, PEOPLE, PASTES)
            every = [*asked, *(item for file in files for item in questions(file))]
            _print_misses(every, _by_desk(desk))
        print(f"\nSearch engines, all {len(asked)} questions against the first of them\n")
        print(_engines(base, Path(folder), asked))
    print("\nRegistries\n")
    print(table(["registry", "entries", "with a solution", "recognised"], coverage(base)))
    result = recognition(base)
    print(
        f"\nRecogniser: {result['texts']} texts, recall {100 * result['recall']:.1f} %, false "
        f"recognitions in {100 * result['false']:.1f} % of {result['without']} texts without any"
    )
    for line in result["missed"] + result["wrong"]:
        print("  ", line)


def _engines(base: KnowledgeBase, folder: Path, asked: Sequence[Question]) -> str:
    from tests.eval.engines import compare
    from tests.lab.databases import postgresql

    with postgresql() as url:
        found = compare(base, folder, ("whoosh:", "tantivy:", url), asked)
    head = ["engine", "same first", "three in common", "same known", "top-1 test", "top-3 test"]
    return table(head, [item.row() for item in found])


def _speed(settings: Settings, asked: Sequence[Question]) -> float:
    """Questions a second, after others: the desk keeps the answers that it gave."""
    desk = Desk.open(settings)
    for item in asked[::2]:
        desk.ask(Query(item.q, probe=False))
    began = time.perf_counter()
    for item in asked[1::2]:
        desk.ask(Query(item.q, probe=False))
    return len(asked[1::2]) / (time.perf_counter() - began)


def _print_misses(asked: Iterable[Question], rank: Ranking) -> None:
    for item in asked:
        if item.split not in TUNED:
            continue
        ranked, known = rank(item.q)
        wrong = not any(found in item.solutions for found in ranked[:1])
        if (item.solutions and (wrong or not known)) or (not item.solutions and known):
            print(f"{item.q[:90]!r}: wanted {item.solutions}, got {ranked[:4]}, known {known}")


if __name__ == "__main__":
    main()
