"""Files: written whole or not at all, readable by their owner only, and never over a photo that is being measured."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from symmetry.errors import OutputError

MARK: Final = b"figure of symmetry, not a photo"
"""Stands at the beginning of every picture that this package draws, so that none is taken for a photo."""
FIGURE_SUFFIXES: Final = (".png", ".jpg", ".jpeg", ".pdf", ".svg")


def check_target(path: Path, *, inputs: Iterable[Path] = ()) -> None:
    """Check that a file can be written, before long work is done for it.

    Raises
    ------
    OutputError
        If the path is a folder or one of the inputs, or its folder does not exist or is not writable.
    """
    if path.is_dir():
        raise OutputError("this is a folder; name a file in it")
    folder = path.resolve().parent
    if not folder.is_dir():
        raise OutputError("its folder does not exist; make the folder or choose another")
    if not os.access(folder, os.W_OK):
        raise OutputError("its folder cannot be written to; choose another")
    if path.exists() and any(source.exists() and path.samefile(source) for source in inputs):
        raise OutputError("this is one of the files to be read, it would be lost; choose another name")


def write_whole(path: Path, data: bytes) -> None:
    """Write a file atomically, readable by its owner only.

    A pipe or a device is written to directly; a symbolic link stays a link.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    check_target(path)
    target = path.resolve()
    try:
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            target.write_bytes(data)
            return
        import tempfile  # slow to import, and what is only printed needs none

        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".symmetry-", suffix=".part")
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"it cannot be written ({error.strerror}); check the folder and the disk") from None


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
