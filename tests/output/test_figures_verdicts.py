"""What the picture of two faces says: numbers with errors, verdicts, and what the reader should mind."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import lru_cache

import pytest
from helpers.figure_faces import (
    LEFT_EYES,
    LEFT_MOUTH,
    assert_all_texts_apart_and_inside,
    below,
    face_of_landmarks,
    found_change,
    texts,
    uneven,
)
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from symmetry.landmarks.mesh import MAIN_REGIONS
from symmetry.measure.change import Change, RegionChange
from symmetry.measure.comparison import compare
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.quality.flags import Flag, reason_words
from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, NOT_COMPARABLE, WORSE, CameFrom, Verdict
from symmetry.measure.words import REGION_TITLES
from symmetry.output.colours import VERDICT_COLOURS
from symmetry.output.figures import draw_change
from symmetry.output.figures.wording import notice_in_words, remarks
from symmetry.output.words import movement_in_words, verdict_in_short, verdict_in_words

NAN = float("nan")


@pytest.fixture
def change() -> Change:
    return found_change()


@lru_cache
def change_of_an_eye() -> RegionChange:
    return compare(face_of_landmarks(), face_of_landmarks((LEFT_EYES, 0.0, 2.0))).regions["eyes"]


def region_change(**values: object) -> RegionChange:
    """The change of an eye, with what a test is about."""
    usual = {"part": "upper lid", "evenness": -0.9, "evenness_error": 0.4, "verdict": IMPROVED, "noticed_from": 1.0}
    usual |= {"noticed_by": "mrd1"} | values
    noticed = {"noticed_change": usual["evenness"], "noticed_error": usual["evenness_error"]}
    return replace(change_of_an_eye(), **(noticed | usual))  # type: ignore[arg-type]


def judged(change: Change, name: str, **values: object) -> Change:
    """The same comparison with something else about a region."""
    region = replace(change.regions[name], **values)  # type: ignore[arg-type]
    return replace(change, regions={**change.regions, name: region})


# In words


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "upper lid 0.9 ± 0.4 mm more even"),
        ({"evenness": 0.9, "verdict": WORSE}, "upper lid 0.9 ± 0.4 mm less even"),
        ({"evenness": -0.3, "verdict": NO_CHANGE}, "upper lid 0.3 ± 0.4 mm more even"),
        ({"evenness": 0.03, "verdict": NO_CHANGE}, "upper lid as even as before, ± 0.4 mm"),
        ({"part": "eyes"}, "0.9 ± 0.4 mm more even"),
        # A verdict that tenths of a millimetre would contradict is written to the hundredth.
        ({"evenness": -0.41, "evenness_error": 0.38}, "upper lid 0.41 ± 0.38 mm more even"),
        ({"evenness": -0.46, "evenness_error": 0.38}, "upper lid 0.5 ± 0.4 mm more even"),
        ({"unit": "% IPD"}, "upper lid 0.9 ± 0.4 % IPD more even"),
        ({"verdict": NOT_COMPARABLE, "reason": "not_seen"}, "not seen"),
        ({"verdict": NOT_COMPARABLE, "reason": "head_turned"}, "head turned"),
        ({"verdict": NOT_COMPARABLE, "reason": "pose_differs"}, "head held differently"),
    ],
)
def test_what_a_verdict_rests_on(values: dict[str, object], expected: str) -> None:
    assert verdict_in_words(region_change(**values)) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "improved by 0.9 ± 0.4 mm"),
        ({"evenness": 0.9, "verdict": WORSE}, "worse by 0.9 ± 0.4 mm"),
        ({"evenness": 0.3, "verdict": NO_CHANGE}, "no detectable change (± 0.4 mm)"),
        ({"verdict": NOT_COMPARABLE, "reason": "face_covered"}, "not comparable: face covered"),
        ({"evenness": 0.3, "evenness_error": 2.4, "verdict": NO_CHANGE}, "cannot be told (± 2.4 mm)"),
    ],
)
def test_a_verdict_in_one_line(values: dict[str, object], expected: str) -> None:
    assert verdict_in_short(region_change(**values)) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {"evenness": -0.5, "evenness_error": 0.4},
            "iris to upper lid 0.5, not noticed under 1",
        ),
        ({"evenness": -0.9}, "iris to upper lid 0.9, may be noticed from 1"),
        ({"evenness": -1.1}, "iris to upper lid 1.1, may be noticed from 1"),
        (
            {"evenness": 1.5, "verdict": WORSE},
            "iris to upper lid 1.5, noticed from 1",
        ),
        (
            {"evenness": -0.9, "noticed_from": 3.5},
            "iris to upper lid 0.9, not noticed under 3.5",
        ),
        ({"evenness": -0.3, "verdict": NO_CHANGE}, "iris to upper lid: noticed from 1"),
        ({"noticed_from": None}, "when people notice it is not published"),
        ({"noticed_from": None, "unit": "% IPD"}, ""),
        ({"verdict": NOT_COMPARABLE}, ""),
    ],
)
def test_whether_people_would_notice(values: dict[str, object], expected: str) -> None:
    assert notice_in_words(region_change(**values)) == expected


@given(st.floats(-6, 6), st.floats(0.05, 3), st.floats(0.5, 5))
def test_what_surely_is_smaller_is_never_called_large_enough(size: float, error: float, least: float) -> None:
    verdict: Verdict = NO_CHANGE if abs(size) <= error else IMPROVED if size < 0 else WORSE
    values = {"evenness": size, "evenness_error": error, "noticed_from": least, "verdict": verdict}
    said = notice_in_words(region_change(**values))
    if abs(size) < least:
        assert ", noticed" not in said
    if abs(size) >= least:
        assert "not noticed" not in said


@pytest.mark.parametrize(
    ("verdict", "source", "expected"),
    [
        (IMPROVED, "worse side", "mostly the left: the worse side improved"),
        (IMPROVED, "better side", "mostly the left: the better side followed"),
        (IMPROVED, "both sides", "mostly the left: they came closer"),
        (WORSE, "worse side", "mostly the left: the worse side got worse"),
        (WORSE, "better side", "mostly the left: the better side moved off"),
        (WORSE, "both sides", "mostly the left: they moved apart"),
        (NO_CHANGE, None, "mostly the left"),
        (NOT_COMPARABLE, None, "seen to move, but not judged"),
    ],
)
def test_where_a_change_came_from(verdict: Verdict, source: CameFrom | None, expected: str) -> None:
    region = region_change(verdict=verdict, came_from=source, moved="subject_left")
    assert movement_in_words(region)[0] == expected


def test_where_both_sides_have_gone() -> None:
    region = compare(face_of_landmarks(), face_of_landmarks((LEFT_MOUTH, 0.0, 2.0))).regions["mouth"]
    assert movement_in_words(region)[1:] == ("right 0.0", "left 1.9 up")
    even = compare(face_of_landmarks(), face_of_landmarks()).regions["mouth"]
    assert movement_in_words(even) == ("neither side for sure", "right 0.0", "left 0.0")
    unknown = replace(even.subject_left, size=NAN)
    assert movement_in_words(replace(even, subject_left=unknown)) == ("not seen", "", "")


def test_names_of_flags_are_written_as_words() -> None:
    assert reason_words("head_turned") == "head turned"
    assert reason_words("something_new") == "something new"


def flag(text: str, severity: str = "warn") -> Flag:
    return Flag(name="some", severity=severity, advice=text)  # type: ignore[arg-type]


def test_the_gravest_flags_come_first_each_but_once() -> None:
    flags = [flag("a"), flag("b", "info"), flag("c", "reject"), flag("a"), flag("d")]
    assert [(line.text, line.severity) for line in remarks(flags)] == [("c", "reject"), ("a", "warn"), ("d", "warn")]
    assert remarks([]) == []


@given(st.lists(st.sampled_from(["reject", "warn", "info"])), st.integers(1, 6))
def test_no_more_flags_are_listed_than_fit_and_the_rest_is_counted(severities: list[str], most: int) -> None:
    flags = [flag(f"flag {i}", severity) for i, severity in enumerate(severities)]
    lines = remarks(flags, most=most)
    grave = sum(severity != "info" for severity in severities)
    assert len(lines) == min(grave, most)
    named = sum(line.severity is not None for line in lines)
    if grave > most:
        assert lines[-1].text.startswith(f"and {grave - named} more flag")
    else:
        assert named == grave


# In the figure


def test_the_table_holds_scores_with_errors_and_verdicts(change: Change) -> None:
    figure = draw_change(change)
    for name in MAIN_REGIONS:
        region = change.regions[name]
        line = below(figure, REGION_TITLES[name], 8)
        before, after = (face.regions[name].asymmetry_error for face in (change.before, change.after))
        assert line[:3] == [f"{region.before:.1f} ± {before:.1f}", f"{region.after:.1f} ± {after:.1f}", region.verdict]
        assert verdict_in_words(region) in line
        assert notice_in_words(region) in line
        assert movement_in_words(region)[0] in line
    mouth = change.regions["mouth"]
    assert mouth.verdict == IMPROVED
    assert {"mostly the right: the worse side improved"} < set(below(figure, "Mouth", 8))
    assert f"{-mouth.evenness:.1f} ± {mouth.evenness_error:.1f} mm more even" in below(figure, "Mouth", 8)
    assert "19 times out of 20" in " ".join(texts(figure))


def test_the_other_regions_have_their_verdicts(change: Change) -> None:
    figure = draw_change(change)
    for name, region in change.regions.items():
        if name not in MAIN_REGIONS:
            assert below(figure, REGION_TITLES[name], 1) == [verdict_in_short(region)]


def marks(figure: Figure, verdict: Verdict) -> list[tuple[object, object]]:
    """Colours of the filling and the edge of the marks before a verdict."""
    lines = [line for line in figure.axes[0].lines if line.get_gid() == verdict]
    return [(line.get_markerfacecolor(), line.get_markeredgecolor()) for line in lines]


def test_verdicts_differ_in_colour_and_only_changes_are_filled(change: Change) -> None:
    for verdict in (IMPROVED, WORSE, NO_CHANGE, NOT_COMPARABLE):
        figure = draw_change(judged(change, "mouth", verdict=verdict, reason="not_seen", evenness=1.0))
        (written,) = (
            text
            for text in figure.axes[0].texts
            if text.get_text() == verdict and abs(text.get_position()[1] - row_of(figure, "Mouth")) < 5
        )
        assert written.get_color() == VERDICT_COLOURS[verdict]
        filled = {face == edge for face, edge in marks(figure, verdict)}
        assert filled == {verdict in (IMPROVED, WORSE)}
    assert len({VERDICT_COLOURS[verdict] for verdict in (IMPROVED, WORSE, NO_CHANGE)}) == 3


def row_of(figure: Figure, title: str) -> float:
    return next(float(text.get_position()[1]) for text in figure.axes[0].texts if text.get_text() == title)


def test_a_region_that_was_not_seen_has_its_row(change: Change) -> None:
    side = replace(change.regions["mouth"].subject_left, outward=NAN, up=NAN, size=NAN)
    unseen = {"verdict": NOT_COMPARABLE, "reason": "not_seen", "evenness": NAN, "evenness_error": NAN, "moved": None}
    numbers = {"before": NAN, "after": NAN, "subject_left": side, "subject_right": side}
    figure = draw_change(judged(change, "mouth", **unseen, **numbers))
    line = below(figure, "Mouth", 8)
    assert line == ["–", "not seen", "–", "not seen", "not comparable", "not seen", "not seen", "Brows"]
    assert not any("nan" in text for text in texts(figure))
    assert_all_texts_apart_and_inside(figure)


def test_without_millimetres_the_unit_is_named() -> None:
    figure = draw_change(compare(uneven(scale="none"), face_of_landmarks(scale="none")))
    written = texts(figure)
    assert "in % IPD" in written
    assert any("% IPD more even" in text for text in written)
    assert not any("mm" in text.split() or "notice" in text for text in written)
    assert_all_texts_apart_and_inside(figure)


def named(name: str, *moves: object) -> FaceAnalysis:
    face = face_of_landmarks(*moves)  # type: ignore[arg-type]
    return replace(face, photo=replace(face.photo, name=name))


def test_of_several_photos_the_first_is_shown_and_the_others_are_counted() -> None:
    befores = [named(f"/home/someone/b{i}.jpg", (LEFT_MOUTH, 0.0, 3.0 + 0.1 * i)) for i in range(3)]
    afters = [named(f"/home/someone/a{i}.jpg", (LEFT_MOUTH, 0.0, 0.1 * i)) for i in range(2)]
    change = compare(befores, afters)
    figure = draw_change(change)
    written = texts(figure)
    assert "b0.jpg → a0.jpg" in written
    places = {text.get_text(): text.get_position()[0] for text in reversed(figure.axes[0].texts)}  # titles come first
    assert places["and 2 more"] == places["before"] < places["and 1 more"] == places["after"]
    assert "Numbers and arrows are of all photos" in " ".join(written)
    assert below(figure, "Mouth", 2) == [
        f"{change.regions['mouth'].before:.1f}",
        f"{change.regions['mouth'].after:.1f}",
    ]
    assert_all_texts_apart_and_inside(figure)
    one = texts(draw_change(compare(befores[0], afters[0])))
    assert not any("more" in text.split()[:2] or "of all photos" in text for text in one)


def test_flags_are_shown_without_folders(change: Change) -> None:
    photo = replace(change.befores[0].photo, name="/home/someone/b.jpg")
    flags = tuple(
        flag(f"before, /home/someone/b.jpg: Number {i} is far from good; take another. " + "Again. " * 20)
        for i in range(6)
    )
    befores = (replace(change.befores[0], photo=photo),)
    figure = draw_change(replace(change, befores=befores, flags=(*flags, flag("This one is worst.", "reject"))))
    written = texts(figure)
    assert not any("someone" in text for text in written)
    assert any(text.startswith("before, b.jpg: Number 1 is") for text in written)
    assert "and 4 more flags" in written
    first = next(i for i, text in enumerate(written) if text in ("✖", "⚠"))
    assert written[first : first + 2] == ["✖", "This one is worst."]
    assert_all_texts_apart_and_inside(figure)


def test_days_of_both_photos_are_shown_with_the_time_if_it_is_one_day() -> None:
    def taken(*when: int) -> FaceAnalysis:
        face = face_of_landmarks()
        return replace(face, photo=replace(face.photo, captured=datetime(*when)))  # type: ignore[arg-type]

    written = texts(draw_change(compare(taken(2026, 4, 6, 9, 30), taken(2026, 5, 18, 8, 0))))
    assert {"before · 2026-04-06", "after · 2026-05-18"} <= set(written)
    written = texts(draw_change(compare(taken(2026, 4, 6, 9, 30), taken(2026, 4, 6, 10, 5))))
    assert {"before · 2026-04-06 09:30", "after · 2026-04-06 10:05"} <= set(written)
    assert {"before", "after"} <= set(texts(draw_change(compare(face_of_landmarks(), face_of_landmarks()))))
