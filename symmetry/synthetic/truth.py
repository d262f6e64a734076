"""True positions of the points of a drawn face."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symmetry.synthetic import anatomy
from symmetry.synthetic.asymmetry import Asymmetry, jaw_site, movement
from symmetry.synthetic.looks import LOOKS, Look
from symmetry.synthetic.scene import Scene, depth_at, rotation


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPoint:
    """A point of the drawn face."""

    name: str  # for example ``"commissure"``
    side: str  # ``"subject_left"``, ``"subject_right"`` or ``"midline"``
    facial: tuple[float, float, float]  # x, y and z in facial millimetres, before the head is turned
    pixel: tuple[float, float]  # column and row in the image; whole numbers are the centres of pixels


def named_points(
    *, asymmetry: Asymmetry | None = None, scene: Scene | None = None, look: Look | None = None
) -> dict[tuple[str, str], NamedPoint]:
    """Named points of the face that `draw_face` draws for the same arguments.

    Parameters
    ----------
    asymmetry, scene, look
        As for `draw_face`.

    Returns
    -------
    dict
        By name and side: ``pupil``, ``upper_lid`` and ``lower_lid`` (middle of the lid's edge), ``brow_apex``,
        ``commissure`` and ``jaw`` (middle of its contour) for either side; ``nose_tip`` and ``chin`` on the midline.
    """
    asymmetry, scene, look = asymmetry or Asymmetry(), scene or Scene(), look or LOOKS["hazel"]
    points: dict[tuple[str, str], NamedPoint] = {}
    for (name, side), even in _sites(look).items():
        moves = asymmetry
        if name == "pupil":
            # The lids slide over the eyeball and do not move the pupil.
            moves = Asymmetry(
                eye_subject_left=asymmetry.eye_subject_left, eye_subject_right=asymmetry.eye_subject_right
            )
        x, y = even + movement(moves, even, look=look)
        z = float(depth_at(even, look=look))
        right, up, _ = rotation(scene) @ [x, y, z]
        column, row = scene.centre
        pixel = (float(column + scene.pixels_per_mm * right), float(row - scene.pixels_per_mm * up))
        points[name, side] = NamedPoint(name=name, side=side, facial=(float(x), float(y), z), pixel=pixel)
    return points


def _sites(look: Look) -> dict[tuple[str, str], NDArray[np.float64]]:
    left = {
        "pupil": anatomy.PUPIL,
        "upper_lid": anatomy.UPPER_LID[4],
        "lower_lid": anatomy.LOWER_LID[3],
        "brow_apex": anatomy.BROW[3],
        "commissure": anatomy.COMMISSURE,
        "jaw": tuple(jaw_site(look)),
    }
    sites = {}
    for name, at in left.items():
        sites[name, "subject_left"] = np.array(at)
        sites[name, "subject_right"] = np.array(at) * [-1.0, 1.0]
    sites["nose_tip", "midline"] = np.array(anatomy.NOSE_TIP)
    sites["chin", "midline"] = np.array(anatomy.CHIN)
    return sites
