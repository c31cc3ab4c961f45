"""Vectors are made once for the same phrases, and anew for others or when their file is damaged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from kb.articles import KnowledgeBase
from kb.search.semantic import WordModel
from kb.search.vectors import kept


class _Model:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, phrases: Sequence[str]) -> np.ndarray:
        self.asked += 1
        return np.array([[len(phrase), 1.0] for phrase in phrases])


def test_the_same_phrases_are_embedded_once(tmp_path: Path) -> None:
    model = _Model()
    first = kept(tmp_path, "one", ["slow", "down"], model)
    again = kept(tmp_path, "one", ["slow", "down"], model)
    assert model.asked == 1
    assert (first == again).all()


@pytest.mark.parametrize(
    ("maker", "phrases"), [("one", ["slow", "gone"]), ("two", ["slow", "down"]), ("one", [])]
)
def test_other_phrases_or_another_model_are_made_anew(
    maker: str, phrases: list[str], tmp_path: Path
) -> None:
    kept(tmp_path, "one", ["slow", "down"], _Model())
    model = _Model()
    assert len(kept(tmp_path, maker, phrases, model)) == len(phrases)
    assert model.asked == 1


@pytest.mark.parametrize("damage", [lambda data: data[:40], lambda data: data[:-1] + b"x"])
def test_a_damaged_file_is_made_anew(damage, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    right = kept(tmp_path, "one", ["slow"], _Model())
    [file] = tmp_path.glob("vectors-*")
    file.write_bytes(damage(file.read_bytes()))
    assert (kept(tmp_path, "one", ["slow"], _Model()) == right).all()


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert len(kept(tmp_path / "file", "one", ["slow"], _Model())) == 1


def test_a_model_with_kept_vectors_says_the_same(base: KnowledgeBase, tmp_path: Path) -> None:
    text = "our shop is down since the renewal"
    made = WordModel(base, tmp_path).near(text)
    assert (WordModel(base, tmp_path).near(text) == made).all()
    assert (WordModel(base).near(text) == made).all()
