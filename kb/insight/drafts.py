"""From what nobody could answer to the draft of an article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from kb.errors import ErrordeskError
from kb.facts import REGISTRY, Kind
from kb.insight.clusters import Cluster
from kb.insight.figures import Gap
from kb.newarticle import Draft, draft_article

MAX_SYMPTOMS: Final = 12
MAX_TITLE: Final = 80
MAX_SYMPTOM: Final = 160
_URL: Final = re.compile(r"\bhttps?://\S+", re.IGNORECASE)


def draft_from_cluster(folders: Path | Sequence[Path], cluster: Cluster, today: date) -> Draft:
    """A draft whose symptoms are the questions of ``cluster``. Raises ContentError."""
    texts = (_line(text, MAX_SYMPTOM) for text, _ in cluster.texts)
    symptoms = tuple(dict.fromkeys(text for text in texts if text))[:MAX_SYMPTOMS]
    return draft_article(folders, _title(cluster.title), today, symptoms=symptoms)


def draft_from_gap(folders: Path | Sequence[Path], gap: Gap, today: date) -> Draft:
    """A draft whose cause is confirmed by what the probe saw. Raises ContentError."""
    symptoms = tuple(filter(None, [_line(gap.question, MAX_SYMPTOM)]))
    title = _title(gap.signature.rpartition(" ")[2].replace("=", " "))
    return draft_article(folders, title, today, symptoms=symptoms, when=condition(gap.signature))


def condition(signature: str) -> str:
    """A signature (``dns.outcome=ok http.status=499``) as a CEL condition.

    Raises ErrordeskError for a signature of facts that there are not any more.
    """
    parts = []
    for part in signature.split():
        name, _, value = part.partition("=")
        spec = REGISTRY.get(name)
        if spec is None or not re.fullmatch(r"[\w.-]+", value):
            raise ErrordeskError(f"{name} is no fact any more; write the condition by hand.")
        parts.append(f"{name} == {value}" if spec.kind is Kind.INT else f'{name} == "{value}"')
    return " && ".join(parts)


def _line(text: str, longest: int) -> str:
    """A stranger's text as one line: no URLs, no control characters, not too long."""
    plain = "".join(char if char.isprintable() else " " for char in _URL.sub(" ", text))
    words = " ".join(plain.split())
    return words if len(words) <= longest else words[:longest].rsplit(" ", 1)[0] + " …"


def _title(text: str) -> str:
    line = _line(text, MAX_TITLE)
    return line[:1].upper() + line[1:] or "Untitled"
