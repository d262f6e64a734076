"""Clinical measures: every one set by hand on a constructed face, with its sign and its side."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.examples import examples
from helpers.faces import TO_IMAGE, even_face, in_image, mirror_image, movements, seeds, uneven_face
from hypothesis import given
from hypothesis import strategies as st

from symmetry.errors import InvalidPointsError
from symmetry.landmarks import mesh
from symmetry.landmarks.frame import fit_frame
from symmetry.landmarks.mesh import MIRROR, REFERENCE
from symmetry.landmarks.scale import Scale
from symmetry.measure.measures import DEFINITIONS, MEASURE_NAMES, clinical_measures

IS_ANGLE = np.array([definition.unit == "degrees" for definition in DEFINITIONS])
OF_MIDLINE = ("mouth_cant", "chin_deviation", "chin_angle", "philtrum_deviation", "nose_tip_deviation")
TWO_SIDED = tuple(name for name in MEASURE_NAMES if name not in OF_MIDLINE)
RIGHT, LEFT = 0, 1
IRISES = np.abs(REFERENCE[[469, 474], 0] - REFERENCE[[471, 476], 0])
TOO_LOW = 0.11 * IRISES.mean() / 2
"""How much lower than by hand the mesh draws the upper edge of the brow, mm."""
# A landmark of the right side, what it is moved by, and the measures of that side that this changes, by how much (mm).
LIFTS = [
    (159, (0.0, 1.5), {"mrd1": 1.5, "palpebral_fissure": 1.5}),
    (159, (0.0, -2.0), {"mrd1": -2.0, "palpebral_fissure": -2.0}),
    (145, (0.0, 1.0), {"mrd2": -1.0, "palpebral_fissure": -1.0}),
    (145, (0.0, -0.5), {"mrd2": 0.5, "palpebral_fissure": 0.5}),
    (40, (0.0, 1.2), {"upper_lip_height": 1.2}),
    (91, (0.0, -1.3), {"lower_lip_height": -1.3}),
    (58, (0.0, 3.0), {"jaw_angle_height": 1.0}),
    (172, (-3.0, 0.0), {"jaw_angle_width": 1.0}),
    (136, (1.5, -3.0), {"jaw_angle_width": -0.5, "jaw_angle_height": -1.0}),
]


def measure(placed, points=None):
    """Measures of a face placed by hand: by name, the right side's, the left side's and the difference."""
    found = clinical_measures(in_image(placed) if points is None else points, placed)
    return {
        name: (found.subject_right[i], found.subject_left[i], found.difference[i])
        for i, name in enumerate(MEASURE_NAMES)
    }


def measures_in_mm(points):
    mm = Scale("iris").mm_per_pixel(points)
    placed = fit_frame(points).place(points) * mm[..., None, None]
    return clinical_measures(points, placed, unit_per_pixel=mm)


def face(**moved):
    """The reference face with landmarks put where they are wanted: `_61=(x, y)`."""
    placed = np.array(REFERENCE)
    for landmark, at in moved.items():
        placed[int(landmark[1:]), :2] = at
    return placed


def on_both(values):
    """The same in the mirror: places of the other side's landmarks."""
    return {f"_{MIRROR[int(landmark[1:])]}": (-x, y) for landmark, (x, y) in values.items()}


def test_there_are_18_measures_in_the_order_of_their_definitions():
    assert len(DEFINITIONS) == len(set(MEASURE_NAMES)) == 18
    angles = {"mouth_cant", "smile_angle", "chin_angle", "nasolabial_angle"}
    assert {name for name, angle in zip(MEASURE_NAMES, IS_ANGLE, strict=True) if angle} == angles


def test_nasolabial_angle_says_that_it_is_a_proxy():
    assert "proxy" in DEFINITIONS[MEASURE_NAMES.index("nasolabial_angle")].title


@pytest.mark.parametrize("name", OF_MIDLINE)
def test_measure_of_the_midline_has_no_sides(name):
    right, left, difference = measure(REFERENCE)[name]
    assert np.isnan(right)
    assert np.isnan(left)
    assert difference == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("name", TWO_SIDED)
def test_even_face_measures_the_same_on_both_sides(name):
    right, left, difference = measure(REFERENCE)[name]
    assert right == pytest.approx(left, abs=1e-12)
    assert difference == pytest.approx(0.0, abs=1e-12)
    assert right != 0 or name == "dental_show"


