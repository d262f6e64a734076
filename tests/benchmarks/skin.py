"""Measure how well skin repeats, what of a true change is seen, and make the table behind its errors.

    python tests/benchmarks/skin.py [--shared DIR] [--people N] [--only PARTS] [--write]

DIR holds photographs (`faces/london/`), rendered heads (`heads/`) and `bench/rephotograph.py`, which photographs a face
again under other light, white balance, distance, focus and compression; none is part of the project.

table     standard deviations of every number between photos of an unchanged face; `--write` makes
          `symmetry/skin/skin_reliability.csv` of them. Where two real photos of a sitting differ by more, the
          standard deviations of a number grow by as much in all zones, for sittings are few
still     verdicts between photos of an unchanged face, by a table of the other half of the people; share withheld
tones     verdicts and redness found in people of dark, middle and light skin
injected  redness, lightness and spots painted into one photo: gain, side and zone, spots found, false ones
heads     verdicts between an even head under even light and under side light
real      neutral and nearly neutral photos of a sitting: verdicts where little changed but the expression
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from helpers.painted_skin import CHEEKS, SPOTS, painted, painted_spot
from helpers.portraits import HARDLY_SMILING

import symmetry
from symmetry.registration.standard_face import LANDMARK_PIXELS
from symmetry.skin.analysis import SkinAnalysis, analysis_of
from symmetry.skin.change import SkinChange, compare_surveys, pair_numbers
from symmetry.skin.errors import COLUMNS, SkinReliability
from symmetry.skin.quantities import OF_ZONE, QUANTITIES
from symmetry.skin.repeats import skin_reliability
from symmetry.skin.spots import MM
from symmetry.skin.survey import Survey, survey
from symmetry.skin.wording import shown_changes
from symmetry.skin.zones import ZONES

TABLE = ROOT / "symmetry" / "skin" / "skin_reliability.csv"
SHOTS = 6
PAIRS = ((0, 1), (2, 3), (4, 5), (0, 2), (1, 4), (3, 5))
SIDE_LIGHT = ("light_side_weak", "light_side_strong", "light_above")
LOOSE = 0.5
"""Side light up to which a pair says how far numbers differ without it."""
Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Person:
    """A person who was photographed again and again."""

    name: str
    still: list[Survey]
    red: Survey
    light: Survey
    spotted: Survey
    side: int  # 0 for the subject's right
    spot: int  # landmark


def people(shared: Path, count: int) -> Iterator[Person]:
    sys.path.insert(0, str(shared / "bench"))
    import bench
    import rephotograph

    for k, name in enumerate(bench.people(shared / "faces", count)):
        rng = np.random.default_rng((21, k))
        image, face = rephotograph.close_up(symmetry, bench.read(shared / "faces" / "london" / f"{name}_neutral.jpg"))
        mm, usual = face.mm_per_pixel, float(rng.uniform(38, 60))
        side, spot = int(rng.integers(2)), int(rng.choice(SPOTS))
        patch = face.landmarks[list(CHEEKS[side]), :2].mean(axis=0)

        def shoot(
            picture: Picture,
            landmarks: Any = face.landmarks,
            mm: float = mm,
            rng: np.random.Generator = rng,
            usual: float = usual,
        ) -> Survey:
            taken = rephotograph.rephotograph(picture, landmarks, mm, rephotograph.circumstances(rng, usual))
            return surveyed(taken)

        yield Person(
            name=name,
            still=[shoot(image) for _ in range(SHOTS)],
            red=shoot(painted(image, patch, 14 / mm, (0, 2, 0))),
            light=shoot(painted(image, patch, 14 / mm, (2, 0, 0))),
            spotted=shoot(painted_spot(image, face.landmarks[spot, :2], 3 / mm)),
            side=side,
            spot=spot,
        )


def surveyed(photo: Picture | Path) -> Survey:
    face = symmetry.analyze(photo, landmarks_only=True)
    return survey(face.photo, face.landmarks)


def sittings_of(shared: Path) -> list[tuple[Survey, Survey]]:
    """Two photos each of people who hardly moved their face between them."""
    folder = shared / "faces" / "london"
    return [
        (surveyed(folder / f"{name}_neutral.jpg"), surveyed(folder / f"{name}_smiling.jpg"))
        for name in sorted(HARDLY_SMILING)
    ]


def heads(shared: Path) -> list[tuple[Survey, Survey]]:
    found = []
    for even in sorted((shared / "heads").glob("*_even.jpg")):
        first = surveyed(even)
        found += [(first, surveyed(even.with_name(even.name.replace("even", light)))) for light in SIDE_LIGHT]
    return found


def table_of(
    everybody: Sequence[Person], lit: Sequence[tuple[Survey, Survey]], sittings: Sequence[tuple[Survey, Survey]]
) -> SkinReliability:
    blank = skin_reliability([person.still for person in everybody], light=np.zeros(len(QUANTITIES)))
    more, of = [], []
    for one, other in lit:
        two = pair_numbers(one, other)
        light = two.light[OF_ZONE]
        more.append((two.after.difference - two.before.difference) ** 2 - blank.pair**2)
        of.append(np.where(np.isfinite(more[-1]), light**2, np.nan))
    total = np.nansum(of, axis=0)
    per_light = np.where(total > 0, np.nansum(more, axis=0) / np.where(total > 0, total, 1.0), 0.0)
    lighted = replace(blank, light=np.sqrt(np.maximum(per_light, 0.0)))
    more_real = real_factor(lighted, sittings)
    return replace(lighted, photo=blank.photo * more_real, pair=blank.pair * more_real)


def real_factor(table: SkinReliability, sittings: Sequence[tuple[Survey, Survey]]) -> NDArray[np.float64]:
    """How much more two real photos differ than rephotographed ones: one factor for each number, over its zones."""
    ratios = []
    for one, other in sittings:
        two = pair_numbers(one, other)
        sd = np.hypot(table.pair, table.light * np.nan_to_num(two.light[OF_ZONE]))
        ratios.append(((two.after.difference - two.before.difference) / sd) ** 2)
    factor = np.ones(len(QUANTITIES))
    for name in {quantity.number for quantity in QUANTITIES}:
        own = np.array([quantity.number == name for quantity in QUANTITIES])
        factor[own] = max(1.0, float(np.sqrt(np.nanmean(np.array(ratios)[:, own])))) if ratios else 1.0
    return factor


def halves(everybody: Sequence[Person], *others: Any) -> Iterator[tuple[Sequence[Person], SkinReliability]]:
    """Each half of the people with a table of the other half."""
    for which in range(2):
        yield everybody[which::2], table_of(everybody[1 - which :: 2], *others)


def still(everybody: Sequence[Person], *others: Any) -> None:
    verdicts: dict[tuple[str, str], Counter[str]] = {(q.zone, q.number): Counter() for q in QUANTITIES}
    for judged, table in halves(everybody, *others):
        for person in judged:
            each = [analysis_of(one, reliability=table) for one in person.still]
            for a, b in PAIRS:
                count(verdicts, compared(each[a], each[b], table))
    report("still", verdicts)
    print("repeatability of redness, left less right (detectable change of one pair):")
    table = table_of(everybody, *others)
    errors = dict(
        zip(((q.zone, q.number) for q in QUANTITIES), table.pair_error(0 * table.pair, 1 + 0 * table.pair), strict=True)
    )
    print("  " + ", ".join(f"{zone} {errors[zone, 'redness']:.2f}" for zone in ZONES))


def compared(before: SkinAnalysis, after: SkinAnalysis, table: SkinReliability | None = None) -> SkinChange:
    return compare_surveys([before.survey], [after.survey], reliability=table)


def by_tone(everybody: Sequence[Person], *others: Any) -> None:
    """False verdicts and redness found in people of dark, middle and light skin."""
    rows = []
    for judged, table in halves(everybody, *others):
        for person in judged:
            each = [analysis_of(one, reliability=table) for one in person.still]
            verdicts = [
                number.verdict
                for a, b in PAIRS
                for _, _, number in shown_changes(compared(each[a], each[b], table))
                if number.verdict != "not comparable"
            ]
            cheeks = [
                compared(one, analysis_of(person.red, reliability=table), table).zones["cheek"]["redness"]
                for one in each[:3]
            ]
            angle = each[0].zones["cheek"]["typology_angle"]
            rows.append(
                (
                    (angle.subject_right + angle.subject_left) / 2,
                    np.mean([verdict != "no detectable change" for verdict in verdicts]),
                    np.mean([abs(cheek.difference_change) > cheek.error for cheek in cheeks]),
                )
            )
    print("== by skin: typology angle, false verdicts, redness found")
    for third in np.array_split(np.array(sorted(rows)), 3):
        print(f"  {third[0, 0]:.0f} to {third[-1, 0]:.0f}: {third[:, 1].mean():.3f}, {third[:, 2].mean():.3f}")


def count(verdicts: dict[tuple[str, str], Counter[str]], change: Any) -> None:
    for zone, numbers in change.zones.items():
        for name, number in numbers.items():
            verdicts[zone, name][number.verdict] += 1


def report(title: str, verdicts: dict[tuple[str, str], Counter[str]]) -> None:
    print(f"== {title}: false verdicts of those given, share withheld")
    for number in dict.fromkeys(name for _, name in verdicts):
        of_number = {zone: counted for (zone, name), counted in verdicts.items() if name == number}
        rows = []
        for zone, counted in of_number.items():
            withheld = counted["not comparable"] / counted.total()
            given = counted.total() - counted["not comparable"]
            false = (counted["more even"] + counted["less even"]) / given if given else float("nan")
            rows.append(f"{zone} {false:.3f} ({withheld:.2f})")
        everything = sum(of_number.values(), Counter())
        given = everything.total() - everything["not comparable"]
        false = (everything["more even"] + everything["less even"]) / max(given, 1)
        print(f"  {number:14} {false:.3f}  {', '.join(rows)}")


def injected(everybody: Sequence[Person], *others: Any) -> None:
    right, gains, missed, false, found = [], {"redness": [], "tone": []}, 0, [], []
    for judged, table in halves(everybody, *others):
        analysis = partial(analysis_of, reliability=table)
        for person in judged:
            sign = 1 if person.side else -1
            before = [analysis(one) for one in person.still[:3]]
            for number, after in (("redness", analysis(person.red)), ("tone", analysis(person.light))):
                for one in before:
                    change = compared(one, after, table)
                    moved = {zone: change.zones[zone][number] for zone in ZONES}
                    gains[number].append(sign * moved["cheek"].difference_change)
                    if number == "redness":
                        sizes = {zone: abs(n.difference_change) / n.error for zone, n in moved.items()}
                        largest = max(sizes, key=lambda zone: np.nan_to_num(sizes[zone]))
                        clear = sizes["cheek"] > 1
                        right.append(largest == "cheek" and clear and sign * moved["cheek"].difference_change > 0)
                        missed += not clear
            spots_of(person, before, analysis(person.spotted), found, false, table)
    print("== injected")
    print(f"  a* +2 over a cheek: right side and zone {np.mean(right):.3f} of {len(right)}, missed {missed}")
    for number, values in gains.items():
        print(f"  {number}: mean change of the cheek {np.nanmean(values):.2f} (+2 at its middle, soft edge)")
    print(f"  spots of 3 mm found {np.mean(found):.3f}; false new or gone ones a pair {np.mean(false):.2f}")


def spots_of(
    person: Person,
    before: list[SkinAnalysis],
    after: SkinAnalysis,
    found: list[bool],
    false: list[int],
    table: SkinReliability,
) -> None:
    at = (LANDMARK_PIXELS[person.spot] - [87.5, 68.0]) * MM * [1, -1]
    for one in before:
        for first, second, word in ((one, after, "new"), (after, one, "gone")):
            spots = compared(first, second, table).spots
            near = [spot for spot in spots if np.hypot(*(np.array(spot.place) - at)) < 5]
            found.append(any(spot.change == word for spot in near))
            false.append(len(spots) - len(near))


def on_heads(everybody: Sequence[Person], lit: Sequence[tuple[Survey, Survey]], sittings: Any) -> None:
    verdicts: dict[tuple[str, str], Counter[str]] = {(q.zone, q.number): Counter() for q in QUANTITIES}
    for which in range(len(lit) // len(SIDE_LIGHT)):
        own = lit[which * len(SIDE_LIGHT) : (which + 1) * len(SIDE_LIGHT)]
        rest = [one for one in lit if not any(one is other for other in own)]
        table = table_of(everybody, rest, sittings)
        for one, other in own:
            count(verdicts, compared(analysis_of(one, reliability=table), analysis_of(other, reliability=table), table))
    report("heads under side light", verdicts)


def real(everybody: Sequence[Person], lit: Any, sittings: Sequence[tuple[Survey, Survey]]) -> None:
    verdicts: dict[tuple[str, str], Counter[str]] = {(q.zone, q.number): Counter() for q in QUANTITIES}
    spots = 0
    for pair in sittings:
        table = table_of(everybody, lit, [one for one in sittings if one is not pair])
        change = compare_surveys(pair[:1], pair[1:], reliability=table)
        count(verdicts, change)
        spots += len(change.spots)
    report("two photos of a sitting", verdicts)
    print(f"  new or gone spots a pair: {spots / len(sittings):.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--people", type=int, default=35)
    parser.add_argument("--only", default="still,tones,injected,heads,real")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    parts = arguments.only.split(",")
    everybody = list(people(arguments.shared, arguments.people))
    lit, sittings = heads(arguments.shared), sittings_of(arguments.shared)
    if arguments.write:
        with TABLE.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(
                {key: f"{value:.4g}" if isinstance(value, float) else value for key, value in row.items()}
                for row in table_of(everybody, lit, sittings).rows()
            )
    for name, part in (
        ("still", still),
        ("tones", by_tone),
        ("injected", injected),
        ("heads", on_heads),
        ("real", real),
    ):
        if name in parts:
            part(everybody, lit, sittings)


if __name__ == "__main__":
    main()
