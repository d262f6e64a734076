"""The facial frame: where it lies, what does not move it, and the asymmetry that is left in it."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from helpers.examples import examples
from helpers.faces import TO_IMAGE, even_face, in_image, mirror_image, movements, seeds, uneven_face
from hypothesis import Phase, given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from symmetry.errors import InvalidPointsError, SymmetryError
from symmetry.landmarks import mesh
from symmetry.landmarks.frame import across_jawline, asymmetry_field, fit_frame, made_even
from symmetry.landmarks.mesh import MIRROR, REFERENCE, REGIONS
from symmetry.landmarks.planes import fit_plane
from symmetry.landmarks.points import check_points

CHIN_AND_JAW = (*mesh.JAW_RIGHT, *mesh.CHIN_MIDLINE)
MOUTH = (*mesh.LIPS_OUTER, *mesh.LIPS_INNER)
NOSE = (*mesh.NOSE_RIGHT, *mesh.NOSE_MIDLINE)
# Parts whose one-sided movement leaves the plane where it was, whatever its direction.
LETS_GO = ("jawline", "mouth", "nose", "brows", "nasolabial", "cheeks")

BAD_POINTS = {
    "too few landmarks": np.zeros((477, 3)),
    "axes swapped": np.zeros((3, 478)),
    "no depth": np.zeros((478, 2)),
    "one axis": np.zeros(478),
    "not a number": np.where(np.arange(1434).reshape(478, 3) == 700, np.nan, REFERENCE),
    "infinite": np.where(np.arange(1434).reshape(478, 3) == 700, np.inf, REFERENCE),
    "one bad face of three": np.stack([REFERENCE, REFERENCE * np.nan, REFERENCE]),
}


def field_of(points):
    return asymmetry_field(fit_frame(points).place(points))


def plane_of(points):
    normal, distance = fit_plane(points)
    return normal[..., 0, :], distance[..., 0]


def turned(*, yaw=0.0, pitch=0.0, roll=0.0):
    """The reference face in the image: head turned in yaw, then pitch, then roll, each about the camera's axes."""
    turn = Rotation.from_euler("yxz", [yaw, -pitch, roll], degrees=True).as_matrix()
    return (REFERENCE @ turn.T) * TO_IMAGE * 5.0 + [400.0, 500.0, 9.0]


def test_straight_reference_face_has_the_axes_of_the_image():
    frame = fit_frame(in_image(REFERENCE))
    assert frame.axes == pytest.approx(np.diag(TO_IMAGE), abs=1e-12)
    assert frame.origin == pytest.approx([431.0, 518.0, 20.0], abs=1e-9)


def test_placed_reference_face_is_the_reference_face():
    points = turned(yaw=25.0, pitch=-10.0, roll=70.0)
    assert fit_frame(points).place(points) / 5.0 == pytest.approx(REFERENCE, abs=1e-10)


@pytest.mark.parametrize("angle", [-55.0, -3.0, 0.5, 20.0])
@pytest.mark.parametrize(("axis", "place"), [("yaw", 0), ("pitch", 1), ("roll", 2)])
def test_pose_is_the_turn_of_the_head(axis, place, angle):
    expected = np.zeros(3)
    expected[place] = angle
    assert fit_frame(turned(**{axis: angle})).pose() == pytest.approx(expected, abs=1e-9)


def test_roll_is_found_all_the_way_round():
    rolls = np.array([-179.0, -90.0, 90.0, 135.0, 179.0])
    poses = fit_frame(np.stack([turned(roll=roll) for roll in rolls])).pose()
    assert poses == pytest.approx(np.column_stack([0 * rolls, 0 * rolls, rolls]), abs=1e-9)


def test_signs_of_the_pose_show_in_the_picture():
    straight = turned()
    assert turned(yaw=10.0)[mesh.NOSE_TIP, 0] > straight[mesh.NOSE_TIP, 0]  # toward the subject's left: image right
    assert turned(pitch=10.0)[mesh.NOSE_TIP, 1] < straight[mesh.NOSE_TIP, 1]  # up
    rolled = turned(roll=10.0)
    assert rolled[mesh.IRIS_LEFT, 1] < rolled[mesh.IRIS_RIGHT, 1]  # the subject's left eye is higher


