"""Pose of the head, and whether all of the face is in the photo."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from symmetry.landmarks.mesh import CHIN, IRIS_RIGHT, MIRROR, REGIONS, WHOLES
from symmetry.measure.quality.flags import ALL, Flag, Limits, degrees
from symmetry.measure.quality.portrait import Portrait
from symmetry.measure.quality.shifts import spoilt_by

DEEP_LATERAL: Final = (
    "jawline.lateral",
    "cheeks.lateral",
    "jaw_angle_width",
    "jaw_angle_height",
    "chin_deviation",
    "chin_angle",
)
"""What a turned head distorts first. In twelve photos turned in 3-D through their own mesh, a degree shifts the lateral
number of the jawline by 0.11 mm and of the cheeks by 0.19, width and height of the jaw angle by 0.49 and 0.10, the
deviation of the chin by 0.24, and other regions by at most 0.06."""

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
"""Results that depend on lateral distances."""

TURNED: Final = (
    *DEEP_LATERAL,
    *(name for name in spoilt_by("yaw", 5.0) if name not in DEEP_LATERAL and name.partition(".")[0] not in WHOLES),
)
"""What 5 degrees spoil: also heights, which lean by up to 0.1 mm a degree. Regions that contain regions only become
less certain."""

RAISED: Final = ("jawline", "lower_face", "eyes", "brows")
"""What a raised or lowered head spoils. Its heights and widths go wrong together, so that neither is judged alone: 14
degrees move the lateral number of the jawline by 0.35 mm, the width of its angle by 0.6."""

YAW: Final = Limits({"info": 2.0, "reject": 5.0}, digits=1)
"""Degrees. 35 people asked to look straight ahead have a standard deviation of 2.2 and reach 4.6."""
YAW_ALL_LATERAL: Final = 12.0
YAW_ALL: Final = 20.0
"""Degrees from which on one side of the face is hidden from the camera."""

PITCH: Final = Limits({"info": 8.0, "warn": 12.0, "reject": 20.0}, digits=1)
"""Degrees. A raised head cannot be told from the build of a face: the same people have a standard deviation of 3.6 and
range from -8.3 to +6.7."""
ROLL: Final = Limits({"info": 15.0, "warn": 30.0}, digits=1)
"""Degrees. Roll is removed; turning a photo by 10 degrees moves landmarks by about 0.1 mm."""

NEAR_EDGE: Final = 0.03
"""Distance from the edge of the photo, in interpupillary distances, within which the mesh may have been squeezed into
the photo. Of 621 photos that cut off 2 to 40 % of the face all but one have landmarks there or beyond; of 105 whose
edge keeps 2 % away from the face, none."""


def check_pose(portrait: Portrait) -> tuple[Flag, ...]:
    """Find a head that is turned, raised, lowered or tilted; values and limits in degrees."""
    yaw, pitch, roll = (float(angle) for angle in portrait.frame.pose())
    side = "left" if yaw > 0 else "right"
    raised, what = ("raised", "lower the chin a little") if pitch > 0 else ("lowered", "lift the chin a little")
    return (
        *YAW.flag(
            "head_turned",
            yaw,
            turn_touches(yaw),
            f"The head is turned {degrees(yaw)} to its {side}; look straight into the lens.",
        ),
        *PITCH.flag(
            f"head_{raised}",
            pitch,
            ("vertical", *RAISED),
            f"The head seems {raised} by {degrees(pitch)}; {what}, with the lens at the height of the eyes.",
        ),
        *ROLL.flag(
            "head_tilted",
            roll,
            (ALL,) if abs(roll) >= ROLL.by_severity["warn"] else (),
            f"The head is tilted {degrees(roll)}; hold head and phone upright.",
        ),
    )


def turn_touches(degrees: float) -> tuple[str, ...]:
    """Results concerned by a turn, away from the camera or between two photos."""
    if abs(degrees) >= YAW_ALL:
        return (ALL,)
    return tuple(dict.fromkeys((*ALL_LATERAL, *TURNED))) if abs(degrees) >= YAW_ALL_LATERAL else TURNED


def check_framing(portrait: Portrait) -> tuple[Flag, ...]:
    """Find a face cut by the edge of the photo; the value is the share of its landmarks beyond the edge, 0 to 1.

    Results of landmarks beyond the edge are stopped. Landmarks just within the edge raise a warning and do not count in
    the value: the mesh of a cut face is squeezed into the photo.
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
    """Whether landmarks of the mesh, shape (468,), lie beyond the photo's edge or within a margin (pixels) of it."""
    points = portrait.landmarks[:IRIS_RIGHT, :2]
    size = np.array(portrait.photo.size) - 0.5
    return np.asarray(((points < margin - 0.5) | (points > size - margin)).any(axis=-1))


def _resting_on(landmarks: NDArray[np.bool_]) -> tuple[str, ...]:
    """Regions and measures that depend on landmarks or on their partners."""
    regions = [name for name, pairs in REGIONS.items() if (landmarks[pairs] | landmarks[MIRROR[pairs]]).any()]
    return (*regions, *(("chin_deviation", "chin_angle") if landmarks[CHIN] else ()))
