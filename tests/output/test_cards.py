from __future__ import annotations

import re
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from xml.etree import ElementTree

import numpy as np
import pytest
from helpers.examples import examples
from helpers.faces import seeds
from helpers.figure_faces import (
    BEFORE,
    DENSITY,
    LEFT_MOUTH,
    SCENE,
    face_of_landmarks,
    found_change,
    found_face,
    uneven,
    unmeasured,
)
from helpers.made_series import ERROR, made_series
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from symmetry.landmarks.mesh import LIPS_OUTER, MAIN_REGIONS, REGIONS
from symmetry.measure.change import Change, SideMovement
from symmetry.measure.comparison import compare
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.quality.flags import Flag
from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, NOT_COMPARABLE, WORSE
from symmetry.output.colours import BAND, BASELINE, COURSE, FULL_SCALE, NOT_SEEN_COLOUR, VERDICT_COLOURS, amount_colour
from symmetry.output.figures.change import AMOUNT
from symmetry.series import Series

NAN = float("nan")
LARGEST = 25_000
"""Bytes of a card at the most: ten of them in a notebook are still read on a phone."""
NASTY = "/home/anna/<script>alert('x')</script> & \"b\"\x1b[31m.jpg"
SVG = "{http://www.w3.org/2000/svg}"
Result = FaceAnalysis | Change | Series


@lru_cache
def changed() -> Change:
    return compare(uneven(), face_of_landmarks())


RESULTS: dict[str, Callable[[], Result]] = {
    "face": found_face,
    "face of landmarks": uneven,
    "face without millimetres": lambda: uneven(scale="none"),
    "face not seen": lambda: unmeasured(uneven()),
    "change": found_change,
    "change of landmarks": changed,
    "change without millimetres": lambda: compare(uneven(scale="none"), face_of_landmarks(scale="none")),
    "change not comparable": lambda: not_comparable(changed()),
    "series": made_series,
    "series of one session": lambda: made_series((0,)),
    "series without millimetres": lambda: made_series(unit="% IPD"),
    "series with treatment": lambda: made_series(treatment_start=date(2026, 4, 20)),
    "long series": lambda: made_series(range(0, 2000, 2), noise=0.5),
}


@pytest.fixture(params=RESULTS)
def result(request: pytest.FixtureRequest) -> Result:
    return RESULTS[request.param]()


def not_comparable(change: Change) -> Change:
    still = SideMovement(outward=NAN, up=NAN, size=NAN)
    unknown = {
        name: replace(
            region,
            before=NAN,
            after=NAN,
            evenness=NAN,
            evenness_error=NAN,
            part=None,
            verdict=NOT_COMPARABLE,
            reason="different_person",
            moved=None,
            came_from=None,
            subject_right=still,
            subject_left=still,
        )
        for name, region in change.regions.items()
    }
    return replace(change, regions=unknown)


def parsed(result: Result) -> ElementTree.Element:
    return ElementTree.fromstring(result._repr_html_())  # noqa: S314


def drawing(result: Result) -> ElementTree.Element:
    (image,) = parsed(result).iter("img")
    form, _, data = image.attrib["src"].partition(",")
    assert form == "data:image/svg+xml;base64"
    return ElementTree.fromstring(b64decode(data))  # noqa: S314


def words(element: ElementTree.Element) -> str:
    return "".join(element.itertext()).replace("\u00a0", " ")


def row_of(result: Result, title: str) -> list[str]:
    """Texts of the cells of a region's row."""
    rows = [[words(cell) for cell in row.iter("td")] for row in parsed(result).iter("tr")]
    (found,) = [row for row in rows if row and row[0].startswith(title)]
    return found


def named(face: FaceAnalysis, name: str) -> FaceAnalysis:
    return replace(face, photo=replace(face.photo, name=name))


def points_of(path: str) -> NDArray[np.float64]:
    numbers = [float(number) for number in re.findall(r"-?[\d.]+(?:e-?\d+)?", path)]
    return np.array(numbers).reshape(-1, 2)


def lines_in(result: Result, colour: str) -> list[NDArray[np.float64]]:
    """Every line and outline drawn in a colour, its points in order."""
    paths = [
        path.attrib["d"]
        for path in drawing(result).iter(f"{SVG}path")
        if path.get("stroke") == colour and "L" in path.attrib["d"]
    ]
    return [points_of(part) for path in paths for part in path.split("M")[1:]]


