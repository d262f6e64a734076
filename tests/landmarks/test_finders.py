"""What stands around the networks of the finders: the picture they see, and faces from their answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symmetry.landmarks.networks.finders import FAR, NEAR, anchors, faces_from, letterbox


def answers(finder, *found):
    """Answers of a network that sees faces (cell, confidence, move, width) and nothing else."""
    boxes = np.zeros((len(anchors(finder)), 16), dtype=np.float32)
    logits = np.full(len(boxes), -20.0, dtype=np.float32)
    for cell, confidence, move, width in found:
        boxes[cell, :2] = move
        boxes[cell, 2:4] = width
        boxes[cell, 4:] = np.tile(move, 6) + np.arange(12)
        logits[cell] = np.log(confidence / (1 - confidence))
    return boxes, logits


def keypoints_at(place):
    return np.asarray(place) + np.arange(12).reshape(6, 2)


def test_cells_of_the_near_finder_are_two_of_16_and_six_of_8():
    centres = anchors(NEAR)
    assert centres.shape == (16 * 16 * 2 + 8 * 8 * 6, 2)
    assert centres[[0, 1, 2]] * 128 == pytest.approx(np.array([(4, 4), (4, 4), (12, 4)]))
    assert centres[[512, 517, 518]] * 128 == pytest.approx(np.array([(8, 8), (8, 8), (24, 8)]))
    assert centres[-1] * 128 == pytest.approx([120, 120])


def test_cells_of_the_far_finder_are_one_of_48():
    assert anchors(FAR)[[0, 1, 48, -1]] * 192 == pytest.approx(np.array([(2, 2), (6, 2), (2, 6), (190, 190)]))


def test_letterbox_of_a_square_is_its_size_and_range():
    image = np.zeros((128, 128, 3), np.uint8)
    image[3, 5] = 255
    seen = letterbox(image, 128)
    assert seen.shape == (128, 128, 3)
    assert seen[3, 5] == pytest.approx([1, 1, 1])
    assert (seen < 0).sum() == 3 * (128 * 128 - 1)
    assert seen.min() == -1


@pytest.mark.parametrize(("shape", "bars"), [((64, 128), (32, 0)), ((128, 64), (0, 32)), ((256, 512), (32, 0))])
def test_letterbox_has_black_bars_where_the_image_is_narrow(shape, bars):
    seen = letterbox(np.full((*shape, 3), 255, np.uint8), 128)
    down, across = bars
    inside = seen[down : 128 - down, across : 128 - across]
    assert inside == pytest.approx(np.ones_like(inside))
    assert (seen[: max(down - 1, 0)] == -1).all()
    assert (seen[:, : max(across - 1, 0)] == -1).all()


def test_image_is_reduced_by_its_longer_side():
    image = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2).repeat(200, axis=0)
    seen = (letterbox(image, 128)[64, :, 0] + 1) * 127.5
    assert seen == pytest.approx(2.0 * np.arange(128), abs=0.01)


def test_answer_becomes_keypoints_in_pixels_of_the_image():
    # Cell 17 of the far finder has its middle at (70, 2) of 192 pixels; the image is four times as large.
    boxes, logits = answers(FAR, (17, 0.9, (10.0, 30.0), 40.0))
    (face,) = faces_from(boxes, logits, FAR, (768, 768))
    assert face.score == pytest.approx(0.9)
    assert face.keypoints == pytest.approx(4 * keypoints_at((80, 32)) - 0.5)


def test_bars_are_taken_off_again():
    boxes, logits = answers(FAR, (17, 0.9, (10.0, 90.0), 40.0))
    (wide,) = faces_from(boxes, logits, FAR, (384, 768))
    (high,) = faces_from(boxes, logits, FAR, (768, 384))
    square = 4 * keypoints_at((80, 92)) - 0.5
    assert wide.keypoints == pytest.approx(square - [0, 192])
    assert high.keypoints == pytest.approx(square - [192, 0])


@pytest.mark.parametrize(("finder", "least"), [(NEAR, 0.5), (FAR, 0.6)])
def test_answer_counts_from_the_finders_score_on(finder, least):
    for confidence, count in ((least - 0.01, 0), (least + 0.01, 1)):
        boxes, logits = answers(finder, (0, confidence, (9.0, 9.0), 20.0))
        assert len(faces_from(boxes, logits, finder, (192, 192))) == count


def test_answers_to_one_face_are_averaged_by_their_scores():
    # Both boxes lie at (20, 20) and (22, 20), of which 18/22 is common: one face.
    boxes, logits = answers(FAR, (0, 0.9, (18.0, 18.0), 20.0), (1, 0.7, (16.0, 18.0), 20.0))
    (face,) = faces_from(boxes, logits, FAR, (192, 192))
    assert face.score == pytest.approx(0.9)
    assert face.keypoints[0] == pytest.approx([(0.9 * 20 + 0.7 * 22) / 1.6 - 0.5, 21 - 0.5])


def test_faces_that_overlap_little_are_two_best_first():
    # 20 pixels wide and 12 apart: 8/32 in common is less than 0.3.
    boxes, logits = answers(FAR, (0, 0.7, (18.0, 18.0), 20.0), (3, 0.9, (18.0, 18.0), 20.0))
    faces = faces_from(boxes, logits, FAR, (192, 192))
    assert [face.score for face in faces] == pytest.approx([0.9, 0.7])
    assert [face.keypoints[0, 0] for face in faces] == pytest.approx([31.5, 19.5])


def test_no_answer_is_no_face():
    assert faces_from(*answers(NEAR), NEAR, (100, 100)) == []


@given(scores=st.lists(st.floats(0.61, 0.99), min_size=2, max_size=6, unique=True))
def test_mean_of_a_face_lies_among_its_answers(scores):
    found = [(cell, score, (20.0, 20.0), 60.0) for cell, score in enumerate(scores)]
    (face,) = faces_from(*answers(FAR, *found), FAR, (192, 192))
    xs = [cell * 4 + 22 - 0.5 for cell in range(len(scores))]
    assert min(xs) - 1e-9 <= face.keypoints[0, 0] <= max(xs) + 1e-9
    assert face.score == pytest.approx(max(scores), abs=1e-6)
