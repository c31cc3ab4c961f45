"""What a search found, and whether that is an answer or merely the nearest there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kb.answer import SolutionReport

# Measured on the development questions (`make eval`) and on others that have nothing to do with the
# web: below, the base has words in common with a question, not an answer to it. A longer question
# says more that no article repeats.
FEW_TOPICAL: Final = 2
MANY_TOPICAL: Final = 3
SURE: Final = 1.1
SPOKEN_THOUGH_FOREIGN: Final = 0.75
LIKELY: Final = 0.4
NEARLY_SAID: Final = 0.95
WELL_SAID: Final = 1.8  # of 2: spoken and nearness together
CLEARLY: Final = 0.2
MEANT: Final = 0.47
MEANT_BY_ONE: Final = 0.6
ALL_SPOKEN: Final = 0.9


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Articles, best first.

    ``spoken`` is the share of the question's words that the best one's phrases have, each word
    weighed by its rarity (what merely occurs in a text is no sign that it answers); ``nearness``
    the cosine with its nearest phrase, ``meaning`` its nearness by the word model, 0 where there is
    none; all are 0 to 1. ``topical`` counts the question's words
    that belong to the subject of the base at all; ``foreign`` is whether one belongs to another,
    which counts for neither.
    """

    hits: tuple[SolutionReport, ...]
    did_you_mean: str | None = None
    spoken: float = 0.0
    nearness: float = 0.0
    topical: int = 0
    foreign: bool = False
    meaning: float = 0.0

    @property
    def answers(self) -> bool:
        """Whether the best article is an answer rather than merely the nearest there is."""
        sure = self.spoken + self.nearness
        if self.foreign:
            return self.topical >= MANY_TOPICAL and self.spoken >= SPOKEN_THOUGH_FOREIGN
        return bool(self.hits) and (
            (self.topical >= MANY_TOPICAL and sure >= LIKELY)
            or (self.topical >= FEW_TOPICAL and (sure >= SURE or self.spoken >= ALL_SPOKEN))
            or (self.topical >= FEW_TOPICAL and self.meaning >= MEANT)
            or (
                self.topical > 0
                and (
                    self.nearness >= NEARLY_SAID
                    or sure >= WELL_SAID
                    or self.meaning >= MEANT_BY_ONE
                )
            )
        )

    def is_about(self, misspelt: SearchResult) -> bool:
        """Whether this, the result of a better spelling, says more than the ``misspelt`` one."""
        sure, before = self.spoken + self.nearness, misspelt.spoken + misspelt.nearness
        return self.answers or (self.topical > misspelt.topical and sure >= before + CLEARLY)