@pytest.mark.parametrize("side", [RIGHT, LEFT])
@pytest.mark.parametrize(("landmark", "step", "changes"), LIFTS)
def test_moved_landmark_changes_its_own_measures_on_its_own_side_alone(side, landmark, step, changes):
    placed = np.array(REFERENCE)
    x, y = step
    placed[landmark if side == RIGHT else MIRROR[landmark], :2] += (x if side == RIGHT else -x, y)
    before, after = measure(REFERENCE), measure(placed, in_image(REFERENCE))
    for name in TWO_SIDED:
        change = np.subtract(after[name], before[name])
        expected = changes.get(name, 0.0)
        assert change[side] == pytest.approx(expected, abs=1e-12), name
        assert change[1 - side] == pytest.approx(0.0, abs=1e-12), name
        assert change[2] == pytest.approx(expected if side == LEFT else -expected, abs=1e-12), name


def test_brow_height_is_read_from_the_contour_straight_above_the_iris():
    brow = {
        "_70": (-57.0, 18.0),
        "_63": (-47.0, 22.0),
        "_105": (-39.5, 26.0),
        "_66": (-27.5, 29.0),
        "_107": (-12.0, 25.0),
    }
    lower = {name: (x, y - 2.0) for name, (x, y) in brow.items()}
    right, left, difference = measure(face(**brow, **on_both(lower)))["brow_height"]
    # The iris's x of -31.5 lies two thirds of the way from 105 to 66.
    assert right == pytest.approx(28.0 + TOO_LOW)
    assert left == pytest.approx(26.0 + TOO_LOW)
    assert difference == pytest.approx(-2.0)


def test_brow_height_follows_the_iris_along_the_brow():
    brow = {
        "_70": (-57.0, 18.0),
        "_63": (-47.0, 22.0),
        "_105": (-39.5, 26.0),
        "_66": (-27.5, 29.0),
        "_107": (-12.0, 25.0),
    }
    for iris, expected in [((-39.5, 0.0), 26.0), ((-43.25, 1.0), 23.0), ((-70.0, 0.0), 18.0), ((-5.0, 0.0), 25.0)]:
        assert measure(face(**brow, _468=iris))["brow_height"][RIGHT] == pytest.approx(expected + TOO_LOW)


def test_lid_distances_are_taken_from_the_iris_centre():
    placed = face(_468=(-31.0, 0.5), _159=(-32.0, 4.0), _145=(-31.0, -5.5))
    found = measure(placed)
    assert found["mrd1"][RIGHT] == pytest.approx(3.5)
    assert found["mrd2"][RIGHT] == pytest.approx(6.0)
    assert found["palpebral_fissure"][RIGHT] == pytest.approx(9.5)


def test_commissure_height_and_cant():
    found = measure(face(_61=(-25.0, -71.0), _291=(23.0, -68.0)))
    assert found["commissure_height"] == pytest.approx((-71.0, -68.0, 3.0))
    assert found["mouth_cant"][2] == pytest.approx(np.degrees(np.arctan(3 / 48)))


def test_hanging_left_corner_makes_a_negative_cant():
    assert measure(face(_61=(-24.0, -68.0), _291=(24.0, -72.0)))["mouth_cant"][2] == pytest.approx(
        -np.degrees(np.arctan(4 / 48))
    )


def test_commissure_excursion_and_smile_angle_start_where_the_midline_meets_the_lower_lip():
    found = measure(face(_17=(0.0, -80.0), _61=(-24.0, -70.0), _291=(20.0, -59.0)))
    assert found["commissure_excursion"] == pytest.approx((26.0, 29.0, 3.0))
    assert found["smile_angle"][RIGHT] == pytest.approx(np.degrees(np.arctan2(24, 10)))
    assert found["smile_angle"][LEFT] == pytest.approx(np.degrees(np.arctan2(20, 21)))
    assert found["smile_angle"][2] == pytest.approx(found["smile_angle"][LEFT] - found["smile_angle"][RIGHT])


@pytest.mark.parametrize("side", [RIGHT, LEFT])
def test_lip_that_is_pulled_aside_is_still_met_at_the_midline(side):
    out = -1.0 if side == RIGHT else 1.0
    # The lip's middle has gone 2 mm to the other side: its contour meets the midline a quarter of the way along.
    near, corner = ("_84", "_61") if side == RIGHT else ("_314", "_291")
    placed = face(_17=(-2.0 * out, -80.0), **{near: (6.0 * out, -78.0), corner: (24.0 * out, -69.5)})
    right_left = measure(placed)["commissure_excursion"][side]
    assert right_left == pytest.approx(np.hypot(24.0, 10.0))


