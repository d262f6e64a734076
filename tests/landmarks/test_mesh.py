"""The mesh's tables agree with MediaPipe's own sets and with one another."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from helpers.faces import ROOT

from symmetry.landmarks import mesh
from symmetry.landmarks.mesh import MIRROR, PARTS, REFERENCE, REGIONS, mirrored, subject_left

SHARED_TABLE = ROOT.parent / "shared" / "mesh_mirror.csv"


@pytest.fixture
def published():
    """MediaPipe's own sets, where it is installed (`make mediapipe`)."""
    return pytest.importorskip("mediapipe.python.solutions.face_mesh_connections")


def edges(pairs):
    return {frozenset(pair) for pair in pairs}


def closed(outline):
    return edges(zip(outline, (*outline[1:], outline[0]), strict=True))


def opened(outline):
    return edges(pairwise(outline))


def test_mirroring_twice_gives_every_landmark_back():
    assert np.array_equal(MIRROR[MIRROR], np.arange(478))


def test_28_landmarks_lie_on_the_midline_and_the_rest_form_225_pairs():
    assert len(mesh.MIDLINE) == 28
    assert len(mesh.SUBJECT_LEFT) == len(mesh.SUBJECT_RIGHT) == 225
    everything = np.concatenate([mesh.MIDLINE, mesh.SUBJECT_LEFT, mesh.SUBJECT_RIGHT])
    assert np.array_equal(np.sort(everything), np.arange(478))


@pytest.mark.skipif(not SHARED_TABLE.exists(), reason="the shared table is not beside the repository")
def test_mirror_table_is_the_shared_one():
    shared = np.loadtxt(SHARED_TABLE, delimiter=",", skiprows=1, dtype=int)
    assert np.array_equal(shared, np.column_stack([np.arange(478), MIRROR]))


def test_reference_face_is_exactly_even():
    assert np.array_equal(REFERENCE, REFERENCE[MIRROR] * [-1.0, 1.0, 1.0])


def test_reference_face_stands_in_the_facial_frame():
    eyes = REFERENCE[[mesh.IRIS_RIGHT, mesh.IRIS_LEFT]]
    assert np.array_equal(eyes, [[-31.5, 0.0, 0.0], [31.5, 0.0, 0.0]])
    assert REFERENCE[10, 1] > 40  # forehead
    assert REFERENCE[mesh.CHIN, 1] < -100
    assert REFERENCE[mesh.NOSE_TIP, 2] == REFERENCE[:, 2].max()


def test_tables_cannot_be_changed():
    for table in (MIRROR, REFERENCE):
        with pytest.raises(ValueError, match="read-only"):
            table[0] = 1


def test_eye_outline_is_mediapipes_on_either_side(published):
    assert closed(mesh.EYE_RIGHT) == edges(published.FACEMESH_RIGHT_EYE)
    assert closed(mirrored(mesh.EYE_RIGHT)) == edges(published.FACEMESH_LEFT_EYE)


def test_brow_outlines_are_mediapipes_on_either_side(published):
    upper, lower = mesh.BROW_UPPER_RIGHT, mesh.BROW_LOWER_RIGHT
    assert opened(upper) | opened(lower) == edges(published.FACEMESH_RIGHT_EYEBROW)
    assert opened(mirrored(upper)) | opened(mirrored(lower)) == edges(published.FACEMESH_LEFT_EYEBROW)


def test_lip_outlines_are_mediapipes(published):
    assert closed(mesh.LIPS_OUTER) | closed(mesh.LIPS_INNER) == edges(published.FACEMESH_LIPS)


@pytest.mark.parametrize("outline", [mesh.LIPS_OUTER, mesh.LIPS_INNER, mesh.FACE_OVAL])
def test_closed_outlines_of_the_midline_are_their_own_mirror_image(outline):
    assert closed(mirrored(outline)) == closed(outline)


def test_face_oval_is_mediapipes(published):
    assert closed(mesh.FACE_OVAL) == edges(published.FACEMESH_FACE_OVAL)


def test_jaw_runs_along_the_oval_from_the_ear_down_to_the_chin(published):
    assert opened((*mesh.JAW_RIGHT, mesh.CHIN)) <= edges(published.FACEMESH_FACE_OVAL)
    assert (np.diff(REFERENCE[[*mesh.JAW_RIGHT, mesh.CHIN], 1]) < 0).all()


def test_nose_is_mediapipes(published):
    every = {landmark for edge in published.FACEMESH_NOSE for landmark in edge}
    assert {*mesh.NOSE_RIGHT, *mirrored(mesh.NOSE_RIGHT), *mesh.NOSE_MIDLINE} == every
    assert set(mesh.NOSE_MIDLINE) <= set(mesh.MIDLINE)


