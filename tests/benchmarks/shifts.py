"""Measure how far numbers move when a head is turned, raised, smiling or lit from a side, and nothing else changed.

    python tests/benchmarks/shifts.py [--shared DIR] [--people N] [--write]

DIR holds rendered heads (`heads/`, exactly even) and photographs (`faces/london/`), which are no part of the project;
photographs are turned and relit through their own mesh. `--write` writes `symmetry/measure/shifts.csv`: root mean
square shift per degree, per unit of side light, and of a full smile; the larger one of heads and photographs.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from helpers.covering import side_lit
from helpers.portraits import HARDLY_SMILING, portrait_of
from helpers.spoiling import turned

import symmetry
from symmetry.measure.change import Change
from symmetry.photos.reading import read_photo

TABLE = ROOT / "symmetry" / "measure" / "shifts.csv"
CIRCUMSTANCES = ("yaw", "pitch", "light", "smile")
TURNS = (("yaw", (-6, -3, 3, 6)), ("pitch", (-6, 6)))
OF_HEADS = {f"{kind}_{by:+}": (kind, by) for kind, values in TURNS for by in values}
LIGHTS = ((30, 0.8), (-30, 0.8), (50, 0.4), (-50, 0.4), (70, 0.2), (-70, 0.2))
Shifts = dict[tuple[str, str], float]
Found = tuple[str, str, float, Shifts]  # circumstance, where it was measured, how much of it, shifts of all numbers


def numbers(change: Change) -> Shifts:
    found = {}
    for name, region in change.regions.items():
        found[name, "lateral"], found[name, "vertical"] = region.lateral_change, region.vertical_change
        found[name, "asymmetry"] = region.change
    return found | {(name, "difference"): measure.change for name, measure in change.measures.items()}


def on_heads(folder: Path) -> Iterator[Found]:
    for even in sorted(folder.glob("*_even.jpg")):
        before = symmetry.analyze(even)
        for name, (kind, by) in OF_HEADS.items():
            after = symmetry.analyze(even.with_name(even.name.replace("even", name)))
            yield kind, "heads", by, numbers(symmetry.compare(before, after))
        for strength in ("weak", "strong"):
            after = symmetry.analyze(even.with_name(even.name.replace("even", f"light_side_{strength}")))
            light = after.detection.side_light - before.detection.side_light
            yield "light", f"heads {strength}", light, numbers(symmetry.compare(before, after))


def on_photographs(folder: Path, people: int) -> Iterator[Found]:
    paths = sorted(folder.glob("*_neutral.jpg"))
    for path in paths[:: max(1, len(paths) // people)]:
        portrait = portrait_of(read_photo(path).pixels)
        before = symmetry.analyze(portrait.photo.pixels)
        yaw, pitch, _ = portrait.frame.pose()
        for by in (-9, -6, -3, 3, 6, 9):
            after = symmetry.analyze(turned(portrait, yaw=yaw + by))
            yield "yaw", "photographs", by, numbers(symmetry.compare(before, after))
        for by in (-14, -9, -5, 5, 9, 14):
            after = symmetry.analyze(turned(portrait, pitch=pitch + by))
            yield "pitch", "photographs", by, numbers(symmetry.compare(before, after))
        for azimuth, ambient in LIGHTS:
            after = symmetry.analyze(side_lit(portrait, 5, azimuth=azimuth, ambient=ambient))
            light = after.detection.side_light - before.detection.side_light
            yield "light", "photographs", light, numbers(symmetry.compare(before, after))
        if path.name[:3] not in HARDLY_SMILING:
            after = symmetry.analyze(path.with_name(path.name.replace("neutral", "smiling")))
            yield "smile", "photographs", 1.0, numbers(symmetry.compare(before, after))


def slopes(found: list[Found]) -> dict[tuple[str, str], dict[str, float]]:
    """Root mean square shift per unit of each circumstance, the largest one of all places where it was measured."""
    seen: dict[tuple[tuple[str, str], str, str], list[tuple[float, float]]] = defaultdict(list)
    for kind, place, amount, shifts in found:
        for number, shift in shifts.items():
            if np.isfinite(shift):
                seen[number, kind, place].append((amount, shift))
    largest: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for (number, kind, _), pairs in seen.items():
        amounts, shifts = np.array(pairs).T
        slope = float(np.sqrt((shifts**2).mean() / (amounts**2).mean()))
        largest[number][kind] = max(slope, largest[number].get(kind, 0.0))
    return {number: largest[number] for number in found[0][3]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--people", type=int, default=9)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    found = [
        *on_heads(arguments.shared / "heads"),
        *on_photographs(arguments.shared / "faces" / "london", arguments.people),
    ]
    rows = [("name", "number", *CIRCUMSTANCES)]
    for (name, number), of in slopes(found).items():
        rows.append((name, number, *(f"{of[kind]:.3f}" if kind in of else "" for kind in CIRCUMSTANCES)))
    for row in rows:
        print(f"{row[0]:22} {row[1]:11} {' '.join(f'{cell:>7}' for cell in row[2:])}")
    if arguments.write:
        with TABLE.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
