"""What the image adds to the landmarks, from end to end: drawn movements come out at their place, side and size."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import product

import numpy as np
import pytest

import symmetry
from symmetry.landmarks.frame import ARM_MM, across_jawline, fit_frame
from symmetry.landmarks.mesh import IRIS_LANDMARKS, MIRROR, REGIONS
from symmetry.registration import GRID, ON_FACE
from symmetry.registration.refinement import FieldMap, PlacedFace, asymmetry_map, refine_by_mirror_image, refine_pair
from symmetry.synthetic import LOOKS, Asymmetry, Scene, draw_face
from symmetry.synthetic.asymmetry import movement

SIZE = {"width": 540, "height": 740}
STRAIGHT = Scene(**SIZE, pixels_per_mm=2.75, offset=(0.0, -30.0), noise=1.2, seed=999)
SIDES = ("subject_right", "subject_left")
REGION = {
    "brow": "brows",
    "eye": "eyes",
    "upper_lid": "eyes",
    "lower_lid": "eyes",
    "mouth": "mouth",
    "jaw": "jawline",
}
# Landmarks of the subject's right at which a movement is read, the named one first. The mesh has the middle of the
# lower lid's edge (145) inside the opening, where the eyeball rests: the lid itself is the row below.
PLACES = {
    "brow": (105, 66, 63, 52, 65),
    "eye": (145, 159, 33, 133, 153, 158, 144),
    "upper_lid": (159, 158, 160, 27, 28, 29),
    "lower_lid": (23, 22, 24),
    "mouth": (61, 146, 185, 40, 91),
    "jaw": (136, 172, 150, 58),
}
LEAST = {"brow": 0.8, "eye": 0.6, "upper_lid": 0.65, "lower_lid": 0.6, "mouth": 0.7, "jaw": 0.65}
"""Share of a movement that must be found; where landmarks alone find less than that, `BLIND` says so."""
BLIND = ("brow", "lower_lid", "jaw")
MILLIMETRES = {"brow": 2.5, "eye": 2.5, "upper_lid": 2.5, "lower_lid": 1.5, "mouth": 2.5, "jaw": 3.0}
DRAWN = list(product(REGION, SIDES, (1.0, -1.0)))


def scene(seed):
    """Another photo of the same person: head, light, size and noise as they differ between two days."""
    rng = np.random.default_rng(seed)

    def about(middle, spread):
        return middle + float(rng.uniform(-spread, spread))

    return Scene(
        **SIZE,
        pixels_per_mm=about(2.75, 0.05),
        yaw=about(0.0, 1.4),
        pitch=about(0.0, 1.4),
        roll=about(0.0, 2.8),
        offset=(about(0.0, 9.0), about(-30.0, 8.0)),
        light_azimuth=about(0.0, 9.0),
        light_elevation=about(28.0, 4.0),
        light_strength=about(1.0, 0.05),
        noise=1.2,
        seed=seed,
    )


@lru_cache
def picture(seed, look="hazel", **moves):
    return draw_face(scene=scene(seed), asymmetry=Asymmetry(**moves), look=LOOKS[look])


@lru_cache
def face(seed, look="hazel", **moves):
    return symmetry.analyze(picture(seed, look, **moves))


@lru_cache
def moved_face(feature, side, sign):
    seed = 5001 + DRAWN.index((feature, side, sign))
    return face(seed, **{f"{feature}_{side}": sign * MILLIMETRES[feature]})


@lru_cache
def change_of(feature, side, sign, landmarks_only=False, same_day=None):
    before, after = face(1000), moved_face(feature, side, sign)
    return symmetry.compare(before, after, landmarks_only=landmarks_only, same_day=same_day)


@lru_cache
def even_places():
    """Landmarks of the even face in millimetres of the drawing, shape (478, 2), and in its facial frame."""
    straight = symmetry.analyze(draw_face(scene=STRAIGHT))
    at = (straight.landmarks[:, :2] - STRAIGHT.centre) / STRAIGHT.pixels_per_mm * [1.0, -1.0]
    return at, straight.frame.place(straight.landmarks) * straight.mm_per_pixel


@lru_cache
def truth_of(feature, side, sign):
    """Where each landmark has gone, shape (478, 2), mm."""
    at, placed = even_places()
    moves = Asymmetry(**{f"{feature}_{side}": sign * MILLIMETRES[feature]})
    return across_jawline(movement(moves, at, look=LOOKS["hazel"]), placed)


def gain(found, truth):
    """Share of a movement that was found along it."""
    return float(found @ truth / (truth @ truth))


def places_of(feature, side):
    right = np.array(PLACES[feature])
    return right if side == "subject_right" else MIRROR[right]


def gains(found, truth, places):
    """Gain at each of several landmarks, NaN where nothing is known."""
    return np.array([gain(found[place], truth[place]) for place in places])


def other_side(side):
    return SIDES[1 - SIDES.index(side)]


def antisymmetric(field):
    """Left-right difference that a movement of an even face makes, shape (478, 2)."""
    return np.stack([field[:, 0] + field[MIRROR, 0], field[:, 1] - field[MIRROR, 1]], axis=-1)


# Two photos.


@pytest.mark.parametrize(("feature", "side", "sign"), DRAWN)
def test_drawn_movement_comes_out_at_its_place(feature, side, sign):
    truth, places = truth_of(feature, side, sign), places_of(feature, side)
    found = gains(change_of(feature, side, sign).movement, truth, places)
    assert np.isfinite(found).mean() >= 0.5
    assert LEAST[feature] < np.nanmedian(found) < 1.3
    assert np.isnan(found[0]) or 0.55 < found[0] < 1.3


@pytest.mark.parametrize(("feature", "side", "sign"), [drawn for drawn in DRAWN if drawn[0] in BLIND])
def test_landmarks_alone_would_not_have_seen_as_much(feature, side, sign):
    truth, places = truth_of(feature, side, sign), places_of(feature, side)
    from_landmarks = gains(change_of(feature, side, sign, landmarks_only=True).movement, truth, places)
    assert np.median(from_landmarks) < LEAST[feature] + 0.02
    assert np.median(from_landmarks) + 0.1 < np.nanmedian(gains(change_of(feature, side, sign).movement, truth, places))


@pytest.mark.parametrize(("feature", "side", "sign"), DRAWN)
def test_drawn_movement_names_its_region_side_and_direction(feature, side, sign):
    # The lower lid moves by 1 mm on average, which an untreated face may do from day to day.
    same_day = True if feature == "lower_lid" else None
    region = change_of(feature, side, sign, same_day=same_day).regions[REGION[feature]]
    moved, still = getattr(region, side), getattr(region, other_side(side))
    assert region.moved == side
    assert moved.size > 2 * still.size
    assert region.change > 0.15  # an even face got uneven
    higher_or_further = sign if side == "subject_left" else -sign
    if feature == "jaw":
        assert moved.outward * sign > 0.8
        assert region.lateral_change * higher_or_further > 0.6
    else:
        assert moved.up * sign > 0.15
        assert region.vertical_change * higher_or_further > 0.15
        assert region.vertical_after * higher_or_further > 0.1
        assert region.lift * sign > 0


@pytest.mark.parametrize(("side", "sign"), list(product(SIDES, (1.0, -1.0))))
def test_lower_lid_that_moves_by_a_millimetre_between_days_moves_more_than_photos_of_one_day(side, sign):
    region = change_of("lower_lid", side, sign).regions["eyes"]
    assert region.part == "lower lid"
    assert 0.6 < region.evenness < 1.3
    assert region.evenness > 1.5 * region.same_day_error
    assert region.evenness_error > 0.8  # what untreated days may add


@pytest.mark.parametrize("feature", ["brow", "eye", "upper_lid", "mouth", "jaw"])
@pytest.mark.parametrize("side", SIDES)
def test_region_moves_by_the_mean_of_what_was_drawn(feature, side):
    for sign in (1.0, -1.0):
        region = getattr(change_of(feature, side, sign).regions[REGION[feature]], side)
        left = REGIONS[REGION[feature]]
        truth = truth_of(feature, side, sign)[left if side == "subject_left" else MIRROR[left]].mean(axis=0)
        outward = truth[0] if side == "subject_left" else -truth[0]
        share = region.outward / outward if feature == "jaw" else region.up / truth[1]
        assert 0.55 < share < 1.3


@pytest.mark.parametrize("side", SIDES)
def test_lowered_lower_lid_is_seen_too_little_of_or_not_at_all_but_not_turned_round(side):
    # Drawn: 1.5 mm. The eyeball between the lids stays where it is, and the lid slides over it.
    measure = change_of("lower_lid", side, -1.0).measures["mrd2"]
    value = getattr(measure, side)
    assert np.isnan(value) or -0.25 < value < 1.8


@lru_cache
def unchanged(number):
    return symmetry.compare(face(1000), face(1001 + number))


STILL = {"jawline": 0.6, "eyes": 0.45, "mouth": 1.1, "brows": 0.45, "nasolabial": 0.5, "cheeks": 0.5, "nose": 0.8}
"""Millimetres that a turn of the head by up to 3 degrees may leave; the drawn mouth lies 11 mm before the mesh's."""


