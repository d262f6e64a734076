"""Files: written whole or not at all, readable by their owner only, and never over a photo that is being measured."""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from symmetry.errors import OutputError

MARK: Final = b"figure of symmetry, not a photo"
"""Stands at the beginning of every picture that this package draws, so that none is taken for a photo."""
FIGURE_SUFFIXES: Final = (".png", ".jpg", ".jpeg", ".pdf", ".svg")
_WINDOWS = os.name == "nt"
_WAITS: Final = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds between the tries to replace a file that is open elsewhere."""
_LONGEST_ON_WINDOWS: Final = 260
_DEVICES: Final = {
    "CON",
    "PRN",
    "AUX",
    "NUL",
    *(f"{port}{number}" for port in ("COM", "LPT") for number in range(1, 10)),
}


def check_target(path: Path, *, inputs: Iterable[Path] = ()) -> None:
    """Check that a file can be written, before long work is done for it.

    Raises
    ------
    OutputError
        If the path is a folder or one of the inputs, or its folder does not exist or is not writable.
    """
    if path.is_dir():
        raise OutputError("this is a folder; name a file in it")
    if _WINDOWS and path.name.partition(".")[0].rstrip(" ").upper() in _DEVICES:
        raise OutputError("Windows keeps this name for a device; choose another")
    folder = path.resolve().parent
    if not folder.is_dir():
        raise OutputError("its folder does not exist; make the folder or choose another")
    if not os.access(folder, os.W_OK):
        raise OutputError("its folder cannot be written to; choose another")
    if path.exists() and any(source.exists() and path.samefile(source) for source in inputs):
        raise OutputError("this is one of the files to be read, it would be lost; choose another name")


def write_whole(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write a file atomically, readable by its owner only.

    A pipe or a device is written to directly; a symbolic link stays a link.

    Parameters
    ----------
    path : Path
    data : bytes
    durable : bool
        Sync the file and its folder, so that it survives a power cut once this returns.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    with written_whole(path, durable=durable) as file:
        file.write(data)


@contextlib.contextmanager
def written_whole(path: Path, *, durable: bool = True) -> Iterator[BinaryIO]:
    """Give a file to write piece by piece, which takes its place once all is written; as `write_whole`.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    check_target(path)
    target = path.resolve()
    try:
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            with target.open("wb") as file:
                yield file
            return
        import tempfile  # slow to import, and what is only printed needs none

        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".symmetry-", suffix=".part")
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            replace_patiently(part, target)
        finally:
            part.unlink(missing_ok=True)
        if durable:
            sync_folder(target.parent)
    except PermissionError as error:
        if not _WINDOWS:
            raise OutputError(f"it cannot be written ({error.strerror}); check the folder and the disk") from None
        raise OutputError(
            "it is open in another program, or protected; close it there or choose another name"
        ) from None
    except OSError as error:
        long = _WINDOWS and len(str(target)) >= _LONGEST_ON_WINDOWS
        why = "its path is longer than Windows allows" if long else error.strerror
        raise OutputError(f"it cannot be written ({why}); check the folder and the disk") from None


def replace_patiently(part: Path, target: Path) -> None:
    """Move a file to its place; on Windows wait for whoever has it open, such as a virus scanner."""
    for wait in _WAITS if _WINDOWS else ():
        with contextlib.suppress(PermissionError):
            part.replace(target)
            return
        time.sleep(wait)
    part.replace(target)


def sync_folder(folder: Path) -> None:
    """Sync the names in a folder to the disk, where the system can."""
    if _WINDOWS:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some network folders cannot
            os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder and its missing parents, readable by their owner only.

    Raises
    ------
    OutputError
        If the folder cannot be made.
    """
    try:
        missing = [above for above in (folder, *folder.parents) if not above.exists()]
        for each in reversed(missing):
            each.mkdir(mode=0o700, exist_ok=True)
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise OutputError(f"no folder can be made here ({error.strerror}); choose another") from error


@contextlib.contextmanager
def silent_stderr() -> Iterator[None]:
    """Discard what C and C++ libraries write to standard error; Python has no other way to stop them."""
    with contextlib.ExitStack() as undo:
        with contextlib.suppress(OSError):  # there may be no standard error at all, as under some servers
            kept = os.dup(2)
            undo.callback(os.close, kept)
            with Path(os.devnull).open("wb") as nowhere:
                os.dup2(nowhere.fileno(), 2)
            undo.callback(os.dup2, kept, 2)
        yield
