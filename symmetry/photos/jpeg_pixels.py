"""The pixels of a JPEG, straight into an array: what Pillow decodes to the last bit, without its copies.

Whatever is unusual about a file is left to Pillow, which says what is wrong with it.
"""

from __future__ import annotations

import io
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL.JpegImagePlugin import JpegImageFile

from symmetry.photos.bounds import MAX_WHOLE
from symmetry.photos.metadata import Metadata, read_metadata

_LAYERS: Final = {"L": 1, "RGB": 3}
_TRANSPOSED: Final = 5
"""Orientation from which on rows are stored as columns."""
_YCC: Final = 1
"""How Adobe's programs mark usual colours."""


class JpegPixels(NamedTuple):
    """A decoded JPEG."""

    pixels: NDArray[np.uint8]  # shape (h, w, 3); RGB, upright
    drafted: int  # full-scale pixels per side of a pixel
    metadata: Metadata


def dividing(size: tuple[int, int], reduction: int) -> int:
    """Return how far a JPEG can be reduced while it is decoded.

    Only as far as both sides are divisible, as those of unedited photos are: a last pixel that stands for fewer
    full-scale pixels than the others would shift the scale once turning makes it the first.
    """
    drafted = min(reduction, 8)
    while size[0] % drafted or size[1] % drafted:
        drafted //= 2
    return drafted


def jpeg_pixels(data: bytes, drafted: int) -> JpegPixels | None:
    """Decode a JPEG at 1 / `drafted` (1, 2, 4 or 8) of its size, which divides its sides.

    None if Pillow has to do it: damage, and all but plain grey and colour, are left to it.
    """
    import simplejpeg

    image = JpegImageFile(io.BytesIO(data))
    width, height = image.width // drafted, image.height // drafted
    if (
        image.mode not in _LAYERS
        or image.layers != _LAYERS[image.mode]
        or image.info.get("adobe_transform", _YCC) != _YCC
        or width * height > MAX_WHOLE
    ):
        return None
    try:
        pixels = simplejpeg.decode_jpeg(data, "RGB", min_height=height, min_width=width, strict=True)
    except ValueError:
        return None
    if pixels.shape != (height, width, 3):
        return None
    metadata = read_metadata(image)
    if metadata.orientation is not None:
        pixels = _upright(pixels, metadata.orientation)
    pixels.flags.writeable = False
    return JpegPixels(pixels, drafted, metadata)


def _upright(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Turn stored pixels by their orientation, 2 to 8."""
    import cv2  # turns several times as fast as NumPy

    if orientation >= _TRANSPOSED:
        pixels = np.asarray(cv2.transpose(pixels), dtype=np.uint8)
    flips = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}  # about the vertical axis, both, the horizontal one
    return np.asarray(cv2.flip(pixels, flips[orientation]), dtype=np.uint8) if orientation in flips else pixels
