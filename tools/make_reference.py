"""Write down what MediaPipe says of drawn faces: `tests/landmarks/mediapipe_reference.npz`.

    make mediapipe
    .venv-mediapipe/bin/python tools/make_reference.py

The tests hold LiteRT to it where MediaPipe is not installed. It holds the pictures too, so it does not depend on how
faces are drawn.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from symmetry.landmarks import detection, networks
from symmetry.landmarks.networks.mediapipe_engine import MediaPipeEngine
from symmetry.synthetic import LOOKS, Scene, draw_face

REFERENCE = Path(__file__).parents[1] / "tests" / "landmarks" / "mediapipe_reference.npz"
SCENES = (
    ("hazel", {"yaw": 12.0}),
    ("amber", {"roll": 9.0, "light_azimuth": 50.0}),
    (None, {"pitch": -8.0}),
)

_PRESENCE_GRAPH = """
input_stream: "image"
output_stream: "presence"
node {
  calculator: "ImageToTensorCalculator"
  input_stream: "IMAGE:image"
  output_stream: "TENSORS:input"
  options { [mediapipe.ImageToTensorCalculatorOptions.ext] {
    output_tensor_width: 192 output_tensor_height: 192 output_tensor_float_range { min: 0.0 max: 1.0 }
  } }
}
node { calculator: "TfLiteCustomOpResolverCalculator" output_side_packet: "OP_RESOLVER:operations" }
node {
  calculator: "InferenceCalculator"
  input_stream: "TENSORS:input"
  input_side_packet: "OP_RESOLVER:operations"
  output_stream: "TENSORS:output"
  options { [mediapipe.InferenceCalculatorOptions.ext] {
    model_path: "mediapipe/modules/face_landmark/face_landmark_with_attention.tflite" delegate { xnnpack {} }
  } }
}
node {
  calculator: "SplitTensorVectorCalculator"
  input_stream: "output"
  output_stream: "flag"
  options { [mediapipe.SplitVectorCalculatorOptions.ext] { ranges: { begin: 6 end: 7 } } }
}
node {
  calculator: "TensorsToFloatsCalculator"
  input_stream: "TENSORS:flag"
  output_stream: "FLOAT:presence"
  options { [mediapipe.TensorsToFloatsCalculatorOptions.ext] { activation: SIGMOID } }
}
"""


def presence_graph() -> Any:
    """Start MediaPipe's mesh as a graph that tells how sure it is of a face; the ready-made one says only yes or no."""
    from google.protobuf import text_format
    from mediapipe.calculators.core import split_vector_calculator_pb2  # noqa: F401  # names the options of the graph
    from mediapipe.calculators.tensor import (  # noqa: F401
        image_to_tensor_calculator_pb2,
        inference_calculator_pb2,
        tensors_to_floats_calculator_pb2,
    )
    from mediapipe.framework import calculator_pb2
    from mediapipe.python.solution_base import SolutionBase

    graph = text_format.Parse(_PRESENCE_GRAPH, calculator_pb2.CalculatorGraphConfig())
    return SolutionBase(graph_config=graph, outputs=["presence"])


def presence(graph: Any, crop: Any) -> float:
    """Return how sure MediaPipe is that a crop shows a face, 0 to 1."""
    return float(graph.process({"image": crop}).presence)


def pictures() -> list[np.ndarray[Any, np.dtype[np.uint8]]]:
    """Draw frames of several shapes, with one face, two and none."""
    frames = []
    for look, turn in SCENES:
        scene = Scene(width=224, height=264, pixels_per_mm=1.0, offset=(0.0, -10.0), **turn)
        frames.append(draw_face(scene=scene, look=None if look is None else LOOKS[look]))
    small = cv2.resize(frames[0], (110, 130), interpolation=cv2.INTER_AREA)
    wide = np.full((240, 420, 3), (178, 186, 184), np.uint8)
    wide[50:180, 20:130], wide[80:210, 260:370] = small, small[:, ::-1]
    return [*frames, wide, np.full((90, 120, 3), 128, np.uint8)]


def crops_of(frame: np.ndarray[Any, np.dtype[np.uint8]]) -> list[np.ndarray[Any, np.dtype[np.uint8]]]:
    """Return the crops of a frame that the mesh sees when its face is detected, the first and the last."""
    seen = []

    def kept(crop: Any) -> Any:
        seen.append(crop.copy())
        return networks.mesh_pass(crop)

    detection.mesh_pass, usual = kept, detection.mesh_pass
    try:
        detection.detect_largest_face(frame)
    finally:
        detection.mesh_pass = usual
    return [seen[0], seen[-1]]


def main() -> None:
    """Write the reference."""
    networks.use_engine("mediapipe")
    engine, graph = MediaPipeEngine(), presence_graph()
    frames = pictures()
    crops = [crop for frame in frames[: len(SCENES)] for crop in crops_of(frame)]
    blank = [np.zeros_like(crops[0]), np.full_like(crops[0], 128), np.roll(crops[0], 96, axis=(0, 1))]
    kept: dict[str, Any] = {"crops": np.stack([*crops, *blank])}
    kept["meshes"] = np.stack([engine.mesh_pass(crop) for crop in crops]).astype(np.float32)
    kept["presence"] = np.array([presence(graph, crop) for crop in kept["crops"]])
    for place, frame in enumerate(frames):
        kept[f"frame_{place}"] = frame
        for name, far in (("near", False), ("far", True)):
            faces = engine.spot_faces(frame, far=far)
            kept[f"{name}_{place}"] = np.array([face.keypoints for face in faces]).reshape(-1, 6, 2)
            kept[f"{name}_scores_{place}"] = np.array([face.score for face in faces])
    np.savez_compressed(REFERENCE, **kept)
    print(REFERENCE, REFERENCE.stat().st_size)


if __name__ == "__main__":
    main()