@pytest.mark.parametrize(("gap", "shown"), [(3.0, 3.0), (0.25, 0.25), (0.0, 0.0), (-1.0, 0.0)])
def test_dental_show_is_the_gap_of_the_inner_lips_and_never_below_nothing(gap, shown):
    inner = {12: (82, 87), 16: (81, 178), 20: (80, 88), 22: (191, 95)}
    at = {f"_{i}": (-float(x), -68.0 + gap) for x, (i, _) in inner.items()}
    at |= {f"_{j}": (-float(x), -68.0) for x, (_, j) in inner.items()}
    right, left, difference = measure(face(**at, _40=(-18.0, -62.0)))["dental_show"]
    assert right == pytest.approx(shown, abs=1e-12)
    assert difference == pytest.approx(left - right)


def test_dental_show_is_read_at_the_station_of_the_upper_lip():
    # Upper lip level, lower one sloping: 1 mm more gap for each mm toward the midline.
    inner = {12: (82, 87), 16: (81, 178), 20: (80, 88), 22: (191, 95)}
    at = {f"_{i}": (-float(x), -66.0) for x, (i, _) in inner.items()}
    at |= {f"_{j}": (-float(x), -66.0 - (24 - x)) for x, (_, j) in inner.items()}
    for station in (14.0, 17.5, 21.0):
        assert measure(face(**at, _40=(-station, -62.0)))["dental_show"][RIGHT] == pytest.approx(24 - station)


def test_jaw_angle_is_the_mean_of_three_landmarks():
    placed = face(_58=(-60.0, -60.0), _172=(-54.0, -75.0), _136=(-48.0, -87.0))
    found = measure(placed)
    assert found["jaw_angle_height"][RIGHT] == pytest.approx(-74.0)
    assert found["jaw_angle_width"][RIGHT] == pytest.approx(54.0)
    assert found["jaw_angle_width"][2] == pytest.approx(REFERENCE[[288, 397, 365], 0].mean() - 54.0)


def test_nasolabial_angle_is_the_direction_from_the_nose_wing_to_the_fold_against_the_vertical():
    found = measure(face(_129=(-15.0, -40.0), _216=(-30.0, -55.0), _358=(15.0, -40.0), _436=(15.0, -60.0)))
    assert found["nasolabial_angle"] == pytest.approx((45.0, 0.0, -45.0), abs=1e-12)


@pytest.mark.parametrize("off", [-6.0, -0.5, 2.0, 10.0])
@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("chin_deviation", (*mesh.JAW_RIGHT, *mesh.CHIN_MIDLINE)),
        ("philtrum_deviation", (*mesh.LIPS_OUTER, *mesh.LIPS_INNER, mesh.PHILTRUM)),
        ("nose_tip_deviation", (*mesh.NOSE_RIGHT, *mesh.NOSE_MIDLINE)),
    ],
)
def test_part_shifted_as_a_whole_deviates_by_just_that(name, part, off):
    placed = even_face(3)
    placed[list({*part, *mesh.mirrored(part)}), 0] += off
    points = in_image(placed)
    found = clinical_measures(points, placed, unit_per_pixel=0.2)
    assert found.difference[MEASURE_NAMES.index(name)] == pytest.approx(off, abs=1e-9)


@pytest.mark.parametrize(
    ("landmark", "name"),
    [
        (mesh.CHIN_PAD, "chin_deviation"),
        ((mesh.PHILTRUM,), "philtrum_deviation"),
        ((mesh.NOSE_TIP,), "nose_tip_deviation"),
    ],
)
@given(seeds, movements(), st.floats(0.5, 10.0) | st.floats(-10.0, -0.5) | st.just(0.0))
@examples(15)
def test_midline_point_deviates_by_what_it_was_shifted_in_any_photo(landmark, name, seed, movement, off):
    rotation, scale, shift = movement
    shifted = even_face(seed)
    shifted[list(landmark), 0] += off
    points = scale * (shifted * TO_IMAGE) @ rotation.T + shift
    found = clinical_measures(points, shifted, unit_per_pixel=1 / scale).difference
    for other in ("chin_deviation", "philtrum_deviation", "nose_tip_deviation"):
        expected = off if other == name else 0.0
        assert found[MEASURE_NAMES.index(other)] == pytest.approx(expected, abs=1e-9)


def test_chin_angle_is_the_chins_deviation_seen_from_between_the_eyes():
    placed = face(_199=(5.0, -100.0), _175=(5.0, -106.0), _152=(0.0, -110.0))
    found = measure(placed, in_image(placed) / 5.0)
    assert found["chin_deviation"][2] == pytest.approx(5.0, abs=1e-9)
    assert found["chin_angle"][2] == pytest.approx(np.degrees(np.arctan(5 / 110)), abs=1e-9)


