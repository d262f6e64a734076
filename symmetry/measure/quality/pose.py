"""Where the head points, and whether all of it is in the picture."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from symmetry.landmarks.mesh import CHIN, IRIS_RIGHT, MIRROR, REGIONS
from symmetry.measure.quality.flags import ALL, Flag, Severity
from symmetry.measure.quality.portrait import Portrait

DEEP_LATERAL: Final = (
    "jawline.lateral",
    "cheeks.lateral",
    "jaw_angle_width",
    "jaw_angle_height",
    "chin_deviation",
    "chin_angle",
)
"""What a turned head falsifies first. Twelve photos turned in 3-D through their own mesh leak, per degree, 0.11 mm into
the jawline's lateral number, 0.19 into the cheeks', 0.49 and 0.10 into width and height of the jaw angle and 0.24 into
the chin's deviation; 0.06 or less into any other region."""

ALL_LATERAL: Final = (
    "lateral",
    "jawline.asymmetry",
    "cheeks.asymmetry",
    *DEEP_LATERAL[2:],
    "commissure_excursion",
    "smile_angle",
    "philtrum_deviation",
    "nose_tip_deviation",
    "nasolabial_angle",
)
"""What rests on distances to the side."""

YAW: Final[dict[Severity, float]] = {"info": 2.0, "reject": 5.0}
"""Degrees. 35 people told to look straight ahead spread by 2.2 and reach 4.6."""
YAW_ALL_LATERAL: Final = 12.0
YAW_ALL: Final = 20.0
"""Degrees from which one side of the face hides from the camera."""

PITCH: Final[dict[Severity, float]] = {"info": 8.0, "warn": 12.0, "reject": 20.0}
"""Degrees. Whose head is raised cannot be told from whose face is built so: the same people spread by 3.6 and range
from -8.3 to +6.7."""
ROLL: Final[dict[Severity, float]] = {"info": 15.0, "warn": 30.0}
"""Degrees. Roll is taken out; turning a photo by 10 degrees moves landmarks by about 0.1 mm."""

NEAR_EDGE: Final = 0.03
"""Distance from the photo's edge, in eye distances, within which the mesh may have been squeezed into the photo. Of 621
photos cut by 2 to 40 % of the face all but one have landmarks there or beyond, of 105 whose edge stays clear of the
face by 2 % none."""


def severity_of(value: float, limits: dict[Severity, float]) -> tuple[Severity, float] | None:
    """Gravest severity whose limit a size reaches, with that limit; None below all."""
    reached: list[tuple[Severity, float]] = [(name, limit) for name, limit in limits.items() if abs(value) >= limit]
    return max(reached, key=lambda found: found[1], default=None)


def check_pose(portrait: Portrait) -> tuple[Flag, ...]:
    """Find a head that is turned, raised, lowered or tilted; values and limits in degrees."""
    yaw, pitch, roll = (float(angle) for angle in portrait.frame.pose())
    found = (_turned(yaw), _raised_or_lowered(pitch), _tilted(roll))
    return tuple(flag for flag in found if flag is not None)


def turn_touches(degrees: float) -> tuple[str, ...]:
    """Results that a turn by so many degrees, away from the camera or between two photos, touches."""
    if abs(degrees) >= YAW_ALL:
        return (ALL,)
    return ALL_LATERAL if abs(degrees) >= YAW_ALL_LATERAL else DEEP_LATERAL


def _turned(yaw: float) -> Flag | None:
    reached = severity_of(yaw, YAW)
    if reached is None:
        return None
    side = "left" if yaw > 0 else "right"
    return Flag(
        name="head_turned",
        severity=reached[0],
        value=round(yaw, 1),
        limit=reached[1],
        touches=turn_touches(yaw),
        advice=f"The head is turned {abs(yaw):.0f} degrees to its {side}; look straight into the lens.",
    )


def _raised_or_lowered(pitch: float) -> Flag | None:
    reached = severity_of(pitch, PITCH)
    if reached is None:
        return None
    name, what = ("raised", "lower the chin a little") if pitch > 0 else ("lowered", "lift the chin a little")
    return Flag(
        name=f"head_{name}",
        severity=reached[0],
        value=round(pitch, 1),
        limit=reached[1],
        touches=("vertical",),
        advice=f"The head seems {name} by {abs(pitch):.0f} degrees; {what}, with the lens at the height of the eyes.",
    )


def _tilted(roll: float) -> Flag | None:
    reached = severity_of(roll, ROLL)
    if reached is None:
        return None
    return Flag(
        name="head_tilted",
        severity=reached[0],
        value=round(roll, 1),
        limit=reached[1],
        touches=(ALL,) if reached[0] == "warn" else (),
        advice=f"The head is tilted {abs(roll):.0f} degrees; hold head and phone upright.",
    )


def check_framing(portrait: Portrait) -> tuple[Flag, ...]:
    """Find a face that the photo's edge cuts; the value is the share of its landmarks beyond the edge, 0 to 1.

    What rests on landmarks beyond the edge is stopped. Landmarks just within it count as cut too, with a warning and
    not in the value: of a face that is cut the mesh is squeezed into what is left of it.
    """
    outside, near = (_beyond_edge(portrait, margin) for margin in (0.0, NEAR_EDGE * portrait.interpupillary))
    if not near.any():
        return ()
    return (
        Flag(
            name="face_cut",
            severity="reject" if outside.any() else "warn",
            value=round(float(outside.mean()), 3),
            limit=0.0,
            touches=_resting_on(near),
            advice="The edge of the photo cuts or touches the face; take the whole face, with some room around it.",
        ),
    )


def _beyond_edge(portrait: Portrait, margin: float) -> NDArray[np.bool_]:
    """Tell which landmarks of the mesh, shape (468,), lie beyond the photo's edge or within a margin of it, pixels."""
    points = portrait.landmarks[:IRIS_RIGHT, :2]
    size = np.array(portrait.photo.size) - 0.5
    return np.asarray(((points < margin - 0.5) | (points > size - margin)).any(axis=-1))


def _resting_on(landmarks: NDArray[np.bool_]) -> tuple[str, ...]:
    """Regions and measures that rest on landmarks, either one of a pair."""
    regions = [name for name, pairs in REGIONS.items() if (landmarks[pairs] | landmarks[MIRROR[pairs]]).any()]
    return (*regions, *(("chin_deviation", "chin_angle") if landmarks[CHIN] else ()))
