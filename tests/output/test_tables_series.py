"""A series at the terminal: what it rests on, every course, and the answer last."""

from __future__ import annotations

import io
import re
from datetime import date

import numpy as np
import pytest
from helpers.made_series import UNREADABLE, made_series, unknown, with_change, with_region
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from symmetry.output.tables import render, series_tables
from symmetry.output.tables.series import BLOCKS, sparkline
from symmetry.series.result import LeftOut
from symmetry.series.series import Series

START = date(2026, 4, 20)


def shown(series: Series, width: int = 100) -> str:
    return render(series_tables(series, details=True), width)


def test_header_says_what_the_series_rests_on() -> None:
    lines = shown(made_series(treatment_start=START)).splitlines()
    assert lines[:5] == [
        "7 photos in 6 sessions, 2026-04-06 to 2026-05-11 (5 weeks)",
        "  times known by EXIF (5 sessions) and file name (1 session)",
        "  reference photo0.jpg",
        "  scale by ipd, 63.0 mm between the pupils",
        "  treatment from 2026-04-20: sessions before 2, since then 4",
    ]
    assert lines[5:8] == [
        "left out, 2 photos:",
        "  b.jpg  face covered: Something covers the mouth; take it off.",
        "  c.jpg  unreadable: It is no picture.",
    ]
    plain = shown(made_series(left_out=[], unit="% IPD"))
    assert "left out" not in plain.split("region")[0]
    assert "no millimetres" in plain
    assert "treatment" not in plain


def test_row_of_a_region_with_its_part() -> None:
    text = shown(made_series())
    assert re.search(
        r"^ jawline +worse +\+0\.60 ± 0\.40 +\+0\.12 +2\.00 ± 0\.40 +▆\S{4}▇ +left\n"
        r"  jaw angle +\[\+0\.02, \+0\.22\] +2\.60 ± 0\.40$",
        text,
        re.M,
    )
    assert re.search(r"^ mouth +improved +-2\.50 ± 0\.40 +-0\.50 +3\.00 ± 0\.40 +█\S{4}▂ +left$", text, re.M)
    assert re.search(
        r"^ eyes +no detectable +0\.00 ± 0\.40 +0\.00 .*\n  upper lid +change +\[-0\.10, \+0\.10\]", text, re.M
    )


def test_last_session_tells_the_sides() -> None:
    assert re.search(
        r"^ mouth +right 0\.50 ± 0\.43 +left 0\.10 ± 0\.42 +\+0\.50 +\+0\.60 +\+0\.30 +\+2\.50 +\+0\.20 ± 0\.44$",
        shown(made_series()),
        re.M,
    )


def test_row_of_a_measure_in_its_unit() -> None:
    series = made_series()
    assert series.change is not None
    cant, brow = series.change.measures["mouth_cant"], series.change.measures["brow_height"]
    text = shown(series)
    interval = r"-0\.40 \[-0\.50, -0\.30\]"
    found = re.search(rf"^ mouth cant +{cant.verdict} +-1\.00 +(\S+) ± (\S+)° +{interval}$", text, re.M)
    assert found
    assert [float(number) for number in found.groups()] == [round(cant.evenness, 2), round(cant.error, 2)]
    assert re.search(rf"^ brow height +{brow.verdict} +-1\.00 +\S+ ± [\d.]+ +{interval}$", text, re.M)


def test_phases_stand_there_only_with_a_treatment() -> None:
    text = shown(made_series(treatment_start=START))
    assert re.search(
        r"^ mouth +improved +-1\.50 +< 0\.001 +0\.92 +-1\.80 +2 \+ 4\n"
        r" +\[-2\.00, -1\.00\] +\[0\.61, 0\.99\] +\[-3\.10, -0\.50\]$",
        text,
        re.M,
    )
    assert "NAP: share of pairs" in " ".join(text.split())
    assert "NAP" not in shown(made_series())


def test_answer_is_the_last_that_is_read() -> None:
    series = made_series()
    assert " ".join(shown(series).split()).endswith(series.answer)


def test_one_session_is_told_without_changes() -> None:
    text = shown(made_series((0,)))
    assert re.search(r"^ mouth +3\.00 ± 0\.40$", text, re.M)
    assert "verdict" not in text.lower()
    assert not re.search(r"a week|nan", text)
    assert text.endswith("shows from the second one on.\n")


