"""MediaPipe's networks, face finders and face mesh, by one of two engines that agree.

LiteRT runs them from the files in `models`, which `tools/cut_networks.py` made; MediaPipe itself, where it is
installed, runs its own. Both take the CPU alone and download nothing.
"""

from __future__ import annotations

import os
import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.errors import EngineError

if TYPE_CHECKING:
    from symmetry.landmarks.networks.finders import SpottedFace

Pixels = NDArray[np.uint8]

CROP: Final = 192
"""Side of the face mesh's input, pixels: a crop of this size is not resampled again."""

ENGINES: Final = {"litert": "ai_edge_litert", "mediapipe": "mediapipe"}
"""Engines, the usual one first, and the module that each needs."""
VARIABLE: Final = "SYMMETRY_ENGINE"
"""Environment variable that chooses the engine where nothing else does."""

SHA256: Final = {
    "mesh_trunk.tflite": "20b7d2ffb2923bded04d1e70723936d95d927222fa944dda67a110b2706541a2",
    "mesh_heads.tflite": "4bacc1824fed52d84d5f953424625f5eda222f829fa6cc0d0740e84a7f112993",
    "finder_near.tflite": "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
    "finder_far.tflite": "2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1",
    "boxes.json": "e64911a2fd1efd7430cc29b4a5337553ab81c23b5d632fa5c1b83caa5c2bb035",
}
"""Hashes of the files in `models`."""
MODEL: Final = "MediaPipe face mesh e06a804e"
"""Whose landmarks these are, and the beginning of the SHA-256 of MediaPipe's file of the mesh. Results of one model may
be compared, whichever engine ran it."""


class Engine(Protocol):
    """What an engine does."""

    @property
    def version(self) -> str:
        """Version of the library that runs the networks."""

    def mesh_pass(self, crop: Pixels) -> FloatArray | None:
        """Landmarks (478, 3) in a crop, pixels from its corner; None if the network sees no face."""

    def spot_faces(self, image: Pixels, *, far: bool) -> list[SpottedFace]:
        """Faces in an image, best first."""


_chosen: str | None = None
_started: dict[str, Engine] = {}
# One instance of each network per process: starting one takes longer than all passes of a photo. They keep state
# between calls, so threads take turns.
_in_use = threading.RLock()


def use_engine(name: str | None) -> None:
    """Choose the engine for all photos to come.

    Parameters
    ----------
    name : {"litert", "mediapipe"} or None
        None for what the environment variable ``SYMMETRY_ENGINE`` says, and LiteRT where it says nothing.

    Raises
    ------
    EngineError
        If there is no such engine or it is not installed.
    """
    global _chosen
    if name is not None:
        _check(name)
    _chosen = name


def engine_in_use() -> str:
    """Return the name of the engine that the next photo will be measured with.

    Raises
    ------
    EngineError
        If the environment variable names an engine that there is not.
    """
    if _chosen is not None:
        return _chosen
    name = os.environ.get(VARIABLE) or next(iter(ENGINES))
    _check(name, said_by=f"{VARIABLE}: ")
    return name


def engine_label() -> str:
    """Return what results say of their landmarks: the model and the engine that runs it, with its version."""
    with _in_use:
        return f"{MODEL}, {engine_in_use()} {_engine().version}"


def spot_faces(image: Pixels, *, far: bool) -> list[SpottedFace]:
    """Find faces in an image (h, w, 3): near ones, or with `far` small ones too, which takes twice as long."""
    with _in_use:
        return _engine().spot_faces(image, far=far)


def mesh_pass(crop: Pixels) -> FloatArray | None:
    """Landmarks (478, 3) in a crop, pixels (whole numbers are pixel centres); None if the network sees no face."""
    with _in_use:
        points = _engine().mesh_pass(crop)
    return None if points is None else points - [0.5, 0.5, 0.0]


def _engine() -> Engine:
    name = engine_in_use()
    if name not in _started:
        if name == "litert":
            from symmetry.landmarks.networks.litert_engine import LiteRTEngine

            _started[name] = LiteRTEngine()
        else:
            from symmetry.landmarks.networks.mediapipe_engine import MediaPipeEngine

            _started[name] = MediaPipeEngine()
    return _started[name]


def _check(name: str, said_by: str = "") -> None:
    if name not in ENGINES:
        raise EngineError(f"{said_by}there is no engine '{name}'; use {' or '.join(ENGINES)}")
    if find_spec(ENGINES[name]) is None:
        usual = next(iter(ENGINES))
        raise EngineError(f"{said_by}the engine {name} is not installed here; use {usual}, or see docs/engines.md")
