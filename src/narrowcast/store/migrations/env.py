"""Alembic runs this. The connection, and its transaction, are those of `narrowcast.store.upgrade`."""

from __future__ import annotations

from alembic import context

from narrowcast.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