def test_card_is_one_small_piece_of_well_formed_markup(result):
    assert parsed(result).tag == "div"
    assert len(result._repr_html_().encode()) < LARGEST


def test_drawing_brings_nothing_but_lines_and_words(result):
    picture = drawing(result)
    tags = {element.tag.removeprefix(SVG) for element in picture.iter()}
    shapes = {"path", "rect", "circle", "polygon", "polyline", "text", "g", "clipPath"}
    assert tags <= {"svg", "defs", "linearGradient", "stop"} | shapes
    assert not [
        name for element in picture.iter() for name in element.attrib if "href" in name or name.startswith("on")
    ]


def test_card_reads_in_light_and_dark_notebooks(result):
    card = parsed(result)
    assert "background:white" in card.attrib["style"]
    assert all(
        "background:white" in row.attrib["style"] and "color:#" in row.attrib["style"] for row in card.iter("tr")
    )
    ground = drawing(result).find(f"{SVG}rect")
    assert ground is not None
    assert (ground.get("width"), ground.get("fill")) == ("100%", "white")


def test_card_tells_every_region_the_main_ones_in_bold(result):
    card = parsed(result)
    titles = [row[0] for row in card.iter("tr") if row[0].tag == "td"]
    assert len(titles) == len(REGIONS)
    bold = [words(title) for title in titles if title.find("b") is not None]
    assert [name.lower().startswith(region) for name, region in zip(bold, MAIN_REGIONS, strict=True)] == [True] * 3


def test_picture_is_described_for_who_cannot_see_it(result):
    (image,) = parsed(result).iter("img")
    assert all(name in image.attrib["alt"] for name in MAIN_REGIONS)


def test_nothing_that_is_not_known_is_written_as_a_number(result):
    text = words(parsed(result)) + words(drawing(result)) + result._repr_html_()
    assert not re.search(r"\bnan\b|\binf\b|None", text)


def test_repr_is_a_line_without_arrays(result):
    assert len(repr(result)) < 300
    assert "\n" not in repr(result)
    assert "array" not in repr(result)
    assert repr(result).startswith(f"<{type(result).__name__} ")


def test_card_does_not_depend_on_the_photo_s_pixels():
    face, change = found_face(), found_change()
    assert face.without_pixels()._repr_html_() == face._repr_html_()
    blank = replace(change, before=change.before.without_pixels(), after=change.after.without_pixels())
    assert blank._repr_html_() == change._repr_html_()


def test_standard_face_keeps_its_pixels_to_itself():
    assert found_face().standard is not None
    assert "pattern" not in repr(found_face().standard)


@pytest.mark.parametrize("kind", ["face", "change", "series"])
def test_nasty_name_stays_text_and_its_folder_untold(kind):
    face = named(uneven(), NASTY)
    flag = Flag(name="head_turned", severity="warn", advice=f"{NASTY}: the head is turned.", touches=("all",))
    change = replace(changed(), before=face, befores=(face,), flags=(flag,))
    series = made_series()
    sessions = (replace(series.sessions[0], faces=(face,)), *series.sessions[1:])
    assert series.change is not None
    shown = {
        "face": replace(face, flags=(flag,)),
        "change": change,
        "series": replace(series, sessions=sessions, change=replace(series.change, flags=(flag,))),
    }[kind]
    card = parsed(shown)
    assert "script" not in {element.tag for element in card.iter()}
    assert 'script> & "b"\\x1b[31m.jpg: the head is turned.' in words(card)
    assert "anna" not in shown._repr_html_()
    assert "anna" not in repr(shown)


def test_long_name_loses_its_middle():
    text = words(parsed(named(uneven(), f"{'a' * 200}.jpg")))
    assert "aaa…aaa" in text
    assert "a" * 61 not in text


def test_numbers_of_a_face_stand_with_their_errors_and_sides():
    face = uneven()
    mouth = face.regions["mouth"]
    title, number, sides = row_of(face, "Mouth")
    assert title == "Mouth"
    assert number == f"{mouth.asymmetry:.1f} ± {mouth.asymmetry_error:.1f}"
    assert f"left {mouth.vertical:.1f} ± {mouth.vertical_error:.1f} higher" in sides  # drawn 3 mm higher


