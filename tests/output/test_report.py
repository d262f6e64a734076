"""The report as text: one file that asks for nothing, in words that hold, with nothing let through."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from helpers.figure_faces import face_of_landmarks
from helpers.report_sample import (
    HOSTILE,
    NAN,
    faces,
    first_session,
    hostile_report,
    plain_report,
    sample_report,
    sample_series,
)
from hypothesis import given
from hypothesis import strategies as st

from symmetry.errors import PhotoError
from symmetry.landmarks.mesh import MAIN_REGIONS
from symmetry.output.report import Pictures, Report, render_report
from symmetry.output.report.page import clean, isolated

NUL_AND_MARKS = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Reader(HTMLParser):
    """Elements, attributes and texts of a page; what is folded away is kept apart."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.folded: list[str] = []
        self.script = self.heading = ""
        self.headings: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "input", "br", "path", "circle", "rect", "line"):
            self.open.append(tag)
        if tag == "h2":
            self.headings.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if "script" in self.open:
            self.script += data
        elif "style" not in self.open:
            (self.folded if "details" in self.open else self.texts).append(data)
        if self.open and self.open[-1] == "h2":
            self.headings[-1] += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def shown(self) -> str:
        return " ".join(" ".join(self.texts).split())


@pytest.fixture(scope="module")
def usual() -> str:
    return render_report(sample_report())


@pytest.fixture(scope="module")
def read(usual: str) -> Reader:
    return Reader(usual)


@pytest.fixture(scope="module")
def hostile() -> str:
    return render_report(hostile_report())


def test_page_tells_things_in_the_order_of_those_who_read_it(read: Reader) -> None:
    assert read.headings == [
        "Before and after",
        "Jawline, eyes and mouth",
        "Over time",
        "Both sides",
        "Treatments",
        "The photos",
        "For the therapist",
        "Method",
    ]
    assert read.shown.index("Anna Kovács") < read.shown.index("8 sessions, 16 photos") < read.shown.index("Yes, more")


