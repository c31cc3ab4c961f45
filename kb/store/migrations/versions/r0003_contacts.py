"""Contacts say by which way, in which language and after which solutions somebody asked."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns; contacts that were counted before went out in an unknown way."""
    for column in (
        sa.Column("via", sa.String(16), nullable=False, server_default="elsewhere"),
        sa.Column("language", sa.String(8), nullable=False, server_default="en"),
        sa.Column("solutions", sa.String(200), nullable=False, server_default=""),
        sa.Column("delivered", sa.Boolean, nullable=False, server_default=sa.false()),
    ):
        op.add_column("contacts", column)


def downgrade() -> None:
    """Take the columns away."""
    for name in ("delivered", "solutions", "language", "via"):
        op.drop_column("contacts", name)
