"""Repeated photos with known noise: the table finds the noise, and what is stated with it covers the truth."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from helpers.faces import in_image, uneven_face

import symmetry
from symmetry.landmarks.mesh import MIRROR, REFERENCE
from symmetry.landmarks.scale import Scale
from symmetry.measure.analysis import measure_landmarks
from symmetry.measure.conditions import photo_conditions
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.reliability import NO_TABLES, Reliability, photo_numbers, reliability
from symmetry.measure.reliability_table import OF_PAIR, OF_PHOTO, PHOTO_NUMBERS
from symmetry.measure.uncertainty import photo_difficulty
from symmetry.photos.reading import photo_from_array
from symmetry.synthetic import LOOKS, Scene, draw_face

pytestmark = pytest.mark.slow

BLANK = photo_from_array(np.zeros((1200, 1000, 3), np.uint8))
KNOWN_EYES = Scale("ipd", 63.0)
"""The eyes' distance is given, so that the scale adds no noise of its own."""
NOISE_MM = 0.25
SMOOTH_MM = 15.0


@lru_cache
def smoothing():
    """Square root of the covariance of a field that is smooth over the face; the symmetric one, which is unique."""
    apart = np.linalg.norm(REFERENCE[:, None] - REFERENCE[None], axis=-1)
    values, vectors = np.linalg.eigh(np.exp(-((apart / SMOOTH_MM) ** 2) / 2))
    return (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T


def photographed(face, rng, noise=NOISE_MM):
    """Landmarks of one photo of a face (mm): noise that is smooth over the face, not in depth."""
    shift = np.zeros_like(face)
    shift[:, :2] = noise * smoothing() @ rng.normal(size=(len(face), 2))
    return in_image(face + shift)


def measured(points, reliability=NO_TABLES) -> FaceAnalysis:
    return measure_landmarks(BLANK, points, scale=KNOWN_EYES, reliability=reliability)


@lru_cache
def simulated() -> Reliability:
    """Forty people, photographed three times."""
    rng = np.random.default_rng(4)
    faces, labels = [], []
    for person in range(40):
        face = uneven_face(person, spread=0.4)
        faces += [measured(photographed(face, rng)) for _ in range(3)]
        labels += [person] * 3
    return reliability(faces, labels)


def truth_of(face):
    return photo_numbers(measured(in_image(face)))


OF_REGIONS = len(PHOTO_NUMBERS) * 9
SIGNED = [i for i, q in enumerate(OF_PHOTO) if q.number in ("lateral", "vertical", "difference")]
ASYMMETRY = [i for i, q in enumerate(OF_PHOTO) if q.number == "asymmetry"]


def errors_of(face: FaceAnalysis):
    of_regions = [(r.asymmetry_error, r.lateral_error, r.vertical_error, np.nan) for r in face.regions.values()]
    return np.array([*np.ravel(of_regions), *(m.difference_error for m in face.measures.values())])


def test_table_knows_how_many_photos_it_stands_on():
    found = simulated()
    assert (found.photos, found.sessions) == (120, 40)
    assert set(found.tables) == {"landmarks"}
    table = found.tables["landmarks"]
    assert (table.photo_freedom == 80).all()
    of_parts = [q.number.endswith("l_change") and ":" in q.name for q in OF_PAIR]
    assert {*table.pair_freedom[~np.array(of_parts)]} == {80}
    assert {*table.pair_freedom[of_parts]} == {80, 128}  # eyes and jawline have two parts each


def test_noise_is_found_again():
    table = simulated().tables["landmarks"]
    rng = np.random.default_rng(9)
    face = uneven_face(1000, spread=0.4)
    photos = [measured(photographed(face, rng)) for _ in range(200)]
    # The table says how usual photos repeat; these, straight and lit alike, repeat better.
    difficulty = [photo_difficulty(photo_conditions(photo), method="landmarks") ** 2 for photo in photos]
    sd = np.array([photo_numbers(photo) for photo in photos]).std(axis=0, ddof=1) / np.sqrt(np.mean(difficulty, axis=0))
    known = [i for i in SIGNED if OF_PHOTO[i].name != "dental_show"]  # of closed mouths there is none
    assert table.photo_sd[known] == pytest.approx(sd[known], rel=0.35)
    assert np.median(table.photo_sd[known] / sd[known]) == pytest.approx(1.0, abs=0.1)


def test_single_photos_cover_the_truth():
    rng = np.random.default_rng(11)
    table, inside = simulated().tables, []
    for person in range(200):
        face = uneven_face(2000 + person, spread=0.4)
        one = measured(photographed(face, rng), table)
        inside.append(np.abs(photo_numbers(one) - truth_of(face)) <= errors_of(one))
    share = np.mean(inside, axis=0)
    assert 0.93 <= share[SIGNED].mean() <= 0.97
    assert share[SIGNED].min() >= 0.80


def test_asymmetry_is_freed_of_the_bias_that_noise_adds():
    rng = np.random.default_rng(12)
    known = simulated().tables
    plain, freed, inside = [], [], []
    for person in range(200):
        face = uneven_face(3000 + person, spread=0.4)
        points = photographed(face, rng)
        truth = truth_of(face)
        one = measured(points, known)
        plain.append(photo_numbers(measured(points)) - truth)
        freed.append(photo_numbers(one) - truth)
        inside.append(np.abs(freed[-1]) <= errors_of(one))
    bias, left = np.mean(plain, axis=0)[ASYMMETRY], np.mean(freed, axis=0)[ASYMMETRY]
    assert (bias > 0.02).all()
    assert np.abs(left).max() < 0.3 * bias.min() + 0.02
    assert 0.93 <= np.mean(inside, axis=0)[ASYMMETRY].mean() <= 0.975


def changed(face, rng):
    """The same person later: one mouth corner, one brow and one lid elsewhere."""
    other = face.copy()
    for place in (61, 105, 386):
        near = np.exp(-((REFERENCE[:, :2] - REFERENCE[place, :2]) ** 2).sum(axis=1) / 2 / 8.0**2)
        other[:, 1] += near * rng.normal(0.0, 1.5)
    return other


def pair_truth(before, after):
    """Changes of the signed numbers without noise."""
    change = symmetry.compare(measured(in_image(before)), measured(in_image(after)), reliability=NO_TABLES)
    return numbers_of(change)


def numbers_of(change):
    return np.array(
        [value for r in change.regions.values() for value in (r.lateral_change, r.vertical_change, r.lift)]
        + [m.change for m in change.measures.values()]
    )


def pair_errors_of(change):
    of_regions = [(r.lateral_change_error, r.vertical_change_error, r.lift_error) for r in change.regions.values()]
    return np.array([*np.ravel(of_regions), *(m.error for m in change.measures.values())])


@pytest.mark.parametrize(("before", "after"), [(1, 1), (3, 2)])
def test_comparisons_cover_the_truth(before, after):
    rng = np.random.default_rng(13)
    table, inside, widths = simulated().tables, [], []
    for person in range(100 if before == 1 else 25):
        face = uneven_face(4000 + person, spread=0.4)
        later = changed(face, rng)
        sides = [
            [measured(photographed(one, rng), table) for _ in range(count)]
            for one, count in ((face, before), (later, after))
        ]
        change = symmetry.compare(*sides, reliability=table, same_day=True)
        inside.append(np.abs(numbers_of(change) - pair_truth(face, later)) <= pair_errors_of(change))
        widths.append(pair_errors_of(change))
    assert 0.93 <= np.mean(inside) <= 0.97
    usual = np.median(widths, axis=0)
    if before > 1:
        one = symmetry.compare(sides[0][0], sides[1][0], reliability=table, same_day=True)
        assert np.median(usual / pair_errors_of(one)) == pytest.approx(np.sqrt((1 / before + 1 / after) / 2), abs=0.08)


def test_nothing_is_called_real_more_often_than_stated_and_real_changes_are():
    rng = np.random.default_rng(14)
    table, false, of, seen = simulated().tables, 0, 0, 0
    for person in range(50):
        face = uneven_face(5000 + person, spread=0.4)
        one, other = (measured(photographed(face, rng), table) for _ in range(2))
        verdicts = [region.verdict for region in symmetry.compare(one, other, reliability=table).regions.values()]
        false += sum(verdict in ("improved", "worse") for verdict in verdicts)
        of += len(verdicts)
        hanging = face.copy()
        corner = MIRROR[61] if face[61, 1] > face[MIRROR[61], 1] else 61  # the lower one goes lower still
        near = np.exp(-((REFERENCE[:, :2] - REFERENCE[corner, :2]) ** 2).sum(axis=1) / 2 / 12.0**2)
        hanging[:, 1] -= 4.0 * near
        mouth = symmetry.compare(one, measured(photographed(hanging, rng), table), reliability=table).regions["mouth"]
        seen += mouth.verdict == "worse" and mouth.came_from == "worse side"
    assert false / of <= 0.08
    assert seen >= 45


def test_replicates_of_ones_own_widen_what_a_calm_table_states():
    rng = np.random.default_rng(15)
    table = simulated().tables
    face = uneven_face(77, spread=0.4)
    calm = [[measured(photographed(face, rng), table) for _ in range(4)] for _ in range(2)]
    shaky = [[measured(photographed(face, rng, noise=4 * NOISE_MM), table) for _ in range(4)] for _ in range(2)]
    errors = [
        np.median(pair_errors_of(symmetry.compare(*sides, reliability=table, same_day=True))) for sides in (calm, shaky)
    ]
    assert errors[1] > 1.15 * errors[0]


def test_photos_without_a_second_of_their_session_teach_nothing():
    rng = np.random.default_rng(16)
    faces = [measured(photographed(uneven_face(i), rng)) for i in range(3)]
    with pytest.raises(ValueError, match="no session has two photos"):
        reliability(faces, ["a", "b", "c"])
    assert reliability([*faces, faces[0]], ["a", "b", "c", "a"]).photos == 2


def test_every_number_has_its_place():
    table = simulated().tables["landmarks"]
    assert table.photo_sd.shape == (len(OF_PHOTO),)
    assert table.pair_sd.shape == (len(OF_PAIR),)
    assert np.isfinite(table.photo_sd).all()
    assert np.isfinite(table.pair_sd).all()


SCENE = Scene(width=480, height=560, pixels_per_mm=2.0, offset=(0.0, -30.0))


def test_someone_else_in_a_session_is_counted():
    one, other = (
        symmetry.analyze(draw_face(look=LOOKS[look], scene=SCENE), reliability=NO_TABLES) for look in list(LOOKS)[:2]
    )
    assert reliability([one, one], "aa").strangers == 0
    assert reliability([one, other], "aa").strangers == 1
    assert reliability([one, other.without_pixels(comparable=True)], "aa").strangers == 1
    assert reliability([one, other.without_pixels()], "aa").strangers == 0  # nothing left to tell by