@given(yaw=st.floats(-60, 60), pitch=st.floats(-60, 60), roll=st.floats(-179, 179))
@examples(40)
def test_turning_the_picture_changes_roll_alone(yaw, pitch, roll):
    before, after = (fit_frame(turned(yaw=yaw, pitch=pitch, roll=turn)).pose() for turn in (0.0, roll))
    assert after[:2] == pytest.approx(before[:2], abs=1e-8)
    assert (after[2] - before[2] - roll + 180.0) % 360.0 == pytest.approx(180.0, abs=1e-8)


@given(seeds, movements())
@examples(60)
def test_frame_moves_with_the_head(seed, movement):
    rotation, scale, shift = movement
    points = uneven_face(seed) * TO_IMAGE
    before, after = fit_frame(points), fit_frame(scale * points @ rotation.T + shift)
    assert after.axes == pytest.approx(before.axes @ rotation.T, abs=1e-10)
    # 1e4 pixels away from the image's corner, float64 holds 2e-12 of a pixel.
    assert after.origin == pytest.approx(scale * rotation @ before.origin + shift, abs=1e-9 * (scale + 1))


@given(seeds, movements())
@examples(60)
def test_axes_are_a_right_angled_frame_of_the_right_hand(seed, movement):
    rotation, scale, shift = movement
    axes = fit_frame(scale * uneven_face(seed) @ (rotation * TO_IMAGE).T + shift).axes
    assert axes @ axes.T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(axes) == pytest.approx(1.0)  # y and z are both turned round: the hand is the image's


@given(seeds, movements())
@examples(60)
def test_even_face_has_no_asymmetry_wherever_it_points(seed, movement):
    rotation, scale, shift = movement
    points = scale * (even_face(seed) * TO_IMAGE) @ rotation.T + shift
    assert np.abs(field_of(points)).max() / scale < 1e-9


@given(seeds, movements())
@examples(60)
def test_asymmetry_does_not_depend_on_where_the_head_is(seed, movement):
    rotation, scale, shift = movement
    points = uneven_face(seed) * TO_IMAGE
    moved = scale * points @ rotation.T + shift
    assert field_of(moved) / scale == pytest.approx(field_of(points), abs=1e-9)


@given(seeds, movements(), st.integers(200, 6000))
@examples(60)
def test_mirror_image_has_the_mirrored_frame_and_field(seed, movement, width):
    rotation, scale, shift = movement
    points = scale * (uneven_face(seed) * TO_IMAGE) @ rotation.T + shift
    mirrored = mirror_image(points, width)
    frame, other = fit_frame(points), fit_frame(mirrored)
    flip = np.array([-1.0, 1.0, 1.0])
    assert other.axes == pytest.approx(frame.axes * flip * flip[:, None], abs=1e-10)
    assert other.origin == pytest.approx(frame.origin * flip + [width - 1, 0, 0], abs=1e-9 * (scale + 1))
    swapped = field_of(points)[MIRROR] * [-1.0, 1.0]
    assert field_of(mirrored) / scale == pytest.approx(swapped / scale, abs=1e-9)
    assert other.pose()[[0, 2]] == pytest.approx(-frame.pose()[[0, 2]], abs=1e-8)


@given(seeds)
@examples(25)
def test_field_of_a_pair_is_one_difference_seen_from_either_side(seed):
    field = field_of(in_image(uneven_face(seed)))
    assert field[MIRROR] == pytest.approx(field * [1.0, -1.0], abs=1e-12)
    # A midline landmark is its own partner: no height of its own, twice its distance from the plane.
    assert np.abs(field[mesh.MIDLINE, 1]).max() == 0.0


def test_field_has_the_documented_signs():
    placed = np.array(REFERENCE)
    placed[291] += [2.0, 3.0, 7.0]  # the subject's left mouth corner: further out, higher
    field = asymmetry_field(placed)
    assert field[291] == pytest.approx([2.0, 3.0])
    assert field[61] == pytest.approx([2.0, -3.0])  # its own x less its partner's mirrored x
    placed = np.array(REFERENCE)
    placed[61] += [-2.0, 3.0, 7.0]  # the same of the right one
    assert asymmetry_field(placed)[291] == pytest.approx([-2.0, -3.0])
    others = np.setdiff1d(np.arange(478), [61, 291])
    assert not asymmetry_field(placed)[others].any()


