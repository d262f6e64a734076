"""Films: their frames, one after the other, upright and in RGB. Sound is never decoded; nothing is kept on the way.

MP4, MOV, WebM, MKV and AVI by FFmpeg within PyAV (the extra `films`); animated WebP by Pillow. The bytes of a file say
what it is. FFmpeg gets an open file and the one format that the bytes name, so that a file which pretends to be a film
cannot make it open another file or an address.
"""

from __future__ import annotations

import contextlib
import math
import os
import stat
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from symmetry.errors import MissingExtraError, PhotoError
from symmetry.files import silent_stderr
from symmetry.photos.bounds import MIN_SIDE
from symmetry.photos.formats import FILM_SUFFIXES, HEAD

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame

MOST_SECONDS: Final = 1800.0
MOST_FRAMES: Final = 250_000
"""Half an hour, at more than a hundred frames a second: whatever goes on longer is no film of a face."""
MOST_PIXELS: Final = 36_000_000
"""Of a frame: 8K."""
ANIMATED_PICTURE: Final = "webp"
"""Format of an animated WebP, whose first frame is a photo, too."""
_GIVE_UP: Final = 60
"""Packets in a row that hold no frame that can be decoded."""
_STILL: Final = "save it as MP4 with one video track"
AGAIN: Final = f"copy it again, or {_STILL}"
_TABLE: Final = 4_000_000
"""Bytes at either end of a film that hold its table of contents."""
_ANIMATED: Final = 0x02
"""Bit of the flags of an extended WebP file that says it is animated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmInfo:
    """What a film says about itself; frames tell the truth.

    Attributes
    ----------
    size : tuple of int
        Width and height of the upright frames, pixels.
    seconds : float
        Length; NaN if it is not told.
    captured : datetime or None
        When it was taken; timezone-aware.
    """

    size: tuple[int, int]
    seconds: float
    captured: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """One frame of a film.

    Attributes
    ----------
    time : float
        Seconds from the first frame.
    pixels : ndarray, shape (h, w, 3), uint8
        RGB, upright.
    """

    time: float
    pixels: NDArray[np.uint8]


def is_film(path: Path) -> bool:
    """Tell whether a file is a film by its first bytes, or by its name if it has none."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return False
        with path.open("rb") as file:
            head = file.read(HEAD)
    except (OSError, ValueError):
        return False
    return film_format(head) is not None if head else path.suffix.lower() in FILM_SUFFIXES


def read_info(path: Path) -> FilmInfo:
    """Read what a film says about itself.

    Raises
    ------
    PhotoError
        If it cannot be read; the message says why and what to do.
    MissingExtraError
        If PyAV is not installed.
    """
    with _opened(path) as film:
        return film.info


def read_frames(
    path: Path, *, start: float = 0.0, end: float = math.inf, most_rate: float = math.inf
) -> Iterator[Frame]:
    """Decode the frames of a film one after the other; only one is in memory at a time.

    Parameters
    ----------
    path : Path
    start, end : float
        Seconds from the first frame between which frames are wanted.
    most_rate : float
        Frames a second at most: those in between are passed over.

    Raises
    ------
    PhotoError
        If it cannot be read, or holds no frames, or does not end.
    MissingExtraError
        If PyAV is not installed.
    """
    with _opened(path) as film:
        last, count, held = -math.inf, 0, -math.inf
        for time, decode in film.frames(start):
            count += 1
            if time <= last:
                raise PhotoError(f"the times of its frames run backwards; {AGAIN}")
            if count > MOST_FRAMES or time > MOST_SECONDS:
                raise PhotoError(f"it is longer than {MOST_SECONDS / 60:.0f} minutes; cut out the part that matters")
            last = time
            if time > end:
                return
            if time < start - 1e-3 or time - held < (1 - 1e-3) / most_rate:
                continue
            held = time
            yield Frame(time=time, pixels=decode())
        if not count:
            raise PhotoError(f"it holds no frame that can be decoded; {AGAIN}")