def test_side_is_named_only_where_the_difference_is_larger_than_its_error():
    face = uneven()
    small = replace(face.regions["mouth"], vertical=0.3, vertical_error=0.4, lateral=-0.9, lateral_error=0.5)
    told = replace(face, regions={**face.regions, "mouth": small})
    assert row_of(told, "Mouth")[2] == "right 0.9 ± 0.5 further out"
    none = replace(small, lateral=-0.4)
    assert row_of(replace(face, regions={"mouth": none} | face.regions | {"mouth": none}), "Mouth")[2] == (
        "neither side clearly higher or further out"
    )


def test_unit_is_that_of_the_face():
    face = uneven(scale="none")
    mouth = face.regions["mouth"]
    assert row_of(face, "Mouth")[1] == f"{mouth.percent:.1f} ± {mouth.percent_error:.1f}"
    assert "asymmetry, % IPD" in words(parsed(face))
    assert "8 % IPD" in words(drawing(face))
    assert " mm" not in words(parsed(face))


def test_region_that_a_flag_stops_says_why():
    face = unmeasured(uneven())
    stop = Flag(name="eyes_closed", severity="reject", advice="Open the eyes.", touches=("eyes",))
    face = replace(face, flags=(stop,))
    assert row_of(face, "Eyes")[1:] == ["– eyes closed", ""]
    assert row_of(face, "Mouth")[1:] == ["– not seen", ""]
    assert "✖ Open the eyes." in words(parsed(face))


def test_only_the_gravest_flags_are_told_and_the_others_counted():
    flags = [Flag(name=f"n{i}", severity="warn", advice=f"Warning {i}.") for i in range(5)]
    stop = Flag(name="stop", severity="reject", advice="Stop.")
    info = Flag(name="info", severity="info", advice="By the way.")
    text = words(parsed(replace(uneven(), flags=(info, *flags, stop))))
    assert text.index("Stop.") < text.index("Warning 0.") < text.index("Warning 1.") < text.index("and 3 more")
    assert "Warning 2." not in text
    assert "By the way." not in text


def test_face_is_drawn_as_it_faces_us_and_as_uneven_as_it_is():
    face = face_of_landmarks((LEFT_MOUTH, 0.0, 3.0))
    (lips,) = [
        points_of(path.attrib["d"].split("M")[1])
        for path in drawing(face).iter(f"{SVG}path")
        if path.get("fill-rule") == "evenodd"
    ]
    right, left = lips[LIPS_OUTER.index(61)], lips[LIPS_OUTER.index(291)]
    assert right[0] < left[0]  # the person's right is on our left
    width = np.ptp(points_of(drawing(face).find(f"{SVG}path").attrib["d"])[:, 0])  # type: ignore[union-attr]
    placed = face.frame.place(face.points)
    pixels_a_mm = width / np.ptp(placed[:, 0]) * DENSITY
    drawn = (right[1] - left[1]) / pixels_a_mm
    corners = placed[[291, 61], 1] / DENSITY
    assert drawn == pytest.approx(corners[0] - corners[1], abs=0.15)
    assert drawn == pytest.approx(3.0, abs=0.4)


def test_region_not_seen_has_no_colour_and_no_mirrored_contour():
    face = uneven()
    ghost = "#e69f00"
    all_seen = len(lines_in(face, ghost))
    mouth = replace(face.regions["mouth"], asymmetry=NAN, lateral=NAN, vertical=NAN)
    unseen = replace(face, regions={**face.regions, "mouth": mouth})
    assert len(lines_in(unseen, ghost)) == all_seen - 2  # the lips' outer and inner contours
    assert lines_in(unseen, NOT_SEEN_COLOUR)
    assert not lines_in(face, NOT_SEEN_COLOUR)


@given(roll=st.floats(-170, 170), x=st.floats(235, 265), y=st.floats(250, 350))
@examples(15)
def test_drawing_is_levelled(roll, x, y):
    straight, turned = face_of_landmarks(), face_of_landmarks(roll=roll, centre=(x, y))
    for one, other in zip(lines_in(straight, "#1f2933"), lines_in(turned, "#1f2933"), strict=True):
        np.testing.assert_allclose(one, other, atol=0.25)


