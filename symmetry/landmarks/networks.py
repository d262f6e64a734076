"""MediaPipe's networks: face detection and the face mesh. Nothing else of MediaPipe is used.

Both run on the CPU from files inside the mediapipe package; nothing is downloaded.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.files import silent_stderr

Pixels = NDArray[np.uint8]

CROP: Final = 192
"""Side of the face mesh's input, pixels: a crop of this size is not resampled again."""

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


class SpottedFace(NamedTuple):
    """A face found by the detection network.

    Attributes
    ----------
    keypoints : ndarray, shape (6, 2)
        Right eye, left eye, nose tip, mouth, right ear, left ear; pixels.
    score : float
        Confidence, 0 to 1.
    """

    keypoints: FloatArray
    score: float


# One instance of each network per process: starting one takes longer than all passes of a photo. They keep state
# between calls, so threads take turns.
_in_use = threading.Lock()


def spot_faces(image: Pixels, *, far: bool) -> list[SpottedFace]:
    """Find faces in an image (h, w, 3): near ones, or with `far` small ones too, which takes twice as long."""
    with _in_use:
        detections = _detector(far).process(image).detections or []
    size = np.array(image.shape[1::-1])
    return [
        SpottedFace(
            np.array([(p.x, p.y) for p in detection.location_data.relative_keypoints]) * size - 0.5,
            float(detection.score[0]),
        )
        for detection in detections
    ]


def mesh_pass(crop: Pixels) -> FloatArray | None:
    """Landmarks (478, 3) in a crop, pixels (whole numbers are pixel centres); None if the network sees no face."""
    with _in_use:
        mesh, whole = _mesh()
        found = mesh.process({"image": crop, "roi": whole}).landmarks
    if found is None:
        return None
    # Reading 478 messages field by field would take a third of the time of the pass. Serialized, each is a tag and a
    # length (2 bytes), then three floats with a tag each.
    wire = np.frombuffer(found.SerializeToString(), dtype=_LANDMARK_ON_THE_WIRE)
    points = np.stack([wire["x"], wire["y"], wire["z"]], axis=-1).astype(np.float64) * CROP
    return np.asarray(points - [0.5, 0.5, 0.0])


@lru_cache(maxsize=1)
def _mesh() -> tuple[Any, Any]:
    """Start the face mesh as a graph that takes the crop as it is; the ready-made one detects faces first."""
    with silent_stderr():
        from google.protobuf import text_format
        from mediapipe.framework import calculator_pb2
        from mediapipe.framework.formats import rect_pb2
        from mediapipe.python.solution_base import SolutionBase

        graph = text_format.Parse(_MESH_GRAPH, calculator_pb2.CalculatorGraphConfig())
        mesh = SolutionBase(graph_config=graph, side_inputs={"with_attention": True}, outputs=["landmarks"])
        whole = rect_pb2.NormalizedRect(x_center=0.5, y_center=0.5, width=1.0, height=1.0)
        mesh.process({"image": np.zeros((CROP, CROP, 3), np.uint8), "roi": whole})
    return mesh, whole


@lru_cache(maxsize=2)
def _detector(far: bool) -> Any:
    with silent_stderr():
        from mediapipe.python.solutions.face_detection import FaceDetection

        detector = FaceDetection(model_selection=int(far), min_detection_confidence=0.5)
        detector.process(np.zeros((CROP, CROP, 3), np.uint8))
    return detector
