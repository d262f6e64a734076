"""The picture of one face: the right numbers on the right side, with errors, and reasons for what is missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.figure_faces import (
    LEFT_MOUTH,
    assert_all_texts_apart_and_inside,
    below,
    face_of_landmarks,
    figures,
    found_face,
    texts,
    uneven,
    unmeasured,
    with_errors,
)
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from numpy.typing import NDArray

from symmetry.errors import PhotoError
from symmetry.landmarks.mesh import MIRROR, REGIONS
from symmetry.measure.analysis import measure_landmarks
from symmetry.measure.face import Evidence, FaceAnalysis
from symmetry.measure.quality.flags import Flag, Severity
from symmetry.output.colours import NOT_SEEN_COLOUR
from symmetry.output.figures import draw_composites, draw_face
from symmetry.output.figures.page import WIDTH
from symmetry.registration.refinement import FieldMap


@pytest.fixture
def face() -> FaceAnalysis:
    return found_face()


def test_labels_hold_the_numbers_of_their_region_with_errors_and_name_the_side() -> None:
    face, figure, *_ = figures()
    mouth, eyes, jaw = (face.regions[name] for name in ("mouth", "eyes", "jawline"))
    assert mouth.vertical > 2
    assert eyes.vertical < -1
    assert jaw.lateral > 1  # of the 4 mm outward what lies across the edge
    assert below(figure, "Mouth", 2) == [
        f"{mouth.asymmetry:.1f} ± {mouth.asymmetry_error:.1f} mm",
        f"left {mouth.vertical:.1f} ± {mouth.vertical_error:.1f} higher",
    ]
    assert below(figure, "Eyes", 2) == [
        f"{eyes.asymmetry:.1f} ± {eyes.asymmetry_error:.1f} mm",
        f"left {-eyes.vertical:.1f} ± {eyes.vertical_error:.1f} lower",
    ]
    assert below(figure, "Jawline", 1) == [f"{jaw.asymmetry:.1f} ± {jaw.asymmetry_error:.1f} mm"]
    assert f"left {jaw.lateral:.1f} ± {jaw.lateral_error:.1f} further out" in below(figure, "Jawline")
    chin = face.measures["chin_deviation"]
    assert below(figure, "Chin", 2) == [f"{chin.difference:.1f} ± {chin.difference_error:.1f} mm", "toward the left"]
    whole = face.regions["face"]
    assert below(figure, "Whole face", 1) == [f"{whole.asymmetry:.1f} ± {whole.asymmetry_error:.1f} mm"]
    caption = " ".join(texts(figure))
    assert "Left and right are the person’s own." in caption
    assert "19 times out of 20" in caption


def test_labels_in_the_margin_of_the_right_speak_of_the_right() -> None:
    brows = REGIONS["brows"]
    face = face_of_landmarks((brows, 0.0, 3.0))
    figure = draw_face(face)
    assert below(figure, "Brows", 2)[1] == f"right 3.0 ± {face.regions['brows'].vertical_error:.1f} lower"
    positions = {text.get_text(): text.get_position()[0] for text in figure.axes[0].texts}
    assert positions["person’s right"] < positions["person’s left"]
    assert positions["Brows"] < positions["person’s right"]
    assert positions["Mouth"] > positions["person’s left"]


def test_mirrored_face_says_the_opposite() -> None:
    face = uneven()
    points = face.landmarks[MIRROR] * [-1.0, 1.0, 1.0] + [500.0, 0.0, 0.0]
    mirrored = measure_landmarks(face.photo, points, scale=face.scale)
    swapped = {"higher": "lower", "lower": "higher", "further in": "further out", "further out": "further in"}
    figure, other_figure = draw_face(face), draw_face(mirrored)
    found = 0
    for title in ("Brows", "Cheeks", "Nose", "Nasolabial folds", "Eyes", "Mouth", "Jawline"):
        for line in below(figure, title):
            for word, other in swapped.items():
                if line.endswith(word):
                    assert line.removesuffix(word) + other in below(other_figure, title)
                    found += 1
    assert found >= 7


def test_an_even_face_has_no_side_to_name() -> None:
    face = face_of_landmarks()
    figure = draw_face(face)
    assert below(figure, "Mouth", 2) == [f"0.0 ± {face.regions['mouth'].asymmetry_error:.1f} mm", "Jawline"]
    assert not any(word in text for text in texts(figure) for word in ("higher", "lower", "toward", "further"))


def test_without_millimetres_the_numbers_are_percent() -> None:
    face = uneven(scale="none")
    figure = draw_face(face)
    mouth = face.regions["mouth"]
    assert below(figure, "Mouth", 2) == [
        f"{mouth.percent:.1f} ± {mouth.percent_error:.1f} % IPD",
        f"left {mouth.vertical_percent:.1f} ± {mouth.vertical_percent_error:.1f} higher",
    ]
    assert not any(text.endswith("mm") for text in texts(figure))
    assert any("distance between the pupils" in text for text in texts(figure))


def test_errors_stand_behind_their_numbers() -> None:
    figure = draw_face(with_errors(uneven()))
    assert below(figure, "Mouth") == ["12.3 ± 10.4 mm", "left 11.1 ± 10.6 lower", "left 11.1 ± 10.2 further in"]


def test_an_error_that_is_not_known_is_left_out() -> None:
    face = uneven()
    mouth = replace(face.regions["mouth"], asymmetry_error=float("nan"), vertical_error=float("nan"))
    figure = draw_face(replace(face, regions={**face.regions, "mouth": mouth}))
    assert below(figure, "Mouth", 2) == [f"{mouth.asymmetry:.1f} mm", f"left {mouth.vertical:.1f} higher"]


def test_what_could_not_be_measured_is_called_so() -> None:
    figure = draw_face(unmeasured(uneven()))
    assert below(figure, "Mouth") == ["–", "not seen", "Jawline"]
    assert below(figure, "Chin", 2) == ["–", "not seen"]
    assert below(figure, "Whole face", 1) == ["– not seen"]
    assert not any("nan" in text for text in texts(figure))


def test_regions_that_were_not_seen_leave_the_others_as_they_are(face: FaceAnalysis) -> None:
    nan = float("nan")
    cheeks = replace(face.regions["cheeks"], asymmetry=nan, lateral=nan, vertical=nan, percent=nan)
    part = replace(face, regions={**face.regions, "cheeks": cheeks})
    figure = draw_face(part)
    assert below(figure, "Cheeks") == ["–", "not seen", "Nose"]
    assert below(figure, "Nose") == below(draw_face(face), "Nose")
    assert to_rgba(NOT_SEEN_COLOUR) in [patch.get_facecolor() for patch in figure.axes[0].patches]
    assert_all_texts_apart_and_inside(figure)


def stopped(face: FaceAnalysis, *flags: Flag) -> FaceAnalysis:
    """The face measured again, with what flags stop."""
    return measure_landmarks(face.photo, face.landmarks, scale=face.scale, evidence=Evidence(flags=flags))


def flag(name: str, severity: Severity, *touches: str) -> Flag:
    return Flag(name=name, severity=severity, touches=touches, advice=f"Something about {name}.")


def test_what_a_flag_stops_has_a_dash_and_the_reason() -> None:
    turned = flag("head_turned", "reject", "jawline.lateral", "chin_deviation")
    figure = draw_face(stopped(uneven(), turned, flag("eyes_closed", "reject", "eyes")))
    assert below(figure, "Jawline", 3)[2] == "in or out – head turned"
    assert "left" in below(figure, "Jawline", 3)[1]
    assert below(figure, "Chin", 2) == ["–", "head turned"]
    assert below(figure, "Eyes", 2) == ["–", "eyes closed"]
    assert not any("nan" in text for text in texts(figure))
    assert_all_texts_apart_and_inside(figure)


def test_a_warning_stops_nothing() -> None:
    figure = draw_face(stopped(uneven(), flag("head_turned", "warn", "jawline.lateral", "chin_deviation", "eyes")))
    assert not any("–" in text for text in texts(figure) if "Left–right" not in text)


def test_what_lies_beyond_the_photo_is_called_cut() -> None:
    cut = uneven(centre=(60.0, 260.0))
    figure = draw_face(stopped(cut, flag("face_cut", "warn", "jawline", "cheeks")))
    assert below(figure, "Jawline", 2) == ["–", "face cut"]


def test_warnings_are_shown_the_gravest_first_and_remarks_are_not() -> None:
    flags = (flag("several_faces", "info"), flag("blurred", "warn"), flag("too_dark", "reject"))
    figure = draw_face(replace(uneven(), flags=flags))
    written = texts(figure)
    assert not any("several" in text for text in written)
    assert written.index("Something about too_dark.") < written.index("Something about blurred.")
    signs = [text for text in figure.axes[0].texts if text.get_text() in ("✖", "⚠")]
    assert [sign.get_text() for sign in signs] == ["✖", "⚠"]
    assert signs[0].get_color() != signs[1].get_color()
    assert "✖" not in texts(draw_face(uneven()))


def test_many_flags_are_cut_and_counted() -> None:
    flags = tuple(flag(f"number_{i}", "warn") for i in range(9))
    for figure in (draw_face(replace(uneven(), flags=flags)), draw_composites(replace(uneven(), flags=flags))):
        written = texts(figure)
        assert "Something about number_2." in written
        assert "Something about number_3." not in written
        assert "and 6 more flags" in written
        assert_all_texts_apart_and_inside(figure)


def test_the_map_is_worked_out_once(face: FaceAnalysis, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    worked_out = FaceAnalysis.asymmetry_map

    def counted(self: FaceAnalysis) -> FieldMap | None:
        asked.append(self)
        return worked_out.fget(self)  # type: ignore[no-any-return, attr-defined]

    monkeypatch.setattr(FaceAnalysis, "asymmetry_map", property(counted))
    draw_face(face)
    assert len(asked) == 1


def test_labels_lead_to_where_there_is_colour(face: FaceAnalysis) -> None:
    def foot_of_cheeks(subject: FaceAnalysis) -> NDArray[np.float64]:
        dots = [line.get_xydata()[0] for line in draw_face(subject).axes[0].lines if line.get_marker() == "o"]  # type: ignore[index]
        return np.asarray(dots[1])  # brows, cheeks, nose ...

    assert face.refined is not None
    first = foot_of_cheeks(face)
    distance = np.linalg.norm(face.refined.map_points[..., :2] - face.points[117, :2], axis=-1)
    near = distance < 0.12 * face.interpupillary
    unseen = replace(face, refined=replace(face.refined, map_seen=face.refined.map_seen & ~near))
    moved = np.linalg.norm(foot_of_cheeks(unseen) - first)
    per_pixel = 580 / (2.9 * face.interpupillary)
    assert 0.03 * face.interpupillary * per_pixel < moved < 0.4 * face.interpupillary * per_pixel


def test_mirrored_contours_lie_on_those_of_the_other_side_where_a_face_is_even() -> None:
    def contours(figure: Figure, name: str) -> list[NDArray[np.float64]]:
        return [np.asarray(line.get_xydata()) for line in figure.axes[0].lines if line.get_gid() == name]

    even, moved = draw_face(face_of_landmarks()), draw_face(face_of_landmarks((LEFT_MOUTH, 0.0, 3.0)))
    left, mirrored = (contours(even, name) for name in ("subject_left", "subject_right mirrored"))
    assert len(left) == 6
    for one, other in zip(left, mirrored, strict=True):
        assert np.allclose(one, other, atol=0.2)
        assert (one[:, 0] > WIDTH / 2 - 1).all()
    # On the page y runs down: the raised left lips lie above the mirrored right ones by 3 mm.
    per_mm = 580 / (2.9 * 63)
    lips, mirrored_lips = contours(moved, "subject_left")[3], contours(moved, "subject_right mirrored")[3]
    assert (mirrored_lips - lips)[5, 1] == pytest.approx(3 * per_mm, abs=1.5)


def test_result_without_its_picture_cannot_be_drawn(face: FaceAnalysis) -> None:
    with pytest.raises(PhotoError, match="analyse the photo again"):
        draw_face(face.without_pixels())