def test_few_sessions_have_no_interval() -> None:
    text = shown(made_series((0, 7)))
    assert "An interval takes 5 sessions." in text
    assert "An interval" not in shown(made_series())
    assert re.search(r"^ mouth +improved +-2\.50 ± 0\.40 +– ", text, re.M)


def test_region_not_known_is_dashes_with_its_reason() -> None:
    text = shown(unknown(made_series(treatment_start=START), "mouth", "pose_differs"))
    assert re.search(r"^ mouth +not comparable +– +– +– +······ +–\n +head held\n +differently$", text, re.M)
    assert re.search(r"^ mouth +not comparable +– +– +– +– +2 \+ 4$", text, re.M)  # of the phases
    assert "nan" not in text


def test_part_of_a_change_is_named_where_the_course_rests_on_another() -> None:
    text = shown(with_change(made_series(), "eyes", part="lower lid"))
    assert re.search(r"^ eyes .*\n  upper lid +change +lower lid", text, re.M)
    assert "lower lid" not in shown(made_series())


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize(
    "series",
    [
        made_series(treatment_start=START),
        made_series(tuple(range(0, 280, 7)), noise=0.3),
        made_series(unit="% IPD", ends={"mouth": (-33.33, -22.22), "brows": (44.4, 11.1)}, treatment_start=START),
        made_series(
            name="folder " * 30 + "{}.jpg", left_out=[LeftOut(photo="x" * 200, at=None, reason="r", advice="a")]
        ),
        unknown(with_region(made_series(), "jawline", part="jaw beside the chin"), "eyes", "resolution_differs"),
    ],
    ids=["treatment", "many", "large numbers", "long names", "long words"],
)
def test_no_line_is_wider_than_the_screen_and_no_cell_breaks(series: Series, width: int) -> None:
    text = shown(series, width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    rows = [line for line in text.splitlines() if line.startswith((" mouth ", " brows "))]
    assert len(rows) >= 2
    assert all(line.count("[") == line.count("]") for line in text.splitlines())


def test_course_is_drawn_only_where_the_encoding_has_blocks() -> None:
    for encoding, drawn in (("utf-8", True), ("latin-1", False), ("cp437", False)):
        file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace")
        Console(file=file, width=100).print(series_tables(made_series()))
        file.seek(0)
        text = file.read()
        assert bool(set(BLOCKS[:3]) & set(text)) == bool(re.search(r"first, last +course", text)) == drawn
        assert "improved" in text


def test_names_cannot_command_the_terminal() -> None:
    series = made_series(name="\x1b[31m{}.jpg", left_out=[LeftOut(photo="\x1b]0;", at=None, reason="x", advice="\x07")])
    assert "\x1b" not in shown(series)
    assert "\x07" not in shown(series)


def test_left_out_photos_are_all_named() -> None:
    assert shown(made_series(left_out=[UNREADABLE] * 12)).count("unreadable: It is no picture.") == 12


def test_sparkline_of_a_known_course() -> None:
    assert sparkline([0.0, 4.0, 8.0, float("nan"), -8.0], 8.0) == "▁▅█·█"
    assert sparkline([8.0, 8.0, 0.0, 0.0], 8.0, longest=2) == "█▁"
    assert sparkline([], 1.0) == ""


@given(st.lists(st.floats(-20, 20), max_size=60), st.floats(0.1, 30), st.integers(1, 20))
def test_sparkline_fits_and_rises_with_the_asymmetry(values: list[float], top: float, longest: int) -> None:
    drawn = sparkline(values, top, longest=longest)
    assert len(drawn) == min(len(values), longest)
    if len(values) <= longest:
        order = np.argsort(np.abs(values), kind="stable")
        heights = [BLOCKS.index(drawn[i]) for i in order]
        assert heights == sorted(heights)
        assert all(height == len(BLOCKS) - 1 for height, i in zip(heights, order, strict=True) if abs(values[i]) >= top)


def test_without_details_there_are_the_regions_and_the_answer():
    short, long = render(series_tables(made_series())), render(series_tables(made_series(), details=True))
    assert "--details" in short
    assert "mouth cant" in long
    assert "mouth cant" not in short
    assert short.count("\n") < 0.6 * long.count("\n")
    assert short.splitlines()[-1] == long.splitlines()[-1]
