"""The database is brought up to date once, with a copy made before, and never by a program that does not know it."""

from __future__ import annotations

import subprocess
import sys

import alembic.config
import alembic.script
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from helpers.practice_samples import MODES, assert_whole, moment, old_practice, photo, rows

from symmetry.errors import NewerPracticeError, NoPracticeError, PracticeError, PracticeNotReadyError
from symmetry.practice import writing
from symmetry.practice.reading import PracticeReader
from symmetry.practice.records import Treatment
from symmetry.practice.storage import schema
from symmetry.practice.storage.database import HEAD, REVISIONS
from symmetry.practice.storage.models import Base
from symmetry.practice.store import open_practice, restore_practice

BEFORE = "SELECT key, uid, id, name, note, added, last_session FROM clients"


@pytest.fixture
def old(tmp_path):
    old_practice(tmp_path / "practice")
    return tmp_path / "practice"


def run(code, *arguments):
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_revisions_that_are_known_are_those_that_there_are():
    config = alembic.config.Config()
    config.set_main_option("script_location", str(schema._MIGRATIONS))
    scripts = alembic.script.ScriptDirectory.from_config(config)
    assert [script.revision for script in scripts.walk_revisions()][::-1] == list(REVISIONS)


def test_models_are_what_the_migrations_make(tmp_path):
    open_practice(tmp_path / "practice").close()
    bound = writing.make_engine(tmp_path / "practice" / "practice.sqlite")
    with bound.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "target_metadata": Base.metadata}
        )
        assert compare_metadata(context, Base.metadata) == []
    # Alembic does not look at foreign keys' actions and checks: the tables' own text does.
    fresh = writing.make_engine(_empty(tmp_path / "fresh.sqlite"))
    Base.metadata.create_all(fresh)
    tables = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name != 'alembic_version'"
    migrated = dict(rows(tmp_path / "practice", tables))
    with fresh.connect() as connection:
        modelled = dict(connection.exec_driver_sql(tables).fetchall())
    words = [
        {name: sorted(sql.replace(",", " ").split()) for name, sql in each.items()} for each in (modelled, migrated)
    ]
    assert words[0] == words[1]
    assert len(words[0]) == 16


def _empty(path):
    path.touch()
    return path


def test_older_practice_is_upgraded_with_its_data_and_a_copy(old):
    tables = {"sessions": "*", "photos": "key, session, position, name, suffix, sha256, size, source_sha256, mirrored"}
    before = {table: rows(old, f"SELECT {columns} FROM {table}") for table, columns in tables.items()}  # noqa: S608
    clients = rows(old, BEFORE)
    with open_practice(old) as practice:
        assert [client.id for client in practice.clients()] == ["client-1", "client-2"]
        assert [session.number for session in practice.sessions("client-1")] == [1, 2]
        assert practice.add_treatment("client-1", Treatment(**moment(), minutes=5)).number == 1
        assert practice.add_session("client-2", [photo(9)], **moment(9)).number == 3
    assert_whole(old)
    for table, had in before.items():
        assert rows(old, f"SELECT {tables[table]} FROM {table}")[: len(had)] == had  # noqa: S608
    assert [row[:-1] for row in rows(old, BEFORE)] == [row[:-1] for row in clients]
    (copy,) = (old / "backups").iterdir()
    assert copy.name.startswith(f"before-{HEAD}-")
    assert not MODES or copy.stat().st_mode & 0o777 == 0o600
    copy.rename(old / "practice.sqlite")
    assert rows(old, BEFORE) == clients
    assert rows(old, "SELECT version_num FROM alembic_version") == [("0001",)]


def test_current_practice_is_opened_without_alembic_and_without_a_copy(tmp_path):
    folder = tmp_path / "practice"
    open_practice(folder).close()
    code = (
        "import sys; from pathlib import Path; from symmetry.practice.store import open_practice\n"
        "open_practice(Path(sys.argv[1])).close(); print(*sys.modules)"
    )
    loaded = run(code, folder)
    assert "sqlalchemy" in loaded
    assert not {"alembic", "numpy", "cv2", "click", "rich", "platformdirs"} & set(loaded)
    assert not list((folder / "backups").iterdir())


def test_overview_needs_no_library_and_package_nothing_at_all():
    loaded = {name.split(".")[0] for name in run("import sys, symmetry.practice.reading; print(*sys.modules)")}
    assert not {"sqlalchemy", "alembic", "filelock", "platformdirs", "numpy"} & loaded
    assert "sqlite3" in loaded
    code = "import sys, symmetry.practice; print(*(n for n in sys.modules if n.startswith('symmetry')))"
    assert set(run(code)) == {"symmetry", "symmetry.version", "symmetry.practice"}


def test_newer_practice_is_refused_and_left_alone(tmp_path):
    folder = tmp_path / "practice"
    with open_practice(folder) as practice:
        practice.backup(tmp_path / "backup.zip")
    rows(folder, "UPDATE alembic_version SET version_num = '0099'")
    before = (folder / "practice.sqlite").read_bytes()
    for read in (open_practice, lambda folder: PracticeReader(folder).overview()):
        with pytest.raises(NewerPracticeError, match=f"schema 0099, this one knows up to {HEAD}.*install the newest"):
            read(folder)
    assert (folder / "practice.sqlite").read_bytes() == before
    restore_practice(tmp_path / "backup.zip", folder, replace=True)
    assert_whole(folder)


def test_migration_that_fails_leaves_the_old_database(old, monkeypatch):
    from symmetry.practice.storage.migrations import versions  # noqa: F401 -- a package, so that it is installed

    before = rows(old, "SELECT sql FROM sqlite_master ORDER BY name")
    rows(old, "CREATE TABLE ratings (x)")  # in the way of the last step
    with pytest.raises(PracticeError, match="already exists"):
        open_practice(old)
    rows(old, "DROP TABLE ratings")
    assert rows(old, "SELECT sql FROM sqlite_master ORDER BY name") == before
    assert rows(old, "SELECT version_num FROM alembic_version") == [("0001",)]
    assert_whole(old)


def test_overview_says_what_it_needs(tmp_path, old):
    with pytest.raises(NoPracticeError, match="no practice in this folder yet"):
        PracticeReader(tmp_path / "nowhere").overview()
    assert not (tmp_path / "nowhere").exists()
    with pytest.raises(PracticeNotReadyError, match="not up to date"):
        PracticeReader(old).overview()
    open_practice(old).close()
    assert len(PracticeReader(old).overview()) == 2
    (old / "practice.sqlite").write_bytes(b"")
    with pytest.raises(PracticeNotReadyError):
        PracticeReader(old).page("client-1")
