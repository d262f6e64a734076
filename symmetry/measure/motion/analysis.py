"""From a film to how the face moves in it."""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from symmetry.errors import ScaleError
from symmetry.landmarks.scale import Scale
from symmetry.measure.analysis import measure_photo
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.motion.curves import Curves, take_curves
from symmetry.measure.motion.events import find_movements
from symmetry.measure.motion.motion import Motion, checked_names
from symmetry.measure.motion.movements import Blink, Movement
from symmetry.measure.motion.spans import find_blinks
from symmetry.measure.motion.tracking import Track, track_face
from symmetry.measure.options import Measuring
from symmetry.measure.quality.flags import ALL, Flag, Limits, by_gravity
from symmetry.photos.film_names import frame_name
from symmetry.photos.films import Frame, read_frames, read_info

Watch = Callable[[Iterator[Frame], int], Iterator[Frame]]

_USUAL_RATE = 30.0
_TURN = Limits({"info": 8.0, "warn": 15.0}, digits=1)
"""Degrees between the most different turns of the head: the drawn head was followed through 5."""
_RATE = Limits({"info": 24.0, "warn": 14.0}, digits=1, below=True)
"""Frames a second."""
_REST = Limits({"info": 1.0, "warn": 0.5}, digits=2, below=True)
"""Seconds at rest: from them come level and errors."""
_MISSING = Limits({"info": 0.02, "warn": 0.2}, digits=2)
_LEAST_MINUTE = 10.0


def analyze_motion(
    film: str | os.PathLike[str],
    *,
    rest: tuple[float, float] | None = None,
    expressions: Sequence[str] = (),
    watch: Watch | None = None,
    **options: Any,
) -> Motion:
    """Measure how a face moves in a film.

    Parameters
    ----------
    film : path
        MP4, MOV, WebM, MKV, AVI or an animated WebP.
    rest : tuple of float, optional
        Seconds between which the face is at rest; found by itself if not given.
    expressions : sequence of str
        What the face does, in order: "brows up", "eyes closed gently", "eyes closed tightly", "small smile",
        "big smile", "pucker", "lower teeth", "snarl"; "rest" in between may be named or not. Without them, or with more
        or fewer than there are, each is named after what it looks like.
    watch : callable, optional
        Takes the frames and about how many there are, and gives them back, to show how far it is.
    **options
        `scale`, `mirrored`, `landmarks_only` as for `analyze`; not the scale "none".

    Returns
    -------
    Motion

    Raises
    ------
    PhotoError
        If the film cannot be read.
    NoFaceError
        If no frame shows a face.
    ScaleError
        If the scale is "none".
    ValueError
        If an expression is not known.
    MissingExtraError
        If PyAV is not installed.

    Notes
    -----
    Frames are decoded once and in order; of each only what its sites and eyes do is kept. Each is registered to one
    frame at rest as `compare` registers two photos, the movement of the head is taken out, and what the turn of the
    head still adds is found at rest and taken out everywhere (`take_curves`).
    """
    measuring, names, path = Measuring.of(**options), checked_names(expressions), Path(film)
    if measuring.scale.source == "none":
        raise ScaleError("movement is measured in millimetres; use --scale iris or --scale ipd=MM")
    track = _followed(path, measuring, rest, watch)
    pooled = Scale(measuring.scale.source, track.mm_per_ipd)
    at_rest = measure_photo(frame_name(path, track.reference), Measuring(scale=pooled, mirrored=measuring.mirrored))
    return motion_of(track, at_rest, film=os.fspath(film), names=names)


def _followed(path: Path, measuring: Measuring, rest: tuple[float, float] | None, watch: Watch | None) -> Track:
    frames = read_frames(path)
    if watch is not None:
        seconds = read_info(path).seconds
        frames = watch(frames, 0 if math.isnan(seconds) else round(seconds * _USUAL_RATE))
    return track_face(
        frames,
        scale=measuring.scale,
        mirrored=measuring.mirrored,
        landmarks_only=measuring.landmarks_only,
        rest=rest,
    )


def motion_of(track: Track, at_rest: FaceAnalysis, *, film: str, names: tuple[str, ...] = ()) -> Motion:
    """Take the results from a face that was followed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of means over what no frame shows: they are NaN, as meant
        curves = take_curves(track)
        movements, blinks = _found(curves, names)
        flags = _flags(track, curves, names, movements)
    seconds = float(track.times[-1] - track.times[0])
    long = seconds >= _LEAST_MINUTE and curves.step <= 1 / 14
    return Motion(
        film=film,
        frames=len(track.times),
        no_face=track.no_face,
        seconds=seconds,
        rest=at_rest.without_pixels(),
        curves=curves,
        movements=movements,
        blinks=blinks,
        blinks_a_minute=60 * len(blinks) / seconds if long else math.nan,
        flags=flags,
    )


def _found(curves: Curves, names: tuple[str, ...]) -> tuple[tuple[Movement, ...], tuple[Blink, ...]]:
    return tuple(find_movements(curves, names)), find_blinks(curves)


def _flags(track: Track, curves: Curves, names: tuple[str, ...], movements: tuple[Movement, ...]) -> tuple[Flag, ...]:
    """Find what speaks against a film."""
    turn = float(np.ptp(track.pose[:, :2], axis=0).max())
    rested = float(curves.resting.sum() * curves.step) if len(curves.times) > 1 else 0.0
    missing = track.no_face / (track.no_face + len(track.times))
    rate = 1 / curves.step if curves.step > 0 else math.nan
    found = [
        *_TURN.flag("head_moves", turn, (ALL,), "The head turns while the face moves; hold it still against a wall."),
        *_REST.flag(
            "hardly_rests",
            rested,
            (ALL,),
            "The face hardly rests; rest for a second before each expression and after it.",
        ),
        *_MISSING.flag(
            "no_face", missing, (ALL,), "Some frames show no face; keep it in the picture, nothing over it."
        ),
    ]
    if math.isfinite(rate):
        slow = "The film has few frames a second, so times are less sure; film at 30 or 60."
        found += _RATE.flag("few_frames", rate, ("lag", "velocity", "blinks"), slow)
    if names and len(names) != len(movements):
        advice = (
            f"{len(names)} expressions were named, {len(movements)} are seen; each is named after what it looks like."
        )
        found.append(Flag(name="names_differ", severity="warn", advice=advice, touches=(ALL,)))
    return by_gravity(found)