@given(st.floats(0, 20), st.sampled_from(sorted(FULL_SCALE)))
def test_colours_of_amounts_are_those_of_figures(amount, unit):
    red, green, blue, _ = AMOUNT(min(amount / FULL_SCALE[unit], 1.0))
    drawn = [int(amount_colour(amount, unit)[i : i + 2], 16) for i in (1, 3, 5)]
    np.testing.assert_allclose(drawn, 255 * np.array([red, green, blue]), atol=2)


def test_arrows_point_where_landmarks_went_in_the_verdict_s_colour():
    change = found_change()  # the right half of the mouth went up
    assert BEFORE.mouth_subject_right < 0
    assert SCENE.width
    shafts = [line for line in lines_in(change, VERDICT_COLOURS[IMPROVED]) if len(line) == 2]
    assert change.regions["mouth"].verdict == IMPROVED
    assert len(shafts) > 3
    middle = 125.0
    for foot, head in shafts:
        assert foot[0] < middle
        assert head[1] < foot[1] - 3


def test_magnification_is_told():
    (told,) = [words(text) for text in drawing(found_change()).iter(f"{SVG}text") if "arrows" in words(text)]
    assert re.fullmatch(r"arrows: \d times the movement since before", told)


def test_nothing_that_moved_is_drawn_without_arrows():
    face = uneven()
    text = words(drawing(compare(face, face)))
    assert "nothing moved far enough for an arrow" in text


def test_verdicts_stand_with_what_they_rest_on():
    change = replace(
        changed(),
        regions={
            name: replace(region, verdict=verdict, evenness=by, evenness_error=0.5, part=part, reason=None)
            for (name, region), verdict, by, part in zip(
                changed().regions.items(),
                [IMPROVED, WORSE, NO_CHANGE, *[NO_CHANGE] * 6],
                [-1.5, 0.8, -0.2, *[0.0] * 6],
                ["jaw angle", "eyes", "mouth", *[None] * 6],
                strict=True,
            )
        },
    )
    assert row_of(change, "Jawline")[1] == "● improvedjaw angle 1.5 ± 0.5 mm more even"
    assert row_of(change, "Eyes")[1] == "● worse0.8 ± 0.5 mm less even"
    assert row_of(change, "Mouth")[1] == "○ no detectable change0.2 ± 0.5 mm more even"
    assert row_of(change, "Brows") == ["Brows", "○ no detectable change (± 0.5 mm)"]
    before = change.regions["jawline"]
    assert row_of(change, "Jawline")[0] == f"Jawline{before.before:.1f} → {before.after:.1f}"


def test_regions_that_cannot_be_compared_say_why_and_are_not_tinted():
    change = not_comparable(changed())
    assert row_of(change, "Jawline") == ["Jawline– not seen", "– not comparabledifferent people", "–"]
    assert row_of(change, "Brows")[1] == "– not comparable: different people"
    assert lines_in(change, NOT_SEEN_COLOUR)
    assert not lines_in(change, VERDICT_COLOURS[IMPROVED])


def test_several_photos_a_side_are_counted():
    face = named(uneven(), "a.jpg")
    change = replace(changed(), before=face, befores=(face, face, face))
    assert "a.jpg and 2 more → unnamed" in words(parsed(change))


def dots_of(result: Series) -> list[NDArray[np.float64]]:
    """Places of the dots of each course."""
    drawn = [path.attrib["d"] for path in drawing(result).iter(f"{SVG}path") if path.get("stroke") == COURSE]
    return [points_of(path.replace("h0", "")) for path in drawn]


def filled(result: Series, colour: str) -> list[NDArray[np.float64]]:
    """Outlines that are filled with a colour."""
    paths = [path for path in drawing(result).iter(f"{SVG}path") if path.get("fill") == colour]
    return [points_of(path.attrib["d"]) for path in paths]


