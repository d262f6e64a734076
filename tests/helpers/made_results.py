"""Results of every command without photos: what the tests of frames and of reading share."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from helpers.faces import in_image, uneven_face
from helpers.figure_faces import face_of_landmarks, uneven, unmeasured, with_errors
from helpers.made_series import made_series, named, unknown
from symmetry.cohort import Cohort, Plan, Study, analyze_cohort, plan_study
from symmetry.landmarks.scale import Scale
from symmetry.measure.analysis import measure_landmarks
from symmetry.measure.audit import Audit, Trial
from symmetry.measure.batch import Failure
from symmetry.measure.change import Change
from symmetry.measure.comparison import compare
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.quality.flags import Flag
from symmetry.measure.reliability import NO_TABLES, Reliability, reliability
from symmetry.measure.sessions import RepeatPhotos
from symmetry.photos.reading import photo_from_array
from symmetry.series.series import Series
from symmetry.tabular import AUDITS, CHANGES, CHECKS, RELIABILITY, SCORES, SERIES, Layout, check_object
from symmetry.tabular.cohort import COHORTS
from symmetry.tabular.plan import PLANS

TURNED = Flag(
    name="head_turned", severity="warn", advice="Look straight.", value=9.123456789, limit=8.0, touches=("all", "eyes")
)
FAILURE = Failure(photo="wall.png", error="no face found; use a photo taken from the front")


@lru_cache
def face() -> FaceAnalysis:
    return replace(named(with_errors(uneven()), "=me.jpg"), flags=(TURNED,))


@lru_cache
def change() -> Change:
    found = compare(named(uneven(), "before.jpg"), named(face_of_landmarks(), "after.jpg"))
    return replace(found, flags=(TURNED,))


@lru_cache
def series() -> Series:
    return unknown(made_series(treatment_start=date(2026, 4, 20)), "mouth", "head_turned")


@lru_cache
def agreement() -> Reliability:
    """Two people, the first photographed three times, the other twice, by eyes of a known distance."""
    shapes = [uneven_face(0, spread=spread) for spread in (0.4, 0.5, 0.45)]
    shapes += [uneven_face(1, spread=spread) for spread in (0.4, 0.45)]
    blank, scale = photo_from_array(np.zeros((1200, 1000, 3), np.uint8)), Scale("ipd", 63.0)
    faces = [measure_landmarks(blank, in_image(shape), scale=scale, reliability=NO_TABLES) for shape in shapes]
    return reliability(faces, ["one"] * 3 + ["other"] * 2)


@lru_cache
def tried() -> Audit:
    seen = Trial(
        site="brow",
        region="brows",
        side="subject_left",
        millimetres=1.0,
        seen=0.123456789,
        seen_alone=0.9,
        verdict="improved",
        evenness=-0.5,
        evenness_error=0.25,
    )
    stopped = Trial(site="upper lid", region="eyes", side="subject_right", millimetres=2.0, reason=TURNED)
    return Audit(face=unmeasured(named(uneven(), "me.jpg")), trials=(seen, stopped))


@lru_cache
def followed() -> Cohort:
    """Six people who are treated and five who are not, over three sessions; one has a first session alone."""
    draw = np.random.default_rng(5)
    names = ["=1+1", "\x1b[2Jx", *(f"p{number}" for number in range(9))]
    rows = [
        {"person": name, "region": region, "session": k + 1, "weeks": 4.0 * k, "error": 0.2,
         "value": 3.0 - 0.5 * k * (number % 2 == 0) + draw.normal(0.0, 0.1)}
        for number, name in enumerate(names)
        for region in ("eyes", "mouth")
        for k in range(1 if name == "p8" else 3)
    ]  # fmt: skip
    people = pd.DataFrame({"person": names, "group": ["serum", "placebo"] * 5 + ["serum"]})
    people["minutes"], people["adherence"] = 10.0 * np.arange(11), np.linspace(0.5, 1.0, 11)
    people["rating"] = [1.0, 0.0] * 5 + [np.nan]
    return analyze_cohort(Study.of(sessions=pd.DataFrame(rows), people=people), mixed=True)


@lru_cache
def planned() -> Plan:
    """One number of photos that is enough, and one that is not."""
    return plan_study(0.025, photos=(1, 4), comparisons=2, day_to_day=0.0)


def written() -> dict[str, tuple[Any, Layout]]:
    """What each command's JSON holds, and the layout of its table."""
    faces = [
        each.to_dict() for each in (face(), unmeasured(face()), FAILURE, named(uneven(scale="none"), "@\x1bx.jpg"))
    ]
    sessions = {"one": ["a.jpg", "b.jpg", "c.jpg"], "other": ["d.jpg", "e.jpg"]}
    groups = {label: tuple(named(uneven(), name) for name in names) for label, names in sessions.items()}
    repeats = RepeatPhotos(groups=groups, left_out={"f.jpg": "blurred"}, undated=0)
    return {
        "score": (faces, SCORES),
        "check": ([check_object(each) for each in faces], CHECKS),
        "compare": (change().to_dict("gone.jpg: no such file"), CHANGES),
        "series": (series().to_dict(), SERIES),
        "reliability": (replace(agreement(), repeats=repeats).to_dict(), RELIABILITY),
        "audit": (tried().to_dict(), AUDITS),
        "cohort": (followed().to_dict(), COHORTS),
        "plan": (planned().to_dict(), PLANS),
    }
