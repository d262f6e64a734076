"""Fit the table of errors, and what widens them, to photos of faces that did not change between them.

    python tools/fit_errors.py measure --shared DIR -o PAIRS.npz [--people N]
    python tools/fit_errors.py fit PAIRS.npz [--folds N] [--write]

`measure` compares pairs of unchanged faces and keeps their numbers and how the photos differ. DIR holds photographs
(`faces/`), rendered heads (`heads/`, exactly even) and a script that photographs a face again by a warp of its photo
(`bench/rephotograph.py`); none of them is part of the project.

`fit` explains the squared differences of every number by a constant and by the squared differences of the conditions,
none of them negative, by maximum likelihood of a gamma distribution (iterated non-negative least squares); single
photos alike. It prints how far numbers differ in multiples of their errors, with `--folds` for people who were left out
of the fit. `--write` writes `symmetry/measure/conditions.csv` and the standard deviations of `reliability_table.csv`.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import combinations
from pathlib import Path
from types import ModuleType
from typing import Final, Literal

import numpy as np
from scipy.optimize import nnls

import symmetry
from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import REGIONS
from symmetry.measure.conditions import (
    CONDITIONS,
    USUAL_PAIR,
    USUAL_PHOTO,
    PairConditions,
    PhotoConditions,
    pair_conditions,
    photo_conditions,
)
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.pairs import (
    common_scale,
    field_noise,
    left_right_difference,
    measure_pair,
    pair_numbers,
    stack_fields,
)
from symmetry.measure.reliability import by_landmarks, corrected, photo_numbers
from symmetry.measure.reliability_table import (
    METHODS,
    OF_PAIR,
    OF_PHOTO,
    PAIR_NUMBERS,
    PHOTO_NUMBERS,
    Method,
    Quantity,
    ReliabilityTable,
    of_method,
    shipped_table,
    write_reliability,
)
from symmetry.measure.uncertainty import few_pixels, of_regions, shared_movement, unseen_part, warning_factor
from symmetry.stats.estimates import half_width
from symmetry.tabular.text import to_csv

TABLES = Path(__file__).parents[1] / "symmetry" / "measure"
WEIGHTS = {
    "pair": {"again": 1.0, "heads": 2.0, "minutes": 60.0, "smiles": 0.5, "selfies": 20.0},
    "photo": {"again": 1.0, "heads": 10.0, "minutes": 20.0, "smiles": 0.5, "selfies": 10.0},
}
"""How much a row counts. "again": photographed again by a warp; "heads": rendered; "minutes": real photos, minutes
apart; "smiles": neutral and smiling; "selfies": eight of one woman. Real photos are few, and in the others no face
moves."""
CALIBRATED = {"again": 0.42, "heads": 0.51}
"""Most that differences may be as root mean square of half-widths, of which 0.51 is exact; less for photos photographed
again, since a warp leaves out how an outline slides and how a face moves."""
LEAST = 0.05
"""Least standard deviation of a number between photos that are taken exactly alike, mm or degrees; that of a photo is
at least the share of the detector."""
FARTHEST = 9.0
"""A squared difference counts as at most this many variances."""
FREEDOM = 40.0
"""Degrees of freedom that the fit gives its standard deviations."""
Kind = Literal["pair", "photo"]
Rows = dict[str, FloatArray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Squared differences of the n numbers of pairs or photos of unchanged faces, and what explains them."""

    kind: Kind
    source: FloatArray  # shape (rows,)
    person: FloatArray  # shape (rows,)
    squares: FloatArray  # shape (rows, n); NaN where a number is not known
    # shape (rows, n, 1 + conditions); variances are linear in it: a constant, then squared conditions
    explained_by: FloatArray
    extra: FloatArray  # shape (rows, n); variance that is known already
    least: FloatArray  # shape (n,); least standard deviation

    def of(self, chosen: FloatArray) -> Sample:
        """Keep the rows chosen."""
        kept = {f.name: getattr(self, f.name)[chosen] for f in fields(self) if f.name not in ("kind", "least")}
        return Sample(kind=self.kind, least=self.least, **kept)


