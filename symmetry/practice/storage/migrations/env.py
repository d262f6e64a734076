"""Run by Alembic: the missing migrations, in the transaction of the connection given."""

from __future__ import annotations

from alembic import context

from symmetry.practice.storage.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
)
context.run_migrations()
