"""Region scores and millimetres: known answers, and nothing that the head's place or the photo's size changes."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.examples import examples
from helpers.faces import TO_IMAGE, even_face, in_image, mirror_image, movements, seeds, uneven_face
from hypothesis import given
from hypothesis import strategies as st

from symmetry.errors import InvalidPointsError, ScaleError
from symmetry.landmarks.frame import asymmetry_field, fit_frame
from symmetry.landmarks.mesh import IRIS_LEFT, MIRROR, PARTS, REFERENCE, REGIONS
from symmetry.landmarks.scale import IRIS_MM, Scale, interpupillary_distance, iris_diameter
from symmetry.measure.scores import REGION_NAMES, part_means, region_means, score_regions

NAMES = ("asymmetry", "lateral", "vertical", "percent", "lateral_percent", "vertical_percent")
SIGNED = np.array([False, True, True, False, True, True])[:, None]


def scores_of(points, scale="iris"):
    """All scores of faces in the image, shape (6, ..., 9): three in mm, three in percent."""
    mm = Scale.parse(scale).mm_per_pixel(points)
    field = asymmetry_field(fit_frame(points).place(points))
    found = score_regions(field * mm[..., None, None], interpupillary_distance(points) * mm)
    return np.stack([getattr(found, name) for name in NAMES])


@given(seeds, movements())
@examples(60)
def test_scores_do_not_depend_on_turn_place_and_size_of_the_head(seed, movement):
    rotation, scale, shift = movement
    points = uneven_face(seed) * TO_IMAGE
    assert scores_of(scale * points @ rotation.T + shift) == pytest.approx(scores_of(points), abs=1e-9)


@given(seeds, movements(), st.integers(100, 8000))
@examples(60)
def test_mirror_image_has_the_same_scores_with_the_sides_swapped(seed, movement, width):
    rotation, scale, shift = movement
    points = scale * (uneven_face(seed) * TO_IMAGE) @ rotation.T + shift
    swapped = np.where(SIGNED, -1.0, 1.0) * scores_of(points)
    assert scores_of(mirror_image(points, width)) == pytest.approx(swapped, abs=1e-9)


@given(seeds, movements())
@examples(60)
def test_even_face_scores_nothing(seed, movement):
    rotation, scale, shift = movement
    points = scale * (even_face(seed) * TO_IMAGE) @ rotation.T + shift
    assert np.abs(scores_of(points)).max() < 1e-9


@given(seeds, st.integers(50, 9000), st.integers(50, 9000))
@examples(40)
def test_shape_of_the_photo_makes_no_difference(seed, width, height):
    # As from a network that answers in shares of width and height, z in the unit of x.
    points = in_image(uneven_face(seed))
    shares = points / [width, height, width]
    assert scores_of(shares * [width, height, width]) == pytest.approx(scores_of(points), abs=1e-9)


def test_uneven_face_scores_more_than_nothing_everywhere():
    found = scores_of(in_image(uneven_face(1)))
    assert (found[0] > 0.3).all()
    assert (np.abs(found) > 1e-6).all()


@pytest.mark.parametrize("region", ["jawline", "mouth", "brows", "nasolabial", "cheeks", "nose"])
@pytest.mark.parametrize("on_left", [True, False])
def test_moved_region_scores_what_it_was_moved_by(region, on_left):
    step = np.array([3.0, -4.0])  # in x and y of the facial frame
    placed = np.array(REFERENCE)
    placed[REGIONS[region] if on_left else MIRROR[REGIONS[region]], :2] += step
    points = in_image(placed)
    found = dict(zip(NAMES, scores_of(points, "ipd=63")[:, REGION_NAMES.index(region)], strict=True))
    # Outward is +x on the left and -x on the right; higher on the left is lower on the right.
    outward, higher = (3.0, -4.0) if on_left else (3.0, 4.0)
    assert found["asymmetry"] == pytest.approx(5.0, abs=1e-9)
    assert found["lateral"] == pytest.approx(outward, abs=1e-9)
    assert found["vertical"] == pytest.approx(higher, abs=1e-9)
    assert found["percent"] == pytest.approx(500 / 63, abs=1e-9)
    assert found["lateral_percent"] == pytest.approx(outward * 100 / 63, abs=1e-9)
    assert found["vertical_percent"] == pytest.approx(higher * 100 / 63, abs=1e-9)


def test_right_side_further_out_is_negative():
    placed = np.array(REFERENCE)
    placed[MIRROR[REGIONS["jawline"]], 0] -= 2.0
    found = scores_of(in_image(placed), "ipd=63")
    assert found[1, REGION_NAMES.index("jawline")] == pytest.approx(-2.0, abs=1e-9)


def test_other_regions_stay_at_nothing():
    placed = np.array(REFERENCE)
    placed[REGIONS["mouth"], 1] -= 3.0
    found = dict(zip(REGION_NAMES, scores_of(in_image(placed), "ipd=63")[0], strict=True))
    for name in ("jawline", "eyes", "brows", "nasolabial", "cheeks", "nose"):
        assert found[name] < 1e-9
    assert found["mouth"] == pytest.approx(3.0)
    share = len(REGIONS["mouth"]) / len(REGIONS["face"])
    assert found["face"] == pytest.approx(3.0 * np.sqrt(share))


def test_moved_eye_scores_what_it_was_moved_by():
    # Its corners say where up is, too: the head seems turned up by a share of a degree, hence the wider bound.
    placed = np.array(REFERENCE)
    placed[REGIONS["eyes"], 1] += 2.0
    found = scores_of(in_image(placed), "ipd=63")[:, REGION_NAMES.index("eyes")]
    assert found[:3] == pytest.approx([2.0, 0.0, 2.0], abs=1e-3)


@given(seeds, st.sampled_from(REGION_NAMES))
@examples(25)
def test_scores_are_rms_and_means_over_the_regions_pairs(seed, region):
    field = np.random.default_rng(seed).normal(0.0, 2.0, (478, 2))
    at = REGION_NAMES.index(region)
    own = field[REGIONS[region]]
    found = score_regions(field, 60.0)
    assert found.asymmetry[at] == pytest.approx(np.sqrt((np.linalg.norm(own, axis=1) ** 2).mean()))
    assert found.lateral[at] == pytest.approx(own[:, 0].mean())
    assert found.vertical[at] == pytest.approx(own[:, 1].mean())
    assert region_means(field[:, 0])[at] == pytest.approx(own[:, 0].mean())


@pytest.mark.parametrize("shape", [(), (5,), (2, 3), (0,)])
def test_batch_gives_what_each_face_gives(shape):
    faces = [in_image(uneven_face(seed)) for seed in range(int(np.prod(shape)))]
    found = scores_of(np.array(faces).reshape(*shape, 478, 3))
    assert found.shape == (6, *shape, 9)
    for i, face in enumerate(faces):
        assert found.reshape(6, -1, 9)[:, i] == pytest.approx(scores_of(face), abs=1e-9)


def test_unknown_millimetres_stay_unknown_and_are_never_a_number():
    found = scores_of(in_image(uneven_face(2)), "none")
    assert np.isnan(found).all()


def test_input_is_left_alone():
    field = np.random.default_rng(0).normal(size=(478, 2))
    kept = field.copy()
    field.flags.writeable = False
    score_regions(field, 60.0)
    region_means(field[:, 1])
    assert np.array_equal(field, kept)


@pytest.mark.parametrize("shape", [(477, 2), (2, 478), (478, 2, 2), (0,)])
def test_field_of_another_length_is_refused(shape):
    with pytest.raises(InvalidPointsError, match="478"):
        score_regions(np.zeros(shape), 60.0)


@given(seeds, movements())
@examples(25)
def test_iris_scale_gives_11_7_mm_to_the_iris_of_any_photo(seed, movement):
    rotation, scale, shift = movement
    points = scale * (uneven_face(seed) * TO_IMAGE) @ rotation.T + shift
    assert IRIS_MM == 11.7
    assert iris_diameter(points * Scale("iris").mm_per_pixel(points)) == pytest.approx(11.7)


def test_iris_diameter_is_the_mean_of_both_eyes_horizontal_ones():
    points = np.array(REFERENCE)
    points[469], points[471] = [-25.0, 0.0, 0.0], [-37.0, 0.0, 0.0]
    points[474], points[476] = [37.0, 3.0, 0.0], [27.0, 3.0, 0.0]
    assert iris_diameter(points) == pytest.approx(11.0)


def test_known_distance_between_the_pupils_gives_the_scale():
    points = in_image(REFERENCE)
    assert Scale.parse("ipd=60").mm_per_pixel(points) == pytest.approx(60 / 315)
    points[IRIS_LEFT] += [0.0, 0.0, 420.0]  # distances are taken in 3-D
    assert Scale.parse("ipd=60").mm_per_pixel(points) == pytest.approx(60 / 525)


def test_iris_scale_with_a_pooled_distance_uses_the_distance():
    points = in_image(REFERENCE)
    assert Scale("iris", 61.0).mm_per_pixel(points) == pytest.approx(61 / 315)


@pytest.mark.parametrize("text", ["iris", "ipd=60", "none"])
@pytest.mark.parametrize("shape", [(), (4,), (2, 3), (0,)])
def test_scale_is_one_number_a_face(text, shape):
    batch = np.broadcast_to(in_image(REFERENCE), (*shape, 478, 3))
    mm = Scale.parse(text).mm_per_pixel(batch)
    assert mm.shape == shape
    assert np.isnan(mm).all() == (text == "none" or shape == (0,))


def test_percent_does_not_depend_on_the_scale():
    points = in_image(uneven_face(3))
    iris, known = scores_of(points, "iris"), scores_of(points, "ipd=80")
    assert known[3:] == pytest.approx(iris[3:], abs=1e-12)
    assert (np.abs(known[:3] / iris[:3] - 1) > 0.05).all()


@pytest.mark.parametrize(
    ("text", "scale"),
    [
        ("iris", Scale("iris")),
        ("none", Scale("none")),
        ("ipd=63", Scale("ipd", 63.0)),
        ("ipd=40", Scale("ipd", 40.0)),
        ("ipd=80.0", Scale("ipd", 80.0)),
        ("ipd=6.15e1", Scale("ipd", 61.5)),
    ],
)
def test_scale_is_read_from_text(text, scale):
    assert Scale.parse(text) == scale


@pytest.mark.parametrize(
    "text",
    ["", "ipd", "ipd=", "ipd=39.9", "ipd=80.1", "ipd=nan", "ipd=inf", "ipd=-63", "mm=63", "63", "Iris", "ipd=6,3"],
)
def test_scale_that_is_none_says_what_to_write(text):
    with pytest.raises(ScaleError, match="use iris, none or ipd=MM"):
        Scale.parse(text)


@pytest.mark.parametrize(
    "function", [iris_diameter, interpupillary_distance, *(Scale(s).mm_per_pixel for s in ["iris"])]
)
@pytest.mark.parametrize("bad", [np.zeros((477, 3)), np.full((478, 3), np.nan)])
def test_points_that_are_no_face_mesh_have_no_scale(function, bad):
    with pytest.raises(InvalidPointsError):
        function(bad)


# Parts of a region that are not known.


def partly_known(region, known, seed=0):
    """A field of which the first so many pairs of a region are known, and all of the rest of the face."""
    field = np.random.default_rng(seed).normal(0.0, 2.0, (478, 2))
    field[REGIONS[region][known:]] = np.nan
    return field


@given(seeds, st.sampled_from(REGION_NAMES), st.floats(0.4, 1.0))
@examples(25)
def test_pairs_that_are_not_known_are_left_out(seed, region, share):
    rng = np.random.default_rng(seed)
    at, pairs = REGION_NAMES.index(region), REGIONS[region]
    field = rng.normal(0.0, 2.0, (478, 2))
    known = rng.permutation(pairs)[: int(np.ceil(share * len(pairs)))]
    field[np.setdiff1d(pairs, known)] = np.nan
    found = score_regions(field, 60.0)
    assert found.asymmetry[at] == pytest.approx(np.sqrt((field[known] ** 2).sum(axis=1).mean()))
    assert found.lateral[at] == pytest.approx(field[known, 0].mean())
    assert found.vertical[at] == pytest.approx(field[known, 1].mean())
    assert found.percent[at] == pytest.approx(found.asymmetry[at] / 0.6)
    assert found.lateral_percent[at] == pytest.approx(found.lateral[at] / 0.6)
    assert found.vertical_percent[at] == pytest.approx(found.vertical[at] / 0.6)


@pytest.mark.parametrize("region", [name for name in REGION_NAMES if len(REGIONS[name]) >= 3])
def test_third_of_a_region_is_enough_and_less_is_not(region):
    at, count = REGION_NAMES.index(region), len(REGIONS[region])
    enough = -(-count // 3)  # exactly a third where the count divides by three
    found = score_regions(partly_known(region, enough), 60.0)
    less = score_regions(partly_known(region, enough - 1), 60.0)
    for name in NAMES:
        assert np.isfinite(getattr(found, name)[at])
        assert np.isnan(getattr(less, name)[at])


def test_exactly_a_third_occurs():
    # Else the test above would not reach the bound itself.
    assert any(len(pairs) % 3 == 0 for pairs in REGIONS.values())


def test_region_that_is_not_known_leaves_the_others_known():
    found = score_regions(partly_known("mouth", 0), 60.0)
    unknown = {name for name, value in zip(REGION_NAMES, found.asymmetry, strict=True) if np.isnan(value)}
    assert unknown == {"mouth"}
    whole = score_regions(partly_known("mouth", len(REGIONS["mouth"])), 60.0)
    for name in ("jawline", "eyes", "brows", "cheeks", "nose"):
        assert found.asymmetry[REGION_NAMES.index(name)] == whole.asymmetry[REGION_NAMES.index(name)]


def test_what_is_not_known_on_the_right_and_on_the_midline_has_no_say():
    field = np.random.default_rng(3).normal(0.0, 2.0, (478, 2))
    whole = score_regions(field, 60.0)
    field[np.setdiff1d(np.arange(478), np.concatenate(list(REGIONS.values())))] = np.nan
    found = score_regions(field, 60.0)
    for name in NAMES:
        assert getattr(found, name) == pytest.approx(getattr(whole, name), abs=1e-12)


def test_wholly_unknown_field_has_no_scores():
    found = score_regions(np.full((478, 2), np.nan), 60.0)
    assert all(np.isnan(getattr(found, name)).all() for name in NAMES)
    assert np.isnan(region_means(np.full(478, np.nan))).all()


@given(seeds)
@examples(20)
def test_unknown_parts_of_one_face_change_nothing_in_another(seed):
    rng = np.random.default_rng(seed)
    fields = rng.normal(0.0, 2.0, (2, 3, 478, 2))
    fields[0, 1] = np.nan
    fields[1, 2][rng.random(478) < 0.5] = np.nan
    interpupillary = rng.uniform(55, 70, (2, 3))
    batch = score_regions(fields, interpupillary)
    for i, j in np.ndindex(2, 3):
        alone = score_regions(fields[i, j], interpupillary[i, j])
        for name in NAMES:
            assert getattr(batch, name)[i, j] == pytest.approx(getattr(alone, name), abs=1e-12, nan_ok=True)
            assert np.isfinite(getattr(batch, name)[i, j]).all() or (i, j) in {(0, 1), (1, 2)}


# Parts of a region that move by themselves.

PART_NAMES = [(region, part) for region in PARTS for part in PARTS[region]]


@given(seeds, st.sampled_from(range(len(PART_NAMES))))
@examples(25)
def test_means_of_parts_are_over_their_pairs(seed, at):
    values = np.random.default_rng(seed).normal(0.0, 2.0, 478)
    region, part = PART_NAMES[at]
    assert part_means(values).shape == (11,)
    assert part_means(values)[at] == pytest.approx(values[PARTS[region][part]].mean())


def test_mean_of_a_region_of_one_part_is_that_of_the_part():
    values = np.random.default_rng(4).normal(size=(3, 478))
    values[:, REGIONS["cheeks"][:2]] = np.nan
    of_regions, of_parts = region_means(values), part_means(values)
    assert of_parts.shape == (3, 11)
    for at, (region, _) in enumerate(PART_NAMES):
        if len(PARTS[region]) == 1:
            assert of_parts[:, at] == pytest.approx(of_regions[:, REGION_NAMES.index(region)])


@pytest.mark.parametrize("at", range(len(PART_NAMES)))
def test_third_of_a_part_is_enough_and_less_is_not(at):
    region, part = PART_NAMES[at]
    pairs = PARTS[region][part]
    enough = -(-len(pairs) // 3)
    values = np.arange(478.0)
    values[pairs[enough:]] = np.nan
    assert part_means(values)[at] == pytest.approx(pairs[:enough].mean())
    values[pairs[enough - 1 :]] = np.nan
    assert np.isnan(part_means(values)[at])


def test_batch_of_parts_gives_what_each_face_gives():
    values = np.random.default_rng(5).normal(size=(2, 3, 478))
    values[0, 1, :300] = np.nan
    found = part_means(values)
    for at in np.ndindex(2, 3):
        assert found[at] == pytest.approx(part_means(values[at]), nan_ok=True)


def test_means_of_parts_refuse_another_length():
    with pytest.raises(InvalidPointsError, match="478"):
        part_means(np.zeros((478, 2)))
