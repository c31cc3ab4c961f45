"""What the operator learns from the log: sums in SQL, similar questions together, gaps, drafts."""

from kb.insight.clusters import Cluster, clustered
from kb.insight.drafts import draft_from_cluster, draft_from_gap
from kb.insight.export import as_csv, as_json
from kb.insight.figures import Comment, Confirmed, Day, Gap, Totals, Votes
from kb.insight.insight import PERIODS, Insight, look

__all__ = [
    "PERIODS",
    "Cluster",
    "Comment",
    "Confirmed",
    "Day",
    "Gap",
    "Insight",
    "Totals",
    "Votes",
    "as_csv",
    "as_json",
    "clustered",
    "draft_from_cluster",
    "draft_from_gap",
    "look",
]
