"""All checks of one photo: the gravest flag first, and none that only follows from another."""

from __future__ import annotations

from symmetry.measure.quality.distance import check_distance
from symmetry.measure.quality.expression import check_expression
from symmetry.measure.quality.flags import Flag, by_gravity
from symmetry.measure.quality.occlusion import check_occlusion
from symmetry.measure.quality.patches import check_patches
from symmetry.measure.quality.picture import check_picture
from symmetry.measure.quality.portrait import Portrait
from symmetry.measure.quality.pose import check_framing, check_pose

_EXPRESSION = ("smiling", "mouth_open", "eyes_closed", "brows_raised")
_BESIDE_NO_FACE = ("not_a_face", "face_cut", "head_turned", "several_faces")
_FOLLOWS_FROM_TURN = 12.0
"""Degrees of yaw from which on one side of a face looks covered because it is turned away."""
_FOLLOWS_FROM_CUT = 0.03
"""Share of landmarks beyond the edge from which on the mesh squeezes the face into the frame: it then shows an
expression, and the part beyond looks covered."""


def check_photo(portrait: Portrait) -> tuple[Flag, ...]:
    """Find what is wrong with a photo, and which results that concerns."""
    of_picture = check_picture(portrait)
    flags = [
        *_several_faces(portrait),
        *check_framing(portrait),
        *_occlusion(portrait, of_picture),
        *check_pose(portrait),
        *check_expression(portrait),
        *of_picture,
        *check_distance(portrait),
    ]
    return by_gravity(_without_consequences(flags))


def _occlusion(portrait: Portrait, of_picture: tuple[Flag, ...]) -> tuple[Flag, ...]:
    """Find what lies over the face; plain patches only without strong compression, whose blocks are plain too."""
    found = check_occlusion(portrait)
    if any(f.severity == "reject" for f in found) or any(f.name == "compressed" for f in of_picture):
        return found
    return check_patches(portrait) or found


def _without_consequences(flags: list[Flag]) -> list[Flag]:
    found = {flag.name: flag for flag in flags}
    dropped: set[str] = set()
    if "not_a_face" in found:  # the others explain why it may look like none
        return [f for f in flags if f.name in _BESIDE_NO_FACE]
    if abs(_value(found.get("head_turned"))) >= _FOLLOWS_FROM_TURN:
        dropped |= {"face_covered", *_EXPRESSION}
    if _value(found.get("face_cut")) >= _FOLLOWS_FROM_CUT:
        dropped |= {"face_covered", "phone_too_near", *_EXPRESSION}
    if "face_covered" in found and "face_covered" not in dropped:
        dropped |= set(_EXPRESSION)
    if "eyes_closed" in found and found["eyes_closed"].severity != "info":
        dropped.add("brows_raised")  # their height is measured from the lids, which are lowered
    return [flag for flag in flags if flag.name not in dropped]


def _value(flag: Flag | None) -> float:
    return 0.0 if flag is None or flag.value is None else flag.value


def _several_faces(portrait: Portrait) -> tuple[Flag, ...]:
    if not portrait.others:
        return ()
    faces = "1 other face" if portrait.others == 1 else f"{portrait.others} other faces"
    return (
        Flag(
            name="several_faces",
            severity="info",
            value=float(portrait.others),
            limit=1.0,
            advice=f"The largest face was measured, {faces} left out; crop the photo if you meant another.",
        ),
    )
