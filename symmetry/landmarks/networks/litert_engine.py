"""The networks by LiteRT: the face mesh in two halves with NumPy between them, and both finders."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.files import silent_stderr
from symmetry.landmarks.networks.attention import Box, Heads, box_matrix, cut_features, read_boxes, refined
from symmetry.landmarks.networks.finders import FAR, NEAR, SpottedFace, faces_from, letterbox

Float32 = NDArray[np.float32]

MODELS: Final = Path(__file__).parent / "models"
_PRESENT: Final = 0.5


class Network:
    """A network in one thread: a second one costs more than it gains at this size."""

    def __init__(self, file: str) -> None:
        with silent_stderr():
            from ai_edge_litert.interpreter import Interpreter

            self._interpreter = Interpreter(model_path=str(MODELS / file), num_threads=1)
            self._interpreter.allocate_tensors()
            self._inputs = [tensor["index"] for tensor in self._interpreter.get_input_details()]
            self._outputs = [tensor["index"] for tensor in self._interpreter.get_output_details()]

    def __call__(self, *given: Float32) -> list[Float32]:
        """Return the outputs for some inputs, all without the axis of the batch."""
        for index, tensor in zip(self._inputs, given, strict=True):
            self._interpreter.set_tensor(index, tensor[None])
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index)[0] for index in self._outputs]


class LiteRTEngine:
    """The engine that comes with the package; each network starts when it is first used."""

    @cached_property
    def version(self) -> str:
        """Version of LiteRT."""
        from importlib.metadata import version

        return version("ai-edge-litert")

    def mesh_pass(self, crop: NDArray[np.uint8]) -> FloatArray | None:
        """Landmarks (478, 3) in a crop, pixels from its corner; None if the network sees no face."""
        features, *coarse, mesh, logit = self._trunk(_as_input(crop))
        if _probability(logit) < _PRESENT:
            return None
        boxes = self._boxes
        matrices = [box_matrix(points, box) for points, box in zip(coarse, boxes.values(), strict=True)]
        cuts = [cut_features(features, matrix, box.side) for matrix, box in zip(matrices, boxes.values(), strict=True)]
        heads = Heads(*self._heads(*cuts))
        return refined(mesh.reshape(-1, 3), heads, boxes, matrices).astype(np.float64)

    def presence(self, crop: NDArray[np.uint8]) -> float:
        """How sure the network is that a crop shows a face, 0 to 1."""
        return _probability(self._trunk(_as_input(crop))[-1])

    def spot_faces(self, image: NDArray[np.uint8], *, far: bool) -> list[SpottedFace]:
        """Faces in an image, best first."""
        finder, network = (FAR, self._far) if far else (NEAR, self._near)
        boxes, logits = network(letterbox(image, finder.side))
        return faces_from(boxes, logits[:, 0], finder, image.shape)

    @cached_property
    def _boxes(self) -> dict[str, Box]:
        return read_boxes(MODELS / "boxes.json")

    @cached_property
    def _trunk(self) -> Network:
        return Network("mesh_trunk.tflite")

    @cached_property
    def _heads(self) -> Network:
        return Network("mesh_heads.tflite")

    @cached_property
    def _near(self) -> Network:
        return Network(NEAR.file)

    @cached_property
    def _far(self) -> Network:
        return Network(FAR.file)


def _as_input(crop: NDArray[np.uint8]) -> Float32:
    return np.asarray(crop / np.float32(255), dtype=np.float32)


def _probability(logit: Float32) -> float:
    return float(1 / (1 + np.exp(-np.float64(logit.item()))))