@pytest.mark.parametrize("number", range(3))
def test_nothing_moved_between_two_photos_of_an_unchanged_face(number):
    change = unchanged(number)
    for name, most in STILL.items():
        region = change.regions[name]
        assert max(region.subject_right.size, region.subject_left.size) < most
        assert abs(region.vertical_change) < (0.42 if name in ("jawline", "nose") else 0.15)
        assert abs(region.change) < 0.4 or name == "cheeks"
    assert np.isfinite(change.movement).all(axis=1).mean() > 0.95


@lru_cache
def without_a_turn():
    scenes = [Scene(**SIZE, pixels_per_mm=2.75, offset=(0.0, -30.0), noise=1.2, seed=31)]
    scenes += [
        Scene(
            **SIZE,
            pixels_per_mm=2.6,
            roll=3.0,
            offset=(8.0, -22.0),
            light_azimuth=8.0,
            light_strength=1.05,
            noise=1.2,
            seed=32,
        )
    ]
    return symmetry.compare(*(draw_face(scene=one) for one in scenes))


@pytest.mark.parametrize("region", STILL)
def test_roll_size_place_light_and_noise_move_hardly_anything(region):
    change = without_a_turn().regions[region]
    assert max(change.subject_right.size, change.subject_left.size) < 0.3
    assert change.moved == "neither"
    # Light from one side shades the wings of the nose and the cheeks differently.
    assert abs(change.change) < (0.5 if region in ("nose", "cheeks") else 0.3)