def film_format(head: bytes) -> str | None:
    """Name the format of a film by its first bytes, as FFmpeg does; None if it is no film."""
    if head[4:8] == b"ftyp":
        pictures = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"avif", b"avis", b"mif1", b"mif2", b"msf1")
        return None if head[8:12] in (*pictures, b"miaf", b"1pic", b"hevm", b"hevs", b"crx ") else "mov"
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip") and head[:4] < b"\x10":
        return "mov"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"
    if head.startswith(b"RIFF"):
        if head[8:12] == b"AVI ":
            return "avi"
        if head[8:16] == b"WEBPVP8X" and len(head) > 20 and head[20] & _ANIMATED:
            return ANIMATED_PICTURE
    return None


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[_Film | _AnimatedPicture]:
    """Open a film; whatever goes wrong while it is open is a `PhotoError` of one sentence."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise PhotoError("it is no file; give a film")
        if not status.st_size:
            raise PhotoError("the file is empty; copy it again from the phone or camera")
        with path.open("rb") as file, contextlib.ExitStack() as open_:
            kind = film_format(file.read(HEAD))
            file.seek(0)
            if kind is None:
                raise PhotoError("it is a film of a kind that cannot be read; save it as MP4")
            if kind == ANIMATED_PICTURE:
                yield _AnimatedPicture(file)
                return
            av = pyav()
            with silent_stderr():
                container = open_.enter_context(av.open(file, format=kind, timeout=(30, 30)))
            yield _Film(container, file)
    except (FileNotFoundError, NotADirectoryError):
        raise PhotoError("there is no such file; check the name and the folder") from None
    except PermissionError as error:
        # FFmpeg calls an operation that a stream does not allow by the same name.
        if error.filename is None or not os.path.exists(os.fspath(path)):  # noqa: PTH110
            raise PhotoError(f"its video cannot be decoded; {AGAIN}") from None
        raise PhotoError("reading is not permitted; change the file's permissions or copy it elsewhere") from None
    except MemoryError:
        raise PhotoError("its frames need more memory than is free; save it at a smaller size") from None
    except (OSError, EOFError, ValueError) as error:  # FFmpeg's errors are of these kinds
        if isinstance(error, PhotoError):
            raise
        raise PhotoError(f"its data are damaged or cut short; {AGAIN}") from error


def pyav() -> Any:
    """Import PyAV.

    Raises
    ------
    MissingExtraError
        If it is not installed: FFmpeg is as large as a sixth of everything else together.
    """
    try:
        import av
        import av.logging
    except ImportError as error:
        raise MissingExtraError(
            'films need PyAV: pip install "facial-symmetry[films]", or pip install ".[films]" in a clone of this '
            "project; photos need nothing more"
        ) from error
    av.logging.set_level(None)
    return av


class _Film:
    """A film that FFmpeg decodes."""

    def __init__(self, container: InputContainer, file: BinaryIO) -> None:
        self._container = container
        tracks = [track for track in container.streams.video if not _is_picture(track)]
        if not tracks:
            sound = "it holds sound alone, no picture" if container.streams.audio else "it holds no video"
            raise PhotoError(f"{sound}; give the film of a face")
        self._track = tracks[0]
        context: Any = self._track.codec_context
        if context is None:
            if _is_encrypted(file):
                raise PhotoError("it is encrypted (copy-protected); give a film of your own camera")
            raise PhotoError(f"its video is of a kind that cannot be decoded; {_STILL} (H.264)")
        _check_size((context.width, context.height))
        self._track.thread_type = "SLICE"
        context.thread_count = 1
        length = self._track.duration
        seconds = float(length * self._track.time_base) if length and self._track.time_base else math.nan
        if math.isnan(seconds) and container.duration:
            seconds = container.duration / 1_000_000
        self.info = FilmInfo(
            size=(int(context.width), int(context.height)), seconds=seconds, captured=_captured(container)
        )

    def frames(self, start: float) -> Iterator[tuple[float, Any]]:
        """Give the times of the frames, s from the first, and what turns each into pixels."""
        first = self._first_time()
        base = float(self._track.time_base or 0)
        if start > 2.0 and base:
            self._container.seek(int((start - 1.0 + first) / base), stream=self._track, backward=True)
        for frame in self._decoded():
            if frame.pts is None or frame.time is None:
                raise PhotoError(f"its frames tell no times; {AGAIN}")
            _check_size((frame.width, frame.height))
            time = float(frame.time) - first
            if time < -1e-6 or not math.isfinite(time):
                continue
            yield time, lambda frame=frame: _upright(frame)

    def _first_time(self) -> float:
        if self._track.start_time is None or self._track.time_base is None:
            return 0.0
        return float(self._track.start_time * self._track.time_base)

    def _decoded(self) -> Iterator[VideoFrame]:
        bad = 0
        for packet in self._container.demux(self._track):
            try:
                frames = packet.decode()
            except (OSError, ValueError):  # a damaged packet; those after it may be whole
                bad += 1
                if bad >= _GIVE_UP:
                    raise
                continue
            if frames:
                bad = 0
            for frame in frames:
                if not frame.is_corrupt:
                    yield frame


class _AnimatedPicture:
    """An animated WebP."""

    def __init__(self, file: Any) -> None:
        from PIL.WebPImagePlugin import WebPImageFile

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._image = WebPImageFile(file)
        _check_size(self._image.size)
        self.info = FilmInfo(size=self._image.size, seconds=math.nan, captured=None)

    def frames(self, start: float) -> Iterator[tuple[float, Any]]:
        """Give the times of the frames, s from the first, and what turns each into pixels."""
        time = 0.0
        for place in range(self._image.n_frames):
            self._image.seek(place)
            self._image.load()
            pixels = np.asarray(self._image.convert("RGB"))
            yield time, lambda pixels=pixels: pixels
            time += max(float(self._image.info.get("duration", 0)), 1.0) / 1000


def _is_encrypted(file: BinaryIO) -> bool:
    """Whether a film's table of contents says so: sample entry "encv", Common Encryption (ISO/IEC 23001-7)."""
    end = file.seek(0, os.SEEK_END)
    for start in {0, max(end - _TABLE, 0)}:
        file.seek(start)
        if b"encv" in file.read(_TABLE):
            return True
    return False


