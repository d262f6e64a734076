"""Registration: what moved in a picture is found, the same from either side; where nothing shows, it says so."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import pytest
from helpers.examples import examples
from helpers.faces import mirror_image, seeds
from hypothesis import given
from hypothesis import strategies as st

import symmetry
from symmetry.landmarks.mesh import IRIS_LANDMARKS, LANDMARKS, MIRROR, REGIONS
from symmetry.photos.reading import Photo, photo_from_array
from symmetry.registration import GRID, ON_FACE, SEEN, Matches, register, standardize
from symmetry.registration.flow import symmetric_flow
from symmetry.registration.standard_face import HEIGHT, LANDMARK_PIXELS, MESH, WIDTH
from symmetry.synthetic import Scene, draw_face
from symmetry.synthetic.scene import depth_at, rotation

PX = 2.75
"""Pixels of the drawings to a millimetre."""
SCENE = {"width": 540, "height": 740, "pixels_per_mm": PX, "offset": (0.0, -30.0), "noise": 1.2}
PLACES = {
    "right brow": 105,
    "left brow": 334,
    "right mouth corner": 61,
    "left mouth corner": 291,
    "right upper lid": 159,
    "left upper lid": 386,
    "nose tip": 4,
}
BROWS = (105, 334)


@lru_cache
def picture(seed=1, **turn):
    """An even drawn face; another seed is another photo of it."""
    return draw_face(scene=Scene(**SCENE, seed=seed, **turn), look=None)


@lru_cache
def landmarks(**turn):
    return np.array(symmetry.analyze(picture(**turn), landmarks_only=True).landmarks)


def face_of(image, points=None):
    return standardize(photo_from_array(np.ascontiguousarray(image)), landmarks() if points is None else points)


@lru_cache
def face(seed=1):
    return face_of(picture(seed))


def bump(points, at, step, spread):
    """Movement (..., 2) in pixels that is `step` at a place and fades round it; all in pixels."""
    weight = np.exp(-((points - at) ** 2).sum(axis=-1) / (2 * spread**2))
    return weight[..., None] * np.asarray(step)


def warped(image, at, step, spread=12 * PX):
    """The picture after its parts have moved by a bump."""
    reach = round(4 * spread)
    left, top = (max(0, int(place) - reach) for place in at)
    part = image[top : int(at[1]) + reach, left : int(at[0]) + reach]
    rows, columns = np.mgrid[: part.shape[0], : part.shape[1]]
    target = np.stack([columns + left, rows + top], axis=-1).astype(np.float64)
    source = target
    for _ in range(8):
        source = target - bump(source, at, step, spread)
    places = (source - [left, top]).astype(np.float32)
    result = image.copy()
    result[top : top + part.shape[0], left : left + part.shape[1]] = cv2.remap(
        part, places[..., 0], places[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return result


def moved_mm(matches):
    """How far each landmark moved in the picture, mm, shape (478, 2)."""
    return (matches.second - matches.first)[:, :2] / PX


def same(one, other, *, within):
    """Tell whether large arrays agree; `approx` takes a second for each."""
    return one.shape == other.shape and bool(np.abs(one - other).max() <= within)


# The standard face.


def test_landmarks_lie_in_the_photo_where_the_mesh_has_them():
    away = (face().locate(LANDMARK_PIXELS) - landmarks()[MESH])[:, :2] / PX
    assert np.sqrt((away**2).mean()) < 0.15  # the nodes smooth what the mesh folds
    assert np.abs(away).max() < 1.0


def test_standard_face_of_the_mirror_image_is_the_mirrored_one():
    other = face_of(picture()[:, ::-1], mirror_image(landmarks(), SCENE["width"]))
    mirrored = face().mirrored()
    assert same(other.pattern, mirrored.pattern, within=1e-3)
    assert np.array_equal(other.inside, mirrored.inside)
    assert same(other.nodes[..., 0], SCENE["width"] - 1 + mirrored.nodes[..., 0], within=1e-3)
    assert same(other.nodes[..., 1:], mirrored.nodes[..., 1:], within=1e-3)
    assert not np.allclose(mirrored.pattern, face().pattern, atol=0.1)


def test_mirrored_twice_is_the_face_itself():
    twice = face().mirrored().mirrored()
    for name in ("pattern", "inside", "nodes"):
        assert np.array_equal(getattr(twice, name), getattr(face(), name))


def test_reduced_photo_has_the_standard_face_of_its_pixels_at_places_of_the_full_size():
    pixels = photo_from_array(picture()).pixels
    size = (2 * SCENE["width"], 2 * SCENE["height"])
    photo = Photo(name="large", pixels=pixels, size=size, reduction=2, captured=None, captured_source=None, sha256="")
    reduced = standardize(photo, landmarks() * 2 + [0.5, 0.5, 0.0])
    assert same(reduced.pattern, face().pattern, within=1e-3)
    assert np.array_equal(reduced.inside, face().inside)
    assert same(reduced.nodes, face().nodes * 2 + [0.5, 0.5, 0.0], within=1e-3)


@pytest.mark.parametrize("times", [2, 3])
def test_large_photo_agrees_with_the_small_one(times):
    large = cv2.resize(picture(), None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC)
    off = (times - 1) / 2
    matches = register(face(), face_of(large, landmarks() * times + [off, off, 0.0])).match_landmarks()
    assert matches.seen[MESH].mean() > 0.95
    back = (matches.second[:, :2] - off) / times
    assert np.abs(back - matches.first[:, :2])[matches.seen].max() / PX < 0.2


def test_noise_finer_than_the_standard_face_is_averaged():
    times, off = 4, 1.5
    large = cv2.resize(picture(), None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC)
    noise = np.random.default_rng(0).normal(0.0, 12.0, large.shape[:2])[..., None]
    noisy = np.clip(large + noise, 0, 255).astype(np.uint8)
    clean, other = (face_of(image, landmarks() * times + [off, off, 0.0]) for image in (large, noisy))
    assert np.corrcoef(clean.pattern.ravel(), other.pattern.ravel())[0, 1] > 0.97


@pytest.mark.parametrize("points", [LANDMARK_PIXELS, GRID.reshape(-1, 2)[::37]])
def test_places_within_the_photo_are_inside(points):
    column, row = np.rint(points[:, 0]).astype(int), np.rint(points[:, 1]).astype(int)
    on_standard = (column >= 0) & (column < WIDTH) & (row >= 0) & (row < HEIGHT)
    places = face().locate(points)[:, :2]
    width, height = SCENE["width"], SCENE["height"]
    well_inside = ((places > 2) & (places < np.array([width, height]) - 3)).all(axis=1) & on_standard
    assert well_inside.sum() > 0.5 * len(points)
    assert face().inside[row[well_inside], column[well_inside]].all()


# Nothing moved.


def test_face_has_not_moved_against_itself():
    registration = register(face(), face())
    assert np.abs(registration.displacement).max() == 0.0
    assert registration.match_landmarks().seen[MESH].all()


def test_noise_of_the_camera_is_no_movement():
    moved = np.linalg.norm(moved_mm(register(face(1), face(2)).match_landmarks())[MESH], axis=1)
    assert np.sqrt((moved**2).mean()) < 0.06  # mm; measured: 0.03
    assert moved.max() < 0.35
    assert moved.max() > 0


@pytest.mark.parametrize(
    "light",
    [
        lambda grey, x: 0.7 * grey + 20,
        lambda grey, x: grey * (1 + 0.25 * x),
        lambda grey, x: (0.7 * grey + 20) * (1 - 0.1 * x),
    ],
    ids=["dull", "from one side", "both"],
)
def test_other_light_is_no_movement(light):
    across = np.linspace(-1, 1, SCENE["width"])[None, :, None]
    lit = np.clip(light(picture(2).astype(float), across), 0, 255).round().astype(np.uint8)
    plain, other = (register(face(), second).match_landmarks() for second in (face(2), face_of(lit)))
    seen = plain.seen & other.seen
    assert seen[MESH].mean() > 0.9
    changed = np.linalg.norm(moved_mm(other) - moved_mm(plain), axis=1)
    # Plain skin, which next to nothing shows on, follows by up to 0.5 mm; outlines do not.
    assert np.median(changed[seen]) < 0.12
    assert np.quantile(changed[seen], 0.95) < 0.35
    outlines = [
        *PLACES.values(),
        *REGIONS["eyes"],
        *MIRROR[REGIONS["eyes"]],
        *REGIONS["brows"],
        *MIRROR[REGIONS["brows"]],
    ]
    assert changed[outlines].max() < 0.15


# Something moved.


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
@pytest.mark.parametrize("way", [(0.0, -2.0), (0.0, 2.0)], ids=["up", "down"])
def test_movement_of_2_mm_up_or_down_is_found_whole(place, way):
    at, step = landmarks()[place, :2], np.array(way) * PX
    matches = register(face(), face_of(warped(picture(2), at, step))).match_landmarks()
    truth = bump(matches.first[place, :2], at, step, 12 * PX) / PX
    found = moved_mm(matches)[place]
    assert matches.seen[place]
    assert 0.8 < found @ truth / (truth @ truth) < 1.15
    assert abs(found[0] * truth[1] - found[1] * truth[0]) / np.linalg.norm(truth) < 0.4
    far = np.linalg.norm(landmarks()[:, :2] - at, axis=1) > 45 * PX
    assert np.abs(moved_mm(matches)[far & matches.seen]).max() < 0.4


@given(
    place=st.sampled_from([place for place in PLACES.values() if place not in BROWS]),
    angle=st.floats(0.0, 2 * np.pi),
    size=st.floats(1.0, 2.5),
)
@examples(6)
def test_movement_in_any_direction_is_found_where_the_outline_turns(place, angle, size):
    # Along a brow little can be seen to move: half of it is found there.
    at, step = landmarks()[place, :2], size * PX * np.array([np.cos(angle), np.sin(angle)])
    matches = register(face(), face_of(warped(picture(2), at, step))).match_landmarks()
    truth = bump(matches.first[place, :2], at, step, 12 * PX) / PX
    found = moved_mm(matches)[place]
    assert matches.seen[place]
    assert 0.8 < found @ truth / (truth @ truth) < 1.15
    assert abs(found[0] * truth[1] - found[1] * truth[0]) / np.linalg.norm(truth) < 0.35


@pytest.mark.parametrize("turn", [{"yaw": 2.0}, {"pitch": -2.0}, {"roll": 3.0, "yaw": -1.0}])
def test_turned_head_is_matched_where_the_drawing_has_its_parts(turn):
    at_first, at_second = Scene(**SCENE), Scene(**SCENE, **turn)
    points = np.array(symmetry.analyze(picture(2, **turn), landmarks_only=True).landmarks)
    matches = register(face(), face_of(picture(2, **turn), points)).match_landmarks()
    x, y = ((matches.first[MESH, :2] - at_first.centre) / PX * [1.0, -1.0]).T
    z = depth_at(np.column_stack([x, y]), look=symmetry.synthetic.LOOKS["hazel"])
    right, up, _ = rotation(at_second) @ np.stack([x, y, z])
    truth = np.column_stack([right, -up]) * PX + at_second.centre
    away = np.linalg.norm(matches.second[MESH, :2] - truth, axis=1) / PX
    mesh_away = np.linalg.norm(points[MESH, :2] - truth, axis=1) / PX
    for name in ("brows", "eyes", "mouth"):
        both = np.concatenate([REGIONS[name], MIRROR[REGIONS[name]]])
        assert np.sqrt((away[both] ** 2).mean()) < 0.15  # mm; measured: 0.03 to 0.08
    brows = np.concatenate([REGIONS["brows"], MIRROR[REGIONS["brows"]]])
    assert np.sqrt((away[brows] ** 2).mean()) < 0.6 * np.sqrt((mesh_away[brows] ** 2).mean())


# The same from either side.


@given(seeds)
@examples(5)
def test_exchanging_the_photos_turns_the_field_round_and_nothing_else(seed):
    rng = np.random.default_rng(seed)
    at = landmarks()[rng.integers(MESH.size), :2]
    other = face_of(warped(picture(2), at, rng.normal(0.0, 5.0, 2)))
    forth, back = register(face(), other), register(other, face())
    assert same(back.displacement, -forth.displacement, within=1e-5)
    assert same(back.confidence, forth.confidence, within=1e-5)
    there, here = forth.match_landmarks(), back.match_landmarks()
    assert same(here.first[MESH], there.second[MESH], within=1e-3)
    assert same(here.second[MESH], there.first[MESH], within=1e-3)
    assert np.abs(forth.displacement).max() > 0.2


@given(seeds)
@examples(5)
def test_mirrored_faces_give_mirrored_results(seed):
    rng = np.random.default_rng(seed)
    image = warped(picture(2), landmarks()[rng.integers(MESH.size), :2], rng.normal(0.0, 5.0, 2))
    flipped = mirror_image(landmarks(), SCENE["width"])
    plain = register(face(), face_of(image))
    other = register(face_of(picture()[:, ::-1], flipped), face_of(image[:, ::-1], flipped))
    assert same(other.displacement[:, ::-1] * [-1.0, 1.0], plain.displacement, within=0.05)
    assert same(other.confidence[:, ::-1], plain.confidence, within=0.01)
    of_mirror, of_plain = other.match_landmarks(), plain.match_landmarks()
    for found, expected in ((of_mirror.first, of_plain.first), (of_mirror.second, of_plain.second)):
        assert same(mirror_image(found, SCENE["width"])[MESH], expected[MESH], within=0.1)


# What is not known.


def test_flat_grey_picture_shows_nothing():
    grey = face_of(np.full_like(picture(), 128))
    for matches in (register(grey, face()).match_landmarks(), register(grey, grey).match_landmarks()):
        assert not matches.seen.any()
        assert np.abs(matches.confidence[MESH]).max() < SEEN / 2
    assert np.abs(register(grey, grey).displacement).max() < 1e-3


@pytest.mark.parametrize("cheek", [50, 280])
@pytest.mark.parametrize("both", [False, True])
def test_patch_painted_over_a_cheek_is_not_seen_and_the_rest_is(cheek, both):
    at = landmarks()[cheek, :2]
    away = np.linalg.norm(landmarks()[:, :2] - at, axis=1) / PX
    images = [picture(1), picture(2).copy()]
    if both:
        images[0] = images[0].copy()
    for image in images[0 if both else 1 :]:
        cv2.circle(image, np.rint(at).astype(int).tolist(), round(16 * PX), (190, 150, 130), -1)
    matches = register(*(face_of(image) for image in images)).match_landmarks()
    assert not matches.seen[cheek]
    assert matches.seen[MESH][away[MESH] > 30].all()
    assert register(face(1), face(2)).match_landmarks().seen[cheek]


def test_place_beyond_the_edge_of_a_photo_is_never_seen():
    edge = int(landmarks()[164, 1])  # below the nose
    cut = face_of(picture()[:edge])
    for pair in ((cut, face(2)), (face(2), cut), (cut, cut)):
        matches = register(*pair).match_landmarks()
        outside = landmarks()[:, 1] > edge + 3 * PX
        assert outside.sum() > 100
        assert (matches.confidence[outside] == -1).all()
        assert not matches.seen[outside].any()
        assert matches.seen[MESH][landmarks()[MESH, 1] < edge - 12 * PX].mean() > 0.95


def test_irises_are_not_matched_and_all_else_is():
    matches = register(face(1), face(2)).match_landmarks()
    assert matches.first.shape == matches.second.shape == (LANDMARKS, 3)
    for array in (matches.first, matches.second, matches.confidence):
        assert np.isnan(array[IRIS_LANDMARKS]).all()
        assert np.isfinite(array[MESH]).all()
    assert not matches.seen[IRIS_LANDMARKS].any()


def test_seen_starts_at_its_bound_and_unknown_is_not_seen():
    confidence = np.array([SEEN, np.nextafter(SEEN, 0), 1.0, -1.0, np.nan])
    blank = np.zeros((5, 3))
    assert Matches(first=blank, second=blank, confidence=confidence).seen.tolist() == [True, False, True, False, False]


def test_points_are_matched_in_the_shape_that_they_come_in():
    registration = register(face(1), face(2))
    dense = registration.match(GRID)
    assert dense.first.shape == dense.second.shape == (*GRID.shape[:2], 3)
    assert dense.confidence.shape == dense.seen.shape == ON_FACE.shape == GRID.shape[:2]
    single = registration.match(GRID[20, 11])
    assert single.first == pytest.approx(dense.first[20, 11])
    assert np.array_equal(ON_FACE, ON_FACE[:, ::-1])
    assert 0.3 < ON_FACE.mean() < 0.8


def test_half_of_the_movement_lies_on_either_side_of_the_point():
    at, step = landmarks()[61, :2], np.array([0.0, -2.0 * PX])
    registration = register(face(), face_of(warped(picture(2), at, step)))
    matches = registration.match(LANDMARK_PIXELS)
    before, after = ((one - face().locate(LANDMARK_PIXELS))[61, :2] / PX for one in (matches.first, matches.second))
    assert before == pytest.approx([0.0, 1.0], abs=0.25)
    assert after == pytest.approx([0.0, -1.0], abs=0.25)


# The flow itself.


def texture(seed):
    """Something to see everywhere, pixels of the standard face, with a margin of 20 pixels."""
    rng = np.random.default_rng(seed)
    noise = cv2.GaussianBlur(rng.normal(size=(HEIGHT + 40, WIDTH + 40)).astype(np.float32), (0, 0), 3.0)
    return noise / noise.std()


@given(seeds, st.floats(-4.0, 4.0), st.floats(-4.0, 4.0))
@examples(6)
def test_shifted_pattern_has_moved_by_the_shift(seed, right, down):
    whole = texture(seed)
    matrix = np.array([[1.0, 0.0, right], [0.0, 1.0, down]])
    moved = cv2.warpAffine(whole, matrix, whole.shape[::-1], flags=cv2.INTER_CUBIC)
    first, second = (np.ascontiguousarray(image[20:-20, 20:-20]) for image in (whole, moved))
    found = symmetric_flow(first, second, np.ones_like(first))
    inner = found[20:-20, 20:-20]
    assert np.median(inner.reshape(-1, 2), axis=0) == pytest.approx([right, down], abs=0.15)
    assert np.quantile(np.abs(inner - [right, down]), 0.9) < 0.4


def test_pixels_without_a_say_have_none():
    first, other = (np.ascontiguousarray(texture(seed)[20:-20, 20:-20]) for seed in (0, 1))
    second = np.ascontiguousarray(texture(0)[20:-20, 17:-23])  # all of it 3 pixels to the right
    middle = WIDTH // 2
    everywhere, on_one_side = np.ones_like(first), np.ones_like(first)
    on_one_side[:, middle:] = 0.0
    replaced = second.copy()
    replaced[:, middle + 16 :] = other[:, middle + 16 :]  # gradients and movement reach a few pixels further
    kept, unheard = (symmetric_flow(first, image, on_one_side) for image in (second, replaced))
    assert np.array_equal(unheard, kept)
    assert np.abs(kept[20:-20, 20 : middle - 12] - [3.0, 0.0]).max() < 0.5
    heard = symmetric_flow(first, replaced, everywhere)
    assert np.abs(heard - symmetric_flow(first, second, everywhere)).max() > 1.0
