"""Names of the frames of a film: "film.mp4#t=1.234" is the one shown at 1.234 s, as in W3C's media fragments."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final, NamedTuple

_NAME: Final = re.compile(r"(?P<film>.+)#t=(?P<time>\d{1,6}(?:\.\d{1,6})?)", re.DOTALL)


class FrameName(NamedTuple):
    """What the name of a frame says."""

    film: Path
    time: float  # seconds from the first frame


def frame_name(film: str | os.PathLike[str], time: float) -> Path:
    """Name the frame of a film that is shown at a time, s."""
    return Path(f"{os.fspath(film)}#t={time:.3f}")


def named_frame(path: str | os.PathLike[str]) -> FrameName | None:
    """Read the name of a frame; None if it is the name of a file."""
    found = _NAME.fullmatch(os.fsdecode(path))
    if found is None or Path(os.fsdecode(path)).exists():
        return None
    return FrameName(Path(found["film"]), float(found["time"]))


def film_of(name: str) -> str | None:
    """Name the film that a photo with this name is a frame of; None if it is of none."""
    found = _NAME.fullmatch(name)
    return None if found is None else found["film"]
