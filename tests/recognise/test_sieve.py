"""The sieve lets every pattern through that matches: all that are used, on every text at hand."""

from __future__ import annotations

import json
import random
import re

import pytest

from kb.articles import KnowledgeBase
from kb.recognise import clients, families, secrets, statuses
from kb.recognise.wording import phrases_of
from kb.sieve import Sieve, loosened
from kb.store import scrub
from tests.conftest import ROOT
from tests.recognise.test_secrets import SAMPLES


def _texts(base: KnowledgeBase) -> list[str]:
    lines = [
        json.loads(line)
        for file in sorted((ROOT / "tests" / "eval").glob("*.jsonl"))
        for line in file.read_text().splitlines()
    ]
    texts = [line.get("question") or line.get("text") or "" for line in lines]
    texts += [symptom for article in base.published for symptom in article.symptoms]
    texts += [article.body for article in base.published[::8]]
    texts += [sample["text"] for sample in SAMPLES]
    return [*(text.upper() for text in texts[::3]), *texts]


def test_no_pattern_that_matches_is_kept_back(base: KnowledgeBase) -> None:
    sieves = (
        clients._SIEVE, clients._METHOD_SIEVE, families._SIEVE, statuses._SIEVE, secrets._SIEVE,
        phrases_of(base.questions).sieve, scrub._SECRET_SIEVE, scrub._ASKER_SIEVE,
    )  # fmt: skip
    texts = _texts(base)
    assert len(texts) > 1_000
    draw = random.Random(7)
    for sieve in sieves:
        passed = 0
        for text in [*draw.sample(texts, 400), *texts[-len(SAMPLES) :]]:
            passing = sieve.passing(text)
            passed += len(passing)
            for pattern in sieve.patterns:
                assert pattern in passing or pattern.search(text) is None, (pattern.pattern, text)
        # And it is worth its while.
        assert 0 < passed < 400 * len(sieve.patterns) / 2


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"\bÖffne\w\b", "es öffnet, Öffneß"),
        (r"(?<![(\]])x(?=[)y](?:z|\)))", "a xyz"),
        (r"^a\s+b$", "b\na\u2003b"),
        (r"[^\W\d]+é[\w-]", "caféß"),
        (r"a(?!b(?:c)?)+d?", "ad"),
        (r"(a)\1", "aa"),
        (r"[]x]\d", "]٣"),
        (r"a{1,4000}b", "aab"),
        (r"\A(?:)\Z|q", "q"),
    ],
)
def test_what_re2_means_otherwise_is_loosened_or_left_to_python(pattern: str, text: str) -> None:
    compiled = re.compile(pattern, re.MULTILINE | re.IGNORECASE)
    assert compiled.search(text)
    assert compiled in Sieve([compiled]).passing(text)


def test_an_assertion_is_left_out_whole() -> None:
    assert loosened(re.compile(r"(?<![a(b])x(?=(?:y)z)!")) == "(?:)x(?:)!"
