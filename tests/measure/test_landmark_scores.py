"""Scores of landmarks alone: the same numbers as face by face, however many come at once."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from helpers.faces import in_image, mirror_image, uneven_face

import symmetry
from symmetry.errors import InvalidPointsError, ScaleError
from symmetry.landmarks.frame import ARM_MM, across_jawline, asymmetry_field, fit_frame, made_even
from symmetry.landmarks.scale import Scale, interpupillary_distance
from symmetry.measure import landmark_scores
from symmetry.measure.measures import clinical_measures
from symmetry.measure.scores import score_regions


@lru_cache
def faces(count: int = 7) -> np.ndarray:
    return np.stack([in_image(uneven_face(seed)) for seed in range(count)])


def numbers(scores) -> list[np.ndarray]:
    """All arrays of some scores."""
    parts = (scores.regions, scores.measures)
    return [getattr(part, name) for part in parts for name in part.__slots__] + [scores.pose, scores.mm_per_pixel]


def test_scores_are_those_of_the_functions_for_one_face():
    found = symmetry.score_landmarks(faces(), scale="ipd=62")
    for number, points in enumerate(faces()):
        mm = float(Scale.parse("ipd=62").mm_per_pixel(points))
        frame = fit_frame(points, camera_mm=ARM_MM)
        placed = frame.place(points)
        field = across_jawline(asymmetry_field(placed), made_even(placed)) * mm
        regions = score_regions(field, interpupillary_distance(points) * mm)
        measures = clinical_measures(placed, placed * mm, unit_per_pixel=mm)
        assert found.regions.asymmetry[number] == pytest.approx(regions.asymmetry, abs=1e-9)
        assert found.regions.vertical_percent[number] == pytest.approx(regions.vertical_percent, abs=1e-9)
        assert found.measures.difference[number] == pytest.approx(measures.difference, abs=1e-9)
        assert found.measures.subject_left[number] == pytest.approx(measures.subject_left, abs=1e-9, nan_ok=True)
        assert found.pose[number] == pytest.approx(frame.pose(), abs=1e-9)


def test_pieces_do_not_show(monkeypatch):
    whole = numbers(symmetry.score_landmarks(faces()))
    monkeypatch.setattr(landmark_scores, "_AT_ONCE", 3)
    for one, other in zip(whole, numbers(symmetry.score_landmarks(faces())), strict=True):
        assert other == pytest.approx(one, abs=1e-9, nan_ok=True)


def test_leading_axes_are_kept_and_a_file_is_read_piece_by_piece(tmp_path):
    np.save(tmp_path / "faces.npy", faces(6).reshape(2, 3, 478, 3).astype(np.float32))
    found = symmetry.score_landmarks(np.load(tmp_path / "faces.npy", mmap_mode="r"))
    assert found.regions.asymmetry.shape == (2, 3, 9)
    assert found.measures.difference.shape == (2, 3, 18)
    assert found.pose.shape == (2, 3, 3)
    exact = symmetry.score_landmarks(faces(6))
    assert found.regions.asymmetry.reshape(6, 9) == pytest.approx(exact.regions.asymmetry, abs=1e-3)
    assert symmetry.score_landmarks(faces()[0]).mm_per_pixel.shape == ()
    assert symmetry.score_landmarks(faces()[:0]).regions.asymmetry.shape == (0, 9)


def test_mirrored_faces_have_mirrored_scores():
    found = symmetry.score_landmarks(faces())
    mirrored = symmetry.score_landmarks(mirror_image(faces(), 1000))
    assert mirrored.regions.lateral == pytest.approx(-found.regions.lateral, abs=1e-6)
    assert mirrored.measures.difference == pytest.approx(-found.measures.difference, abs=1e-6)


def test_what_cannot_be_scored_is_refused():
    with pytest.raises(InvalidPointsError, match="shape"):
        symmetry.score_landmarks(np.zeros((2, 468, 3)))
    with pytest.raises(InvalidPointsError, match="finite"):
        symmetry.score_landmarks(np.full((478, 3), np.nan))
    with pytest.raises(ScaleError):
        symmetry.score_landmarks(faces(), scale="thumb")
    assert np.isnan(symmetry.score_landmarks(faces(), scale="none").mm_per_pixel).all()
