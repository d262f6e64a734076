"""Drawn films of faces that move by known amounts, while the head turns and the light flickers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from symmetry.photos.films import Frame

Moves = Callable[[float], Mapping[str, float]]
RATE = 30


def bell(time: float, start: float, *, rise: float = 0.35, hold: float = 0.5) -> float:
    """From 0 to 1 within `rise` seconds, a while there, and back."""

    def step(share: float) -> float:
        return float(0.5 - 0.5 * np.cos(np.pi * np.clip(share, 0, 1)))

    return step((time - start) / rise) * (1 - step((time - start - rise - hold) / rise))


def drawn_film(seconds: float, moves: Moves, *, turn: float = 2.5, flicker: float = 0.15) -> Iterator[Frame]:
    """Frames of a drawn face whose head sways by `turn` degrees either way."""
    from symmetry.synthetic import Asymmetry, Scene, draw_face

    for place in range(round(seconds * RATE)):
        time = place / RATE
        scene = Scene(
            width=480,
            height=560,
            pixels_per_mm=2.0,
            offset=(0.0, -30.0),
            yaw=turn * np.sin(2 * np.pi * time / 2.7),
            pitch=0.8 * turn * np.sin(2 * np.pi * time / 3.3 + 1),
            roll=0.6 * turn * np.sin(2 * np.pi * time / 4.1),
            light_strength=1 + flicker * np.sin(2 * np.pi * time * 1.7),
            light_azimuth=60 * flicker * np.sin(2 * np.pi * time / 2.2),
            noise=2.0,
            seed=place,
        )
        yield Frame(time=time, pixels=draw_face(scene=scene, asymmetry=Asymmetry(**moves(time))))
