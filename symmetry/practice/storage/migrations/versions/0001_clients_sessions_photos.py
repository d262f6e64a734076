"""Clients, their sessions, and photos."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first three tables."""
    op.create_table(
        "clients",
        sa.Column("key", sa.Integer, nullable=False),
        sa.Column("uid", sa.String, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.Column("added", sa.String, nullable=False),
        sa.Column("last_session", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.PrimaryKeyConstraint("key", name="pk_clients"),
        sa.UniqueConstraint("uid", name="uq_clients_uid"),
        sa.UniqueConstraint("id", name="uq_clients_id"),
    )
    op.create_table(
        "sessions",
        sa.Column("key", sa.Integer, nullable=False),
        sa.Column("client", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("zone", sa.String, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sessions"),
        sa.ForeignKeyConstraint(["client"], ["clients.key"], name="fk_sessions_client", ondelete="CASCADE"),
        sa.UniqueConstraint("client", "number", name="uq_sessions_client_number"),
    )
    op.create_table(
        "photos",
        sa.Column("key", sa.Integer, nullable=False),
        sa.Column("session", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("suffix", sa.String, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("source_sha256", sa.String, nullable=False),
        sa.Column("captured", sa.String, nullable=True),
        sa.Column("captured_zone", sa.String, nullable=True),
        sa.Column("captured_source", sa.String, nullable=True),
        sa.Column("mirrored", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_photos"),
        sa.ForeignKeyConstraint(["session"], ["sessions.key"], name="fk_photos_session", ondelete="CASCADE"),
        sa.UniqueConstraint("session", "position", name="uq_photos_session_position"),
        sa.UniqueConstraint("session", "sha256", name="uq_photos_session_sha256"),
    )
