"""Follow a face through a film: every frame is registered to one in which the face is at rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.errors import NoFaceError
from symmetry.landmarks.frame import ARM_MM, fit_frame
from symmetry.landmarks.mesh import AVERAGE_IPD_MM
from symmetry.landmarks.scale import IRIS_MM, Scale, interpupillary_distance, iris_diameter
from symmetry.measure.motion.sites import eye_openings, site_movement
from symmetry.measure.quality.expression import expression_of_landmarks
from symmetry.photos.films import Frame
from symmetry.photos.reading import Photo
from symmetry.registration import StandardFace, standardize
from symmetry.registration.refinement import PlacedFace, refine_pair

WAIT_SECONDS: Final = 10.0
_WAIT_FRAMES: Final = 600
"""All frames are registered to one at rest among the first ten seconds: they wait until it is known."""
_ALIKE: Final = np.array([3.0, 2.5, 2.5, 0.05, 0.05])
"""Smile, gap of the lips, height of the brows (percent of the interpupillary distance), opening of the eyes (widths):
within these two frames show one expression."""
_TURNED: Final = 4.0
"""Degrees from the usual pose of the head that count as much as another expression."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Track:
    """A face through a film; n frames.

    Attributes
    ----------
    times : ndarray, shape (n,)
        Seconds from the film's first frame.
    movement : ndarray, shape (n, 8, 2, 2)
        Movement of each site (`SITES`) and side (right, left) since the reference frame, outward and up, mm, without
        that of the head; NaN where the frames do not show it.
    openings : ndarray, shape (n, 2)
        Opening of the right and the left eye, in widths of the eye, by the mesh.
    pose : ndarray, shape (n, 3)
        Yaw, pitch and roll of the head, degrees.
    gap : ndarray, shape (n,)
        Distance between the inner edges of the lips, percent of the interpupillary distance.
    reference : float
        Time of the frame to which all are registered.
    mm_per_ipd : float
        Interpupillary distance, mm.
    no_face : int
        How many frames showed no face.
    """

    times: FloatArray
    movement: FloatArray
    openings: FloatArray
    pose: FloatArray
    gap: FloatArray
    reference: float
    mm_per_ipd: float
    no_face: int


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """A frame whose face was found; without its pixels."""

    time: float
    landmarks: FloatArray
    standard: StandardFace | None


def track_face(
    frames: Iterable[Frame],
    *,
    scale: Scale,
    mirrored: bool = False,
    landmarks_only: bool = False,
    rest: tuple[float, float] | None = None,
) -> Track:
    """Follow the face through the frames of a film.

    Parameters
    ----------
    frames : iterable of Frame
        Taken one by one.
    scale : Scale
    mirrored : bool
        The film shows the face as a mirror does.
    landmarks_only : bool
        Follow the mesh alone.
    rest : tuple of float, optional
        Seconds between which the face is at rest; found by itself if not given.

    Raises
    ------
    NoFaceError
        If no frame shows a face.
    """
    waiting: list[_Seen] = []
    follower: _Follower | None = None
    missing = 0
    until = WAIT_SECONDS if rest is None else max(rest[1], WAIT_SECONDS)
    for one in _found(frames, mirrored=mirrored, landmarks_only=landmarks_only):
        if one is None:
            missing += 1
        elif follower is None:
            waiting.append(one)
            if one.time >= until or len(waiting) >= _WAIT_FRAMES:
                follower = _Follower(waiting, rest, scale)
                waiting = []
        else:
            follower.add(one)
    if follower is None:
        if not waiting:
            raise NoFaceError("no face found in any frame; film the face from the front, in good light")
        follower = _Follower(waiting, rest, scale)
    return follower.track(missing)


def _found(frames: Iterable[Frame], *, mirrored: bool, landmarks_only: bool) -> Iterator[_Seen | None]:
    """Find the face in each frame; None where there is none."""
    from symmetry.landmarks.detection import detect_largest_face  # loads the networks

    for frame in frames:
        photo = _as_photo(frame.pixels[:, ::-1] if mirrored else frame.pixels)
        try:
            landmarks = photo.to_full(detect_largest_face(photo.pixels).landmarks)
        except NoFaceError:
            yield None
            continue
        yield _Seen(frame.time, landmarks, None if landmarks_only else standardize(photo, landmarks))