def test_exchanging_the_photos_negates_the_movement():
    for pair in ((face(1000), moved_face("mouth", "subject_right", -1.0)), (face(1000), face(1001))):
        forth, back = symmetry.compare(*pair), symmetry.compare(*pair[::-1])
        assert np.abs(back.movement + forth.movement)[np.isfinite(forth.movement)].max() < 0.02
        assert np.array_equal(np.isnan(back.movement), np.isnan(forth.movement))
        for name, region in forth.regions.items():
            assert back.regions[name].moved == region.moved
            assert back.regions[name].lift == pytest.approx(-region.lift, abs=0.02, nan_ok=True)
            assert back.regions[name].change == pytest.approx(-region.change, abs=0.02, nan_ok=True)


def test_mirroring_both_photos_swaps_the_sides():
    pictures = [picture(1000), picture(5001 + DRAWN.index(("jaw", "subject_left", 1.0)), jaw_subject_left=3.0)]
    plain = change_of("jaw", "subject_left", 1.0)
    other = symmetry.compare(*(np.ascontiguousarray(one[:, ::-1]) for one in pictures))
    swapped = plain.movement[MIRROR] * [-1.0, 1.0]
    both = np.isfinite(other.movement) & np.isfinite(swapped)
    assert both.mean() > 0.95
    assert np.abs(other.movement - swapped)[both].max() < 0.05
    assert (plain.regions["jawline"].moved, other.regions["jawline"].moved) == ("subject_left", "subject_right")
    for name, region in plain.regions.items():
        mirrored = other.regions[name]
        assert mirrored.subject_right.outward == pytest.approx(region.subject_left.outward, abs=0.02)
        assert mirrored.subject_left.up == pytest.approx(region.subject_right.up, abs=0.02)
        assert mirrored.change == pytest.approx(region.change, abs=0.02)


def test_brows_that_rise_on_both_sides_are_lifted_and_stay_even():
    change = symmetry.compare(face(1000), face(7001, brow_subject_right=2.0, brow_subject_left=2.0))
    brows = change.regions["brows"]
    assert brows.lift == pytest.approx(2.0, abs=0.35)
    assert brows.vertical_change == pytest.approx(0.0, abs=0.15)
    assert brows.moved == "both"
    assert abs(brows.change) < 0.25