def test_dots_stand_at_their_sessions_and_values():
    series = made_series((0, 7, 21, 28, 35))
    weeks = np.array([session.weeks for session in series.sessions])
    found = dots_of(series)
    assert len(found) == len(MAIN_REGIONS)
    values = np.concatenate([series.regions[name].signed_asymmetry for name in MAIN_REGIONS])
    heights = np.concatenate([dots[:, 1] for dots in found])
    slope, level = np.polyfit(values, heights, 1)
    assert slope < 0  # less even is higher
    np.testing.assert_allclose(heights, level + slope * values, atol=0.1)  # one scale for all
    for dots in found:
        across = np.polynomial.Polynomial.fit(weeks, dots[:, 0], 1)
        np.testing.assert_allclose(dots[:, 0], across(weeks), atol=0.1)


def test_band_is_as_wide_as_the_errors():
    series = made_series()
    heights = np.concatenate([dots[:, 1] for dots in dots_of(series)])
    values = np.concatenate([series.regions[name].signed_asymmetry for name in MAIN_REGIONS])
    pixels_a_mm = -np.polyfit(values, heights, 1)[0]
    bands = filled(series, BAND)
    assert len(bands) == len(MAIN_REGIONS)
    for band in bands:
        half = len(band) // 2
        np.testing.assert_allclose(band[half:][::-1, 1] - band[:half, 1], 2 * ERROR * pixels_a_mm, atol=0.2)


def test_session_that_does_not_know_has_no_dot_and_parts_the_band():
    series = made_series()
    mouth = series.regions["mouth"]
    values = mouth.signed_asymmetry.copy()
    values[2] = NAN
    some = replace(series, regions={**series.regions, "mouth": replace(mouth, signed_asymmetry=values)})
    assert [len(dots) for dots in dots_of(some)] == [6, 6, 5]
    assert len(filled(some, BAND)) == 4
    none = replace(series, regions={**series.regions, "mouth": replace(mouth, signed_asymmetry=np.full(6, NAN))})
    assert len(dots_of(none)) == 2
    assert "not seen" in words(drawing(none))


@given(days=st.integers(61, 400), seed=seeds)
@examples(5)
def test_long_series_share_dots_and_say_so(days, seed):
    series = made_series(range(days), noise=float(np.random.default_rng(seed).uniform(0, 2)))
    shared = -(-days // 60)
    assert {len(dots) for dots in dots_of(series)} == {-(-days // shared)}
    assert f"Each dot is the median of {shared} sessions." in words(parsed(series))
    assert len(series._repr_html_().encode()) < LARGEST


def test_series_answers_first_and_tells_each_region():
    series = made_series()
    text = words(parsed(series))
    assert "Partly: the mouth more even, the jawline less even." in text
    assert "Since the first session, the mouth became more even by 2.5 ± 0.4 mm (0.50 mm a week)" in text
    assert row_of(series, "Mouth") == [
        "Mouth",
        "● more even",
        "2.5 ± 0.4 mm more even",
        "0.50 mm a week more even (0.40 to 0.60)",
    ]
    assert row_of(series, "Jawline")[:2] == ["Jawlinejaw angle", "● less even"]
    trends = [line.get("stroke") for line in drawing(series).iter(f"{SVG}path") if line.get("stroke-width") == "1.8"]
    assert trends == [VERDICT_COLOURS[WORSE], VERDICT_COLOURS[NO_CHANGE], VERDICT_COLOURS[IMPROVED]]


def test_treatment_begins_where_it_does():
    series = made_series(treatment_start=date(2026, 4, 6) + timedelta(days=21))
    (first, *_) = dots_of(series)
    (ground, *_) = [path.attrib["d"] for path in drawing(series).iter(f"{SVG}path") if path.get("fill") == BASELINE]
    edge = float(ground.partition("H")[2].partition("V")[0])
    assert first[2, 0] < edge < first[3, 0]  # sessions of days 14 and 21
    assert "Grey ground: before the treatment." in words(parsed(series))


def test_one_session_says_so():
    assert row_of(made_series((0,)), "Mouth")[1] == "– one session so far"
    assert "This is the first session: there is nothing to compare yet." in words(parsed(made_series((0,))))


def test_cards_load_no_figures_no_tables_and_no_networks():
    code = "import sys, symmetry.output.cards; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"matplotlib", "pandas", "ai_edge_litert"} & {name.split(".")[0] for name in done.stdout.split()}
