"""What Alembic runs: the steps that are missing, inside the transaction of the connection that it is given."""

from __future__ import annotations

from alembic import context

from symmetry.practice.storage.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
)
context.run_migrations()