def test_map_shows_the_movement_where_it_was_drawn():
    change = change_of("brow", "subject_left", 1.0)
    points, vectors = change.map.points, change.map.vectors
    assert points.shape == vectors.shape == (*GRID.shape[:2], 2)
    assert np.isnan(vectors[~ON_FACE]).all()
    known = np.isfinite(vectors[..., 1])
    assert known[ON_FACE].mean() > 0.85
    landmarks = change.before.landmarks[:, :2]
    for place, truth in ((334, 2.5), (105, 0.0), (291, 0.0)):
        nearest = np.argmin(np.where(known, np.linalg.norm(points - landmarks[place], axis=-1), np.inf))
        assert vectors.reshape(-1, 2)[nearest, 1] == pytest.approx(truth, abs=0.6)


def test_landmarks_only_leaves_the_image_out():
    plain, alone = change_of("brow", "subject_left", 1.0), change_of("brow", "subject_left", 1.0, landmarks_only=True)
    assert (plain.method, alone.method) == ("registration", "landmarks")
    assert plain.map is not None
    assert alone.map is None
    assert np.isfinite(alone.movement).all()
    assert np.abs(alone.movement - plain.movement)[334].max() > 0.3
    assert alone.before.asymmetry_map is None


def test_face_analysed_from_landmarks_alone_is_compared_that_way():
    alone = symmetry.analyze(picture(1000), landmarks_only=True)
    assert (alone.method, alone.refined, alone.asymmetry_map) == ("landmarks", None, None)
    assert np.array_equal(alone.points, alone.landmarks)
    mixed = symmetry.compare(alone, moved_face("brow", "subject_left", 1.0))
    whole = change_of("brow", "subject_left", 1.0, landmarks_only=True)
    assert mixed.method == "landmarks"
    assert mixed.movement == pytest.approx(whole.movement, abs=1e-9)


def test_paths_give_what_faces_analysed_before_give(tmp_path):
    from PIL import Image

    paths = []
    for name, image in (("before.png", picture(1000)), ("after.png", picture(1001))):
        Image.fromarray(image).save(tmp_path / name)
        paths.append(tmp_path / name)
    assert np.array_equal(symmetry.compare(*paths).movement, unchanged(0).movement, equal_nan=True)


# One photo.


@pytest.mark.parametrize(("feature", "side", "sign"), DRAWN)
def test_drawn_asymmetry_comes_out_of_one_photo(feature, side, sign):
    truth, places = antisymmetric(truth_of(feature, side, sign)), places_of(feature, side)
    found = gains(moved_face(feature, side, sign).asymmetry, truth, places)
    assert np.isfinite(found).mean() >= 0.5
    assert 0.6 < np.nanmedian(found) < 1.3


@pytest.mark.parametrize("number", range(3))
def test_even_face_is_even(number):
    # Light from one side and a turned head leave most on the cheeks, where least is to be seen.
    for region in face(1001 + number).regions.values():
        most = 0.7 if region.region == "cheeks" else 0.45
        assert region.asymmetry < most
        assert max(abs(region.lateral), abs(region.vertical)) < 0.7 * most


def test_one_photo_against_its_mirror_image_has_mirrored_sides():
    image = picture(5001 + DRAWN.index(("mouth", "subject_right", -1.0)), mouth_subject_right=-2.5)
    plain, other = moved_face("mouth", "subject_right", -1.0), symmetry.analyze(np.ascontiguousarray(image[:, ::-1]))
    swapped = plain.asymmetry[MIRROR] * [-1.0, 1.0]
    both = np.isfinite(swapped) & np.isfinite(other.asymmetry)
    assert both.mean() > 0.95
    assert np.abs(other.asymmetry - swapped)[both].max() < 0.05
    assert plain.regions["mouth"].vertical > 1.0
    assert other.regions["mouth"].vertical == pytest.approx(-plain.regions["mouth"].vertical, abs=0.02)


