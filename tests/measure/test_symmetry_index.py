"""The symmetry index: its scale, its error, and the photos that cannot carry it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from math import hypot, isfinite, isnan
from pathlib import Path

import numpy as np
import pytest
from helpers.faces import ROOT
from hypothesis import given
from hypothesis import strategies as st

import symmetry
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.quality.flags import Flag
from symmetry.measure.symmetry_index import HEALTHY_MEAN, HEALTHY_RANGE, SymmetryIndex, symmetry_index
from symmetry.synthetic import Asymmetry, Scene, draw_face

PHOTOS = ROOT.parent / "shared" / "faces" / "london"
SCENES = {
    "smaller, elsewhere": {"pixels_per_mm": 2.0, "offset": (12.0, -20.0)},
    "tilted": {"roll": 4.0},
    "turned": {"yaw": 1.5},
    "raised": {"pitch": 3.0},
    "grainy": {"noise": 3.0, "seed": 7},
    "side light": {"light_azimuth": 12.0},
}


@lru_cache
def face_of(kind: str, **scene: float) -> FaceAnalysis:
    movements = {
        "even": {},
        "uneven": {"brow_subject_left": 2.0, "mouth_subject_right": -2.0, "jaw_subject_left": 2.0},
        "very uneven": {"brow_subject_left": 4.0, "mouth_subject_right": -5.0, "eye_subject_left": 2.5},
    }[kind]
    size = {"width": 480, "height": 560, "pixels_per_mm": 2.2, "offset": (0.0, -30.0)} | scene
    return symmetry.analyze(draw_face(asymmetry=Asymmetry(**movements), scene=Scene(**size)))


def warn(name: str, severity: str = "warn") -> Flag:
    return Flag(name=name, severity=severity, advice="", touches=("mouth",))


@pytest.mark.parametrize(
    ("means", "index"), [(0.0, 100.0), (0.5, 87.5), (1.0, 75.0), (2.0, 50.0), (4.0, 0.0), (6.0, 0.0)]
)
def test_an_average_adult_scores_75_and_four_times_that_asymmetry_0(means, index):
    assert symmetry_index(means * HEALTHY_MEAN, 0.5).value == pytest.approx(index)


def test_the_middle_of_healthy_adults_lies_between_63_and_87():
    assert HEALTHY_RANGE == (63, 87)
    assert str(SymmetryIndex.__doc__).count("between 63 and 87") == 1


@given(st.floats(0, 8.8), st.floats(0, 3))
def test_the_error_is_that_of_the_asymmetry_unless_it_would_tell_nothing(percent, error):
    found = symmetry_index(percent, error)
    if found.reason is None:
        assert found.error <= 20.0
        assert found.error == pytest.approx(error * 25 / HEALTHY_MEAN)
    else:
        assert error * 25 / HEALTHY_MEAN >= 20.0
        assert (found.reason, isnan(found.value), isnan(found.error)) == ("too_unsure", True, True)


@pytest.mark.parametrize(
    ("given_", "reason"),
    [
        ({"flags": (warn("smiling"),)}, "smiling"),
        ({"flags": (warn("face_covered"),)}, "face_covered"),
        ({"flags": (warn("smiling"), warn("head_turned", "reject"))}, "head_turned"),
        ({"seen": 0.5}, "not_seen"),
        ({"percent": float("nan")}, "not_seen"),
        ({"error": 2.0}, "too_unsure"),
        ({"error": float("nan")}, "too_unsure"),
        ({"flags": (warn("blurred"), warn("head_turned", "info"))}, None),  # the error says it
    ],
)
def test_a_photo_that_cannot_carry_it_gives_nan_and_the_reason(given_, reason):
    found = symmetry_index(**({"percent": 2.0, "error": 0.8} | given_))
    assert found.reason == reason
    assert (isfinite(found.value), isfinite(found.error)) == (reason is None, reason is None)


def test_an_even_drawn_face_scores_more_than_an_uneven_one_and_that_more_than_a_very_uneven_one():
    even, uneven, worst = (face_of(kind).index for kind in ("even", "uneven", "very uneven"))
    assert even.value > 90
    assert even.value - uneven.value > hypot(even.error, uneven.error) / 2
    assert uneven.value - worst.value > hypot(uneven.error, worst.error) / 2


@pytest.mark.parametrize("kind", ["even", "uneven"])
@pytest.mark.parametrize("scene", SCENES)
def test_a_face_drawn_again_gives_the_same_index_within_its_error(kind, scene):
    first, again = face_of(kind).index, face_of(kind, **SCENES[scene]).index
    assert isfinite(again.value)
    assert abs(first.value - again.value) <= hypot(first.error, again.error)


def test_neither_the_scale_nor_the_mirror_moves_the_index():
    face = face_of("uneven")
    pixels = face.photo.pixels
    assert symmetry.analyze(pixels, scale="none").index.value == pytest.approx(face.index.value, abs=0.5)
    assert symmetry.analyze(np.ascontiguousarray(pixels[:, ::-1])).index.value == pytest.approx(
        face.index.value, abs=0.5
    )


def test_the_landmarks_alone_and_a_hidden_jawline_carry_no_index():
    face = face_of("uneven")
    assert symmetry.analyze(face.photo.pixels, landmarks_only=True).index.reason == "landmarks_alone"
    hidden = replace(face.regions["jawline"], percent=float("nan"))
    assert replace(face, regions={**face.regions, "jawline": hidden}).index.reason == "not_seen"


def test_json_and_csv_hold_it():
    face = face_of("uneven")
    assert face.to_dict()["index"] == {"value": face.index.value, "error": face.index.error, "reason": None}
    rows = face.to_frame()
    assert set(rows["index"]) == {face.index.value}
    assert set(rows["index_error"]) == {face.index.error}


@pytest.mark.skipif(not (PHOTOS / "near_null.txt").exists(), reason="photos of people are not part of the project")
def test_two_photos_of_a_person_minutes_apart_give_the_same_index_within_its_error():
    pairs = [
        [symmetry.analyze(Path(PHOTOS, f"{person}_{look}.jpg")).index for look in ("neutral", "smiling")]
        for person in (PHOTOS / "near_null.txt").read_text().split()
    ]
    known = [(one, other) for one, other in pairs if isfinite(one.value + other.value)]
    assert len(known) >= 4
    assert all(abs(one.value - other.value) <= hypot(one.error, other.error) for one, other in known)
