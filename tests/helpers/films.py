"""Drawn films: pictures coded by FFmpeg, where PyAV is installed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
CAPTURED = "2026-04-06T09:30:00.000000Z"
TURNED = bytes.fromhex("00000000 00010000 00000000 ffff0000 00000000 00000000 00000000 00000000 40000000")
"""Matrix of a film that is shown turned by 90 degrees, clockwise (ISO/IEC 14496-12, 8.3.2)."""


def write_film(
    path: Path,
    pictures: Iterable[Picture],
    *,
    codec: str = "libx264",
    rate: int = 30,
    times: Iterable[float] | None = None,
    **options: str,
) -> Path:
    """Code pictures as a film, `rate` a second or at these times, s."""
    av = pytest.importorskip("av", reason="PyAV is not installed")
    pixels = options.pop("pixels", "yuv420p")
    from fractions import Fraction

    at = None if times is None else list(times)
    with av.open(str(path), "w") as film:
        film.metadata["creation_time"] = CAPTURED
        track = None
        for place, picture in enumerate(pictures):
            if track is None:
                track = film.add_stream(codec, rate=rate, options=options)
                track.width, track.height, track.pix_fmt = picture.shape[1], picture.shape[0], pixels
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            if at is not None:
                track.codec_context.time_base = Fraction(1, 1000)
                frame.pts, frame.time_base = round(1000 * at[place]), Fraction(1, 1000)
            for packet in track.encode(frame):
                film.mux(packet)
        for packet in track.encode() if track is not None else ():
            film.mux(packet)
    return path


def write_sound(path: Path) -> Path:
    """A film of sound alone."""
    av = pytest.importorskip("av", reason="PyAV is not installed")
    with av.open(str(path), "w") as film:
        track = film.add_stream("aac", rate=44100)
        track.layout = "mono"
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 44100), np.float32), format="fltp", layout="mono")
        sound.rate = 44100
        for packet in (*track.encode(sound), *track.encode()):
            film.mux(packet)
    return path


def moving_pattern(count: int, *, width: int = 160, height: int = 120) -> list[Picture]:
    """Smooth patches that move to the right by a pixel a picture."""
    import cv2

    noise = np.random.default_rng(0).random((height, width, 3)).astype(np.float32)
    smooth = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 6), None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    return [np.roll(smooth, place, axis=1) for place in range(count)]
