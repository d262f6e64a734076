"""LiteRT against MediaPipe: its stored answers everywhere, and MediaPipe itself where it is installed."""

from __future__ import annotations

import runpy
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from helpers.faces import ROOT, SAMPLES, drawn

import symmetry
from symmetry.landmarks import networks
from symmetry.landmarks.detection import detect_largest_face
from symmetry.landmarks.networks.litert_engine import LiteRTEngine
from symmetry.landmarks.networks.mediapipe_engine import MediaPipeEngine
from symmetry.measure.face_cache import FaceCache
from symmetry.measure.options import Measuring
from symmetry.photos.reading import read_photo

REFERENCE = Path(__file__).parent / "mediapipe_reference.npz"
FACES = sorted((ROOT.parent / "shared" / "faces" / "london").glob("*.jpg"))[:6]
LANDMARK, PRESENCE, KEYPOINT, SCORE = 0.01, 0.001, 0.5, 0.01
"""How far the engines may differ: pixels, shares."""

needs_mediapipe = pytest.mark.skipif(find_spec("mediapipe") is None, reason="needs MediaPipe: make mediapipe")


@pytest.fixture(scope="module")
def reference():
    with np.load(REFERENCE) as kept:
        return dict(kept)


@pytest.fixture(scope="module")
def litert():
    return LiteRTEngine()


@pytest.fixture
def engine_afterwards():
    yield
    networks.use_engine(None)


def test_mesh_is_mediapipes(reference, litert):
    for crop, expected in zip(reference["crops"], reference["meshes"], strict=False):
        assert np.abs(litert.mesh_pass(crop) - expected).max() < LANDMARK


def test_presence_is_mediapipes_and_decides_alike(reference, litert):
    found = [litert.presence(crop) for crop in reference["crops"]]
    assert found == pytest.approx(reference["presence"], abs=PRESENCE)
    faces = [litert.mesh_pass(crop) is not None for crop in reference["crops"]]
    assert faces == [presence >= 0.5 for presence in reference["presence"]]
    assert sum(faces) == len(reference["meshes"]) < len(faces)


@pytest.mark.parametrize("finder", ["near", "far"])
@pytest.mark.parametrize("place", range(5))
def test_finders_are_mediapipes(reference, litert, finder, place):
    found = litert.spot_faces(reference[f"frame_{place}"], far=finder == "far")
    expected = reference[f"{finder}_{place}"]
    assert len(found) == len(expected)
    for face, keypoints, score in zip(found, expected, reference[f"{finder}_scores_{place}"], strict=True):
        assert np.abs(face.keypoints - keypoints).max() < KEYPOINT
        assert face.score == pytest.approx(score, abs=SCORE)


def test_reference_holds_faces_one_two_and_none(reference):
    assert [len(reference[f"near_{place}"]) for place in range(5)] == [1, 1, 1, 2, 0]
    assert [len(reference[f"far_{place}"]) for place in range(5)] == [1, 1, 1, 2, 0]


def pictures():
    """Drawn faces and, where they are there, real ones."""
    return [drawn(mouth_subject_right=-4.0), *(read_photo(path).pixels for path in (SAMPLES / "before.jpg", *FACES))]


@needs_mediapipe
def test_reference_is_what_mediapipe_says(reference):
    tool, engine = runpy.run_path(str(ROOT / "tools" / "make_reference.py")), MediaPipeEngine()
    graph = tool["presence_graph"]()
    found = [tool["presence"](graph, crop) for crop in reference["crops"]]
    assert found == pytest.approx(reference["presence"], abs=1e-6)
    for crop, expected in zip(reference["crops"], reference["meshes"], strict=False):
        assert engine.mesh_pass(crop) == pytest.approx(expected, abs=1e-4)


@needs_mediapipe
def test_engines_see_the_same_in_every_crop_and_frame_on_the_way(litert, monkeypatch):
    crops, frames, theirs = [], [], MediaPipeEngine()
    monkeypatch.setattr("symmetry.landmarks.detection.mesh_pass", seen(networks.mesh_pass, crops))
    monkeypatch.setattr("symmetry.landmarks.detection.spot_faces", seen(networks.spot_faces, frames))
    for picture in pictures():
        detect_largest_face(picture)
    assert len(crops) >= 12
    for crop in crops:
        assert np.abs(litert.mesh_pass(crop) - theirs.mesh_pass(crop)).max() < LANDMARK
    for frame in frames:
        for far in (False, True):
            for one, other in zip(litert.spot_faces(frame, far=far), theirs.spot_faces(frame, far=far), strict=True):
                assert np.abs(one.keypoints - other.keypoints).max() < KEYPOINT
                assert one.score == pytest.approx(other.score, abs=SCORE)


def seen(call, kept):
    """A call that keeps the pictures it is given."""

    def keep(picture, **options):
        kept.append(picture.copy())
        return call(picture, **options)

    return keep


@needs_mediapipe
def test_engines_find_the_same_landmarks(engine_afterwards):
    for picture in pictures():
        networks.use_engine("litert")
        one = detect_largest_face(picture)
        networks.use_engine("mediapipe")
        other = detect_largest_face(picture)
        assert np.abs(one.landmarks - other.landmarks).max() < LANDMARK
        assert one.others == other.others


@needs_mediapipe
def test_results_of_both_engines_are_compared_and_kept_together(engine_afterwards, tmp_path):
    photo = SAMPLES / "before.jpg"
    faces = {}
    for engine in networks.ENGINES:
        networks.use_engine(engine)
        faces[engine] = symmetry.analyze(photo)
    change = symmetry.compare(faces["litert"], faces["mediapipe"])
    moved = change.displacement[np.isfinite(change.displacement)]
    assert np.abs(moved).max() < 0.01  # mm
    known = FaceCache(tmp_path)
    known.keep(faces["mediapipe"], Measuring())
    networks.use_engine("litert")
    kept = known.face(faces["mediapipe"].photo.sha256, Measuring(), name="me.jpg")
    assert np.array_equal(kept.landmarks, faces["mediapipe"].landmarks)
