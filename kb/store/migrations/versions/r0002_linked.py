"""Feedback names its question, and a refined question the one that it refines."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns, and the indexes that the insight's sums use."""
    op.add_column("feedback", sa.Column("question_key", sa.String(36)))
    op.add_column("questions", sa.Column("follows", sa.String(36)))
    op.create_index("feedback_question", "feedback", ["question_key"])
    op.create_index("contacts_question", "contacts", ["question_key"])
    op.create_index("contacts_created", "contacts", ["created"])


def downgrade() -> None:
    """Drop them again."""
    op.drop_index("contacts_created", "contacts")
    op.drop_index("contacts_question", "contacts")
    op.drop_index("feedback_question", "feedback")
    op.drop_column("questions", "follows")
    op.drop_column("feedback", "question_key")
