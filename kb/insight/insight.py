"""Everything that the operator's pages show of one period, read in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kb.insight import figures
from kb.insight.clusters import Cluster, clustered
from kb.insight.figures import Comment, Confirmed, Day, Gap, Totals, Votes
from kb.store import Store
from kb.store.records import now

PERIODS: Final = (7, 30, 90)


@dataclass(frozen=True, slots=True)
class Insight:
    """The figures of the last ``days`` days (UTC), today included. Lists are sorted, the most
    important first; ``trend`` has every day of the period, in order."""

    days: int
    since: datetime
    totals: Totals
    trend: tuple[Day, ...]
    questions: tuple[Cluster, ...]
    nothing: tuple[Cluster, ...]
    gaps: tuple[Gap, ...]
    votes: tuple[Votes, ...]
    comments: tuple[Comment, ...]
    causes: tuple[Confirmed, ...]


def look(store: Store, days: int) -> Insight:
    """The insight of the last ``days`` days. Raises StoreUnavailable."""
    since = (now() - timedelta(days=days - 1)).replace(hour=0, minute=0, second=0)
    with store.reading() as connection:
        totals = figures.totals(connection, since)
        trend = figures.days(connection, since)
        known = figures.texts(connection, since, known=True)
        unknown = figures.texts(connection, since, known=False)
        gaps = figures.gaps(connection, since)
        votes = figures.votes(connection, since)
        comments = figures.comments(connection, since)
        causes = figures.causes(connection, since)
    dates = [str((since + timedelta(days=step)).date()) for step in range(days)]
    return Insight(
        days,
        since,
        totals,
        tuple(trend.get(date, Day(date)) for date in dates),
        tuple(clustered(known)),
        tuple(clustered(unknown)),
        tuple(gaps),
        tuple(votes),
        tuple(comments),
        tuple(causes),
    )