def test_page_asks_the_network_for_nothing(usual: str, read: Reader) -> None:
    policy = next(m["content"] for m in read.named("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert "default-src 'none'" in policy
    for name in ("src", "href", "srcset", "data", "action", "poster"):
        for _, attributes in read.elements:
            assert (attributes.get(name) or "data:").startswith("data:")
    without_pictures = re.sub(r'"data:[^"]*"', "", usual)
    assert not re.search(r"https?:|//[a-z]|url\(|@import|\bfetch\b|XMLHttp|sendBeacon", without_pictures)
    assert not [tag for tag, _ in read.elements if tag in ("link", "iframe", "object", "embed", "base", "form")]


def test_policy_lets_the_one_script_run_and_no_other(usual: str, read: Reader) -> None:
    assert len(read.named("script")) == 1
    digest = base64.b64encode(hashlib.sha256(read.script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in usual


def test_pictures_hold_pixels_and_nothing_else(read: Reader) -> None:
    sources = [attributes["src"] for attributes in read.named("img")]
    assert len(sources) == 3  # before, after, and what moved
    for source in sources:
        assert source is not None
        kind, data = source.split(",", 1)
        assert kind == "data:image/jpeg;base64"
        assert segments(base64.b64decode(data)) <= {0xE0, 0xDB, 0xC2, 0xC4, 0xDA}  # JFIF, tables, frame, scan


def segments(jpeg: bytes) -> set[int]:
    """Markers of a JPEG up to its first scan."""
    at, found = 2, set()
    while not found & {0xDA}:
        assert jpeg[at] == 0xFF
        found.add(jpeg[at + 1])
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    return found


def test_every_picture_and_chart_says_what_it_shows(read: Reader) -> None:
    assert all(image["alt"] for image in read.named("img"))
    charts = [svg for svg in read.named("svg") if svg.get("role") == "img"]
    hidden = [svg for svg in read.named("svg") if svg.get("aria-hidden") == "true"]
    assert len(charts) == 3 + 9 + 6 + 2
    assert len(charts) + len(hidden) == len(read.named("svg"))
    ids = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert all(set((svg["aria-labelledby"] or "").split()) <= set(ids) for svg in charts)


def test_what_clients_read_has_no_jargon(read: Reader) -> None:
    assert not re.search(r"RMS|root mean square|Theil|\bSEM\b|\bNAP\b|\bp [<=]|baseline|landmark", read.shown)
    folded = " ".join(read.folded)
    assert "NAP" in folded
    assert "Theil" in folded


def test_cards_say_verdict_amount_side_and_trend(read: Reader) -> None:
    change = sample_report().series.change
    assert change is not None
    mouth = change.regions["mouth"]
    size = f"{-mouth.evenness:.1f}\u00a0±\u00a0{mouth.evenness_error:.1f}\u00a0mm more even"
    for told in ("More even", size, "the worse side improved", "Right", "a week more even ("):
        assert " ".join(told.split()) in read.shown


def test_all_numbers_are_there_for_the_therapist(usual: str) -> None:
    series = sample_report().series
    for name in series.measures:
        assert name in ("mrd1", "mrd2") or name.split("_")[0] in usual.lower()
    assert "0.92 [0.61, 0.99]" in usual
    assert "left − right" in usual


def test_same_report_gives_the_same_page(usual: str) -> None:
    assert render_report(sample_report()) == usual


def test_page_without_a_practice_shows_the_series_alone() -> None:
    page = Reader(render_report(plain_report()))
    assert "Before and after" not in page.headings
    assert "Treatments" in page.headings  # they begin on a day that is known
    assert not page.named("input")
    assert not page.named("img")
    bare = replace(plain_report().series, treatment_start=None)
    assert "Treatments" not in Reader(render_report(replace(plain_report(), series=bare))).headings


def test_one_session_is_a_beginning() -> None:
    page = Reader(render_report(first_session()))
    assert "This is the first session: there is nothing to compare yet." in page.shown
    assert page.shown.count("One session so far") == len(first_session().series.regions)
    assert "Both sides" not in page.headings


def test_faces_without_pixels_are_refused() -> None:
    before, after, _ = faces()
    report = replace(first_session(), pictures=Pictures(before=before.without_pixels(), after=after))
    with pytest.raises(PhotoError, match="analyse the photo again"):
        render_report(report)


def test_pictures_from_landmarks_alone_have_arrows_and_no_colours() -> None:
    before, after, change = faces()
    pictures = Pictures(before=before, after=after, change=replace(change, map=None))
    page = render_report(replace(sample_report(), pictures=pictures))
    assert len(Reader(page).named("img")) == 2
    assert 'class="moved"' in page
    assert 'class="scale"' not in page


def test_lengths_without_millimetres_are_percentages() -> None:
    even = face_of_landmarks(scale="none")
    series = replace(sample_report().series, unit="% IPD", scale=even.scale)
    page = render_report(Report(title="x", made=sample_report().made, series=series))
    assert "Lengths are percentages of the distance between the pupils" in page
    assert "Asymmetry of each region, in % IPD: 0 is even, nearer to 0 is better" in page


def test_text_that_wants_to_be_more_stays_text(usual: str, hostile: str) -> None:
    page, before = Reader(hostile), Reader(usual)
    for tag in ("script", "img", "style", "meta", "iframe"):
        assert len(page.named(tag)) == len(before.named(tag))
    assert page.script == before.script
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert "{{ 7 * 7 }}{% include &#39;/etc/passwd&#39; %}" in hostile
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in hostile


def test_page_can_be_written_and_no_text_turns_the_page_round(hostile: str) -> None:
    hostile.encode("utf-8")
    assert not NUL_AND_MARKS.search(hostile)
    assert hostile.count("<bdi>") == hostile.count("</bdi>") > 4 * len(HOSTILE)


@given(st.text(st.characters()))
def test_any_text_becomes_one_isolated_text(text: str) -> None:
    page = Reader(str(isolated(text)))
    assert [tag for tag, _ in page.elements] == ["bdi"]
    assert "".join(page.texts) == clean(text)
    assert not NUL_AND_MARKS.search(clean(text))
    clean(text).encode("utf-8")


def test_ordinary_names_stay_as_they_are() -> None:
    for name in ("Anna Kovács", "O'Neill & Søn", "山田 花子", "محمد", "a\tb\nc"):
        assert clean(name) == name


def test_long_lists_fold_and_keep_everything() -> None:
    usual = sample_report()
    many = tuple(replace(usual.series.left_out[0], photo=f"photo-{i}.jpg") for i in range(23))
    page = render_report(replace(usual, series=replace(usual.series, left_out=many)))
    assert "17 more photos left out" in page
    assert all(f"photo-{i}.jpg" in page for i in range(23))


def test_region_that_nobody_sees_is_told_so() -> None:
    usual = sample_report()
    course = usual.series.regions["mouth"]
    unknown = np.full(len(usual.series.sessions), NAN)
    fields = (
        "signed_asymmetry",
        "signed_asymmetry_error",
        "lateral",
        "vertical",
        "left_up",
        "left_outward",
        "right_up",
    )
    blank = replace(course, **dict.fromkeys((*fields, "right_outward"), unknown))
    series = replace(usual.series, regions={**usual.series.regions, "mouth": blank})
    page = render_report(replace(usual, series=series))
    assert "It is not known." in page
    assert "nan" not in re.sub(r"base64,[\w+/=]+", "", page)  # pictures may hold any letters


def test_many_sessions_make_no_other_page() -> None:
    series = sample_series(tuple(range(0, 280, 7)))
    assert len(series.sessions) == 40
    page = Reader(render_report(Report(title="x", made=sample_report().made, series=series)))
    assert [svg for svg in page.named("svg") if svg.get("role") == "img"]
    assert set(MAIN_REGIONS) <= set(series.regions)