def same_faces(shared: Path, people: int) -> Iterator[tuple[str, str, list[FaceAnalysis], list[tuple[int, int]]]]:
    """Give source, person, faces, and which of them to compare."""
    again = _script(shared / "bench" / "rephotograph.py")
    london = shared / "faces" / "london"
    everyone = sorted(path.name.split("_")[0] for path in london.glob("*_neutral.jpg"))[:people]
    still = (london / "near_null.txt").read_text().split()
    for k, person in enumerate(everyone):
        rng = np.random.default_rng((15, k))
        neutral = london / f"{person}_neutral.jpg"
        image, face = again.close_up(symmetry, symmetry.read_photo(neutral).pixels)
        usual = float(rng.uniform(38, 60))
        shots = [
            symmetry.analyze(
                again.rephotograph(image, face.landmarks, face.mm_per_pixel, again.circumstances(rng, usual))
            )
            for _ in range(again.TRIES)
        ]
        yield "again", person, shots, list(again.PAIRS)
        smiling = symmetry.analyze(london / f"{person}_smiling.jpg")
        yield "minutes" if person in still else "smiles", person, [symmetry.analyze(neutral), smiling], [(0, 1)]
    selfies = [symmetry.analyze(path) for path in sorted((shared / "faces" / "reshoots").glob("*.jpg"))]
    yield "selfies", "selfies", selfies, list(combinations(range(len(selfies)), 2))
    for head, names in _nothing_changed(shared / "heads").items():
        listed = list(dict.fromkeys(name for pair in names for name in pair))
        faces = [symmetry.analyze(shared / "heads" / name) for name in listed]
        yield "heads", head, faces, [(listed.index(a), listed.index(b)) for a, b in names]


def _script(path: Path) -> ModuleType:
    sys.path.insert(0, str(path.parent))
    return importlib.import_module(path.stem)


def _nothing_changed(heads: Path) -> dict[str, list[tuple[str, str]]]:
    rows = np.genfromtxt(heads / "pairs.csv", delimiter=",", names=True, dtype=None, encoding="utf-8")
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows[rows["purpose"] == "null"]:
        found.setdefault(str(row["head"]), []).append((str(row["before"]), str(row["after"])))
    return found


def measure(shared: Path, people: int) -> Rows:
    """Compare all pairs by both methods; every array has a row for each pair and method."""
    rows: dict[str, list[object]] = {}
    for source, person, faces, pairs in same_faces(shared, people):
        print(f"{source} {person}: {len(pairs)} pairs", flush=True)
        for method in METHODS:
            seen = faces if method == "registration" else [by_landmarks(face) for face in faces]
            for one, other in pairs:
                row = {"source": source, "person": person, "method": method}
                for name, value in (
                    row | _of_pair(seen[one], seen[other]) | _of_photos(seen[one], seen[other])
                ).items():
                    rows.setdefault(name, []).append(value)
    return {name: np.array(values) for name, values in rows.items()}


def _of_pair(one: FaceAnalysis, other: FaceAnalysis) -> dict[str, object]:
    scale = common_scale((one, other))
    pair = measure_pair(one, other, scale=scale, landmarks_only=one.method == "landmarks", reliability=None)
    stack = stack_fields([[pair]])
    table = of_method(None, one.method)
    numbers = pair_numbers(stack, field_noise(table, 1, 1.0))
    conditions = pair_conditions(
        [pair.before], [pair.after], shared_movement(numbers.left[0, 0, :, :2], numbers.right[0, 0, :, :2])
    )
    factors = [warning_factor(face.flags, OF_PAIR) ** 2 for face in (pair.before, pair.after)]
    unseen = of_regions(unseen_part(left_right_difference(stack.moved[0, 0])), len(PAIR_NUMBERS), len(OF_PAIR))
    few = sum(few_pixels(face.interpupillary) ** 2 for face in (one, other))
    return {
        "pair_numbers": numbers.listed()[0, 0],
        "pair_conditions": np.array([_as_row(getattr(conditions, f.name)) for f in fields(PairConditions)]),
        "pair_factor": (factors[0] + factors[1]) / 2 * warning_factor(pair.flags, OF_PAIR) ** 2,
        "pair_extra": unseen**2 + few,
    }


def _as_row(value: float | FloatArray) -> FloatArray:
    return np.broadcast_to(np.nan_to_num(value), len(REGIONS))


def _of_photos(one: FaceAnalysis, other: FaceAnalysis) -> dict[str, object]:
    table = of_method(None, one.method)
    both = [corrected(photo_numbers(face), table) for face in (one, other)]
    conditions = [photo_conditions(face) for face in (one, other)]
    unseen = [of_regions(unseen_part(face.asymmetry), len(PHOTO_NUMBERS), len(OF_PHOTO)) for face in (one, other)]
    return {
        "photo_numbers": np.array(both),
        "photo_conditions": np.array(
            [[np.nan_to_num(getattr(one, f.name)) for f in fields(PhotoConditions)] for one in conditions]
        ),
        "photo_factor": np.array([warning_factor(face.flags, OF_PHOTO) ** 2 for face in (one, other)]),
        "photo_extra": np.array(
            [a**2 + few_pixels(f.interpupillary) ** 2 for a, f in zip(unseen, (one, other), strict=True)]
        ),
    }


