"""A series from end to end: the drawn one whose truth is known, and series without change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

import numpy as np
import pytest
from helpers.faces import SAMPLES
from PIL import Image

import symmetry
from symmetry.errors import NothingFitError, ScaleError
from symmetry.landmarks.frame import made_even
from symmetry.landmarks.mesh import REGIONS
from symmetry.measure.face_cache import FaceCache
from symmetry.measure.pairs import PairNumbers
from symmetry.measure.quality.flags import Flag
from symmetry.measure.reliability_table import OF_PAIR, PART_NAMES, PARTS_OF_PAIR, REGIONS_OF_PAIR, of_method
from symmetry.measure.scores import REGION_NAMES, part_means
from symmetry.photos.reading import photo_from_array, read_photo
from symmetry.series import DatedFace, LeftOut, Series, analyze_series
from symmetry.series.course import Course
from symmetry.series.judgement import Times, region_courses
from symmetry.series.selection import select
from symmetry.synthetic import LOOKS, Asymmetry, Scene, draw_face
from symmetry.synthetic.asymmetry import movement

PHOTOS = sorted((SAMPLES / "series").glob("*.jpg"))
MIRROR_X = np.array([-1.0, 1.0])
SPAN = 42.0  # days over which 5 mm became 1 mm


@lru_cache
def dated() -> tuple[DatedFace, ...]:
    found = []
    for path in PHOTOS:
        face = symmetry.analyze(path)
        assert face.photo.captured is not None
        found.append(DatedFace(face=face.without_pixels(comparable=True), at=face.photo.captured, source="exif"))
    return tuple(found)


@lru_cache
def series() -> Series:
    return analyze_series(dated())


@lru_cache
def true_shares() -> np.ndarray:
    """Left-right difference (11, 2) of each part by a millimetre of the movement that the series undoes."""
    face = series().reference
    places = made_even(face.frame.place(face.points) * face.mm_per_pixel)[:, :2]
    moves = Asymmetry(mouth_subject_left=-1.0, jaw_subject_right=1.0)
    look = LOOKS["amber"]
    here = np.array([movement(moves, at, look=look) for at in places])
    there = np.array([movement(moves, at * MIRROR_X, look=look) for at in places]) * MIRROR_X
    field = here - there
    return np.stack([part_means(field[:, 0]), part_means(field[:, 1])], axis=-1)


def true_slope(region: str) -> float:
    """Millimetres a week by which the region's left-right difference goes down, of the part that is judged."""
    found = series().regions[region]
    share = true_shares()[PART_NAMES.index((region, found.part))]
    return -float(np.linalg.norm(share)) * 4.0 / (SPAN / 7)


def test_mouth_and_jaw_get_more_even_by_what_was_drawn():
    for region in ("mouth", "jawline"):
        course = series().regions[region]
        assert course.trend.verdict == "improved"
        assert course.trend.low < true_slope(region) < course.trend.high, region
        assert course.trend.high < 0
        assert series().change is not None
        assert series().change.regions[region].verdict == "improved"


def test_corners_of_the_mouth_rise_from_5_mm_to_1_mm():
    course = series().measures["commissure_height"]
    # The mesh places drawn irises where they are, those of people 4 % too wide, for which the scale makes up.
    assert course.trend.low < 1.043 * -4.0 / (SPAN / 7) < course.trend.high
    truth = -1.043 * np.array([5.0 - 4.0 * session.weeks * 7 / SPAN for session in series().sessions])
    assert np.abs(course.difference - truth).max() < 0.5
    assert (np.abs(course.difference - truth) < course.error).all()


def test_the_side_is_named():
    mouth, jaw = series().regions["mouth"], series().regions["jawline"]
    assert (mouth.vertical < 0).all()  # the subject's left corner hangs
    assert mouth.left_up[-1] > 1.5 > 0.5 > abs(mouth.right_up[-1])
    assert jaw.lateral[0] < -1  # the right stands further out, and comes in
    assert jaw.right_outward[-1] < -1 < -0.5 < jaw.left_outward[-1]


def test_brows_and_eyes_stay_as_they_are():
    for region in ("brows", "eyes"):
        course = series().regions[region]
        assert course.trend.verdict == "no detectable change"
        assert series().change.regions[region].verdict == "no detectable change"
        assert abs(course.signed_asymmetry[-1] - course.signed_asymmetry[0]) < 0.3
    for measure in ("brow_height", "mrd1", "mrd2", "palpebral_fissure"):
        assert series().measures[measure].trend.verdict == "no detectable change"


def test_levels_are_those_of_the_photos():
    for region in ("mouth", "eyes", "brows"):
        course = series().regions[region]
        alone = [session.faces[0].regions[region].vertical for session in series().sessions]
        assert course.vertical == pytest.approx(alone, abs=0.4)


