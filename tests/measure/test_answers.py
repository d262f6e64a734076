"""Answers of one photo and of two: what is sure, what is not, what cannot be told, and how that is said."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import pytest
from helpers.faces import drawn
from hypothesis import given
from hypothesis import strategies as st

import symmetry
from symmetry.measure.answers import change_answer, common_flags, face_answer, finding_of, fitness_of, tells
from symmetry.measure.change import Change
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.quality.flags import Flag
from symmetry.measure.symmetry_index import SymmetryIndex
from symmetry.measure.wording import (
    change_sentences,
    face_sentences,
    index_words,
    lift_sentences,
    overview_sentences,
    repeat_sentences,
    standing_words,
)

NAN = float("nan")


@lru_cache
def face() -> FaceAnalysis:
    return symmetry.analyze(drawn(), landmarks_only=True)


@lru_cache
def unchanged() -> Change:
    return symmetry.compare(face(), face())


def with_scores(**scores: tuple[float, float, float, float, float, float]) -> FaceAnalysis:
    """A face whose regions have these asymmetry, lateral, vertical and errors of the three; the others are even."""
    names = ("asymmetry", "lateral", "vertical", "asymmetry_error", "lateral_error", "vertical_error")
    given_ = dict.fromkeys(face().regions, (0.2, 0.0, 0.1, 0.8, 0.5, 0.4)) | scores
    regions = {
        name: replace(face().regions[name], **dict(zip(names, values, strict=True))) for name, values in given_.items()
    }
    return replace(face(), regions=regions, flags=())


def changed(**regions: dict[str, object]) -> Change:
    every = {}
    for name, region in unchanged().regions.items():
        plain = {
            "verdict": "no detectable change",
            "evenness": 0.1,
            "evenness_error": 0.6,
            "same_day_error": 0.5,
            "reason": None,
            "part": None,
        }
        every[name] = replace(region, **(plain | {"lift": 0.0, "lift_error": 1.0} | regions.get(name, {})))
    return replace(unchanged(), regions=every, flags=())


def said(change: Change) -> str:
    return " ".join(change_sentences(change_answer(change)))


@given(st.floats(0, 10), st.floats(0.01, 10))
def test_a_number_tells_nothing_if_zero_lies_within_an_error_of_more_than_two_millimetres(value, error):
    assert tells(value, error) == (value > error or error <= 2.0)
    assert tells(value, error, "% IPD") == (value > error or error <= 2.0 * 100 / 63)


def test_what_is_not_known_tells_nothing():
    assert not tells(NAN, 1.0)
    assert not tells(1.0, NAN)


def test_the_largest_sure_difference_is_said_first_then_the_others_with_the_main_regions_first():
    one = with_scores(
        brows=(1.5, 0.2, 1.2, 0.5, 0.7, 0.9),
        mouth=(1.1, -0.9, 0.3, 0.5, 0.5, 0.6),
        nose=(1.0, 0.95, 0.1, 0.4, 0.4, 0.4),
    )
    first, second, third, *others = face_sentences(face_answer(one))
    assert first == "The left brow lies 1.2 ± 0.9 mm higher."
    assert second == (
        "Smaller: the right half of the mouth lies 0.9 ± 0.5 mm further out; "
        "the left side of the nose lies 0.95 ± 0.40 mm further out."
    ).replace("0.95 ± 0.40", "0.9 ± 0.4")
    assert third.startswith("Even as far as this photo can show: the jawline (within 0.5 mm), the eyes (within 0.5 mm)")
    assert not others


def test_an_even_face_is_said_to_show_no_difference():
    assert face_sentences(face_answer(with_scores()))[0] == (
        "No difference between left and right is larger than the error of this photo."
    )


def test_a_wide_error_is_cannot_be_told_not_even_and_its_number_is_no_result():
    one = with_scores(jawline=(0.0, 0.1, 0.2, 4.16, 3.0, 1.0), cheeks=(NAN, NAN, NAN, NAN, NAN, NAN))
    told = face_sentences(face_answer(one))
    assert told[-1] == "Cannot be told: the jawline (error of 3.0 mm) and the cheeks (not seen)."
    assert standing_words(finding_of(one, "jawline"), "mm") == "cannot be told: error of 3.0 mm"
    assert not any("0.0 ±" in sentence for sentence in told)


def test_a_wide_error_does_not_hide_a_wider_difference():
    assert finding_of(with_scores(jawline=(6.0, 5.0, 0.2, 2.5, 3.0, 1.0)), "jawline").standing == "uneven"


def test_what_surely_is_under_a_millimetre_counts_as_even():
    finding = finding_of(with_scores(eyes=(0.4, 0.2, 0.1, 0.4, 0.1, 0.4)), "eyes")
    assert (finding.standing, finding.error) == ("even", 0.4)


def test_halves_that_differ_in_shape_alone_are_uneven():
    words = standing_words(finding_of(with_scores(mouth=(2.0, 0.1, 0.1, 0.6, 0.5, 0.5)), "mouth"), "mm")
    assert words == "halves differ by 2.0 ± 0.6 mm"


@pytest.mark.parametrize(
    ("vertical", "words"),
    [
        (1.0, "left 1.2 ± 0.5 further out, 1.0 ± 0.4 higher"),
        (-1.0, "left 1.2 ± 0.5 further out\nright 1.0 ± 0.4 higher"),
    ],
)
def test_two_differences_of_one_side_name_it_once(vertical, words):
    assert standing_words(finding_of(with_scores(mouth=(2.0, 1.2, vertical, 0.5, 0.5, 0.4)), "mouth"), "") == words


def test_a_flag_is_the_reason_where_it_stops_a_region():
    stopped = replace(
        with_scores(mouth=(NAN,) * 6), flags=(Flag(name="smiling", severity="reject", advice="", touches=("mouth",)),)
    )
    assert finding_of(stopped, "mouth").reason == "smiling"


def test_the_index_is_written_with_its_error_and_healthy_adults_or_the_reason():
    assert index_words(SymmetryIndex(value=76.4, error=9.6)) == (
        "Symmetry index 76 ± 10 of 100 (healthy adults mostly 63 to 87)."
    )
    assert index_words(SymmetryIndex(reason="head_turned")) == "No symmetry index: head turned."
    assert index_words(SymmetryIndex(reason="too_unsure")) == "No symmetry index: its error would exceed 20 points."
    several = [
        SymmetryIndex(value=70.0, error=9.0),
        SymmetryIndex(value=81.0, error=9.0),
        SymmetryIndex(reason="smiling"),
    ]
    assert overview_sentences(several, 4) == [
        "4 photos: symmetry index 70 to 81 of 100 (healthy adults mostly 63 to 87); 2 of the photos cannot carry one."
    ]


def test_a_sure_change_is_said_with_its_size_and_that_it_is_real():
    mouth = {"verdict": "improved", "evenness": -2.2, "evenness_error": 0.4}
    nose = {"verdict": "worse", "evenness": 1.5, "evenness_error": 0.6}
    assert said(changed(mouth=mouth, nose=nose)).startswith(
        "More even: the mouth by 2.2 ± 0.4 mm. Of the other regions, less even: the nose by 1.5 ± 0.6 mm. "
        "These changes are real as far as photos can tell: photos of one day differ by less, and faces at rest from "
        "day to day, too, as far as that is published. How much this face differs from day to day is not known: take "
        "photos on three days before you begin. Changes below these would not show: 0.6 mm at the jawline"
    )


def test_a_region_that_did_not_move_is_no_change_though_its_asymmetry_is_not_known():
    still = {"evenness": NAN, "evenness_error": 0.9}
    assert "cheeks" not in said(changed(cheeks=still)).partition("Cannot be told")[2]
    assert "0.9 mm at the cheeks" in said(changed(cheeks=still))


def test_a_change_of_another_region_does_not_hide_what_the_main_ones_did():
    brows = {"verdict": "improved", "evenness": -2.2, "evenness_error": 0.4}
    unknown = {"verdict": "not comparable", "evenness": NAN, "evenness_error": NAN, "reason": "head_turned"}
    assert said(changed(brows=brows, jawline=unknown)).startswith(
        "No detectable change of eyes and mouth; jawline cannot be told. "
        "Of the other regions, more even: the brows by 2.2 ± 0.4 mm. This is real"
    )


def test_no_headline_of_no_change_stands_over_what_cannot_be_told():
    unknown = {"verdict": "not comparable", "evenness": NAN, "evenness_error": NAN, "reason": "not_seen"}
    wide = {"evenness_error": 4.2}
    lacking = changed(jawline=unknown, eyes=wide, mouth=unknown, brows=unknown, cheeks=unknown, nasolabial=unknown)
    first, second, third = change_sentences(change_answer(lacking))
    assert first == "No detectable change of nose; jawline, eyes and mouth cannot be told."
    assert second == "Changes below these would not show: 0.6 mm at the nose."
    assert third.startswith(
        "Cannot be told: the jawline, the mouth, the brows, the nasolabial folds and the cheeks (not seen)"
    )
    assert third.endswith("the eyes (error of 4.2 mm).")


def test_another_person_is_said_first_and_no_change_is_called_real():
    mouth = {"verdict": "improved", "evenness": -2.2, "evenness_error": 0.4}
    stranger = Flag(name="different_person", severity="warn", advice="", touches=("all",))
    told = said(replace(changed(mouth=mouth), flags=(stranger,)))
    assert told.startswith("These seem to be different people. More even: the mouth")
    assert "real" not in told


def test_what_both_sides_did_alike_is_said_by_how_much():
    lifted = changed(mouth={"lift": 1.5, "lift_error": 0.4}, brows={"lift": -0.9, "lift_error": 0.5})
    assert lift_sentences(lifted) == [
        "Moved up on both sides alike: the mouth by 1.5 ± 0.4 mm.",
        "Moved down on both sides alike: the brows by 0.9 ± 0.5 mm.",
    ]
    assert lift_sentences(changed()) == []


def flag(name: str, severity: str, *touches: str, value: float = 0.0) -> Flag:
    return Flag(name=name, severity=severity, advice="", touches=touches, value=value)


@pytest.mark.parametrize(
    ("flags", "fitness"),
    [
        ((), "fit"),
        ((flag("head_turned", "info", "jawline"),), "fit"),
        ((flag("blurred", "warn", "all"),), "less sure"),
        ((flag("face_cut", "reject", "jawline", "lower_face"),), "in part"),
        ((flag("face_covered", "reject", "all"),), "unfit"),
        ((flag("head_turned", "reject", "jawline", "eyes", "mouth"),), "unfit"),
    ],
)
def test_a_photo_is_fit_in_part_or_not_by_what_its_flags_stop(flags, fitness):
    assert fitness_of(flags) == fitness


def test_flags_of_photos_are_grouped_by_name_with_the_gravest_of_each():
    mild, grave = flag("head_turned", "info", value=2.5), flag("head_turned", "warn", value=-4.0)
    (turned, dark) = common_flags([(mild,), (grave, flag("too_dark", "info")), ()])
    assert (turned.flag, turned.photos, turned.worst) == (grave, (0, 1), 1)
    assert (dark.photos, dark.worst) == ((1,), 1)


def test_repeats_name_the_main_regions_first_and_what_too_few_photos_show():
    told = repeat_sentences({"jawline": 0.9, "eyes": 0.4, "mouth": 1.0, "brows": 0.7, "cheeks": NAN}, 1)
    assert told == [
        "Your photos repeat to ± 0.9 mm at the jawline, ± 0.4 mm at the eyes and ± 1.0 mm at the mouth.",
        "Others: ± 0.7 mm at the brows.",
        "Seen in too few photos: cheeks.",
        "One session is little to go by: add photos of other days or people.",
    ]
    none = dict.fromkeys(("jawline", "eyes", "mouth"), NAN)
    assert repeat_sentences(none, 1) == ["Too few photos were repeated to tell how well they agree."]