def sample_of(rows: Rows, method: Method, kind: Kind) -> Sample:
    """Take the rows of one method, of "pair" or "photo"; of heads, which are even, the second photo alone tells.

    But for the size of an asymmetry, which noise cannot make smaller than none.
    """
    mine = {name: values[rows["method"] == method] for name, values in rows.items()}
    if kind == "pair":
        place = [list(REGIONS).index(quantity.region) for quantity in OF_PAIR]
        squares = np.swapaxes(mine["pair_conditions"] ** 2, 1, 2)[:, place]
        lifts = [quantity.number == "lift" for quantity in OF_PAIR]
        squares[:, lifts, _names(PairConditions).index("shared")] = 0.0  # what both sides share lifts both
        terms = np.concatenate([np.ones_like(squares[..., :1]), squares], axis=-1) * mine["pair_factor"][..., None]
        return Sample(
            kind="pair",
            source=mine["source"],
            person=mine["person"],
            squares=mine["pair_numbers"] ** 2,
            explained_by=terms,
            extra=mine["pair_extra"],
            least=np.full(len(OF_PAIR), LEAST),
        )
    numbers, factor, extra = (mine[f"photo_{name}"] for name in ("numbers", "factor", "extra"))
    squares = np.repeat((mine["photo_conditions"] ** 2)[..., None, :], len(OF_PHOTO), axis=-2)
    terms = np.concatenate([np.ones_like(squares[..., :1]), squares], axis=-1) * factor[..., None]
    sizes = np.array([quantity.number in ("asymmetry", "field") for quantity in OF_PHOTO])
    alone = (mine["source"] == "heads")[:, None] & ~sizes
    return Sample(
        kind="photo",
        source=mine["source"],
        person=mine["person"],
        squares=np.where(alone, numbers[:, 1], numbers[:, 1] - numbers[:, 0]) ** 2,
        explained_by=np.where(alone[..., None], terms[:, 1], terms.sum(axis=1)),
        extra=np.where(alone, extra[:, 1], extra.sum(axis=1)),
        least=np.maximum(of_method(None, method).photo_detector, LEAST),
    )


def _names(conditions: type[PairConditions] | type[PhotoConditions]) -> list[str]:
    return [field.name for field in fields(conditions)]


def fitted(sample: Sample, rounds: int = 30) -> FloatArray:
    """Fit the coefficients (n, 1 + conditions) of the variances of all numbers; NaN where a number is hardly known."""
    weights = np.array([WEIGHTS[sample.kind][source] for source in sample.source])
    found = np.full(sample.explained_by.shape[1:], np.nan)
    for n in range(len(found)):
        known = np.isfinite(sample.squares[:, n]) & (weights > 0)
        if known.sum() < 3 * found.shape[1]:
            continue
        squares, terms, extra = (values[known, n] for values in (sample.squares, sample.explained_by, sample.extra))
        found[n] = _fit_one(squares, terms, extra, weights[known], float(sample.least[n]), rounds)
    return found


def _fit_one(
    squares: FloatArray, terms: FloatArray, extra: FloatArray, weights: FloatArray, least: float, rounds: int
) -> FloatArray:
    coefficients = np.zeros(terms.shape[1])
    coefficients[0] = max(np.average(np.minimum(squares, np.quantile(squares, 0.95)), weights=weights), least**2)
    for _ in range(rounds):
        variances = terms @ coefficients + extra
        precise = np.sqrt(weights) / variances  # of a gamma variable: its spread is its mean
        unexplained = np.minimum(squares, FARTHEST * variances) - extra - least**2 * terms[:, 0]
        coefficients, _ = nnls(terms * precise[:, None], unexplained * precise)
        coefficients[0] += least**2
    return coefficients


def calibrated(sample: Sample, coefficients: FloatArray) -> FloatArray:
    """Scale up the variances of numbers that differ by more than `CALIBRATED` allows."""
    factor = np.ones(len(coefficients))
    for source, most in CALIBRATED.items():
        told = in_half_widths(sample.of(sample.source == source), coefficients)
        known = np.isfinite(told)
        mean = np.where(known, told, 0.0) ** 2 / np.maximum(known.sum(axis=0), 1)
        factor = np.maximum(factor, mean.sum(axis=0) / most**2)
    return coefficients * factor[:, None]


def in_half_widths(sample: Sample, coefficients: FloatArray) -> FloatArray:
    """Differences (rows, n) over their 95 % half-widths."""
    variances = (sample.explained_by * coefficients).sum(axis=-1) + sample.extra
    return np.sqrt(sample.squares) / half_width(np.sqrt(variances), np.full(variances.shape, FREEDOM))


