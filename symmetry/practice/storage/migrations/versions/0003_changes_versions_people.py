"""The journal, versions of protocols, who treats, settings, and what clients and photos need for them."""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make four tables and move what belongs into them."""
    op.create_table(
        "changes",
        sa.Column("key", sa.Integer, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("told", sa.String, nullable=False),
        sa.Column("clients", sa.String, nullable=False),
        sa.Column("content", sa.String, nullable=True),
        sa.Column("files", sa.String, nullable=False),
        sa.Column("undoes", sa.Integer, nullable=True),
        sa.Column("undone_by", sa.Integer, nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_changes"),
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("value", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_settings"),
    )
    for column, default in (("tags", "'[]'"), ("home", "''")):
        op.add_column("clients", sa.Column(column, sa.String, nullable=False, server_default=sa.text(default)))
    op.add_column("clients", sa.Column("next_visit", sa.String, nullable=True))
    op.add_column("photos", sa.Column("identity", sa.String, nullable=False, server_default=sa.text("''")))
    # New tables beside the old ones: dropping a table that others refer to would remove their rows, too.
    for table in ("protocols", "steps", "treatments"):
        op.rename_table(table, f"{table}_before")
    op.drop_index("ix_treatments_protocol", "treatments_before")
    _versions()
    _people()
    for table in ("treatments", "steps", "protocols"):
        op.drop_table(f"{table}_before")
    for column in ("protocol", "person"):
        op.create_index(f"ix_treatments_{column}", "treatments", [column])


def _versions() -> None:
    """Give every protocol a first version, which has its steps and its plan."""
    op.create_table(
        "protocols",
        sa.Column("key", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("folded", sa.String, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_protocols"),
        sa.UniqueConstraint("folded", name="uq_protocols_folded"),
    )
    op.execute("INSERT INTO protocols SELECT key, name, folded, note FROM protocols_before")
    op.create_table(
        "protocol_versions",
        sa.Column("key", sa.Integer, nullable=False),
        sa.Column("protocol", sa.Integer, nullable=False),
        sa.Column("since", sa.String, nullable=False),
        sa.Column("times_per_week", sa.Float, nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_protocol_versions"),
        sa.ForeignKeyConstraint(
            ["protocol"], ["protocols.key"], name="fk_protocol_versions_protocol", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("protocol", "since", name="uq_protocol_versions_protocol_since"),
    )
    op.execute("INSERT INTO protocol_versions SELECT key, key, '', times_per_week FROM protocols_before")
    op.create_table(
        "steps",
        sa.Column("key", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("zones", sa.String, nullable=False),
        sa.Column("side", sa.String, nullable=False),
        sa.Column("minutes", sa.Float, nullable=True),
        sa.Column("product", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_steps"),
        sa.ForeignKeyConstraint(["version"], ["protocol_versions.key"], name="fk_steps_version", ondelete="CASCADE"),
        sa.UniqueConstraint("version", "position", name="uq_steps_version_position"),
    )
    op.execute(
        "INSERT INTO steps SELECT key, protocol, position, name, zones, side, minutes, product FROM steps_before"
    )


def _people() -> None:
    """Make one person of each name of who treated, whatever its case."""
    op.create_table(
        "people",
        sa.Column("key", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("folded", sa.String, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_people"),
        sa.UniqueConstraint("folded", name="uq_people_folded"),
    )
    connection = op.get_bind()
    keys: dict[str, int] = {}
    found = connection.execute(sa.text('SELECT key, "by" FROM treatments_before ORDER BY key')).fetchall()
    whose = []
    for treatment, name in found:
        folded = _fold(name)
        if folded and folded not in keys:
            keys[folded] = len(keys) + 1
            connection.execute(
                sa.text("INSERT INTO people VALUES (:key, :name, :folded, '')"),
                {"key": keys[folded], "name": name, "folded": folded},
            )
        if folded:
            whose.append({"treatment": treatment, "person": keys[folded]})
    op.create_table(
        "treatments",
        sa.Column("key", sa.Integer, nullable=False),
        sa.Column("client", sa.Integer, nullable=False),
        sa.Column("protocol", sa.Integer, nullable=True),
        sa.Column("person", sa.Integer, nullable=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("zone", sa.String, nullable=False),
        sa.Column("minutes", sa.Float, nullable=True),
        sa.Column("zones", sa.String, nullable=False),
        sa.Column("side", sa.String, nullable=False),
        sa.Column("product", sa.String, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_treatments"),
        sa.ForeignKeyConstraint(["client"], ["clients.key"], name="fk_treatments_client", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["protocol"], ["protocols.key"], name="fk_treatments_protocol", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["person"], ["people.key"], name="fk_treatments_person", ondelete="RESTRICT"),
        sa.UniqueConstraint("client", "number", name="uq_treatments_client_number"),
    )
    op.execute(
        "INSERT INTO treatments SELECT key, client, protocol, NULL, number, at, zone, minutes, zones, side, product, "
        "note FROM treatments_before"
    )
    if whose:
        connection.execute(sa.text("UPDATE treatments SET person = :person WHERE key = :treatment"), whose)


def _fold(text: str) -> str:
    """Fold as `symmetry.practice.names.fold` did when this was written; a migration never changes."""
    same = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(same.split())
