"""The networks by MediaPipe itself, as a choice: the same answers from the code that others know."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.files import silent_stderr
from symmetry.landmarks.networks.finders import SpottedFace

_LANDMARK_ON_THE_WIRE: Final = np.dtype(
    {"names": ["x", "y", "z"], "formats": ["<f4"] * 3, "offsets": [3, 8, 13], "itemsize": 17}
)
_MESH_GRAPH: Final = """
input_stream: "image"
input_stream: "roi"
input_side_packet: "with_attention"
output_stream: "landmarks"
node {
  calculator: "FaceLandmarkCpu"
  input_stream: "IMAGE:image"
  input_stream: "ROI:roi"
  input_side_packet: "WITH_ATTENTION:with_attention"
  output_stream: "LANDMARKS:landmarks"
}
"""


class MediaPipeEngine:
    """MediaPipe's own graphs, from files inside its package; nothing is downloaded."""

    @cached_property
    def version(self) -> str:
        """Version of MediaPipe."""
        from importlib.metadata import version

        return version("mediapipe")

    def mesh_pass(self, crop: NDArray[np.uint8]) -> FloatArray | None:
        """Landmarks (478, 3) in a crop, pixels from its corner; None if the network sees no face."""
        mesh, whole = self._mesh
        found = mesh.process({"image": crop, "roi": whole}).landmarks
        if found is None:
            return None
        # Reading 478 messages field by field would take a third of the time of the pass. Serialized, each is a tag and
        # a length (2 bytes), then three floats with a tag each.
        wire = np.frombuffer(found.SerializeToString(), dtype=_LANDMARK_ON_THE_WIRE)
        points = np.stack([wire["x"], wire["y"], wire["z"]], axis=-1) * np.float64(crop.shape[0])
        return np.asarray(points, dtype=np.float64)

    def spot_faces(self, image: NDArray[np.uint8], *, far: bool) -> list[SpottedFace]:
        """Faces in an image, best first."""
        detections = _detector(far).process(image).detections or []
        size = np.array(image.shape[1::-1])
        return [
            SpottedFace(
                np.array([(p.x, p.y) for p in detection.location_data.relative_keypoints]) * size - 0.5,
                float(detection.score[0]),
            )
            for detection in detections
        ]

    @cached_property
    def _mesh(self) -> tuple[Any, Any]:
        """Start the face mesh as a graph that takes the crop as it is; the ready-made one detects faces first."""
        with silent_stderr():
            from google.protobuf import text_format
            from mediapipe.framework import calculator_pb2
            from mediapipe.framework.formats import rect_pb2
            from mediapipe.python.solution_base import SolutionBase

            graph = text_format.Parse(_MESH_GRAPH, calculator_pb2.CalculatorGraphConfig())
            mesh = SolutionBase(graph_config=graph, side_inputs={"with_attention": True}, outputs=["landmarks"])
            whole = rect_pb2.NormalizedRect(x_center=0.5, y_center=0.5, width=1.0, height=1.0)
            mesh.process({"image": np.zeros((192, 192, 3), np.uint8), "roi": whole})
        return mesh, whole


@lru_cache(maxsize=2)
def _detector(far: bool) -> Any:
    with silent_stderr():
        from mediapipe.python.solutions.face_detection import FaceDetection

        detector = FaceDetection(model_selection=int(far), min_detection_confidence=0.5)
        detector.process(np.zeros((192, 192, 3), np.uint8))
    return detector
