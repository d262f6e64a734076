"""Differences between two photos of a person that are no change of the face."""

from __future__ import annotations

from typing import Final

from symmetry.measure.quality.distance import NEAR_CM, TOUCHED, Perspective, perspective_of
from symmetry.measure.quality.expression import ABOUT_BROWS, ABOUT_EYES, ABOUT_MOUTH, expression_of
from symmetry.measure.quality.flags import ALL, Flag, Limits, degrees
from symmetry.measure.quality.identity import check_identity
from symmetry.measure.quality.picture import UNEVEN
from symmetry.measure.quality.portrait import Portrait
from symmetry.measure.quality.pose import RAISED, turn_touches
from symmetry.registration import Registration

YAW: Final = Limits({"info": 1.0, "warn": 2.0, "reject": 5.0}, digits=1)
"""Degrees. Photos of one person taken one after the other differ by up to 3.2."""
PITCH: Final = Limits({"info": 4.0, "warn": 7.0, "reject": 12.0}, digits=1)
"""Degrees. The same photos differ by up to 5, and by up to 10.8 where one is taken from below or very near."""

DISTANCE: Final = Limits({"info": 1.35, "warn": 1.8}, digits=2)
"""Ratio of the distances."""
BENT: Final = Limits({"info": 1.2, "warn": 1.6}, digits=2)
"""Difference in how bent the faces look, in standard deviations between people. Smiling changes it by 0.4 (standard
deviation of 35 people); one person at about 15 and 60 cm differs by 1.7."""

SMILE: Final = Limits({"warn": 6.5, "reject": 10.0}, digits=2)
"""Percent of the interpupillary distance (IPD), see `Expression`. Seven people who hardly moved their face differ by
5.8 at most, 28 who smiled by 12 (median); a millimetre at both corners is 2 to 3."""
GAP: Final = Limits({"warn": 3.0, "reject": 8.0}, digits=2)
"""Percent of the IPD (2 and 5 mm). The seven: up to 2.3, except one who parted the lips, 5.8."""
OPENING: Final = Limits({"warn": 0.07}, digits=2)
_OPENED_OR_CLOSED: Final = Limits({"reject": 0.07}, digits=2)
"""Widths of the eye, about 2 mm. The seven and selfies of one person: up to 0.04."""
BROWS: Final = Limits({"warn": 4.5}, digits=2)
"""Percent of the IPD, nearly 3 mm. The same photos: up to 3.8."""

SIDE_LIGHT: Final = Limits({"info": 0.5, "warn": 0.9}, digits=2)
"""Natural logarithm of the ratio of light between the halves of the face. 35 pairs in a studio differ by 0.1, selfies
in one room by up to 0.8; a change of 1.3 moves scores by 0.3 mm."""

RESOLUTION: Final = Limits({"warn": 2.5}, digits=1)
"""Ratio of the pixels between the eyes."""
COARSE: Final = 105.0
"""Pixels between the eyes, 1.5 times those of the standard face, from which on a photo shows all compared detail."""


ALSO_SMILING: Final = ("eyes", "brows", "nose", "face", "jawline", "nose_tip_deviation")
"""A full smile also narrows the eyes and moves brows, nose and jawline: 28 people, smiling against neutral, seemed to
change there by 0.2 to 0.8 mm."""


def check_pair(first: Portrait, second: Portrait, registration: Registration | None) -> tuple[Flag, ...]:
    """Find what makes two photos hard to compare.

    Parameters
    ----------
    first, second : Portrait
    registration : Registration or None
        Of their standard faces; without it the images are not compared.

    Returns
    -------
    tuple of Flag
    """
    found = (
        *_pose(first, second),
        *_distance(first, second),
        *_expression(first, second),
        *_resolution(first, second),
    )
    if registration is None:
        return found
    return (*found, *_light(first, second), *check_identity(first, second, registration))