@given(
    seeds,
    movements(),
    st.sampled_from(LETS_GO),
    st.booleans(),
    st.floats(0.5, 10.0),
    st.floats(-np.pi, np.pi),
)
@examples(80, phases=[Phase.explicit, Phase.reuse, Phase.generate])  # shrinking takes minutes
def test_movement_of_one_part_comes_out_exactly(seed, movement, region, on_left, size, direction):
    """To 1e-9 mm from 0.5 mm on.

    A part that moved keeps a trace of its say: the weights take 1e-8 of the face for noise, so that the error is about
    2e-11 mm over the movement in mm.
    """
    rotation, scale, shift = movement
    step = size * np.array([np.cos(direction), np.sin(direction)])
    face = even_face(seed)
    still = fit_frame(face * TO_IMAGE)
    placed = still.place(face * TO_IMAGE)
    part = REGIONS[region] if on_left else MIRROR[REGIONS[region]]
    placed[part, :2] += step
    points = scale * still.to_image(placed) @ rotation.T + shift

    expected = np.zeros((478, 2))
    expected[part] = step
    expected[MIRROR[part]] = step * [1.0, -1.0]
    assert field_of(points) / scale == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("size", [-10.0, -3.0, 0.5, 3.0, 10.0])
@pytest.mark.parametrize("region", ["eyes", "mouth", "jawline", "lower_face"])
def test_raised_part_does_not_drag_the_midline(region, size):
    # Even 60 % of all outlines: up is where an even face would not go, so that all of them let go.
    placed = np.array(REFERENCE)
    placed[REGIONS[region], 1] += size
    normal, distance = plane_of(in_image(placed))
    assert np.degrees(np.arccos(min(1.0, normal[0]))) < 1e-4
    assert distance == pytest.approx(431.0, abs=1e-5)


@pytest.mark.parametrize(
    ("region", "size"),
    # Lids moved inward without their iris are left out: there the fit stays where it is dragged to, 0.6 degrees off.
    [
        *((part, size) for part in ("jawline", "mouth") for size in (-10.0, -3.0, 3.0, 10.0)),
        ("eyes", 3.0),
        ("eyes", 10.0),
    ],
)
def test_part_moved_sideways_does_not_drag_the_midline(region, size):
    placed = np.array(REFERENCE)
    placed[REGIONS[region], 0] += size
    normal, distance = plane_of(in_image(placed))
    assert np.degrees(np.arccos(min(1.0, normal[0]))) < 1e-3
    assert distance == pytest.approx(431.0, abs=1e-3)


@pytest.mark.parametrize("corner", [61, 291])
@pytest.mark.parametrize("step", [(10.0, 0.0), (-10.0, 0.0), (0.0, -10.0), (7.0, -7.0)])
def test_mouth_corner_10_mm_off_is_seen_whole(corner, step):
    placed = np.array(REFERENCE)
    placed[corner, :2] += step
    field = field_of(in_image(placed)) / 5.0
    assert field[corner] == pytest.approx(step, abs=1e-9)
    others = np.setdiff1d(np.arange(478), [corner, MIRROR[corner]])
    assert np.abs(field[others]).max() < 1e-9


def test_hanging_corner_hardly_moves_the_midline_of_a_face_with_asymmetry_everywhere():
    rng = np.random.default_rng(5)
    faces = even_face(7) + rng.normal(0.0, 0.5, (200, 478, 3))
    drooping = faces.copy()
    drooping[:, list(mesh.mirrored((61, 146, 185, 78, 40, 91))), 1] -= 10.0
    before, after = fit_frame(in_image(faces)).axes[:, 0], fit_frame(in_image(drooping)).axes[:, 0]
    angle = np.degrees(np.linalg.norm(before - after, axis=1))
    # Least squares without letting go are dragged by 0.5 degrees.
    assert angle.max() < 0.1


def test_field_of_a_yawed_face_is_not_the_yaw():
    points = turned(yaw=12.0)
    across = points[REGIONS["jawline"], 0] + points[MIRROR[REGIONS["jawline"]], 0]
    eyes = points[[mesh.IRIS_RIGHT, mesh.IRIS_LEFT], 0].sum()
    assert np.abs(across - eyes).mean() / 5.0 > 10  # what a vertical line between the eyes would have shown, mm
    assert np.abs(field_of(points)[REGIONS["jawline"]]).max() < 1e-9