def left_out(sample: Sample, folds: int) -> FloatArray:
    """Differences over half-widths, those of each person by a fit without that person."""
    if folds < 2:
        return in_half_widths(sample, calibrated(sample, fitted(sample)))
    people = {person: k % folds for k, person in enumerate(sorted(set(sample.person.tolist())))}
    fold = np.array([people[person] for person in sample.person.tolist()])
    told = np.full(sample.squares.shape, np.nan)
    for k in range(folds):
        others = sample.of(fold != k)
        told[fold == k] = in_half_widths(sample.of(fold == k), calibrated(others, fitted(others)))
    return told


def report(sample: Sample, told: FloatArray) -> None:
    """Print root mean squares in half-widths (0.51 is exact) and shares beyond, for each number and source."""
    quantities = OF_PAIR if sample.kind == "pair" else OF_PHOTO
    sources = WEIGHTS[sample.kind]
    print(f"{sample.kind:36}" + "".join(f"{source:>16}" for source in sources))
    for n, quantity in [*enumerate(quantities), (slice(None), None)]:
        line = f"{quantity.name} {quantity.number}" if quantity else "all"
        for source in sources:
            values = told[sample.source == source][:, n]
            values = values[np.isfinite(values)]
            line = line.ljust(36) if source == "again" else line
            line += f"{np.sqrt(np.mean(values**2)):8.2f} {np.mean(values > 1):7.3f}" if len(values) else f"{'-':>16}"
        print(line)


_KINDS: Final[tuple[tuple[Kind, Sequence[Quantity], PhotoConditions | PairConditions], ...]] = (
    ("photo", OF_PHOTO, USUAL_PHOTO),
    ("pair", OF_PAIR, USUAL_PAIR),
)


def write(rows: Rows) -> None:
    """Fit everything and write both tables."""
    table, tables = [], dict(shipped_table())
    for method in METHODS:
        found = {}
        for kind, quantities, usual in _KINDS:
            sample = sample_of(rows, method, kind)
            coefficients = calibrated(sample, fitted(sample))
            growth = coefficients[:, 1:] / coefficients[:, :1]
            names = _names(type(usual))
            typical = np.array([np.max(getattr(usual, name)) ** 2 for name in names])
            lifts = np.array([quantity.number == "lift" for quantity in quantities])
            of_usual = 1 + np.where(lifts[:, None] & (np.array(names) == "shared"), 0.0, growth * typical).sum(axis=1)
            found[f"{kind}_sd"] = np.sqrt(coefficients[:, 0] * of_usual)
            for quantity, grows in zip(quantities, growth, strict=True):
                if quantity.number == "field":
                    continue
                row = {"method": method, "of": kind, "name": quantity.name, "number": quantity.number}
                doubled = {name: 1 / np.sqrt(g) for name, g in zip(names, grows, strict=True) if g > 0}
                table.append(row | {name: f"{value:.4g}" for name, value in doubled.items() if name in CONDITIONS})
        tables[method] = _with_sds(tables[method], found["photo_sd"], found["pair_sd"])
    write_reliability(tables, TABLES / "reliability_table.csv")
    columns = ("method", "of", "name", "number", *CONDITIONS)
    (TABLES / "conditions.csv").write_text(to_csv(table, columns), encoding="utf-8", newline="")


def _with_sds(known: ReliabilityTable, photo_sd: FloatArray, pair_sd: FloatArray) -> ReliabilityTable:
    """Put fitted standard deviations into a table; the noise of fields stays."""
    kept = np.array([quantity.number == "field" for quantity in OF_PHOTO]) | np.isnan(photo_sd)
    return replace(
        known,
        photo_sd=np.where(kept, known.photo_sd, photo_sd).round(4),
        photo_freedom=np.where(kept, known.photo_freedom, FREEDOM),
        pair_sd=np.where(np.isnan(pair_sd), known.pair_sd, pair_sd).round(4),
        pair_freedom=np.where(np.isnan(pair_sd), known.pair_freedom, FREEDOM),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one of the two steps."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    steps = parser.add_subparsers(dest="step", required=True)
    measuring = steps.add_parser("measure")
    measuring.add_argument("--shared", type=Path, required=True)
    measuring.add_argument("--people", type=int, default=35)
    measuring.add_argument("-o", "--output", type=Path, required=True)
    fitting = steps.add_parser("fit")
    fitting.add_argument("pairs", type=Path)
    fitting.add_argument("--folds", type=int, default=5)
    fitting.add_argument("--write", action="store_true")
    given = parser.parse_args(arguments)
    if given.step == "measure":
        np.savez_compressed(given.output, **measure(given.shared, given.people))
        return
    rows = dict(np.load(given.pairs))
    for method in METHODS:
        for kind, _, _ in _KINDS:
            sample = sample_of(rows, method, kind)
            print(f"\n{method}")
            report(sample, left_out(sample, given.folds))
    if given.write:
        write(rows)


if __name__ == "__main__":
    main()
