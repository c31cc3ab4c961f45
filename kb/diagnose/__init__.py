"""Judging causes by facts: conditions (CEL), verdicts with evidence, the next best question."""

from kb.diagnose.condition import BadCondition, Condition
from kb.diagnose.judge import Judge, Judgement
from kb.diagnose.question import Asker, best_question

__all__ = ["Asker", "BadCondition", "Condition", "Judge", "Judgement", "best_question"]