def test_to_image_undoes_place():
    points = in_image(uneven_face(3))
    frame = fit_frame(points)
    assert frame.to_image(frame.place(points)) == pytest.approx(points, abs=1e-10)
    assert frame.to_image(np.zeros((1, 3)))[0] == pytest.approx(frame.origin)


def test_origin_lies_in_the_plane_midway_between_the_irises():
    points = in_image(uneven_face(11))
    placed = fit_frame(points).place(points)
    assert placed[[mesh.IRIS_RIGHT, mesh.IRIS_LEFT], 1:].mean(axis=0) == pytest.approx([0.0, 0.0], abs=1e-9)
    normal, distance = plane_of(points)
    assert fit_frame(points).origin @ normal == pytest.approx(distance)
    assert placed[:, 0] == pytest.approx(points @ normal - distance, abs=1e-9)


@pytest.mark.parametrize("part", [CHIN_AND_JAW, MOUTH, NOSE], ids=["chin", "mouth", "nose"])
@pytest.mark.parametrize("off", [3.0, 40.0, 1e4])
def test_plane_without_a_part_stays_however_far_off_the_part_is(part, off):
    points = in_image(REFERENCE)
    moved = points.copy()
    moved[list({*part, *mesh.mirrored(part)})] += off * np.array([5.0, 2.0, 1.0])
    normal, distance = fit_plane(moved, without=(part,))
    # 1e4 mm off, the mean that the numbers are taken from is as far off and costs four digits.
    assert normal[0] == pytest.approx([1.0, 0.0, 0.0], abs=1e-8)
    assert distance[0] == pytest.approx(431.0, abs=1e-6)


@pytest.mark.parametrize("part", [CHIN_AND_JAW, MOUTH, NOSE], ids=["chin", "mouth", "nose"])
def test_part_left_out_has_no_say_in_a_face_with_asymmetry_everywhere(part):
    points = in_image(uneven_face(2))
    moved = points.copy()
    moved[list({*part, *mesh.mirrored(part)})] += [25.0, 10.0, 5.0]
    (before,), (here,) = fit_plane(points, without=(part,))
    (after,), (there,) = fit_plane(moved, without=(part,))
    assert after == pytest.approx(before, abs=1e-10)
    assert there == pytest.approx(here, abs=1e-7)


def test_leaving_out_one_side_leaves_out_its_partner():
    points = in_image(uneven_face(4))
    one = fit_plane(points, without=(mesh.JAW_RIGHT,))
    other = fit_plane(points, without=(mesh.mirrored(mesh.JAW_RIGHT),))
    assert np.array_equal(one[0], other[0])
    assert not np.allclose(one[0][0], fit_plane(points)[0], atol=1e-9)


def test_planes_without_several_parts_are_those_without_each():
    points = in_image(np.stack([uneven_face(seed) for seed in range(3)]))
    normals, distances = fit_plane(points, without=(CHIN_AND_JAW, MOUTH, NOSE))
    assert normals.shape == (3, 3, 3)
    assert distances.shape == (3, 3)
    for i, part in enumerate((CHIN_AND_JAW, MOUTH, NOSE)):
        for j, face in enumerate(points):
            normal, distance = fit_plane(face, without=(part,))
            # Planes are refined until all of a face stand still to 2e-5: company gives a plane more rounds.
            assert normals[j, i] == pytest.approx(normal[0], abs=1e-4)
            assert distances[j, i] == pytest.approx(distance[0], abs=0.05)


def test_normal_points_to_the_subjects_left_even_upside_down():
    for roll in (0.0, 91.0, 180.0):
        points = turned(roll=roll)
        normal, _ = plane_of(points)
        assert normal @ (points[mesh.IRIS_LEFT] - points[mesh.IRIS_RIGHT]) > 0


