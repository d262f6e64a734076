"""What two photos of a person differ in that is no change of the face."""

from __future__ import annotations

from typing import Final

from symmetry.measure.quality.distance import NEAR_CM, TOUCHED, Perspective, perspective_of
from symmetry.measure.quality.expression import ABOUT_BROWS, ABOUT_EYES, ABOUT_MOUTH, expression_of
from symmetry.measure.quality.flags import Flag, Severity
from symmetry.measure.quality.likeness import check_likeness
from symmetry.measure.quality.portrait import Portrait
from symmetry.measure.quality.pose import severity_of, turn_touches
from symmetry.registration import Registration

YAW: Final[dict[Severity, float]] = {"info": 1.0, "warn": 2.0, "reject": 5.0}
"""Degrees. Photos of one person taken one after the other differ by up to 3.2."""
PITCH: Final[dict[Severity, float]] = {"info": 4.0, "warn": 7.0, "reject": 12.0}
"""Degrees. The same photos differ by up to 5, and by up to 10.8 where one is taken from below or very near."""
CHIN_ISH: Final = ("jawline.vertical", "lower_face.vertical", "jaw_angle_height")

DISTANCE: Final[dict[Severity, float]] = {"info": 1.35, "warn": 1.8}
"""Ratio of the distances."""
BENT: Final[dict[Severity, float]] = {"info": 1.2, "warn": 1.6}
"""Difference of how bent the faces look, in standard deviations between people. Smiling changes it by 0.4 (standard
deviation of 35 people); one person at about 15 and 60 cm differs by 1.7."""

SMILE: Final[dict[Severity, float]] = {"warn": 6.5, "reject": 10.0}
"""Percent of the eye distance, see `Expression`. Seven people who all but kept their face differ by 5.8 at the most,
28 who smiled by 12 (median); a millimetre at both corners is 2 to 3."""
GAP: Final[dict[Severity, float]] = {"warn": 3.0, "reject": 8.0}
"""Percent of the eye distance (2 and 5 mm). The seven: up to 2.3, but for one who parted the lips, 5.8."""
OPENING: Final[dict[Severity, float]] = {"warn": 0.07}
"""Widths of the eye, about 2 mm. The seven and selfies of one person: up to 0.04."""
BROWS: Final[dict[Severity, float]] = {"warn": 4.5}
"""Percent of the eye distance, nearly 3 mm. The same photos: up to 3.8."""

SIDE_LIGHT: Final[dict[Severity, float]] = {"info": 0.5, "warn": 0.9}
"""Natural logarithm of the ratio of light between the halves of the face. 35 pairs in a studio differ by 0.1, selfies
in one room by up to 0.8; a change of 1.3 moves scores by 0.3 mm."""
LIT: Final = ("nose", "cheeks", "nasolabial", "face", "lower_face", "jawline")

RESOLUTION: Final[dict[Severity, float]] = {"warn": 2.5}
"""Ratio of the pixels between the eyes."""
COARSE: Final = 105.0
"""Pixels between the eyes, 1.5 times those of the standard face: from here on a photo shows all that is compared."""


ALSO_SMILING: Final = ("eyes", "brows", "nose", "face")
"""A full smile narrows the eyes and moves brows and nose too: of 28 people smiling against neutral half seemed to
change in one of these."""


def check_pair(first: Portrait, second: Portrait, registration: Registration | None) -> tuple[Flag, ...]:
    """Find what makes two photos hard to compare.

    Parameters
    ----------
    first, second : Portrait
    registration : Registration or None
        Of their standard faces; without it nothing is taken from the pictures.

    Returns
    -------
    tuple of Flag
    """
    found = [
        *_pose(first, second),
        *_distance(first, second),
        *_expression(first, second),
        *_resolution(first, second),
    ]
    if registration is not None:
        found += [*_light(first, second), *check_likeness(first, second, registration)]
    return tuple(found)


def _pose(first: Portrait, second: Portrait) -> list[Flag]:
    yaw, pitch, _ = (float(angle) for angle in second.frame.pose() - first.frame.pose())
    found = []
    if (reached := severity_of(yaw, YAW)) is not None:
        how = f"The head is turned {abs(yaw):.0f} degrees farther to its {'left' if yaw > 0 else 'right'}"
        found.append(_posed(yaw, reached, how, turn_touches(yaw)))
    if (reached := severity_of(pitch, PITCH)) is not None:
        how = f"The head is {abs(pitch):.0f} degrees {'higher' if pitch > 0 else 'lower'}"
        found.append(_posed(pitch, reached, how, CHIN_ISH))
    return found


