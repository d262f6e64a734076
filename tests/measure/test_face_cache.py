"""Faces kept by the content of their photos: the same numbers, no second look, private, never half."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from helpers.examples import examples
from helpers.faces import SAMPLES, drawn
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

import symmetry
from symmetry.landmarks.networks import engine_label
from symmetry.landmarks.scale import Scale
from symmetry.measure.batch import Failure, analyze_photos
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.face_cache import FaceCache, Match, usual_folder
from symmetry.measure.options import Measuring
from symmetry.measure.quality.flags import Flag

PHOTO = SAMPLES / "series" / "2026-04-19.jpg"


@lru_cache
def face(**options: object) -> FaceAnalysis:
    return symmetry.analyze(PHOTO, **options)


def numbers(one: FaceAnalysis) -> list[float]:
    regions = [value for r in one.regions.values() for value in (*r.in_unit("mm"), *r.errors_in_unit("mm"))]
    return regions + [value for m in one.measures.values() for value in (m.difference, m.difference_error)]


@pytest.mark.parametrize("landmarks_only", [False, True])
def test_a_kept_face_has_the_same_numbers(tmp_path, landmarks_only):
    measuring, known = Measuring(landmarks_only=landmarks_only), FaceCache(tmp_path)
    measured = face(landmarks_only=landmarks_only)
    known.keep(measured, measuring)
    kept = known.face(measured.photo.sha256, measuring, name="me.jpg")
    assert np.array_equal(numbers(kept), numbers(measured), equal_nan=True)
    assert kept.flags == measured.flags
    assert kept.photo.captured == measured.photo.captured
    assert kept.photo.name == "me.jpg"
    assert kept.photo.pixels.size == 0
    assert kept.method == measured.method
    assert kept.detection.side_light == measured.detection.side_light


def test_a_kept_face_compares_as_the_photo_does(tmp_path):
    known, other = FaceCache(tmp_path), symmetry.analyze(SAMPLES / "series" / "2026-05-18.jpg")
    known.keep(face(), Measuring())
    kept = known.face(face().photo.sha256, Measuring(), name="x")
    fresh, again = symmetry.compare(face(), other), symmetry.compare(kept, other)
    for region, change in fresh.regions.items():
        assert again.regions[region].verdict == change.verdict
        assert again.regions[region].change == pytest.approx(change.change, abs=1e-9, nan_ok=True)
    assert [flag.name for flag in again.flags] == [flag.name for flag in fresh.flags]


def test_scores_are_made_anew(tmp_path):
    known = FaceCache(tmp_path)
    known.keep(face(), Measuring())
    wider = known.face(face().photo.sha256, Measuring(scale=Scale("ipd", 70.0)), name="x")
    assert wider.regions["mouth"].vertical == pytest.approx(
        symmetry.analyze(PHOTO, scale="ipd=70").regions["mouth"].vertical, abs=1e-9
    )


def test_another_look_is_another_face(tmp_path):
    known = FaceCache(tmp_path)
    known.keep(face(), Measuring())
    sha = face().photo.sha256
    assert known.face(sha, Measuring(mirrored=True), name="x") is None
    assert known.face(sha, Measuring(face="only"), name="x") is None
    assert known.face(sha, Measuring(landmarks_only=True), name="x") is None
    assert known.face("0" * 64, Measuring(), name="x") is None


def test_what_another_model_saw_is_not_used(tmp_path, monkeypatch):
    known = FaceCache(tmp_path)
    known.keep(face(), Measuring())
    monkeypatch.setattr("symmetry.measure.face_cache.MODEL", "another mesh")
    assert known.face(face().photo.sha256, Measuring(), name="x") is None


def test_results_carry_version_and_engine(tmp_path):
    FaceCache(tmp_path).keep(face(), Measuring())
    (file,) = tmp_path.iterdir()
    with np.load(file) as kept:
        about = json.loads(str(kept["about"]))
    assert (about["version"], about["engine"]) == (symmetry.__version__, engine_label())


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_only_the_owner_reads_them(tmp_path):
    folder = tmp_path / "some" / "where"
    FaceCache(folder).keep(face(), Measuring())
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


@examples(25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_file_is_not_known(tmp_path, data):
    known = FaceCache(tmp_path)
    known.keep(face(), Measuring())
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    cut = data.draw(st.integers(0, len(whole) - 1))
    file.write_bytes(whole[:cut])
    assert known.face(face().photo.sha256, Measuring(), name="x") is None
    file.unlink()


def test_a_folder_that_cannot_be_made_is_no_reason_to_stop(tmp_path):
    (tmp_path / "file").write_text("")
    known = FaceCache(tmp_path / "file" / "folder")
    known.keep(face(), Measuring())
    assert known.trouble is not None
    (measured,) = analyze_photos([PHOTO], cache=known)
    assert isinstance(measured, FaceAnalysis)


def test_a_folder_that_was_removed_is_not_made_anew(tmp_path):
    known = FaceCache(tmp_path / "client", make=False)
    known.keep(face(), Measuring())
    assert not (tmp_path / "client").exists()


def test_a_file_of_another_kind_or_shape_is_not_known(tmp_path):
    known = FaceCache(tmp_path)
    known.keep(face(), Measuring())
    known.keep_match(face(), face(), Match(moved=np.zeros((478, 2)), flags=()))
    pair, single = sorted(tmp_path.iterdir(), key=lambda file: file.stat().st_size)
    kept = single.read_bytes()
    single.write_bytes(pair.read_bytes())
    pair.write_bytes(kept)
    assert known.face(face().photo.sha256, Measuring(), name="x") is None
    assert known.match(face(), face()) is None
    with np.load(pair) as arrays:
        wrong = {**arrays, "landmarks": np.full((478, 3), np.nan)}
    np.savez(single.with_suffix(""), **wrong)
    assert known.face(face().photo.sha256, Measuring(), name="x") is None
    np.savez(single.with_suffix(""), **{**wrong, "landmarks": np.zeros((3, 3))})
    assert known.face(face().photo.sha256, Measuring(), name="x") is None


def test_pairs_are_known_by_both_faces(tmp_path):
    known, other = FaceCache(tmp_path), symmetry.analyze(drawn())
    flag = Flag(name="pose_differs", severity="warn", advice="Hold still.", value=3.0, touches=("mouth",))
    met = Match(moved=np.full((478, 2), np.nan), flags=(flag,))
    assert known.match(face(), other) is None
    known.keep_match(face(), other, met)
    kept = known.match(face(), other)
    assert kept.flags == (flag,)
    assert np.isnan(kept.moved).all()
    assert known.match(other, face()) is None
    turned = replace(face(), landmarks=face().landmarks + 1, refined=None)
    assert known.match(turned, other) is None


def test_no_photo_is_looked_at_twice(tmp_path, monkeypatch):
    known = FaceCache(tmp_path / "known")
    copy = tmp_path / "copy of it.jpg"
    copy.write_bytes(PHOTO.read_bytes())
    (first,) = analyze_photos([PHOTO], cache=known)
    monkeypatch.setattr("symmetry.landmarks.detection.detect_largest_face", None)
    again, other = analyze_photos([PHOTO, copy], cache=known)
    assert np.array_equal(numbers(again), numbers(first), equal_nan=True)
    assert other.photo.name == str(copy)
    missing, text = analyze_photos([tmp_path / "none.jpg", __file__], cache=known)
    assert isinstance(missing, Failure)
    assert isinstance(text, Failure)


def test_the_usual_folder_is_in_the_cache_of_the_user():
    assert usual_folder().name == "faces"
    assert "symmetry" in usual_folder().parts