def _as_photo(pixels: NDArray[np.uint8]) -> Photo:
    """Make a photo of a frame, without the hash that tells photos apart: it takes as long as a tenth of all."""
    height, width = pixels.shape[:2]
    upright = np.ascontiguousarray(pixels)
    return Photo(
        name="frame",
        pixels=upright,
        size=(width, height),
        reduction=1,
        captured=None,
        captured_source=None,
        sha256="",
    )


class _Follower:
    """Registers each frame to the one at rest, and keeps only what sites and eyes do."""

    def __init__(self, waiting: list[_Seen], rest: tuple[float, float] | None, scale: Scale) -> None:
        self._reference = waiting[_at_rest(waiting, rest)]
        self._mm = _interpupillary_mm(waiting, scale)
        self._rest = self._placed(self._reference)
        self._rows: list[tuple[float, FloatArray, FloatArray, FloatArray, float]] = []
        for one in waiting:
            self.add(one)

    def _placed(self, seen: _Seen) -> PlacedFace:
        mm_per_pixel = self._mm / float(interpupillary_distance(seen.landmarks))
        frame = fit_frame(seen.landmarks, camera_mm=ARM_MM)
        return PlacedFace(points=seen.landmarks, frame=frame, mm_per_pixel=mm_per_pixel, standard=seen.standard)

    def add(self, seen: _Seen) -> None:
        """Register a frame."""
        face = self._placed(seen)
        moved = refine_pair(self._rest, face).movement
        gap = expression_of_landmarks(seen.landmarks).gap
        openings = eye_openings(face.place(seen.landmarks))
        self._rows.append((seen.time, site_movement(moved), openings, np.array(face.frame.pose()), gap))

    def track(self, no_face: int) -> Track:
        """Return what was followed."""
        times, movement, openings, pose, gap = (np.array(column) for column in zip(*self._rows, strict=True))
        return Track(
            times=times,
            movement=movement,
            openings=openings,
            pose=pose,
            gap=gap,
            reference=self._reference.time,
            mm_per_ipd=self._mm,
            no_face=no_face,
        )


def _interpupillary_mm(seen: list[_Seen], scale: Scale) -> float:
    """Interpupillary distance, mm, by the scale; the iris is pooled over the frames."""
    if scale.interpupillary_mm is not None:
        return scale.interpupillary_mm
    if scale.source == "none":
        return AVERAGE_IPD_MM
    points = np.stack([one.landmarks for one in seen])
    return float(np.median(interpupillary_distance(points) * IRIS_MM / iris_diameter(points)))


def _at_rest(seen: list[_Seen], rest: tuple[float, float] | None) -> int:
    """Place of the frame that shows the expression and pose in which the face mostly is."""
    allowed: NDArray[np.bool_] = np.ones(len(seen), dtype=bool)
    if rest is not None:
        allowed = np.array([rest[0] <= one.time <= rest[1] for one in seen])
        if not allowed.any():
            raise NoFaceError(f"no face found between {rest[0]:g} and {rest[1]:g} s, where it should be at rest")
    shown = [expression_of_landmarks(one.landmarks) for one in seen]
    features = np.array([(e.smile, e.gap, e.brows, e.eye_right, e.eye_left) for e in shown]) / _ALIKE
    pose = np.array([fit_frame(one.landmarks, camera_mm=ARM_MM).pose() for one in seen])[:, :2]
    apart = np.sqrt(((features[:, None] - features[None]) ** 2).sum(axis=-1))
    company = np.exp(-(apart**2)).sum(axis=1)
    turned = ((pose - np.median(pose, axis=0)) / _TURNED) ** 2
    return int(np.argmax(np.where(allowed, company * np.exp(-turned.sum(axis=-1)), -1.0)))