@pytest.mark.parametrize(
    ("centre", "ends", "ring"),
    [
        (mesh.IRIS_RIGHT, mesh.IRIS_RIGHT_EDGES, "FACEMESH_RIGHT_IRIS"),
        (mesh.IRIS_LEFT, mesh.IRIS_LEFT_EDGES, "FACEMESH_LEFT_IRIS"),
    ],
)
def test_iris_diameter_runs_level_across_mediapipes_ring(centre, ends, ring, published):
    ring = getattr(published, ring)
    assert set(ends) <= {landmark for edge in ring for landmark in edge}
    assert frozenset(ends) not in edges(ring)  # opposite each other, not neighbours
    across = np.abs(np.subtract(*REFERENCE[list(ends)]))
    assert across[0] > 20 * across[1]
    assert REFERENCE[list(ends)].mean(axis=0) == pytest.approx(REFERENCE[centre], abs=0.2)
    assert set(mesh.IRIS_LANDMARKS) >= {centre, *ends}


def test_mirrored_keeps_the_order():
    assert mirrored((468, 33, 152)) == (473, 263, 152)


def test_subject_left_takes_either_side_and_drops_the_midline():
    for given in ((33, 61), (263, 291), (33, 263, 61, 152, 4)):
        assert subject_left(given).tolist() == [263, 291]


@pytest.mark.parametrize("name", REGIONS)
def test_region_holds_each_pair_once_by_its_subject_left_landmark(name):
    members = REGIONS[name]
    assert len(members) == len(set(members.tolist())) > 0
    assert (REFERENCE[members, 0] > 0).all()
    assert np.array_equal(members, subject_left(members))


@pytest.mark.parametrize("name", REGIONS)
def test_no_region_holds_an_iris(name):
    assert REGIONS[name].max() < mesh.IRIS_RIGHT


def test_face_region_covers_every_pair_below_the_irises():
    assert np.array_equal(REGIONS["face"], mesh.SUBJECT_LEFT[mesh.SUBJECT_LEFT < 468])


def test_local_regions_share_no_pair():
    for one, other in combinations([name for name in REGIONS if name not in ("face", "lower_face")], 2):
        assert not np.intersect1d(REGIONS[one], REGIONS[other]).size, (one, other)


def test_lower_face_is_what_lies_below_the_nose():
    lower = set(REGIONS["lower_face"])
    assert lower >= set(REGIONS["mouth"]) | set(REGIONS["jawline"])
    assert not lower & (set(REGIONS["eyes"]) | set(REGIONS["brows"]))
    assert REFERENCE[list(lower), 1].max() < REFERENCE[2, 1]


def test_region_names_are_fixed():
    assert list(REGIONS) == [
        "jawline",
        "eyes",
        "mouth",
        "brows",
        "nasolabial",
        "cheeks",
        "nose",
        "lower_face",
        "face",
    ]
    assert mesh.MAIN_REGIONS == ("jawline", "eyes", "mouth")


def test_stable_upper_face_is_even_and_above_the_mouth():
    stable = mesh.STABLE_UPPER_FACE
    assert np.array_equal(np.sort(MIRROR[stable]), stable)
    assert REFERENCE[stable, 1].min() > REFERENCE[61, 1] / 2


def test_every_region_has_parts_in_its_order():
    assert list(PARTS) == list(REGIONS)
    assert {region: list(parts) for region, parts in PARTS.items() if list(parts) != [region]} == {
        "jawline": ["jaw angle", "jaw beside the chin"],
        "eyes": ["upper lid", "lower lid"],
    }


@pytest.mark.parametrize("region", PARTS)
def test_parts_are_of_their_region(region):
    for members in PARTS[region].values():
        assert len(members) >= 4
        assert np.array_equal(members, subject_left(members))
        assert set(members.tolist()) <= set(REGIONS[region].tolist())
    if len(PARTS[region]) == 1:
        assert np.array_equal(*PARTS[region].values(), REGIONS[region])


def test_lids_are_what_lies_above_and_below_the_corners_of_the_eye():
    upper, lower = PARTS["eyes"]["upper lid"], PARTS["eyes"]["lower lid"]
    corners = {263, 362}
    assert set(upper.tolist()) | set(lower.tolist()) | corners == set(REGIONS["eyes"].tolist())
    assert not {*upper.tolist()} & {*lower.tolist()}
    assert not corners & {*upper.tolist(), *lower.tolist()}
    assert REFERENCE[upper, 1].min() > REFERENCE[lower, 1].max()
    assert {386} <= set(upper.tolist())  # the middles, where the fissure is measured
    assert {374} <= set(lower.tolist())


def test_parts_of_the_jaw_leave_out_its_ends():
    angle, chin = PARTS["jawline"]["jaw angle"], PARTS["jawline"]["jaw beside the chin"]
    ear_lobe, under_chin = int(MIRROR[132]), int(MIRROR[148])
    assert {*angle.tolist(), *chin.tolist()} == set(REGIONS["jawline"].tolist()) - {ear_lobe, under_chin}
    assert REFERENCE[angle, 1].mean() > REFERENCE[chin, 1].mean() + 10
    assert REFERENCE[angle, 0].mean() > REFERENCE[chin, 0].mean() + 10