def _posed(angle: float, reached: tuple[Severity, float], how: str, touches: tuple[str, ...]) -> Flag:
    return Flag(
        name="pose_differs",
        severity=reached[0],
        value=round(angle, 1),
        limit=reached[1],
        touches=touches,
        advice=f"{how} in the second photo than in the first; hold the head the same way in both.",
    )


def _distance(first: Portrait, second: Portrait) -> list[Flag]:
    """Compare distances: the value is their ratio, or how much more bent one face is where no ratio is known."""
    seen = perspective_of(first), perspective_of(second)
    ratio = _ratio(first, second, *seen)
    value = abs(seen[1].bent - seen[0].bent) if ratio is None else ratio
    reached = severity_of(value, BENT if ratio is None else DISTANCE)
    if reached is None:
        return []
    return [
        Flag(
            name="distance_differs",
            severity=reached[0],
            value=round(value, 2),
            limit=reached[1],
            touches=TOUCHED,
            advice="The photos seem taken from different distances, which bends the face; keep distance and zoom.",
        )
    ]


def _ratio(first: Portrait, second: Portrait, one: Perspective, other: Perspective) -> float | None:
    """Ratio of the distances, 1 or more; None if unknown.

    By the focal lengths; without them by the size of the face where the photos have one size, as photos of one camera
    that nobody has cropped.
    """
    if one.centimetres is not None and other.centimetres is not None:
        distances = sorted((one.centimetres, other.centimetres))
        # Far from the camera perspective hardly changes any more.
        return 1.0 if distances[0] > 3 * NEAR_CM["info"] else distances[1] / distances[0]
    if first.photo.size != second.photo.size:
        return None
    sizes = sorted((first.interpupillary, second.interpupillary))
    return sizes[1] / sizes[0]


def _expression(first: Portrait, second: Portrait) -> list[Flag]:
    one, other = expression_of(first), expression_of(second)
    smile = other.smile - one.smile
    smiling = severity_of(smile, SMILE)
    of_smile = (*ABOUT_MOUTH, *ALSO_SMILING) if smiling is not None and smiling[0] == "reject" else ABOUT_MOUTH
    found = [
        _differing(smile, SMILE, of_smile, "The mouth smiles more in one photo than in the other"),
        _differing(other.gap - one.gap, GAP, ABOUT_MOUTH, "The mouth is open wider in one photo than in the other"),
        _differing(other.brows - one.brows, BROWS, ABOUT_BROWS, "The brows are raised higher in one photo"),
    ]
    opening = max(other.eye_right - one.eye_right, other.eye_left - one.eye_left, key=abs)
    closed = one.eyes_closed != other.eyes_closed
    limits: dict[Severity, float] = {"reject": OPENING["warn"]} if closed else OPENING
    found.append(_differing(opening, limits, ABOUT_EYES, "The eyes are open wider in one photo than in the other"))
    return [flag for flag in found if flag is not None]


def _differing(difference: float, limits: dict[Severity, float], touches: tuple[str, ...], what: str) -> Flag | None:
    reached = severity_of(difference, limits)
    if reached is None:
        return None
    return Flag(
        name="expression_differs",
        severity=reached[0],
        value=round(difference, 2),
        limit=reached[1],
        touches=touches,
        advice=f"{what}; keep the same relaxed face in both.",
    )


def _resolution(first: Portrait, second: Portrait) -> list[Flag]:
    coarse, fine = sorted((first.interpupillary, second.interpupillary))
    reached = severity_of(fine / coarse, RESOLUTION)
    if reached is None or coarse >= COARSE:
        return []
    return [
        Flag(
            name="resolution_differs",
            severity=reached[0],
            value=round(fine / coarse, 1),
            limit=reached[1],
            touches=("all",),
            advice=f"One photo shows the face with only {coarse:.0f} pixels between the eyes and far less detail than "
            "the other; take both from the same distance and keep their original size.",
        )
    ]


def _light(first: Portrait, second: Portrait) -> list[Flag]:
    shift = second.side_light - first.side_light
    reached = severity_of(shift, SIDE_LIGHT)
    if reached is None:
        return []
    side = "left" if shift > 0 else "right"
    return [
        Flag(
            name="light_differs",
            severity=reached[0],
            value=round(shift, 2),
            limit=reached[1],
            touches=LIT,
            advice=f"In the second photo more of the light comes from the {side} side of the face than in the first; "
            "take both in the same place, in light from the front.",
        )
    ]
