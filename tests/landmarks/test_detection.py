"""Flag faces with the real networks, on drawn faces whose place is known."""

from __future__ import annotations

import subprocess
import sys
from functools import lru_cache

import cv2
import numpy as np
import pytest
from helpers.faces import ROOT, drawn, mirror_image

from symmetry.errors import NoFaceError
from symmetry.landmarks import networks
from symmetry.landmarks.detection import detect_largest_face
from symmetry.landmarks.mesh import IRIS_LEFT, IRIS_RIGHT
from symmetry.landmarks.networks import litert_engine
from symmetry.synthetic import LOOKS, Scene, draw_face, named_points

PLAIN = np.array([178, 186, 184], dtype=np.uint8)
Y, X = np.mgrid[:300, :400]
NO_FACES = {
    "black": np.zeros((300, 400, 3), np.uint8),
    "flat": np.full((300, 400, 3), PLAIN),
    "noise": np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8),
    "gradient": np.dstack([X * 255 // 399, Y * 255 // 299, (X + Y) * 255 // 698]).astype(np.uint8),
    "tiny": np.full((16, 16, 3), PLAIN),
}


def landmarks(image):
    return detect_largest_face(np.ascontiguousarray(image)).landmarks


@lru_cache
def cutout(width, look="hazel"):
    """A drawn head whose face is `width` pixels wide, its image, and where it has its irises' middle."""
    scale = width / 140
    scene = Scene(width=round(200 * scale), height=round(260 * scale), pixels_per_mm=scale, offset=(0.0, -10.0 * scale))
    return draw_face(scene=scene, look=LOOKS[look]), np.array(scene.centre)


def put(image, width, right, down, look="hazel"):
    """Put a drawn head into an image, at shares of the room that there is; where its irises' middle is then."""
    head, centre = cutout(width, look)
    corner = np.array([int(right * (image.shape[1] - head.shape[1])), int(down * (image.shape[0] - head.shape[0]))])
    x, y = corner
    image[y : y + head.shape[0], x : x + head.shape[1]] = head
    return corner + centre


def middle(points):
    return (points[IRIS_RIGHT] + points[IRIS_LEFT])[:2] / 2


@pytest.mark.parametrize("width", [480, 477])
def test_mirror_image_has_exactly_the_mirrored_landmarks(uneven_photo, width):
    image = uneven_photo[:, :width]
    assert landmarks(image[:, ::-1]) == pytest.approx(mirror_image(landmarks(image), width), abs=1e-6)


def test_landmarks_lie_where_the_face_was_drawn():
    found = landmarks(drawn())
    truth = named_points(scene=Scene(width=480, height=560, pixels_per_mm=2.0, offset=(0.0, -30.0)))
    for name, right in [("pupil", 468), ("upper_lid", 159), ("lower_lid", 145), ("commissure", 61)]:
        place = truth[name, "subject_right"].pixel
        assert found[right, :2] == pytest.approx(place, abs=4.0), name  # 2 mm: drawn lips are not the mesh's lips
    assert found[468, :2] == pytest.approx(truth["pupil", "subject_right"].pixel, abs=1.0)
    assert found[473, :2] == pytest.approx(truth["pupil", "subject_left"].pixel, abs=1.0)


def test_nose_is_nearer_than_the_ears():
    found = landmarks(drawn())
    assert found[4, 2] < found[[234, 454], 2].min() - 40  # z away from the camera, 2 pixels a mm


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_photo_that_lies_on_its_side_gives_the_same_landmarks(uneven_photo, turns):
    height, width = uneven_photo.shape[:2]
    upright = landmarks(uneven_photo)
    x, y, z = landmarks(np.rot90(uneven_photo, turns)).T
    back = {1: (width - 1 - y, x), 2: (width - 1 - x, height - 1 - y), 3: (y, height - 1 - x)}[turns]
    apart = np.abs(np.column_stack([*back, z]) - upright)
    # The crop's own place decides: 0.13 pixels (0.07 mm) on average.
    assert apart.mean(axis=0).max() < 1.0
    assert apart[:, :2].max() < 2.0


@pytest.mark.parametrize(
    ("right", "down"), [(0.1, 0.1), (0.5, 0.5), (0.9, 0.9), (0.9, 0.1), (0.62, 0.38), (0.25, 0.5), (0.75, 0.25)]
)
def test_face_of_a_20th_of_the_frame_is_found_wherever_it_is(right, down):
    frame = np.full((1800, 2400, 3), PLAIN)
    place = put(frame, 120, right, down)
    found = landmarks(frame)
    assert middle(found) == pytest.approx(place, abs=2.0)
    between = np.linalg.norm(found[IRIS_LEFT] - found[IRIS_RIGHT])
    assert between == pytest.approx(63 * 120 / 140, rel=0.03)


@pytest.mark.parametrize(("right", "down"), [(0.1, 0.1), (0.75, 0.25), (0.25, 0.5)])
def test_one_small_face_is_not_counted_twice(right, down):
    frame = np.full((1200, 1600, 3), PLAIN)
    put(frame, 80, right, down)
    assert detect_largest_face(frame).others == 0


def test_larger_of_two_faces_is_taken_and_the_other_one_counted():
    frame = np.full((700, 1100, 3), PLAIN)
    put(frame, 150, 0.02, 0.3, "amber")
    place = put(frame, 260, 0.9, 0.5)
    found = detect_largest_face(frame)
    assert middle(found.landmarks) == pytest.approx(place, abs=2.0)
    assert found.others == 1


def test_small_faces_of_similar_size_are_counted_and_those_far_behind_are_not():
    crowd = np.full((900, 1600, 3), PLAIN)
    for right in (0.0, 0.5, 1.0):
        put(crowd, 150, right, 0.5)
    assert detect_largest_face(crowd).others == 2
    pair = np.full((900, 1600, 3), PLAIN)
    put(pair, 300, 0.2, 0.5)
    put(pair, 90, 1.0, 0.5)
    assert detect_largest_face(pair).others == 0
    assert detect_largest_face(pair, count_all=True).others == 1


@pytest.mark.parametrize("picture", NO_FACES.values(), ids=NO_FACES.keys())
def test_picture_without_a_face_is_an_error_that_says_what_to_do(picture):
    with pytest.raises(NoFaceError, match="no face found; use a photo"):
        detect_largest_face(picture)


def test_grey_face_is_found_where_the_coloured_one_is(uneven_photo):
    grey = np.repeat(cv2.cvtColor(uneven_photo, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    apart = np.linalg.norm((landmarks(grey) - landmarks(uneven_photo))[:, :2], axis=1)
    assert apart.mean() < 1.0  # half a mm


@pytest.mark.parametrize(
    "border", [(0, 0, 0, 420), (0, 0, 420, 0), (300, 0, 0, 0), (0, 500, 0, 0), (0, 41, 37, 300)], ids=str
)
def test_shape_of_the_frame_makes_no_difference(uneven_photo, border):
    wider = cv2.copyMakeBorder(uneven_photo, *border, cv2.BORDER_REPLICATE)
    top, _, left, _ = border
    apart = np.linalg.norm((landmarks(wider) - landmarks(uneven_photo) - [left, top, 0])[:, :2], axis=1)
    assert apart.mean() < 0.3  # 0.15 mm


def test_photo_is_left_alone(uneven_photo):
    image = uneven_photo.copy()
    detect_largest_face(image)
    assert np.array_equal(image, uneven_photo)


def test_same_photo_gives_the_same_landmarks_whatever_came_between(uneven_photo):
    before = landmarks(uneven_photo)
    landmarks(drawn())
    with pytest.raises(NoFaceError):
        landmarks(NO_FACES["noise"])
    assert np.array_equal(landmarks(uneven_photo), before)


def test_networks_are_started_once_and_used_again(uneven_photo, monkeypatch):
    started = []
    monkeypatch.setattr(networks, "_started", {})
    monkeypatch.setattr(litert_engine.Network, "__init__", counted(litert_engine.Network.__init__, started))
    networks.use_engine("litert")
    for image in (uneven_photo, drawn()):
        landmarks(image)
    assert sorted(started) == ["finder_near.tflite", "mesh_heads.tflite", "mesh_trunk.tflite"]


def counted(start, files):
    def started(self, file):
        files.append(file)
        start(self, file)

    return started


IN_THREADS = """
import os, sys, threading
import numpy as np
from helpers.faces import drawn
from symmetry.landmarks import detection

error = os.fstat(2)
image, start, found = drawn(mouth_subject_right=-4.0), threading.Barrier(4), []

def work():
    start.wait()
    found.append(detection.detect_largest_face(image).landmarks)

threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert len(found) == 4
assert all(np.array_equal(one, found[0]) for one in found)
print(os.path.sameopenfile(2, 1), os.path.samestat(error, os.fstat(2)))
"""


def run(code):
    tests = ROOT / "tests"
    environment = {"PYTHONPATH": f"{tests}:{ROOT}"}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tests, env=environment)


def test_threads_take_turns_and_leave_standard_error_as_it_was():
    done = run(IN_THREADS)
    assert done.stdout.split() == ["False", "True"], done.stderr


def test_nothing_is_written_to_standard_error():
    done = run("import symmetry; print(len(symmetry.analyze('../sample_images/even.jpg').regions))")
    assert done.stdout.strip() == "9"
    assert done.stderr == ""