def test_refinement_moves_only_what_makes_the_sides_differ():
    # The mean of a landmark and its mirrored partner stays where the mesh has it.
    one = moved_face("brow", "subject_left", 1.0)
    refined = one.refined
    frame = fit_frame(one.landmarks, camera_mm=ARM_MM)
    mesh, moved = frame.place(one.landmarks), frame.place(refined.points)
    flip = np.array([-1.0, 1.0, 1.0])
    assert moved + moved[MIRROR] * flip == pytest.approx(mesh + mesh[MIRROR] * flip, abs=1e-6)
    assert refined.points[IRIS_LANDMARKS] == pytest.approx(one.landmarks[IRIS_LANDMARKS], abs=1e-9)
    assert np.array_equal(refined.seen, refined.seen[MIRROR])
    assert np.array_equal(refined.points[~refined.seen], one.landmarks[~refined.seen])
    assert np.linalg.norm(moved - mesh, axis=1)[refined.seen].max() * one.mm_per_pixel > 0.5
    assert np.array_equal(refined.map_seen, refined.map_seen[:, ::-1])
    assert not refined.map_seen[~ON_FACE].any()


def test_refinement_by_the_mirror_image_is_what_analyze_keeps():
    one = moved_face("brow", "subject_left", 1.0)
    again = refine_by_mirror_image(one.standard, one.landmarks)
    assert np.array_equal(again.points, one.refined.points)
    assert np.array_equal(again.seen, one.refined.seen)


def test_asymmetry_map_is_the_difference_of_the_sides_in_the_unit_asked_for():
    one = moved_face("brow", "subject_left", 1.0)
    field = one.asymmetry_map
    assert isinstance(field, FieldMap)
    known = np.isfinite(field.vectors[..., 0])
    assert np.array_equal(known, one.refined.map_seen)
    assert np.array_equal(known, known[:, ::-1])
    # A pair is one difference seen from either side: x adds up, y is the other's negative.
    assert field.vectors[:, ::-1][known] == pytest.approx(field.vectors[known] * [1.0, -1.0], abs=1e-9)
    nearest = np.argmin(np.where(known, np.linalg.norm(field.points - one.landmarks[334, :2], axis=-1), np.inf))
    assert field.vectors.reshape(-1, 2)[nearest, 1] == pytest.approx(2.5, abs=0.7)
    doubled = asymmetry_map(one.refined, one.frame, 2 * one.unit_per_pixel)
    assert doubled.vectors[known] == pytest.approx(2 * field.vectors[known])


# The pair itself.


def placed(one, *, alone=False):
    return PlacedFace(
        points=one.landmarks if alone else one.points,
        frame=one.frame,
        mm_per_pixel=one.mm_per_pixel,
        standard=None if alone else one.standard,
    )


def test_to_image_undoes_place():
    one = placed(face(1000))
    assert one.to_image(one.place(one.points)) == pytest.approx(one.points, abs=1e-9)
    assert np.ptp(one.place(one.points)[[33, 263], 0]) == pytest.approx(90.0, abs=8.0)  # mm


def test_face_has_not_moved_against_itself():
    for alone in (False, True):
        pair = refine_pair(placed(face(1000), alone=alone), placed(face(1000), alone=alone))
        assert np.abs(pair.movement[np.isfinite(pair.movement)]).max() < 1e-4
        assert pair.before == pytest.approx(pair.after, abs=1e-3)
        assert (pair.map is None) == alone


def test_frame_that_lies_a_little_off_is_a_movement_of_the_head_and_no_more():
    before, after = placed(face(1000)), placed(moved_face("brow", "subject_left", 1.0))
    origin = after.frame.origin + np.array([9.0, -6.0, 0.0])
    off = replace(after, frame=replace(after.frame, origin=origin))
    plain, moved = refine_pair(before, after), refine_pair(before, off)
    for one, other in ((plain.movement, moved.movement), (plain.map.vectors, moved.map.vectors)):
        assert np.abs(other - one)[np.isfinite(one)].max() < 0.1  # 4 mm without


def test_points_of_the_pair_differ_by_what_moved():
    before, after = placed(face(1000)), placed(moved_face("brow", "subject_left", 1.0))
    pair = refine_pair(before, after)
    differ = (after.place(pair.after) - before.place(pair.before))[:, 1]
    # What is left beside is the movement of the head, a few tenths of a millimetre over a face.
    brow = REGIONS["brows"]
    assert differ[brow].mean() - differ[MIRROR[brow]].mean() == pytest.approx(
        pair.movement[brow, 1].mean() - pair.movement[MIRROR[brow], 1].mean(), abs=0.2
    )
    assert np.isfinite(pair.before).all()
    assert np.isfinite(pair.after).all()
    assert np.isfinite(pair.movement[IRIS_LANDMARKS]).all()
