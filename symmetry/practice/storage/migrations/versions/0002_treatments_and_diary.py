"""Protocols and treatments, scales and diaries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Give clients numbers for treatments and entries, and make six tables."""
    for column in ("last_treatment", "last_entry"):
        op.add_column("clients", sa.Column(column, sa.Integer, nullable=False, server_default=sa.text("0")))
    _treatments()
    _diary()


def _treatments() -> None:
    op.create_table(
        "protocols",
        sa.Column("key", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("folded", sa.String, nullable=False),
        sa.Column("times_per_week", sa.Float, nullable=True),
        sa.Column("note", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_protocols"),
        sa.UniqueConstraint("folded", name="uq_protocols_folded"),
    )
    op.create_table(
        "steps",
        sa.Column("key", sa.Integer, nullable=False),
        sa.Column("protocol", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("zones", sa.String, nullable=False),
        sa.Column("side", sa.String, nullable=False),
        sa.Column("minutes", sa.Float, nullable=True),
        sa.Column("product", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_steps"),
        sa.ForeignKeyConstraint(["protocol"], ["protocols.key"], name="fk_steps_protocol", ondelete="CASCADE"),
        sa.UniqueConstraint("protocol", "position", name="uq_steps_protocol_position"),
    )
    op.create_table(
        "treatments",
        sa.Column("key", sa.Integer, nullable=False),
        sa.Column("client", sa.Integer, nullable=False),
        sa.Column("protocol", sa.Integer, nullable=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("zone", sa.String, nullable=False),
        sa.Column("minutes", sa.Float, nullable=True),
        sa.Column("zones", sa.String, nullable=False),
        sa.Column("side", sa.String, nullable=False),
        sa.Column("product", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_treatments"),
        sa.ForeignKeyConstraint(["client"], ["clients.key"], name="fk_treatments_client", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["protocol"], ["protocols.key"], name="fk_treatments_protocol", ondelete="RESTRICT"),
        sa.UniqueConstraint("client", "number", name="uq_treatments_client_number"),
    )
    op.create_index("ix_treatments_protocol", "treatments", ["protocol"])


def _diary() -> None:
    op.create_table(
        "scales",
        sa.Column("key", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("folded", sa.String, nullable=False),
        sa.Column("low", sa.Float, nullable=False),
        sa.Column("high", sa.Float, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_scales"),
        sa.UniqueConstraint("folded", name="uq_scales_folded"),
        sa.CheckConstraint("low < high", name=op.f("ck_scales_range")),
    )
    op.create_table(
        "entries",
        sa.Column("key", sa.Integer, nullable=False),
        sa.Column("client", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("zone", sa.String, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_entries"),
        sa.ForeignKeyConstraint(["client"], ["clients.key"], name="fk_entries_client", ondelete="CASCADE"),
        sa.UniqueConstraint("client", "number", name="uq_entries_client_number"),
    )
    op.create_table(
        "ratings",
        sa.Column("entry", sa.Integer, nullable=False),
        sa.Column("scale", sa.Integer, nullable=False),
        sa.Column("value", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("entry", "scale", name="pk_ratings"),
        sa.ForeignKeyConstraint(["entry"], ["entries.key"], name="fk_ratings_entry", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["scale"], ["scales.key"], name="fk_ratings_scale", ondelete="RESTRICT"),
    )
    op.create_index("ix_ratings_scale", "ratings", ["scale"])
