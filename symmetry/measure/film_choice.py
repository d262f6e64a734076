"""Frames of a film that are measured: relaxed, straight, sharp, with open eyes, and spread over the film."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.errors import NoFaceError, SeveralFacesError, SymmetryError
from symmetry.measure.analysis import measure_photo
from symmetry.measure.face import FaceAnalysis, Pose
from symmetry.measure.options import Measuring
from symmetry.measure.quality.expression import expression_of_landmarks
from symmetry.measure.quality.flags import ALL, Flag, Severity, reason_words
from symmetry.photos.film_frames import as_photo, keep_frame
from symmetry.photos.film_names import frame_name
from symmetry.photos.films import Frame, is_film, read_frames, read_info
from symmetry.photos.reading import photo_from_array

FRAMES: Final = 5
"""Frames of a film that are measured: more of them hardly make the error smaller, since they share light, distance and
day."""
_LOOKED_AT: Final = 150
"""Frames that are looked at, evenly spread: 3 s take 30, a minute and more 150."""
_RATE: Final = 10.0
_COST: Final[Mapping[Severity, float]] = MappingProxyType({"reject": 8.0, "warn": 3.0, "info": 0.5})
_YAW, _PITCH = 2.0, 5.0
"""Degrees that cost as much as 1; the limits at which two photos of a person get a warning are of that size."""
_MOVED: Final = np.array([3.0, 2.5, 2.5, 0.04, 0.04])
"""Differences from the film's usual smile, gap of the lips, brows and opening of the eyes that cost as much as 1."""
_WORSE: Final = 3.0
"""Cost above that of the best frame from which on a frame is not taken."""
_SAME: Final = 0.5
"""Mean difference, grey levels, up to which a frame repeats the one before it, as films with a slowed clock do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenFrame:
    """A frame that was chosen.

    Attributes
    ----------
    name : str
        "film.mp4#t=1.234"; a photo wherever photos are taken.
    time : float
        Seconds from the first frame.
    pose : Pose
    flags : tuple of Flag
    """

    name: str
    time: float
    pose: Pose
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmChoice:
    """Frames chosen of a film, and why the others were not.

    Attributes
    ----------
    film : str
    frames : tuple of ChosenFrame
        In order of time; at least one.
    looked_at : int
        How many frames were looked at.
    seconds : float
        Time between the first and the last of them.
    passed_over : mapping of str to int
        How many frames had what fault, the most frequent first.
    """

    film: str
    frames: tuple[ChosenFrame, ...]
    looked_at: int
    seconds: float
    passed_over: Mapping[str, int]

    @property
    def words(self) -> str:
        """What was chosen and why, in one line."""
        times = ", ".join(f"{frame.time:.2f}" for frame in self.frames)
        faults = ", ".join(f"{count} {reason}" for reason, count in self.passed_over.items())
        best = "nearest to the lens, relaxed, sharp, eyes open"
        return (
            f"film of {self.seconds:.1f} s: of {self.looked_at} frames those at {times} s ({best})"
            f"{f'; passed over: {faults}' if faults else ''}"
        )


@dataclass(slots=True)
class _Candidate:
    time: float
    cost: float
    expression: FloatArray
    face: FaceAnalysis
    data: bytes


def choose_frames(
    film: str | os.PathLike[str], *, count: int = FRAMES, toward: Pose | None = None, mirrored: bool = False
) -> FilmChoice:
    """Choose the frames of a film that show the face best.

    Parameters
    ----------
    film : path
    count : int
        Frames at most.
    toward : Pose, optional
        How the head is held in the photo that the film will be compared with; into the lens by default.
    mirrored : bool
        The film shows the face as a mirror does.

    Raises
    ------
    PhotoError
        If the film cannot be read.
    NoFaceError
        If no frame shows a face.
    MissingExtraError
        If PyAV is not installed.

    Notes
    -----
    The film is cut into `count` pieces of equal length; of each, the frame with the lowest cost stands: the turn of the
    head against the lens, and what the quality gate finds. Of these, frames that are much worse than the best, or in
    which the face is not as it mostly is in the film, are left out.
    """
    path, measuring = Path(film), Measuring(mirrored=mirrored, landmarks_only=True)
    goal = toward or Pose(yaw=0.0, pitch=0.0, roll=0.0)
    pieces, expressions, faults, looked_at, last = _Pieces(count), [], Counter[str](), 0, 0.0
    for frame in _different(_frames(path), faults):
        looked_at, last = looked_at + 1, frame.time
        try:
            face = measure_photo(photo_from_array(frame.pixels), measuring)
        except (NoFaceError, SeveralFacesError):
            faults["no face"] += 1
            continue
        faults.update(reason_words(flag.name) for flag in face.flags if flag.severity != "info")
        expressions.append(_expression(face))
        pieces.offer(frame, face, _cost(face, goal), expressions[-1], path)
    if not expressions:
        raise NoFaceError(
            f"no face found in {looked_at} frames of the film; film the face from the front, in good light"
        )
    chosen = _best(pieces.candidates, usual=np.median(expressions, axis=0))
    return FilmChoice(
        film=os.fspath(film),
        frames=tuple(
            ChosenFrame(
                name=str(keep_frame(path, one.time, one.data)), time=one.time, pose=one.face.pose, flags=one.face.flags
            )
            for one in chosen
        ),
        looked_at=looked_at,
        seconds=last,
        passed_over=MappingProxyType(dict(faults.most_common())),
    )


def expand_films(
    paths: Iterable[Path], *, mirrored: bool = False, tell: Callable[[FilmChoice], object] | None = None
) -> Iterator[Path]:
    """Replace each film by the names of its best frames; photos stay.

    A film that cannot be read stays too, so that reading it says what is wrong; of one without a face the first frame
    stands.
    """
    for path in paths:
        if not is_film(path):
            yield path
            continue
        try:
            choice = choose_frames(path, mirrored=mirrored)
        except NoFaceError:
            yield frame_name(path, 0.0)
        except SymmetryError:
            yield path
        else:
            if tell is not None:
                tell(choice)
            yield from (Path(frame.name) for frame in choice.frames)


def _frames(path: Path) -> Iterator[Frame]:
    """Frames to be looked at: ten a second, fewer of a long film."""
    seconds = read_info(path).seconds
    rate = _RATE if not seconds > _LOOKED_AT / _RATE else _LOOKED_AT / seconds
    for place, frame in enumerate(read_frames(path, most_rate=max(rate, 0.05))):
        if place >= 2 * _LOOKED_AT:  # it is longer than it says
            return
        yield frame


def _different(frames: Iterable[Frame], faults: Counter[str]) -> Iterator[Frame]:
    """Drop frames that repeat the one before."""
    last: FloatArray | None = None
    for frame in frames:
        small = frame.pixels[::8, ::8].astype(np.float64)
        if last is not None and last.shape == small.shape and np.abs(small - last).mean() < _SAME / 8:
            faults["the same picture"] += 1
            continue
        last = small
        yield frame


def _cost(face: FaceAnalysis, goal: Pose) -> float:
    turned = ((face.pose.yaw - goal.yaw) / _YAW) ** 2 + ((face.pose.pitch - goal.pitch) / _PITCH) ** 2
    found = sum(_COST[flag.severity] for flag in face.flags)
    unfit = any(flag.severity == "reject" and ALL in flag.touches for flag in face.flags)
    return float(turned + found + (100.0 if unfit else 0.0))


def _expression(face: FaceAnalysis) -> FloatArray:
    shown = expression_of_landmarks(face.landmarks)
    return np.array([shown.smile, shown.gap, shown.brows, shown.eye_right, shown.eye_left])


def _best(candidates: list[_Candidate], usual: FloatArray) -> list[_Candidate]:
    """Candidates, in order of time, that are about as good as the best."""
    costs = [one.cost + float((((one.expression - usual) / _MOVED) ** 2).sum()) for one in candidates]
    least = min(costs)
    return [one for one, cost in zip(candidates, costs, strict=True) if cost <= least + _WORSE]


class _Pieces:
    """The best frame of each piece of a film whose length is not known: pieces are joined when they get too many."""

    def __init__(self, count: int) -> None:
        self._count, self._length = max(count, 1), 0.2
        self._best: dict[int, _Candidate] = {}

    @property
    def candidates(self) -> list[_Candidate]:
        """The best frames, in order of time, at most as many as were asked for."""
        kept = sorted(self._best.values(), key=lambda one: one.time)
        if len(kept) <= self._count:
            return kept
        span = kept[-1].time - kept[0].time
        best: dict[int, _Candidate] = {}
        for one in kept:
            piece = min(int((one.time - kept[0].time) / span * self._count), self._count - 1)
            if piece not in best or one.cost < best[piece].cost:
                best[piece] = one
        return [best[piece] for piece in sorted(best)]

    def offer(self, frame: Frame, face: FaceAnalysis, cost: float, expression: FloatArray, path: Path) -> None:
        """Keep a frame if it is the best of its piece so far."""
        piece = math.floor(frame.time / self._length)
        if piece in self._best and self._best[piece].cost <= cost:
            return
        data = as_photo(path, frame.time, frame.pixels)
        self._best[piece] = _Candidate(frame.time, cost, expression, face.without_pixels(), data)
        while len(self._best) > 4 * self._count:
            self._length *= 2
            joined: dict[int, _Candidate] = {}
            for one in self._best.values():
                place = math.floor(one.time / self._length)
                if place not in joined or one.cost < joined[place].cost:
                    joined[place] = one
            self._best = joined
