"""Bringing a database to the current schema with Alembic, at the first use of a connection."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

# Alembic keeps what it works on in a module, where a second thread would find the first's.
_ONE_AT_A_TIME: Final = threading.Lock()
# Any constant will do, as long as every process of this project takes the same one.
_LOCK: Final = 7_401_217_3


def migrate(connection: Connection) -> None:
    """Run the migrations that are missing; several processes may try at the same time."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    with _ONE_AT_A_TIME:
        command.upgrade(config, "head")
