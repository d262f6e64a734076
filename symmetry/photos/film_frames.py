"""Frames of a film as photos."""

from __future__ import annotations

import io
import os
from collections import OrderedDict
from datetime import timedelta
from pathlib import Path
from typing import Final

from numpy.typing import NDArray
from PIL import Image

from symmetry.errors import PhotoError
from symmetry.photos.film_names import FrameName, frame_name, named_frame
from symmetry.photos.films import is_film, read_frames, read_info
from symmetry.photos.metadata import Metadata, exif_of

_TICK: Final = 6e-4
"""Names have milliseconds: a frame may be shown this much earlier than its name says."""
_MOST_KEPT: Final = 64_000_000
_kept: OrderedDict[tuple[str, float, int], bytes] = OrderedDict()
"""Frames that were chosen lately, so that choosing and measuring them decodes the film once."""


def frame_bytes(name: FrameName) -> bytes:
    """Give a frame as the bytes of a PNG photo, with the time at which it was taken and no other metadata.

    Raises
    ------
    PhotoError
        If the film cannot be read, or is over before that time.
    MissingExtraError
        If PyAV is not installed.
    """
    film, time = name
    if not film.exists():
        raise PhotoError("there is no such film; check the name and the folder")
    if not is_film(film):
        raise PhotoError("it is no film, so that it has no moments; leave #t= out")
    key = _key(frame_name(film, time))
    if key not in _kept:
        frame = next(read_frames(film, start=max(time - _TICK, 0.0)), None)
        if frame is None:
            raise PhotoError(f"the film is over before {time:g} s; name an earlier moment")
        return as_photo(film, frame.time, frame.pixels)
    _kept.move_to_end(key)
    return _kept[key]


def as_photo(film: Path, time: float, pixels: NDArray) -> bytes:  # type: ignore[type-arg]
    """Encode the upright pixels of a frame as `frame_bytes` gives it."""
    captured = read_info(film).captured
    at = None if captured is None else captured + timedelta(seconds=time)
    exif = exif_of(Metadata(captured=at, captured_source="exif:DateTimeOriginal"))
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=1, **({"exif": exif} if exif else {}))
    return file.getvalue()


def keep_frame(film: Path, time: float, data: bytes) -> Path:
    """Keep a frame that will be read soon, and return its name."""
    name = frame_name(film, time)
    _kept[_key(name)] = data
    while len(_kept) > 1 and sum(map(len, _kept.values())) > _MOST_KEPT:
        _kept.popitem(last=False)
    return name


def _key(name: Path) -> tuple[str, float, int]:
    found = named_frame(name)
    status = (found.film if found else name).stat()
    return os.fspath(name), status.st_mtime, status.st_size
