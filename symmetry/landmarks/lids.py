"""The lid margins of one eye, as curves that start from the mesh's and follow the picture.

Two kinds of evidence: what the colours on either side of a curve look like (eyeball within, skin without), which tells
where a lid is wherever it has moved; and the step of brightness from lashes to skin, which is sharper. The upper lid is
read by both; the lower one, whose lashes are few and whose margin is wet and bright, by the colours alone. Weights and
margins were chosen on hand-placed lids of 35 people and on rendered heads (docs/design.md).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import cv2
import numpy as np

from symmetry.arrays import FloatArray
from symmetry.landmarks.eye_patch import COLUMNS, PER_RADIUS, ROWS, EyePatch, Float32
from symmetry.landmarks.limbus import sharpest

_X, _Y = np.meshgrid(COLUMNS, ROWS)
_FROM_CENTRE: Final = np.hypot(_X, _Y)
_READ: Final = np.flatnonzero(np.abs(COLUMNS) <= 1.5)[::2]
"""Columns of the cut-out at which the lids are read."""
_FROM_CORNER: Final = 0.1
"""Radii from the corners of the eye within which they are not."""

# Colours: logarithm of the brightness, red against blue, red against green. Highlights tell nothing.
_HIGHLIGHT: Final = 225.0
_FLOOR: Final = np.diag(np.square([0.15, 0.05, 0.04]))
"""Least covariance of the colours of a part."""
_LIKELIEST: Final = 3.0
"""Log-likelihood ratio, from which on more does not count."""
_FEWEST: Final = 12
"""Pixels that show a part."""


class LidCurve(NamedTuple):
    """A lid margin across the eye, in radii of the iris."""

    x: FloatArray  # shape (n,); toward the nose
    moved: FloatArray  # shape (n,); down from the mesh's lid
    score: float  # how well the colours on both sides fit, at most 1


class _Reading(NamedTuple):
    """How one lid is read."""

    down: float  # +1: the skin lies below
    reach: float  # radii beside the middle of the iris within which it is read
    region: float  # weight of the colours
    step: float  # weight of the step of brightness
    stiffness: float  # price of a curve that differs from the mesh's
    margin: float  # radii from the edge that is found down to where hands place the lid margin


_UPPER: Final = _Reading(down=-1.0, reach=1.5, region=1.0, step=0.7, stiffness=0.1, margin=0.15)
_LOWER: Final = _Reading(down=1.0, reach=1.5, region=1.0, step=0.0, stiffness=0.4, margin=0.02)
_REGION_BAND, _STEP_BAND = 0.7, 0.2
"""Width of the bands on either side of a curve that are compared, in radii."""

# Curves that are tried: the mesh's moved by a + b x + c (x^2 - 0.3), in radii.
_SHIFT, _TILT, _BEND = np.linspace(-0.9, 0.9, 37), np.linspace(-0.3, 0.3, 5), np.linspace(-0.3, 0.3, 5)
_GRID: Final = (len(_SHIFT), len(_TILT), len(_BEND))
_TRIED: Final = np.stack(np.meshgrid(_SHIFT, _TILT, _BEND, indexing="ij"), axis=-1).reshape(-1, 3)
_USUAL: Final = np.array([0.35, 0.3, 0.3])
_COST: Final = np.square(_TRIED / _USUAL) @ [0.0, 1.0, 1.0] + 1 / (1 + np.square(_USUAL[0] / (_TRIED[:, 0] + 1e-9)))
"""Price of each: tilt and bend of the usual size cost one, and so does a large shift, for lids do move far."""


def find_lids(eye: EyePatch, upper: FloatArray, lower: FloatArray) -> tuple[LidCurve, LidCurve] | None:
    """Find upper and lower lid margin.

    Parameters
    ----------
    eye : EyePatch
        Cut out by its limbus.
    upper, lower : ndarray, shape (n, 2)
        The mesh's lids, corners included, from one corner to the other, radii.

    Returns
    -------
    tuple of LidCurve or None
        None if the picture does not show enough of the eyeball or of the skin around it.
    """
    upper, lower = (lid[np.argsort(lid[:, 0])] for lid in (upper, lower))
    evidence = _eyeball_against_skin(eye.pixels, upper, lower)
    if evidence is None:
        return None
    brightness = 60 * np.log(eye.pixels @ np.array([0.4, 0.4, 0.2], dtype=np.float32) + 12)
    return (
        _find_lid(evidence, brightness, upper, _UPPER),
        _find_lid(evidence, brightness, lower, _LOWER),
    )


def _colours(pixels: Float32) -> FloatArray:
    red, green, blue = (part.astype(np.float64) for part in cv2.split(cv2.GaussianBlur(pixels, (0, 0), 0.7)))
    total = red + green + blue + 24
    return np.stack([np.log(total / 3), 2 * (red - blue) / total, 2 * (red - green) / total], axis=-1)


class _Colour(NamedTuple):
    """Colours of one part of the eye, as a normal distribution."""

    mean: FloatArray
    precision: FloatArray
    peak: float

    def log_likelihood(self, colours: FloatArray) -> FloatArray:
        off = colours - self.mean
        return np.asarray(self.peak - 0.5 * np.einsum("...i,...i", off @ self.precision, off))


def _colour_of(colours: FloatArray) -> _Colour | None:
    """Robust normal distribution of colours (n, 3)."""
    if len(colours) < _FEWEST:
        return None
    mean = np.median(colours, axis=0)
    weight = np.ones(len(colours))
    for _ in range(3):
        off = colours - mean
        precision = np.linalg.inv((off * weight[:, None]).T @ off / weight.sum() + _FLOOR)
        weight = 1 / (1 + np.einsum("ni,ni->n", off @ precision, off) / 6)
        mean = weight @ colours / weight.sum()
    off = colours - mean
    covariance = (off * weight[:, None]).T @ off / weight.sum() + _FLOOR
    return _Colour(mean, np.linalg.inv(covariance), -0.5 * float(np.log(np.linalg.det(covariance))))


def _eyeball_against_skin(pixels: Float32, upper: FloatArray, lower: FloatArray) -> Float32 | None:
    """How much likelier each pixel is eyeball than skin, log-likelihood ratio (81, 77); None if a part is missing.

    The eyeball looks like the iris within the limbus, like the pupil at its middle, like the sclera beyond it. Each
    part is learnt from where the mesh is sure to be within the eye, the skin from a strip above and one below.
    """
    colours, bright = _colours(pixels), np.minimum.reduce(cv2.split(pixels)) > _HIGHLIGHT
    from_upper, from_lower = (_Y - np.interp(COLUMNS, lid[:, 0], lid[:, 1]) for lid in (upper, lower))
    inside = (from_upper > 0.12) & (from_lower < -0.12) & (upper[0, 0] < _X) & (upper[-1, 0] > _X) & ~bright
    near = np.abs(_X) < 1.4
    parts = {
        "iris": inside & (_FROM_CENTRE > 0.4) & (_FROM_CENTRE < 0.9),
        "pupil": inside & (_FROM_CENTRE < 0.4),
        "sclera": inside & (_FROM_CENTRE > 1.12) & (_FROM_CENTRE < 1.9) & (np.abs(_Y) < 0.7),
        "upper": near & (from_upper < -0.4) & (from_upper > -0.9),
        "lower": near & (from_lower > 0.35) & (from_lower < 0.9),
    }
    likelihood = {}
    for name, part in parts.items():
        colour = _colour_of(colours[part])
        if colour is None and name != "pupil":
            return None
        likelihood[name] = np.full(_X.shape, -9.0) if colour is None else colour.log_likelihood(colours)
    of_iris, of_pupil = _sigmoid((1 - _FROM_CENTRE) / 0.05), 0.7 * _sigmoid((0.45 - _FROM_CENTRE) / 0.05)
    eyeball = _log_sum(
        likelihood["iris"] + np.log(of_iris * (1 - of_pupil) + 1e-3),
        likelihood["pupil"] + np.log(of_iris * of_pupil + 1e-3),
        likelihood["sclera"] + np.log(1 - of_iris + 1e-3),
    )
    skin = _log_sum(likelihood["upper"], likelihood["lower"]) - np.log(2)
    ratio = np.clip(eyeball - skin, -_LIKELIEST, _LIKELIEST)
    ratio[bright & (_FROM_CENTRE < 1)] = _LIKELIEST
    return np.asarray(ratio / (2 * _LIKELIEST), dtype=np.float32)


def _sigmoid(values: FloatArray) -> FloatArray:
    return np.asarray(1 / (1 + np.exp(-values)))


def _log_sum(*terms: FloatArray) -> FloatArray:
    most = np.maximum.reduce(terms)
    return np.asarray(most + np.log(sum(np.exp(term - most) for term in terms)))


def _find_lid(region: Float32, brightness: Float32, lid: FloatArray, reading: _Reading) -> LidCurve:
    columns = _READ[(COLUMNS[_READ] > lid[0, 0] + _FROM_CORNER) & (COLUMNS[_READ] < lid[-1, 0] - _FROM_CORNER)]
    columns = columns[np.abs(COLUMNS[columns]) <= reading.reach]
    x = COLUMNS[columns]
    base = np.polyval(np.polyfit(lid[:, 0], lid[:, 1], 4), x)

    between = -reading.down * _steps(region, _REGION_BAND, 0.1)[:, columns]
    steps = np.maximum(reading.down * _steps(brightness, _STEP_BAND, 0.15)[:, columns], 0.0)
    steps = np.minimum(steps / (np.percentile(steps, 97) + 1e-6), 1.0)

    powers = np.stack([np.ones_like(x), x, x * x - 0.3])
    curves = base + _TRIED @ powers
    place = np.clip(np.rint((curves - ROWS[0]) * PER_RADIUS + 0.5).astype(np.intp), 0, len(between) - 1)
    each = np.arange(len(columns))
    fits = between[place, each].mean(axis=1)
    score = reading.region * fits - reading.stiffness * _COST
    if reading.step:
        score += reading.step * steps[place, each].mean(axis=1)
    best = int(score.argmax())
    curve = _peak(score.reshape(_GRID)) @ powers
    return LidCurve(x, base + curve - np.interp(x, *lid.T) + reading.margin, float(fits[best]))


def _peak(score: FloatArray) -> FloatArray:
    """Shift, tilt and bend (3,) of the best curve, to a fraction of the steps that were tried."""
    best = np.unravel_index(score.argmax(), score.shape)
    found = []
    for axis, (tried, place) in enumerate(zip((_SHIFT, _TILT, _BEND), best, strict=True)):
        others = tuple(i for other, i in enumerate(best) if other != axis)
        line = np.moveaxis(score, axis, 0)[(slice(None), others[0], others[1])]
        exact = sharpest(line[None])[0][0] if 0 < place < len(tried) - 1 else place
        found.append(np.interp(exact, np.arange(len(tried)), tried))
    return np.array(found)


def _steps(image: Float32, band: float, along: float) -> FloatArray:
    """How much brighter an image is below each row's upper edge than above it, shape (82, 77)."""
    wide = round(band * PER_RADIUS)
    smooth = cv2.GaussianBlur(image, (0, 0), sigmaX=along * PER_RADIUS, sigmaY=0.5)
    total = np.cumsum(np.pad(smooth, ((1, 0), (0, 0))), axis=0, dtype=np.float64)
    steps = np.zeros((len(ROWS) + 1, len(COLUMNS)))
    steps[wide:-wide] = (total[2 * wide :] - 2 * total[wide:-wide] + total[: -2 * wide]) / wide
    return steps
