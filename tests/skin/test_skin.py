"""Skin from end to end: what was painted is found, on its side and in its zone, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import lru_cache

import cv2
import numpy as np
import pytest
from helpers.faces import drawn
from helpers.painted_skin import CHEEKS, painted, painted_spot
from helpers.portraits import LONDON, needs_faces
from helpers.spoiling import lit_from_side
from numpy.typing import NDArray

import symmetry
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.sessions import RepeatPhotos
from symmetry.measure.skin import write_skin_reliability
from symmetry.skin.change import LESS_EVEN, MORE_EVEN, NO_CHANGE, NOT_COMPARABLE
from symmetry.skin.zones import ZONES

MM = 0.5
"""Millimetres a pixel of a drawn face."""


@lru_cache
def plain() -> FaceAnalysis:
    return symmetry.analyze(drawn(), landmarks_only=True, skin=True)


def cheek_of(face: FaceAnalysis, side: int) -> NDArray[np.float64]:
    return np.asarray(face.landmarks[list(CHEEKS[side]), :2].mean(axis=0))


def redder(picture: NDArray[np.uint8], side: int, by: float, *, mm: float = MM) -> NDArray[np.uint8]:
    return painted(picture, cheek_of(plain(), side), 14 / mm, (0, by, 0))


def numbers(skin: symmetry.SkinAnalysis | symmetry.SkinChange):
    return {(zone, name): number for zone, of_zone in skin.zones.items() for name, number in of_zone.items()}


def test_every_zone_has_every_number():
    skin = symmetry.analyze_skin(plain())
    for zone in ("forehead", "temple", "cheek", "nose", "mouth", "chin", "jaw"):
        assert {"tone", "redness", "pigment", "texture", "shine"} <= set(skin.zones[zone])
    assert "definition" in skin.zones["jaw"]
    cheek = skin.zones["cheek"]["redness"]
    assert cheek.unit == "a*"
    assert cheek.difference == cheek.subject_left - cheek.subject_right
    assert cheek.difference_error > 0
    assert 0.9 < cheek.seen <= 1


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("by", [1.0, 2.0, 4.0])
def test_redness_painted_on_a_cheek_is_found_there_and_in_full(side, by):
    picture = drawn()
    red = redder(picture, side, by)
    change = symmetry.compare_skin(picture, red)
    cheek = change.zones["cheek"]["redness"]
    sign = 1 if side else -1
    # The soft edge lies within the zone; small changes are rounded to whole grey levels.
    assert sign * cheek.difference_change == pytest.approx(0.82 * by, rel=0.2 if by > 1 else 0.5)
    sizes = {zone: abs(change.zones[zone]["redness"].difference_change) for zone in ZONES}
    assert max(sizes, key=lambda zone: np.nan_to_num(sizes[zone])) == "cheek"
    if by >= 2:
        assert cheek.verdict == LESS_EVEN
    back = symmetry.compare_skin(red, picture).zones["cheek"]["redness"]
    assert back.difference_change == pytest.approx(-cheek.difference_change, abs=1e-6)


def test_lighter_cheek_is_found_and_is_no_light():
    picture = drawn()
    lighter = painted(picture, cheek_of(plain(), 1), 14 / MM, (3, 0, 0))
    change = symmetry.compare_skin(picture, lighter)
    assert change.zones["cheek"]["tone"].difference_change == pytest.approx(0.82 * 3, rel=0.25)
    assert abs(change.zones["cheek"]["redness"].difference_change) < 0.8  # a* grows with L*
    assert abs(change.side_light_change) < 0.04


def test_light_from_one_side_is_no_change_of_the_skin():
    picture = drawn()
    change = symmetry.compare_skin(picture, lit_from_side(picture, 1.5))
    assert abs(change.side_light_change) > 0.15
    for zone in ZONES:
        for name in ("tone", "redness", "pigment"):
            assert change.zones[zone][name].verdict in (NO_CHANGE, NOT_COMPARABLE), (zone, name)


def test_white_balance_and_exposure_are_no_change_of_the_skin():
    picture = drawn()
    warmer = np.clip(picture * np.array([1.06, 1.0, 0.9]) * 0.95, 0, 255).astype(np.uint8)
    change = symmetry.compare_skin(picture, warmer)
    for zone in ZONES:
        assert change.zones[zone]["redness"].verdict in (NO_CHANGE, NOT_COMPARABLE)
        assert change.zones[zone]["tone"].verdict in (NO_CHANGE, NOT_COMPARABLE)


def test_mirror_image_changes_the_sign_of_every_difference():
    red = redder(drawn(mouth_subject_right=-4.0), 1, 3.0)
    one = numbers(symmetry.analyze_skin(red))
    other = numbers(symmetry.analyze_skin(np.ascontiguousarray(red[:, ::-1])))
    for key, number in one.items():
        assert np.isnan(number.difference) == np.isnan(other[key].difference), key
        if np.isfinite(number.difference):
            within = 1e-4 if key[1] == "shine" else 5e-6  # gloss has an edge, and single precision
            assert number.difference == pytest.approx(-other[key].difference, abs=within), key
    assert one["cheek", "redness"].difference > 1


def test_new_spot_is_listed_with_place_side_and_size_and_a_gone_one_as_gone():
    picture = drawn()
    at = plain().landmarks[50, :2]  # the subject's right cheekbone
    spotted = painted_spot(picture, at, 3 / MM, (-14, 5, 3))
    new = symmetry.compare_skin(picture, spotted).spots
    assert [(spot.change, spot.side, spot.zone) for spot in new] == [("new", "subject_right", "cheek")]
    assert 2 <= new[0].size <= 4.5
    assert np.hypot(new[0].place[0] + 47, new[0].place[1] + 35) < 6
    assert [spot.change for spot in symmetry.compare_skin(spotted, picture).spots] == ["gone"]
    assert symmetry.compare_skin(spotted, spotted).spots == ()


def test_softer_jaw_edge_is_less_defined():
    picture = drawn().copy()
    jaw = plain().landmarks[[172, 136, 150], :2]
    soft = np.asarray(cv2.GaussianBlur(picture, (0, 0), 2 / MM), dtype=np.float64)
    row, column = np.indices(picture.shape[:2])
    near = np.exp(-0.5 * np.min([np.hypot(column - x, row - y) for x, y in jaw], axis=0) ** 2 / (8 / MM) ** 2)[
        ..., None
    ]
    softened = (picture * (1 - near) + soft * near).astype(np.uint8)
    before, after = (symmetry.analyze_skin(one).zones["jaw"]["definition"] for one in (picture, softened))
    assert after.subject_right < 0.85 * before.subject_right
    assert after.subject_left == pytest.approx(before.subject_left, rel=0.1)


def test_several_photos_a_side_make_the_error_smaller():
    picture = drawn()
    one = symmetry.compare_skin(picture, redder(picture, 1, 2.0)).zones["cheek"]["redness"]
    many = symmetry.compare_skin([picture] * 2, [redder(picture, 1, 2.0)] * 2).zones["cheek"]["redness"]
    assert many.error == pytest.approx(one.error / np.sqrt(2), rel=1e-6)
    assert many.difference_change == pytest.approx(one.difference_change, abs=1e-6)


def test_results_come_with_analyze_and_compare_too():
    after = symmetry.analyze(redder(drawn(), 1, 4.0), landmarks_only=True, skin=True)
    change = symmetry.compare(plain(), after)
    assert change.skin is not None
    assert change.skin.zones["cheek"]["redness"].verdict in (LESS_EVEN, MORE_EVEN)
    assert change.to_dict()["skin"]["zones"]["cheek"]["redness"]["verdict"] == LESS_EVEN
    rows = change.to_frame()
    assert rows.loc[rows["name"] == "cheek redness", "verdict"].tolist() == [LESS_EVEN]
    table = after.to_frame("skin")
    assert set(table["zone"]) > set(ZONES)
    assert symmetry.analyze(drawn(), landmarks_only=True).skin is None


@needs_faces
def test_skin_of_any_colour_is_seen_alike():
    """People with light and dark skin: redness that is painted is found in both."""
    for name in ("001", "042", "043", "068"):
        face = symmetry.analyze(LONDON / f"{name}_neutral.jpg", landmarks_only=True, skin=True)
        at = face.landmarks[list(CHEEKS[1]), :2].mean(axis=0)
        red = painted(face.photo.pixels, at, 14 / face.mm_per_pixel, (0, 2, 0))
        cheek = symmetry.compare_skin(face, red).zones["cheek"]["redness"]
        assert 1.2 < cheek.difference_change < 2.2, name
        assert face.skin.zones["cheek"]["redness"].seen > 0.8, name


def test_figures_show_maps_and_matched_patches(tmp_path):
    after = symmetry.analyze(redder(drawn(), 1, 4.0), landmarks_only=True, skin=True)
    figure = symmetry.draw_skin(after)
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert any(text.startswith("cheek: +") for text in texts)
    figure = symmetry.draw_skin_change(symmetry.compare(plain(), after))
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert "Redness, cheek" in texts
    assert "less even" in texts
    assert symmetry.save_figure(figure, tmp_path / "skin.png").stat().st_size > 10_000
    with pytest.raises(symmetry.SymmetryError, match="skin"):
        symmetry.draw_skin(symmetry.analyze(drawn(), landmarks_only=True))


def test_series_follows_the_skin_from_session_to_session():
    calm, red = plain(), symmetry.analyze(redder(drawn(), 1, 4.0), landmarks_only=True, skin=True)
    start = datetime(2026, 4, 6, 9, tzinfo=timezone.utc)
    faces = [(red, 0), (calm, 7), (red, 14), (calm, 21), (calm, 28)]
    # As other shots: copies of one count once.
    dated = [
        symmetry.DatedFace(
            face=replace(face, photo=replace(face.photo, name=f"{day}.jpg", sha256=str(day))),
            at=start + timedelta(days=day),
            source="exif",
            identity="confirmed",
        )
        for face, day in faces
    ]
    found = symmetry.analyze_series(dated, landmarks_only=True, same_person=True)
    assert found.skin is not None
    course = found.skin.zones["cheek"]["redness"]
    assert len(course.difference) == len(found.sessions)
    assert np.ptp(course.difference) > 2
    assert found.skin.change.zones["cheek"]["redness"].verdict == MORE_EVEN
    rows = found.to_frame("session")
    kept = rows[(rows["kind"] == "skin") & (rows["name"] == "cheek redness")]
    assert kept["difference"].tolist() == pytest.approx(course.difference.tolist())
    assert found.to_dict()["skin"]["zones"]["cheek"]["redness"]["unit"] == "a*"


def test_table_of_repeated_photos_is_written_and_read(tmp_path):
    faces = [plain(), symmetry.analyze(redder(drawn(), 1, 2.0), landmarks_only=True, skin=True)]
    repeats = RepeatPhotos(groups={"one": tuple(faces)}, left_out={}, undated=0)
    write_skin_reliability(repeats, tmp_path / "own.csv")
    own = symmetry.read_skin_reliability(tmp_path / "own.csv")
    cheek = symmetry.compare_skin(*faces, reliability=own).zones["cheek"]["redness"]
    # One pair is all that is known: its own difference, with one degree of freedom.
    assert cheek.error == pytest.approx(12.706 * abs(cheek.difference_change) / np.sqrt(cheek.seen), rel=0.01)
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(symmetry.TableError, match="not a table"):
        symmetry.read_skin_reliability(tmp_path / "other.csv")