def test_one_scale_for_all():
    face = series()
    assert face.scale.interpupillary_mm == pytest.approx(63, abs=1.5)
    scaled = {one.scale for session in face.sessions for one in session.faces}
    assert scaled == {face.scale}
    assert face.change.before.scale == face.scale
    other = replace(dated()[0], face=replace(dated()[0].face, scale=symmetry.Scale("none")))
    with pytest.raises(ScaleError):
        analyze_series([other, dated()[1]])


def test_the_order_of_the_photos_does_not_matter():
    backward = analyze_series(dated()[::-1])
    assert [s.day for s in backward.sessions] == [s.day for s in series().sessions]
    assert np.array_equal(
        backward.regions["mouth"].signed_asymmetry, series().regions["mouth"].signed_asymmetry, equal_nan=True
    )


def test_photos_of_a_day_are_one_session_unless_asked_otherwise():
    start = dated()[0].at
    close = [replace(one, at=start + timedelta(hours=place // 2 * 24 + place)) for place, one in enumerate(dated()[:4])]
    pooled = analyze_series(close)
    assert [len(session.faces) for session in pooled.sessions] == [2, 2]
    assert len(analyze_series(close, pool="photo").sessions) == 4
    single = analyze_series(close, pool="photo").regions["mouth"]
    assert pooled.regions["mouth"].signed_asymmetry_error[0] < single.signed_asymmetry_error[0]


def test_a_treatment_start_makes_two_phases():
    treated = analyze_series(dated(), treatment_start=date(2026, 4, 24))
    mouth = treated.regions["mouth"].phases
    assert mouth is not None
    assert (mouth.baseline_sessions, mouth.treatment_sessions) == (3, 5)
    assert mouth.difference < 0
    assert mouth.nonoverlap == 1.0
    assert mouth.low <= mouth.difference <= mouth.high
    assert treated.regions["eyes"].phases.verdict == "no detectable change"
    assert series().regions["mouth"].phases is None


def test_a_single_photo_is_a_series_without_a_trend():
    alone = analyze_series(dated()[:1])
    assert len(alone.sessions) == 1
    assert alone.change is None
    assert alone.regions["mouth"].trend.verdict == "not comparable"
    assert np.isfinite(alone.regions["mouth"].signed_asymmetry).all()


def test_unfit_and_doubled_photos_are_left_out_with_the_reason():
    blurred = Flag(name="blurred", severity="reject", advice="Too blurred; take it again.", touches=("all",))
    first, second, third = dated()[:3]
    unfit = replace(second, face=replace(second.face, flags=(blurred,)))
    again = replace(first, at=first.at + timedelta(days=40))
    unreadable = LeftOut(photo="film.mov", at=None, reason="unreadable", advice="it is a video")
    found = analyze_series([first, unfit, unreadable, third, again])
    assert [(one.photo, one.reason) for one in found.left_out] == [
        (second.face.photo.name, "blurred"),
        (first.face.photo.name, "duplicate"),
        ("film.mov", "unreadable"),
    ]
    assert len(found.sessions) == 2
    with pytest.raises(NothingFitError, match="Too blurred"):
        analyze_series([unfit])


def test_a_face_in_the_mirror_among_others_is_left_out():
    turned = symmetry.analyze(photo_from_array(np.ascontiguousarray(read_photo(PHOTOS[4]).pixels[:, ::-1])))
    odd = DatedFace(face=turned, at=dated()[4].at + timedelta(hours=3), source="exif")
    found = analyze_series([*dated(), odd])
    assert [one.reason for one in found.left_out] == ["one_mirrored"] or [one.reason for one in found.left_out] == [
        "different_person"
    ]
    assert found.left_out[0].photo == "array"


def test_a_flag_stops_only_what_it_touches():
    smiling = Flag(name="smiling", severity="reject", advice="Relax.", touches=("mouth",))
    turned = Flag(name="head_turned", severity="reject", advice="Look ahead.", touches=("jawline.lateral",))
    photos = list(dated()[:5])
    photos[1] = replace(photos[1], face=replace(photos[1].face, flags=(smiling, turned)))
    found = analyze_series(photos)
    assert np.isnan(found.regions["mouth"].signed_asymmetry[1])
    assert np.isnan(found.regions["jawline"].lateral[1])
    assert np.isfinite(found.regions["eyes"].signed_asymmetry).all()
    assert np.isfinite(found.regions["jawline"].vertical[1])
    assert np.isfinite(np.delete(found.regions["mouth"].signed_asymmetry, 1)).all()


def test_landmarks_alone_make_a_series_too():
    faces = [
        replace(one, face=symmetry.analyze(path, landmarks_only=True).without_pixels(comparable=True))
        for one, path in zip(dated(), PHOTOS, strict=True)
    ]
    found = analyze_series(faces)
    assert found.method == "landmarks"
    assert found.regions["mouth"].trend.verdict == "improved"


def test_percent_of_the_eye_distance_without_a_scale():
    faces = [replace(one, face=symmetry.analyze(path, scale="none")) for one, path in zip(dated(), PHOTOS, strict=True)]
    found = analyze_series(faces)
    assert found.unit == "% IPD"
    in_mm = series().regions["mouth"].signed_asymmetry
    assert found.regions["mouth"].signed_asymmetry == pytest.approx(in_mm * 100 / 63, rel=0.05)
    assert found.regions["mouth"].trend.verdict == "improved"


def test_what_two_photos_show_is_taken_from_what_is_known(tmp_path, monkeypatch):
    cache = FaceCache(tmp_path)
    first = analyze_series(dated(), cache=cache)
    monkeypatch.setattr("symmetry.series.selection.match_faces", None)
    again = analyze_series(dated(), cache=cache)
    for region in REGIONS:
        assert np.array_equal(
            first.regions[region].signed_asymmetry, again.regions[region].signed_asymmetry, equal_nan=True
        )
    monkeypatch.undo()
    fewer = select(dated()[:5], landmarks_only=False, cache=cache)
    assert len(fewer.matches) == 5


def test_an_unchanged_face_shows_no_course():
    """Eight photos of one drawn face, turned, lit and framed anew each time."""
    rng = np.random.default_rng(5)
    start = datetime(2026, 1, 5, 8, 0, tzinfo=timezone.utc)
    uneven = Asymmetry(mouth_subject_left=-2.0, eye_subject_right=-1.5)
    photos = []
    for place in range(8):
        scene = Scene(
            width=480,
            height=560,
            pixels_per_mm=2.0 + rng.uniform(-0.05, 0.05),
            offset=(float(rng.uniform(-8, 8)), float(rng.uniform(-36, -24))),
            yaw=float(rng.uniform(-1, 1)),
            pitch=float(rng.uniform(-1, 1)),
            roll=float(rng.uniform(-3, 3)),
            light_azimuth=float(rng.uniform(-8, 8)),
            noise=1.2,
            seed=place,
        )
        face = symmetry.analyze(draw_face(asymmetry=uneven, scene=scene))
        photos.append(DatedFace(face=face, at=start + timedelta(days=6 * place), source="exif"))
    found = analyze_series(photos)
    assert {course.trend.verdict for course in found.regions.values()} <= {"no detectable change", "not comparable"}
    assert {course.trend.verdict for course in found.measures.values()} <= {"no detectable change", "not comparable"}
    for region in ("mouth", "eyes", "brows"):
        course = found.regions[region]
        assert (
            np.abs(course.signed_asymmetry - np.median(course.signed_asymmetry)) < course.signed_asymmetry_error
        ).mean() > 0.85


def noise_course(rng: np.random.Generator, sessions: int, correlation: float) -> Course:
    """A course of nothing but noise of the size that re-photographing has, each session leaning on the one before."""
    known = of_method(None, "registration")
    sd = np.tile(np.nan_to_num(known.pair_sd, nan=0.3) / np.sqrt(2), (sessions, 1))
    noise = rng.normal(size=sd.shape)
    for place in range(1, sessions):
        noise[place] = correlation * noise[place - 1] + np.sqrt(1 - correlation**2) * noise[place]
    noise *= sd
    parts = noise[:, PARTS_OF_PAIR].reshape(sessions, len(PART_NAMES), 2) + rng.normal(0, 1.5, (len(PART_NAMES), 2))
    of_regions = noise[:, REGIONS_OF_PAIR].reshape(sessions, len(REGION_NAMES), -1)
    regions = of_regions[..., :3] + rng.uniform(1.5, 3, len(REGION_NAMES))[:, None]
    still = np.zeros((sessions, len(REGION_NAMES), 3))
    blank = np.zeros((sessions, 18, 3))
    numbers = PairNumbers(
        before=still, after=still, right=still, left=still, part_before=parts, part_after=parts,
        part_right=parts, part_left=parts, measure_before=blank, measure_after=blank,
    )  # fmt: skip
    return Course(
        numbers=numbers,
        regions=regions,
        parts=parts,
        measures=blank[..., 0],
        sd=sd,
        level_sd=sd,
        freedom=np.full(len(OF_PAIR), 12.0),
    )


@pytest.mark.parametrize("correlation", [0.0, 0.5])
def test_at_most_one_in_twenty_series_without_change_seems_to_change(correlation):
    rng = np.random.default_rng(11)
    known = of_method(None, "registration")
    series_count, calls = 200, []
    for _ in range(series_count):
        sessions = int(rng.integers(6, 20))
        weeks = np.cumsum(rng.uniform(0.5, 1.4, sessions))
        courses = region_courses(
            noise_course(rng, sessions, correlation), Times(weeks=weeks - weeks[0], treated=None),
            np.nan_to_num(known.part_correlation), "mm",
        )  # fmt: skip
        calls.append([course.trend.verdict in ("improved", "worse") for course in courses.values()])
    false = np.mean(calls, axis=0)
    assert false.mean() <= 0.05
    assert false.max() <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / series_count)


def test_a_course_past_even_is_told_by_its_size():
    weeks = np.arange(12.0)
    rng = np.random.default_rng(2)
    course = noise_course(rng, 12, 0.0)
    parts = course.parts * 0.05
    parts[:, PART_NAMES.index(("mouth", "mouth")), 1] = np.linspace(3.0, -2.8, 12)
    parts[:, PART_NAMES.index(("brows", "brows")), 1] = np.linspace(-1.0, 4.0, 12)
    found = region_courses(
        replace(course, parts=parts), Times(weeks=weeks, treated=weeks >= 6), np.zeros(len(PART_NAMES)), "mm"
    )
    mouth, brows = found["mouth"], found["brows"]
    assert mouth.trend.crosses
    assert brows.trend.crosses
    assert mouth.trend.verdict not in ("improved", "worse")  # down and up again, which also looks like wandering
    assert abs(mouth.trend.slope) < 0.2
    assert brows.trend.verdict == "worse"
    assert mouth.signed_asymmetry[0] == pytest.approx(3.0, abs=0.7)  # it begins above 0
    assert mouth.signed_asymmetry[-1] == pytest.approx(-2.8, abs=0.7)
    assert brows.signed_asymmetry[0] == pytest.approx(1.0, abs=0.7)
    assert abs(mouth.phases.difference) < 0.7  # sizes of 1.7 and 1.5


def test_a_rate_a_week_takes_a_week():
    start = dated()[0].at
    hours = [replace(one, at=start + timedelta(hours=place)) for place, one in enumerate(dated())]
    found = analyze_series(hours, pool="photo")
    assert np.isnan(found.regions["mouth"].trend.slope)
    assert found.regions["mouth"].trend.verdict == "not comparable"


def test_one_shot_saved_twice_counts_once(tmp_path):
    copy = tmp_path / "copy.jpg"
    with Image.open(PHOTOS[2]) as picture:
        picture.convert("RGB").crop((3, 2, picture.width - 5, picture.height)).save(copy, quality=80)
    again = DatedFace(face=symmetry.analyze(copy), at=dated()[6].at + timedelta(days=1), source="file name")
    found = analyze_series([*dated(), again])
    assert [(one.photo, one.reason) for one in found.left_out] == [(str(copy), "duplicate")]
    assert len(found.sessions) == 8


def different(flag_between, monkeypatch):
    """Let some photos seem to show someone else than others."""
    from symmetry.series import selection

    stranger = Flag(name="different_person", severity="warn", advice="Who?", touches=("all",))
    match = selection._Matching.match

    def matched(self, reference, other):
        found = match(self, reference, other)
        return replace(found, flags=(stranger,)) if flag_between(self.faces[reference], self.faces[other]) else found

    monkeypatch.setattr(selection._Matching, "match", matched)


def test_someone_else_is_left_out_even_if_only_warned_of(monkeypatch):
    odd = dated()[3].face
    different(lambda one, other: (one is odd) != (other is odd), monkeypatch)
    found = analyze_series(dated())
    assert [(one.photo, one.reason) for one in found.left_out] == [(odd.photo.name, "different_person")]
    assert analyze_series(dated(), same_person=True).left_out == ()


def test_a_face_that_changed_much_is_known_by_its_neighbours(monkeypatch):
    order = {id(one.face): place for place, one in enumerate(dated())}
    different(lambda one, other: abs(order[id(one)] - order[id(other)]) > 3, monkeypatch)
    assert analyze_series(dated()).left_out == ()


def test_sessions_that_are_named_are_not_pooled_by_day():
    start = datetime(2026, 3, 1, 8, 0, tzinfo=timezone.utc)
    photos = [
        replace(one, at=start + timedelta(days=place // 2 * 3, hours=10 * (place % 2)), session=f"session {place}")
        for place, one in enumerate(dated())
    ]
    treated = analyze_series(photos, treatment_start=start + timedelta(days=3, hours=4))
    assert len(treated.sessions) == 8
    assert [session.phase for session in treated.sessions] == ["baseline"] * 3 + ["treatment"] * 5
    phases = treated.regions["mouth"].phases
    assert (phases.baseline_sessions, phases.treatment_sessions) == (3, 5)