@pytest.mark.parametrize("shape", [(), (5,), (2, 3), (0,)])
def test_batch_gives_what_each_face_gives(shape):
    count = int(np.prod(shape))
    faces = [in_image(uneven_face(seed)) for seed in range(count)]
    batch = np.array(faces).reshape(*shape, 478, 3)
    frame = fit_frame(batch)
    normal, distance = plane_of(batch)
    field = field_of(batch)
    assert frame.origin.shape == normal.shape == frame.pose().shape == (*shape, 3)
    assert frame.axes.shape == (*shape, 3, 3)
    assert distance.shape == shape
    assert field.shape == (*shape, 478, 2)
    for i, face in enumerate(faces):
        alone = fit_frame(face)
        assert frame.axes.reshape(-1, 3, 3)[i] == pytest.approx(alone.axes, abs=1e-12)
        assert frame.origin.reshape(-1, 3)[i] == pytest.approx(alone.origin, abs=1e-9)
        assert frame.pose().reshape(-1, 3)[i] == pytest.approx(alone.pose(), abs=1e-9)
        assert field.reshape(-1, 478, 2)[i] == pytest.approx(field_of(face), abs=1e-9)


def test_faces_of_a_batch_have_no_say_in_one_another():
    even = in_image(REFERENCE)
    broken = in_image(uneven_face(1, spread=30.0)) * 40
    assert np.abs(field_of(np.stack([even, broken]))[0]).max() < 1e-9


def test_work_in_python_does_not_grow_with_the_number_of_faces():
    def calls(count):
        batch = np.repeat(in_image(uneven_face(1))[None], count, axis=0)
        counted = 0

        def count_call(_frame, event, _argument):
            nonlocal counted
            counted += event in ("call", "c_call")

        before = sys.getprofile()
        sys.setprofile(count_call)
        try:
            field_of(batch)
            fit_plane(batch, without=(CHIN_AND_JAW, NOSE))
        finally:
            sys.setprofile(before)
        return counted

    # Last digits decide in which round a face counts as found; a loop over faces would make it twenty times as many.
    assert 100 < calls(40) < 2 * calls(2)


def test_input_is_left_alone():
    points = in_image(uneven_face(9))
    kept = points.copy()
    points.flags.writeable = False
    frame = fit_frame(points)
    asymmetry_field(frame.place(points))
    fit_plane(points, without=(MOUTH,))
    assert np.array_equal(points, kept)


def test_lists_and_whole_numbers_are_taken_too():
    whole = np.rint(in_image(uneven_face(6))).astype(np.int32)
    assert np.array_equal(field_of(whole), field_of(whole.astype(float)))
    assert check_points(whole.tolist()).dtype == np.float64


@pytest.mark.parametrize("bad", BAD_POINTS.values(), ids=BAD_POINTS.keys())
@pytest.mark.parametrize("function", [check_points, fit_frame, fit_plane, asymmetry_field])
def test_points_that_are_no_face_mesh_are_refused_by_name(function, bad):
    with pytest.raises(InvalidPointsError, match=r"shape|finite") as refusal:
        function(bad)
    assert isinstance(refusal.value, SymmetryError)
    assert isinstance(refusal.value, ValueError)


# What crosses the jawline, and the face made even.

JAW = np.array([*mesh.JAW_RIGHT, mesh.CHIN, *mesh.mirrored(mesh.JAW_RIGHT[::-1])])
"""From ear lobe to ear lobe, the chin in the middle."""
FLIP = np.array([-1.0, 1.0])


