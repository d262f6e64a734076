"""Anatomy of the drawn face and its relief, in facial millimetres, for the subject's left half (x > 0)."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from scipy.ndimage import distance_transform_edt, gaussian_filter, map_coordinates
from scipy.sparse import csr_matrix, diags, identity, kron
from scipy.sparse.linalg import spsolve

from symmetry.synthetic.canvas import Canvas, Plane, Points, mirrored_outline, ribbon, soften, spline
from symmetry.synthetic.looks import Look

PUPIL = (31.5, 0.0)
IRIS_RADIUS = 5.85
PUPIL_RADIUS = 2.05

UPPER_LID = ((16.4, -2.5), (18.4, 0.1), (22.4, 3.5), (27.0, 5.1), (31.5, 5.4), (36.4, 4.8), (41.2, 2.8), (45.6, -0.4))
LOWER_LID = (
    (45.6, -0.4),
    (42.0, -3.0),
    (37.0, -5.0),
    (31.5, -5.6),
    (26.0, -5.0),
    (21.4, -3.8),
    (18.4, -3.2),
    (16.4, -2.5),
)
LID_CREASE = ((16.8, 2.2), (21.0, 6.4), (26.6, 8.7), (32.4, 9.1), (38.4, 8.0), (44.0, 5.0), (47.8, 1.6))
BROW = ((12.6, 17.2), (20.0, 20.2), (29.5, 22.6), (39.0, 23.7), (47.5, 21.4), (56.6, 14.6))
BROW_WIDTHS = (5.8, 7.0, 6.6, 5.6, 4.0, 0.9)
COMMISSURE = (26.2, -63.8)
MOUTH_LINE = ((0.0, -66.2), (4.5, -65.7), (10.0, -66.4), (16.5, -66.2), (22.0, -65.0), (26.2, -63.8))
UPPER_LIP = ((0.0, -59.3), (2.6, -58.5), (5.6, -57.7), (9.5, -58.4), (15.0, -60.5), (21.0, -62.3), (26.2, -63.8))
LOWER_LIP = ((26.2, -63.8), (21.5, -69.2), (15.5, -73.6), (8.0, -76.0), (0.0, -76.6))
NOSE_TIP = (0.0, -33.0)
CHIN = (0.0, -113.5)
JAW_TOP = -14.0
JAW_MIDDLE = -72.0

_FACE = (
    (0.0, 103.0, -42.0),
    (27.0, 99.0, -44.0),
    (51.0, 81.0, -50.0),
    (63.5, 55.0, -55.0),
    (66.6, 28.0, -58.0),
    (66.4, 4.0, -60.0),
    (64.9, -20.0, -61.0),
    (62.2, -42.0, -57.0),
    (57.6, -62.0, -49.0),
    (50.6, -79.0, -38.0),
    (40.8, -93.0, -25.0),
    (28.6, -103.9, -13.0),
    (14.4, -111.3, -4.0),
    (0.0, -113.5, 0.0),
)
# Forehead, brow ridges, eye sockets, cheeks, mouth, chin, nose tip, wings, nostrils, corners, philtrum:
# centre, spread and height in mm, turn in degrees.
_BUMPS = (
    ((0.0, 48.0), (30.0, 20.0), 3.0, 0.0),
    ((29.0, 20.0), (20.0, 6.0), 3.2, 8.0),
    ((31.0, 1.0), (15.0, 10.0), -6.5, 0.0),
    ((14.5, 3.0), (5.0, 8.0), -4.0, 0.0),
    ((44.0, -30.0), (15.0, 13.0), 4.5, -20.0),
    ((36.0, -54.0), (12.0, 14.0), -1.6, 0.0),
    ((0.0, -62.0), (21.0, 15.0), 6.0, 0.0),
    ((0.0, -85.5), (14.0, 4.5), -3.2, 0.0),
    ((0.0, -101.0), (14.0, 9.0), 6.0, 0.0),
    ((0.0, -33.5), (5.4, 5.0), 3.2, 0.0),
    ((12.2, -37.5), (4.4, 4.6), 6.5, 0.0),
    ((7.0, -43.2), (3.2, 1.6), -2.6, 0.0),
    (COMMISSURE, (2.6, 2.6), -1.2, 0.0),
    ((0.0, -52.0), (1.9, 4.5), -0.9, 0.0),
)
_DOME = 58.0
_STEP = 2.0
_FALL = 1.1


@lru_cache(maxsize=8)
def _face_curve(jaw_width: float) -> Points:
    knots = np.array(_FACE)
    lower = np.clip((-10.0 - knots[:, 1]) / 50.0, 0.0, 1.0)
    knots[:, 0] *= 1.0 + (jaw_width - 1.0) * lower
    # Mirrored knots at both ends keep the curve level where it crosses the midline.
    reflected = knots * [-1.0, 1.0, 1.0]
    whole = spline(np.vstack([reflected[2:0:-1], knots, reflected[-2:-4:-1]]), samples=1400)
    curve = whole[whole[:, 0] >= 0.0]
    curve[[0, -1], 0] = 0.0
    curve.setflags(write=False)
    return curve


def face_outline(look: Look) -> Points:
    """Outline of skull and jaw from the crown to the chin; columns x, y and the depth z of the edge, mm."""
    return _face_curve(look.jaw_width)


def jaw_contour(look: Look) -> Points:
    """Jaw from below the ear to the chin, shape (n, 2), mm."""
    curve = face_outline(look)
    return np.ascontiguousarray(curve[curve[:, 1] < JAW_TOP][:, :2])


def lip_edges(look: Look) -> tuple[Points, Points]:
    """Upper edge of the upper lip and lower edge of the lower lip, each from one end to the other, mm."""
    line = np.array(MOUTH_LINE)
    edges = []
    for edge in (UPPER_LIP, LOWER_LIP):
        knots = np.array(edge)
        middle = np.interp(knots[:, 0], line[:, 0], line[:, 1])
        knots[:, 1] = middle + (knots[:, 1] - middle) * look.lip_fullness
        edges.append(spline(knots))
    return edges[0], edges[1]


def eye_opening() -> Points:
    """Outline of the space between the lids, mm."""
    return np.vstack([spline(UPPER_LID), spline(LOWER_LID)[1:-1]])


def relief(look: Look, canvas: Canvas) -> Plane:
    """Height of the drawn face toward the viewer, mm, on a canvas.

    Outside the outline it falls off evenly, so that the turned face has no edge there.
    """
    x, y = canvas.coordinates()
    height = _head(look, canvas)

    for at, spread, by, turn in _BUMPS:
        for side in (1.0, -1.0) if at[0] > 0 else (1.0,):
            box, spot = canvas.glow((side * at[0], at[1]), spread, turn=side * turn)
            height[box] += np.float32(by) * spot
    _eyeball(height, x, y)
    _nose_ridge(height, x, y)
    upper, lower = lip_edges(look)
    line = spline(MOUTH_LINE)
    fold = ((18.5, -40.0), (23.5, -47.0), (28.0, -54.5), (31.0, -63.0))
    for outline, soft, by in (
        (np.vstack([upper, line[::-1]]), 1.3, 2.2),
        (np.vstack([lower, line]), 1.3, 3.4),
        (ribbon(MOUTH_LINE, [1.6] * len(MOUTH_LINE)), 0.9, -1.8),
        (ribbon(fold, [2.4] * len(fold)), 2.2, -1.3),
    ):
        for flip in ([1.0, 1.0], [-1.0, 1.0]):
            box, covered = canvas.mask(outline * flip, soft=soft)
            height[box] += np.float32(by) * covered
    return soften(height, 0.5 * canvas.density)


def _eyeball(height: Plane, x: Plane, y: Plane) -> None:
    for side in (1.0, -1.0):
        across = (x - side * PUPIL[0]) ** 2 / 1.35 + (y - 0.6) ** 2
        cap = np.sqrt(np.maximum(13.0**2 - across, 0.0)) - 7.0
        height += np.float32(0.8) * np.maximum(cap, 0.0)


def _nose_ridge(height: Plane, x: Plane, y: Plane) -> None:
    stations = (-52.0, -46.0, -42.0, -36.0, -30.0, -20.0, -8.0, 4.0, 14.0, 24.0)
    heights = np.interp(y, stations, (0.0, 3.0, 10.0, 18.5, 19.0, 14.5, 8.5, 3.5, 1.5, 0.0))
    widths = np.interp(y, stations, (9.0, 9.0, 9.0, 8.4, 7.6, 6.8, 6.0, 5.6, 6.5, 9.0))
    heights, widths = gaussian_filter(heights, (6, 0)), gaussian_filter(widths, (6, 0))
    height += (heights * np.exp(-0.5 * np.abs(x / widths) ** 2.3)).astype(np.float32)


def _head(look: Look, canvas: Canvas) -> Plane:
    """Skull and jaw without features, on half a canvas.

    The depth of the rim is extended inward by Laplace's equation and a dome is added: the square root of a solution of
    Poisson's equation, which is an ellipsoid where the outline is an ellipse.
    """
    curve = face_outline(look)
    outline, depths = mirrored_outline(curve[:, :2]), np.concatenate([curve[:, 2], curve[::-1, 2]])
    shape = (round((canvas.top - canvas.bottom) / _STEP), round(2 * canvas.right / _STEP))
    pixels = np.column_stack([(outline[:, 0] + canvas.right), (canvas.top - outline[:, 1])]) / _STEP - 0.5
    filled = np.zeros(shape, np.uint8)
    cv2.fillPoly(filled, [np.rint(pixels).astype(np.int32)], (1,))
    inside = (filled > 0) | (filled[:, ::-1] > 0)
    rim = np.full(shape, np.nan)
    rim[np.rint(pixels[:, 1]).astype(int), np.rint(pixels[:, 0]).astype(int)] = depths
    distance, nearest = distance_transform_edt(np.isnan(rim), return_indices=True)
    rim = rim[nearest[0], nearest[1]] - _FALL * _STEP * distance
    laplacian = _laplacian(shape)
    free = inside.ravel()
    system = laplacian[free][:, free].tocsc()
    carried = -(laplacian[free][:, ~free] @ rim.ravel()[~free])
    solved = spsolve(system, np.column_stack([carried, np.ones(free.sum())]))
    height = rim.copy()
    height[inside] = solved[:, 0] + _DOME * np.sqrt(solved[:, 1] / solved[:, 1].max())
    height = gaussian_filter((height + height[:, ::-1]) / 2, 1.5)
    x, y = canvas.coordinates()
    row, column = np.broadcast_arrays((canvas.top - y) / _STEP - 0.5, (x + canvas.right) / _STEP - 0.5)
    return np.asarray(map_coordinates(height, [row, column], order=1, mode="nearest"), dtype=np.float32)


def _laplacian(shape: tuple[int, int]) -> csr_matrix:
    along, across = (diags([-1.0, 2.0, -1.0], [-1, 0, 1], shape=(size, size)) for size in shape)
    return csr_matrix(kron(along, identity(shape[1])) + kron(identity(shape[0]), across))
