"""Bringing a database to the current schema with Alembic, at the first use of a connection."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

# Any constant will do, as long as every process of this project takes the same one.
_LOCK = 7_401_217_3


def migrate(connection: Connection) -> None:
    """Run the migrations that are missing; several processes may try at the same time."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
