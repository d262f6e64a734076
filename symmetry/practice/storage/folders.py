"""Where the files of a practice are, and how they are written: whole, and for their owner only."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from symmetry.errors import PracticeError
from symmetry.files import replace_patiently, sync_folder

DATABASE: Final = "practice.sqlite"
JOURNAL: Final = "practice.sqlite-journal"
LOCK: Final = "practice.lock"
PART: Final = ".part"
BEFORE_RESTORE: Final = "before-restore-"
"""Begin of the names of folders that keep a practice which a backup has replaced."""
ENVIRONMENT: Final = "SYMMETRY_PRACTICE"
_OWN: Final = {DATABASE, JOURNAL, LOCK, "clients", "backups", "restoring", "restored", "replaced"}


class Places:
    """Where the parts of a practice are.

    Attributes
    ----------
    root : Path
        The practice's folder.
    database, lock : Path
        The SQLite file, and the file that a writer locks.
    clients : Path
        Holds one folder per client.
    backups : Path
        Holds copies of the database, made before migrations.
    restoring, restored, replaced : Path
        What is being restored and not yet checked; what was checked and is being moved to its place; and what was
        there before and makes room for it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.database, self.lock = root / DATABASE, root / LOCK
        self.clients, self.backups = root / "clients", root / "backups"
        self.restoring, self.restored, self.replaced = root / "restoring", root / "restored", root / "replaced"

    def client(self, uid: str) -> Path:
        """Give the folder of a client."""
        return self.clients / uid

    def photos(self, uid: str) -> Path:
        """Give the folder of a client's photos."""
        return self.client(uid) / "photos"

    def results(self, uid: str) -> Path:
        """Give the folder of the faces measured in a client's photos."""
        return self.client(uid) / "results"


def practice_folder(folder: Path | None = None) -> Path:
    """Give the practice's folder: the one named, else that of SYMMETRY_PRACTICE, else the user's own."""
    if folder is not None:
        return folder.expanduser().absolute()
    named = os.environ.get(ENVIRONMENT)
    if named:
        return Path(named).expanduser().absolute()
    import platformdirs

    return platformdirs.user_data_path("symmetry", appauthor=False)


def prepare_root(root: Path) -> None:
    """Make the practice's folder if there is none.

    Raises
    ------
    PracticeError
        If it is a file, or contains other things and no practice.
    """
    if root.exists() and not root.is_dir():
        raise PracticeError("this is a file; name a folder for the practice")
    if root.is_dir() and not (root / DATABASE).exists():
        others = {each.name for each in root.iterdir() if not each.name.startswith(".")} - _OWN
        if others:
            raise PracticeError("this folder holds other things and no practice; name a new or an empty folder")
    for above in reversed([above for above in root.parents if not above.exists()]):
        above.mkdir(mode=0o700, exist_ok=True)
    private_folder(root)


def private_folder(folder: Path) -> None:
    """Make a folder if there is none; only its owner can use it, whatever the umask and its rights before."""
    folder.mkdir(mode=0o700, exist_ok=True)
    _restrict(folder, 0o700)


def private_file(path: Path) -> None:
    """Make an empty file if there is none; only its owner can read it, whatever the umask."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    _restrict(path, 0o600)


def write_durably(path: Path, data: bytes) -> None:
    """Write a file so that it is there as a whole and survives a power cut, or is not there at all."""
    with durable_file(path) as part, part.open("r+b") as file:
        file.write(data)


@contextlib.contextmanager
def durable_file(path: Path) -> Iterator[Path]:
    """Give an empty file to fill; when the `with` ends well it is synced and renamed to `path`, else removed."""
    part = path.with_name(f"{path.name[:48]}.{os.urandom(4).hex()}{PART}")
    try:
        private_file(part)
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        replace_patiently(part, path)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(path.parent)


def remove_tree(folder: Path) -> None:
    """Remove a folder and everything in it, even while somebody still writes results there."""
    for _ in range(5):
        if not folder.exists():
            return
        shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        shutil.rmtree(folder)


def files_below(folder: Path) -> Iterator[Path]:
    """Give every file below a folder, links not followed, in a fixed order."""
    for where, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(where, name) for name in sorted(names))


def _restrict(path: Path, mode: int) -> None:
    with contextlib.suppress(PermissionError):  # another's file, or a disk without rights
        if path.stat().st_mode & 0o777 != mode:
            path.chmod(mode)
