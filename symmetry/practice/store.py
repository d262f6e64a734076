"""The practice as a whole, and how it is opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from symmetry.errors import DamagedPracticeError
from symmetry.files import sync_folder
from symmetry.practice.bringing import Bringing, Brought, source_of
from symmetry.practice.forgetting import Forgetting
from symmetry.practice.journal import Journal
from symmetry.practice.restoring import finish_restore, restore_practice
from symmetry.practice.settings import Settings
from symmetry.practice.storage.database import clear_journal, is_current, plain_failures
from symmetry.practice.storage.folders import (
    Places,
    practice_folder,
    prepare_root,
    private_file,
    private_folder,
)
from symmetry.practice.storage.schema import revision_in, upgrade
from symmetry.practice.storage.sweeping import UID
from symmetry.practice.writing import held

__all__ = ["Practice", "open_practice", "restore_practice"]


class Practice(Bringing, Forgetting, Settings, Journal):
    """A practice open for reading and writing; made by `open_practice`, and closed at the end of its `with`."""

    def close(self) -> None:
        """Release the database."""
        self._engine.dispose()

    def __enter__(self) -> Practice:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def merge(self, file: Path, *, agree: Callable[[tuple[Brought, ...]], bool]) -> tuple[Brought, ...] | None:
        """Bring in the clients of a backup, or the one of an export; what is here already stays as it is.

        Parameters
        ----------
        file : Path
        agree : callable
            Takes what would be added to each client and says whether to do it.

        Returns
        -------
        tuple of Brought, or None
            What was added; None if nobody agreed.

        Raises
        ------
        BackupError
            If the file is neither, is damaged, or was changed.
        """
        with self.alone(), source_of(file, self._places) as source:
            return self.bring_in(source) if agree(self.preview(source)) else None

    def _prepare(self) -> None:
        """Finish what was interrupted, bring the database up to date, and remove what no row knows."""
        places = self._places
        if places.restored.exists() or places.replaced.exists():
            with held(self._lock):
                finish_restore(places)
        if not places.database.exists() or not is_current(revision_in(places.database)):
            with held(self._lock):
                _make(places)
                upgrade(places, self._engine)
        for path in (places.clients, places.backups):
            private_folder(path)
        private_file(places.database)
        with held(self._lock, wait=False) as is_held:
            if is_held:
                clear_journal(places.database)
                self._expire()
                self._sweep()


def open_practice(folder: Path | None = None) -> Practice:
    """Open a practice for reading and writing; make it if there is none, and bring it up to date.

    Parameters
    ----------
    folder : Path, optional
        That of SYMMETRY_PRACTICE if not given, or else one among the user's own data.

    Raises
    ------
    NewerPracticeError
        If a newer version of this program wrote it.
    DamagedPracticeError
        If its database is missing or damaged.
    PracticeError
        If the folder holds other things, or cannot be used.
    """
    with plain_failures():
        prepare_root(practice_folder(folder))
        practice = Practice(folder)
        practice._prepare()
    return practice


def _make(places: Places) -> None:
    """Make the database's file if there is none, readable by its owner only, before SQLite opens it."""
    empty = not places.database.exists() or not places.database.stat().st_size
    if empty and places.clients.is_dir() and any(UID.fullmatch(each.name) for each in places.clients.iterdir()):
        raise DamagedPracticeError("the database is missing but clients' photos are here; restore a backup")
    private_file(places.database)
    sync_folder(places.root)