def _pose(first: Portrait, second: Portrait) -> tuple[Flag, ...]:
    yaw, pitch, _ = (float(angle) for angle in second.frame.pose() - first.frame.pose())
    turned = f"is turned {degrees(yaw)} farther to its {'left' if yaw > 0 else 'right'}"
    raised = f"is {degrees(pitch)} {'higher' if pitch > 0 else 'lower'}"
    advice = "The head {} in the second photo than in the first; hold the head the same way in both."
    return (
        *YAW.flag("pose_differs", yaw, turn_touches(yaw), advice.format(turned)),
        *PITCH.flag("pose_differs", pitch, RAISED, advice.format(raised)),
    )


def _distance(first: Portrait, second: Portrait) -> tuple[Flag, ...]:
    """Compare distances: the value is their ratio, or the difference in how bent the faces look if it is unknown."""
    seen = perspective_of(first), perspective_of(second)
    ratio = _ratio(first, second, *seen)
    value, limits = (abs(seen[1].bent - seen[0].bent), BENT) if ratio is None else (ratio, DISTANCE)
    advice = "The photos seem taken from different distances, which bends the face; keep distance and zoom."
    return limits.flag("distance_differs", value, TOUCHED, advice)


def _ratio(first: Portrait, second: Portrait, one: Perspective, other: Perspective) -> float | None:
    """Ratio of the distances, 1 or more; None if unknown.

    By the focal lengths, or without them by the size of the face if both photos have the same size, as uncropped photos
    of one camera do.
    """
    if one.centimetres is not None and other.centimetres is not None:
        distances = sorted((one.centimetres, other.centimetres))
        # Far from the camera, perspective hardly changes.
        return 1.0 if distances[0] > 3 * NEAR_CM.by_severity["info"] else distances[1] / distances[0]
    if first.photo.size != second.photo.size:
        return None
    sizes = sorted((first.interpupillary, second.interpupillary))
    return sizes[1] / sizes[0]


def _expression(first: Portrait, second: Portrait) -> tuple[Flag, ...]:
    one, other = expression_of(first), expression_of(second)
    smile = other.smile - one.smile
    full = abs(smile) >= SMILE.by_severity["reject"]
    opening = max(other.eye_right - one.eye_right, other.eye_left - one.eye_left, key=abs)
    opened = OPENING if one.eyes_closed == other.eyes_closed else _OPENED_OR_CLOSED
    differences = (
        (smile, SMILE, (*ABOUT_MOUTH, *ALSO_SMILING) if full else ABOUT_MOUTH, "The mouth smiles more in one photo {}"),
        (other.gap - one.gap, GAP, ABOUT_MOUTH, "The mouth is open wider in one photo {}"),
        (other.brows - one.brows, BROWS, ABOUT_BROWS, "The brows are raised higher in one photo"),
        (opening, opened, ABOUT_EYES, "The eyes are open wider in one photo {}"),
    )
    return tuple(
        flag
        for value, limits, touches, what in differences
        for flag in limits.flag(
            "expression_differs",
            value,
            touches,
            f"{what.format('than in the other')}; keep the same relaxed face in both.",
        )
    )


def _resolution(first: Portrait, second: Portrait) -> tuple[Flag, ...]:
    coarse, fine = sorted((first.interpupillary, second.interpupillary))
    if coarse >= COARSE:
        return ()
    advice = (
        f"One photo shows the face with only {coarse:.0f} pixels between the eyes and far less detail than the other; "
        "take both from the same distance and keep their original size."
    )
    return RESOLUTION.flag("resolution_differs", fine / coarse, (ALL,), advice)


def _light(first: Portrait, second: Portrait) -> tuple[Flag, ...]:
    shift = second.side_light - first.side_light
    advice = (
        f"In the second photo more of the light comes from the {'left' if shift > 0 else 'right'} side of the face "
        "than in the first; take both in the same place, in light from the front."
    )
    return SIDE_LIGHT.flag("light_differs", shift, UNEVEN, advice)