@given(seeds, movements())
@examples(60)
def test_measures_do_not_depend_on_turn_place_and_size_of_the_head(seed, movement):
    rotation, scale, shift = movement
    points = uneven_face(seed) * TO_IMAGE
    before, after = measures_in_mm(points), measures_in_mm(scale * points @ rotation.T + shift)
    for side in ("subject_right", "subject_left", "difference"):
        assert getattr(after, side) == pytest.approx(getattr(before, side), abs=1e-8, nan_ok=True)


@given(seeds, movements(), st.integers(100, 8000))
@examples(60)
def test_mirror_image_swaps_the_sides(seed, movement, width):
    rotation, scale, shift = movement
    points = scale * (uneven_face(seed) * TO_IMAGE) @ rotation.T + shift
    here, there = measures_in_mm(points), measures_in_mm(mirror_image(points, width))
    assert there.subject_left == pytest.approx(here.subject_right, abs=1e-8, nan_ok=True)
    assert there.subject_right == pytest.approx(here.subject_left, abs=1e-8, nan_ok=True)
    assert there.difference == pytest.approx(-here.difference, abs=1e-8)


@given(seeds, movements())
@examples(30)
def test_even_face_differs_in_nothing(seed, movement):
    rotation, scale, shift = movement
    points = scale * (even_face(seed) * TO_IMAGE) @ rotation.T + shift
    assert measures_in_mm(points).difference == pytest.approx(np.zeros(18), abs=1e-8)


def test_difference_is_left_less_right():
    found = measures_in_mm(in_image(uneven_face(8)))
    sides = [MEASURE_NAMES.index(name) for name in TWO_SIDED]
    assert found.difference[sides] == pytest.approx((found.subject_left - found.subject_right)[sides], abs=1e-12)


def test_unit_scales_lengths_and_leaves_angles():
    points = in_image(uneven_face(8))
    placed = fit_frame(points).place(points)
    pixels, tenths = clinical_measures(points, placed), clinical_measures(points, placed / 10, unit_per_pixel=0.1)
    factor = np.where(IS_ANGLE, 1.0, 0.1)
    assert tenths.difference == pytest.approx(pixels.difference * factor, abs=1e-9)
    assert tenths.subject_left == pytest.approx(pixels.subject_left * factor, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("shape", [(), (5,), (2, 3), (0,)])
def test_batch_gives_what_each_face_gives(shape):
    faces = [in_image(uneven_face(seed)) for seed in range(int(np.prod(shape)))]
    found = measures_in_mm(np.array(faces).reshape(*shape, 478, 3))
    for name in ("subject_right", "subject_left", "difference"):
        values = getattr(found, name)
        assert values.shape == (*shape, 18)
        for i, one in enumerate(faces):
            expected = getattr(measures_in_mm(one), name)
            assert values.reshape(-1, 18)[i] == pytest.approx(expected, abs=1e-8, nan_ok=True)


def test_input_is_left_alone():
    points, placed = in_image(uneven_face(5)), uneven_face(5)
    kept = points.copy(), placed.copy()
    points.flags.writeable = placed.flags.writeable = False
    clinical_measures(points, placed)
    assert np.array_equal(points, kept[0])
    assert np.array_equal(placed, kept[1])


@pytest.mark.parametrize("bad", [np.zeros((477, 3)), np.zeros((478, 2)), np.full((478, 3), np.nan)])
def test_points_that_are_no_face_mesh_are_refused(bad):
    with pytest.raises(InvalidPointsError):
        clinical_measures(bad, REFERENCE)
    with pytest.raises(InvalidPointsError):
        clinical_measures(in_image(REFERENCE), bad)


def test_lip_contour_that_folds_back_gives_its_mirror_image_the_same():
    folded = face(_17=(-3.0, -80.0), _84=(-1.0, -78.0), _314=(5.0, -76.0))  # 84 lies nearer the left than 17
    mirrored = folded[MIRROR] * [-1.0, 1.0, 1.0]
    here, there = (measure(placed, in_image(REFERENCE)) for placed in (folded, mirrored))
    for name in ("commissure_excursion", "smile_angle"):
        assert there[name][LEFT] == pytest.approx(here[name][RIGHT], abs=1e-12)
        assert there[name][RIGHT] == pytest.approx(here[name][LEFT], abs=1e-12)
