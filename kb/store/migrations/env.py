"""Alembic's environment: migrations run on the connection that the store hands over."""

from alembic import context

from kb.store.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA)
context.run_migrations()