def face_with_a_round_jaw():
    """The reference face with its jawline on a circle round (0, -40), and the outward directions there, (17, 2)."""
    placed = np.array(REFERENCE)
    contour = [93, *JAW, MIRROR[93]]
    angle = np.linspace(-170.0, -10.0, len(contour))
    outward = np.column_stack([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    placed[contour, :2] = [0.0, -40.0] + 72.0 * outward
    return placed, outward[1:-1]


def field_for(seed):
    return np.random.default_rng(seed).normal(0.0, 2.0, (478, 2))


@given(seeds, st.floats(-4.0, 4.0), st.floats(-4.0, 4.0))
@examples(25)
def test_what_crosses_the_jawline_is_kept_and_what_runs_along_it_is_dropped(seed, across, along):
    placed, outward = face_with_a_round_jaw()
    field = field_for(seed)
    field[JAW] = across * outward + along * outward[:, ::-1] * [-1.0, 1.0]
    assert across_jawline(field, placed)[JAW] == pytest.approx(across * outward, abs=1e-9)


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_chin_moves_up_and_down_alone(sign):
    field = np.zeros((478, 2))
    field[mesh.CHIN] = [3.0, sign * 2.0]
    assert across_jawline(field, REFERENCE)[mesh.CHIN] == pytest.approx([0.0, sign * 2.0], abs=1e-9)


@given(seeds)
@examples(25)
def test_all_but_the_jawline_is_left_as_it_is(seed):
    field, placed = field_for(seed), uneven_face(seed)
    found = across_jawline(field, placed)
    others = np.setdiff1d(np.arange(478), JAW)
    assert len(others) == 478 - 17
    assert np.array_equal(found[others], field[others])
    assert (np.abs(found - field)[JAW].max(axis=1) > 0).all()
    assert (np.linalg.norm(found, axis=1) <= np.linalg.norm(field, axis=1) + 1e-12).all()


@given(seeds)
@examples(25)
def test_what_crosses_the_jawline_crosses_it_again(seed):
    placed = uneven_face(seed)
    once = across_jawline(field_for(seed), placed)
    assert across_jawline(once, placed) == pytest.approx(once, abs=1e-12)


@given(seeds)
@examples(25)
def test_mirrored_face_and_field_cross_the_mirrored_jawline(seed):
    field, placed = field_for(seed), uneven_face(seed)
    mirrored = across_jawline(field[MIRROR] * FLIP, placed[MIRROR] * [-1.0, 1.0, 1.0])
    assert mirrored == pytest.approx(across_jawline(field, placed)[MIRROR] * FLIP, abs=1e-12)


@given(seeds)
@examples(25)
def test_asymmetry_across_the_evened_jawline_is_still_one_difference_seen_from_either_side(seed):
    placed = uneven_face(seed)
    field = across_jawline(asymmetry_field(placed), made_even(placed))
    pairs = np.setdiff1d(np.arange(478), mesh.MIDLINE)
    assert field[MIRROR][pairs] == pytest.approx((field * [1.0, -1.0])[pairs], abs=1e-12)


def test_unknown_at_one_place_of_the_jawline_stays_there():
    field = field_for(0)
    field[172] = np.nan
    found = across_jawline(field, REFERENCE)
    assert np.flatnonzero(np.isnan(found).any(axis=1)).tolist() == [172]


@pytest.mark.parametrize("shape", [(), (4,), (2, 3), (0,)])
def test_batch_crosses_the_jawline_and_is_made_even_as_each_face_is(shape):
    count = int(np.prod(shape))
    faces = np.array([uneven_face(seed) for seed in range(count)]).reshape(*shape, 478, 3)
    fields = np.array([field_for(seed) for seed in range(count)]).reshape(*shape, 478, 2)
    found, even = across_jawline(fields, faces), made_even(faces)
    assert found.shape == fields.shape
    assert even.shape == faces.shape
    for i in range(count):
        expected = across_jawline(field_for(i), uneven_face(i))
        assert found.reshape(-1, 478, 2)[i] == pytest.approx(expected, abs=1e-12)
        assert even.reshape(-1, 478, 3)[i] == pytest.approx(made_even(uneven_face(i)), abs=1e-12)


@given(seeds)
@examples(25)
def test_face_made_even_is_its_own_mirror_image_and_stays_so(seed):
    placed = uneven_face(seed)
    even = made_even(placed)
    assert np.array_equal(even[MIRROR] * [-1.0, 1.0, 1.0], even)
    assert np.array_equal(made_even(even), even)
    assert not even[mesh.MIDLINE, 0].any()
    assert not asymmetry_field(even).any()
    assert np.array_equal(made_even(placed[MIRROR] * [-1.0, 1.0, 1.0]), even)


def test_face_made_even_lies_half_way_between_its_sides():
    placed = np.array(REFERENCE)
    placed[291] += [2.0, 4.0, -6.0]
    even = made_even(placed)
    assert even[291] == pytest.approx(REFERENCE[291] + [1.0, 2.0, -3.0])
    assert even[61] == pytest.approx(REFERENCE[61] + [-1.0, 2.0, -3.0])
    others = np.setdiff1d(np.arange(478), [61, 291])
    assert even[others] == pytest.approx(REFERENCE[others], abs=1e-9)


def test_jawline_and_evened_face_leave_their_input_alone():
    field, placed = field_for(1), uneven_face(1)
    kept = field.copy(), placed.copy()
    field.flags.writeable = placed.flags.writeable = False
    across_jawline(field, placed)
    made_even(placed)
    assert np.array_equal(field, kept[0])
    assert np.array_equal(placed, kept[1])
