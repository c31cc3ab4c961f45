"""The first schema: feedback, questions, reports, contacts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "feedback",
        sa.Column("key", sa.String(36), primary_key=True),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("solution", sa.Integer, nullable=False),
        sa.Column("helpful", sa.Boolean, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
    )
    op.create_index("feedback_created", "feedback", ["created"])
    op.create_table(
        "questions",
        sa.Column("key", sa.String(36), primary_key=True),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("known", sa.Boolean, nullable=False),
        sa.Column("front", sa.String(16), nullable=False),
        sa.Column("solution", sa.Integer),
        sa.Column("cause", sa.String(200)),
        sa.Column("confirmed", sa.Boolean, nullable=False),
        sa.Column("probed", sa.Boolean, nullable=False),
        sa.Column("signature", sa.String(400)),
        sa.Column("took_ms", sa.Integer, nullable=False),
    )
    op.create_index("questions_created", "questions", ["created"])
    op.create_table(
        "reports",
        sa.Column("token", sa.String(36), primary_key=True),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("expires", sa.DateTime, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
    )
    op.create_index("reports_expires", "reports", ["expires"])
    op.create_table(
        "contacts",
        sa.Column("key", sa.String(36), primary_key=True),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("question_key", sa.String(36)),
    )


def downgrade() -> None:
    """Drop the tables and what is in them."""
    for name in ("contacts", "reports", "questions", "feedback"):
        op.drop_table(name)