def _is_picture(track: Any) -> bool:
    """Whether a video track is the picture of an album's cover."""
    return bool(int(getattr(track, "disposition", 0) or 0) & 0x400)  # AV_DISPOSITION_ATTACHED_PIC


def _check_size(size: tuple[int, int]) -> None:
    if min(size) < MIN_SIDE:
        raise PhotoError(f"its frames are only {size[0]} x {size[1]} pixels; give the film at its original size")
    if size[0] * size[1] > MOST_PIXELS:
        raise PhotoError(f"its frames have more than {MOST_PIXELS // 1_000_000} megapixels; save it at a smaller size")


def _upright(frame: VideoFrame) -> NDArray[np.uint8]:
    """Turn a decoded frame into upright RGB pixels."""
    pixels = frame.to_ndarray(format="rgb24")
    turns = round(frame.rotation / 90) % 4  # degrees, against the clock
    return np.ascontiguousarray(np.rot90(pixels, turns) if turns else pixels, dtype=np.uint8)


def _captured(container: InputContainer) -> datetime | None:
    """When a film was taken, from its metadata: the time with its zone first, as iPhones write it."""
    for key in ("com.apple.quicktime.creationdate", "creation_time"):
        with contextlib.suppress(KeyError, ValueError):
            at = datetime.fromisoformat(_iso(container.metadata[key]))
            if at.tzinfo is not None:
                return at
    return None


def _iso(text: str) -> str:
    """Write a time as Python 3.10 reads it: "+0200" as "+02:00", "Z" as "+00:00"."""
    text = text.strip().replace("Z", "+00:00")
    if len(text) > 5 and text[-5] in "+-" and text[-3] != ":":
        text = f"{text[:-2]}:{text[-2:]}"
    return text
