"""Faces made of the mean shape, and drawn ones."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from symmetry.landmarks.mesh import MIRROR, REFERENCE

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_images"
TO_IMAGE = np.array([1.0, -1.0, -1.0])
"""Facial axes (y up, z out) to image axes (y down, z away) of a head that looks straight into the camera."""

Points = NDArray[np.float64]


def even_face(seed: int, spread: float = 1.2) -> Points:
    """An even face of its own shape, facial mm."""
    noise = np.random.default_rng(seed).normal(0.0, spread, REFERENCE.shape)
    return REFERENCE + (noise + noise[MIRROR] * [-1.0, 1.0, 1.0]) / 2


def uneven_face(seed: int, spread: float = 0.7) -> Points:
    """A face of its own shape with asymmetry everywhere, facial mm."""
    return even_face(seed) + np.random.default_rng(seed + 1).normal(0.0, spread, REFERENCE.shape)


def in_image(facial: Points) -> Points:
    """A straight face of 5 pixels a mm somewhere in a picture."""
    return facial * TO_IMAGE * 5.0 + [431.0, 518.0, 20.0]


def mirror_image(points: Points, width: int) -> Points:
    """Landmarks of the mirror image of a picture: the other side's names."""
    other = points[..., MIRROR, :].copy()
    other[..., 0] = width - 1 - other[..., 0]
    return other


@st.composite
def movements(draw: st.DrawFn) -> tuple[NDArray[np.float64], float, NDArray[np.float64]]:
    """Rotation, scale and shift of a head in the picture: up to 60 degrees of yaw and pitch, any roll."""
    yaw, pitch, roll = draw(st.floats(-60, 60)), draw(st.floats(-60, 60)), draw(st.floats(-180, 180))
    scale = 10 ** draw(st.floats(np.log10(0.2), np.log10(50)))
    shift = np.array([draw(st.floats(-1e4, 1e4)) for _ in range(3)])
    return Rotation.from_euler("yxz", [yaw, pitch, roll], degrees=True).as_matrix(), scale, shift


seeds = st.integers(0, 2**32 - 2)


@lru_cache
def drawn(*, yaw: float = 0.0, pitch: float = 0.0, **movement: float) -> NDArray[np.uint8]:
    """A small drawn face, 480 x 560 at 2 pixels a mm, with the movements that `Asymmetry` takes."""
    from symmetry.synthetic import Asymmetry, Scene, draw_face

    scene = Scene(width=480, height=560, pixels_per_mm=2.0, offset=(0.0, -30.0), yaw=yaw, pitch=pitch)
    image = draw_face(asymmetry=Asymmetry(**movement), scene=scene)
    image.setflags(write=False)
    return image
