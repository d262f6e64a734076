"""How far numbers of an unchanged face vary from photo to photo: a table, shipped or made from your own photos.

`symmetry reliability` makes such a table. The shipped one, `reliability_table.csv`, was fitted to photos of unchanged
faces by `tools/fit_errors.py`, together with what makes photos differ.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal, NamedTuple

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.errors import TableError
from symmetry.files import write_whole
from symmetry.landmarks.mesh import PARTS, REGIONS
from symmetry.measure.measures import DEFINITIONS
from symmetry.tabular.text import to_csv

Method = Literal["registration", "landmarks"]
METHODS: Final[tuple[Method, ...]] = ("registration", "landmarks")


class Quantity(NamedTuple):
    """One number that is reported."""

    of: str  # {"photo", "pair", "day"}; what it describes
    name: str  # region, part of a region, or clinical measure
    number: str
    unit: str  # {"mm", "degrees"}
    region: str  # region whose conditions it shares


def _of_measures(of: str, number: str) -> list[Quantity]:
    return [Quantity(of, d.name, number, d.unit, d.region) for d in DEFINITIONS]


PHOTO_NUMBERS: Final = ("asymmetry", "lateral", "vertical", "field")
"""Of a region in one photo; "field" is the root mean square noise of its asymmetry field, which inflates asymmetry."""
PAIR_NUMBERS: Final = ("change", "lateral_change", "vertical_change", "lift")

OF_PHOTO: Final = (
    *(Quantity("photo", region, number, "mm", region) for region in REGIONS for number in PHOTO_NUMBERS),
    *_of_measures("photo", "difference"),
)
"""Numbers of one photo: regions (9 x 4), then clinical measures (18)."""
OF_PAIR: Final = (
    *(Quantity("pair", region, number, "mm", region) for region in REGIONS for number in PAIR_NUMBERS),
    *(
        Quantity("pair", f"{region}: {part}", number, "mm", region)
        for region, parts in PARTS.items()
        for part in parts
        for number in ("lateral_change", "vertical_change")
    ),
    *_of_measures("pair", "change"),
)
"""Numbers of two photos: regions (9 x 4), parts (11 x 2), clinical measures (18)."""
REGIONS_OF_PHOTO: Final = slice(len(REGIONS) * len(PHOTO_NUMBERS))
REGIONS_OF_PAIR: Final = slice(len(REGIONS) * len(PAIR_NUMBERS))
PARTS_OF_PAIR: Final = slice(REGIONS_OF_PAIR.stop, len(OF_PAIR) - len(DEFINITIONS))
MEASURES_OF_PAIR: Final = slice(PARTS_OF_PAIR.stop, None)
"""Positions of each kind of number."""
PART_NAMES: Final = tuple((region, part) for region, parts in PARTS.items() for part in parts)

COLUMNS: Final = ("method", "of", "name", "number", "unit", "sd", "freedom", "detector")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReliabilityTable:
    """Spread of the numbers of an unchanged face over photos taken in one session."""

    # shape (54,); standard deviation of each number of `OF_PHOTO` from photo to photo (the standard error of
    # measurement, SEM), mm or degrees, and its degrees of freedom; NaN and 0 where it is not known
    photo_sd: FloatArray
    photo_freedom: FloatArray
    # shape (54,); share of it that comes from how framing moves the landmarks, in the photos behind the table
    photo_detector: FloatArray
    # shape (76,); standard deviation of each number of `OF_PAIR` between two photos of the same pose and expression
    pair_sd: FloatArray
    pair_freedom: FloatArray
    part_correlation: FloatArray  # shape (11,); between the lateral and vertical change of each part of a region
    # root mean square over the photos behind the table of how far framing moves the landmarks, in eye distances
    jitter: float
    # shape (76,); standard deviation of the true number of one day, where people were photographed on several days, and
    # its degrees of freedom; NaN and 0 where it is not known
    day_sd: FloatArray = field(default_factory=lambda: np.full(len(OF_PAIR), np.nan))
    day_freedom: FloatArray = field(default_factory=lambda: np.zeros(len(OF_PAIR)))

    @property
    def field_noise(self) -> FloatArray:
        """Root mean square noise of the asymmetry field of each region, mm, shape (9,)."""
        of_regions = self.photo_sd[REGIONS_OF_PHOTO].reshape(len(REGIONS), -1)
        return np.asarray(of_regions[:, PHOTO_NUMBERS.index("field")])


ReliabilityTables = Mapping[Method, ReliabilityTable]


def to_rows(reliability: ReliabilityTables) -> list[dict[str, object]]:
    """Return rows of `COLUMNS` for a file."""
    rows: list[dict[str, object]] = []
    for method, known in reliability.items():
        rows.append({"method": method, "of": "photo", "name": "landmarks", "number": "jitter", "sd": known.jitter})
        sds = (*known.photo_sd, *known.pair_sd)
        freedoms = (*known.photo_freedom, *known.pair_freedom)
        detectors = (*known.photo_detector, *(None for _ in OF_PAIR))
        for quantity, sd, freedom, detector in zip(OF_PHOTO + OF_PAIR, sds, freedoms, detectors, strict=True):
            row = {"method": method, "of": quantity.of, "name": quantity.name, "number": quantity.number}
            rows.append(row | {"unit": quantity.unit, "sd": sd, "freedom": freedom, "detector": detector})
        for quantity, sd, freedom in zip(OF_PAIR, known.day_sd, known.day_freedom, strict=True):
            if np.isfinite(sd):
                row = {"method": method, "of": "day", "name": quantity.name, "number": quantity.number}
                rows.append(row | {"unit": quantity.unit, "sd": sd, "freedom": freedom})
        for (region, part), correlation in zip(PART_NAMES, known.part_correlation, strict=True):
            row = {"method": method, "of": "pair", "name": f"{region}: {part}", "number": "correlation"}
            rows.append(row | {"unit": "", "sd": correlation})
    return rows


def read_reliability(path: Path) -> ReliabilityTables:
    """Read a table that `symmetry reliability` wrote.

    Raises
    ------
    TableError
        If the file cannot be read or holds something else.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise TableError("there is no such file; check the name and the folder") from None
    except (OSError, UnicodeDecodeError):
        raise TableError("it cannot be read as a table; give a file that symmetry reliability --table wrote") from None
    return _parse(text)


def write_reliability(reliability: ReliabilityTables, path: str | os.PathLike[str]) -> None:
    """Write tables to a .csv that `read_reliability` reads; the file appears whole or not at all.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    write_whole(Path(path), to_csv(to_rows(reliability), COLUMNS).encode())


@lru_cache(maxsize=1)
def shipped_table() -> ReliabilityTables:
    """Return the table that comes with the package."""
    return _parse(files("symmetry.measure").joinpath("reliability_table.csv").read_text(encoding="utf-8"))


def of_method(reliability: ReliabilityTables | None, method: Method) -> ReliabilityTable:
    """Return the table of a method: the given one, or the shipped one where that has none."""
    return reliability[method] if reliability and method in reliability else shipped_table()[method]


def _parse(text: str) -> ReliabilityTables:
    found: dict[str, dict[tuple[str, str, str], tuple[float, float, float]]] = {}
    try:
        rows = csv.DictReader(io.StringIO(text), strict=True)
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise TableError("it is not a reliability table; give a file that symmetry reliability --table wrote")
        for row in rows:
            sd, freedom, detector = (float(row[column] or "nan") for column in ("sd", "freedom", "detector"))
            signed = row["number"] == "correlation"
            if any(value < (-1.0 if signed else 0.0) or value == np.inf for value in (sd, freedom, detector)):
                raise ValueError(row)
            found.setdefault(row["method"], {})[row["of"], row["name"], row["number"]] = sd, freedom, detector
        table = {method: _of_method(found[method]) for method in METHODS if method in found}
    except (TypeError, ValueError, KeyError, csv.Error):
        raise TableError("a row of it is damaged; make it again with symmetry reliability --table") from None
    if not table:
        raise TableError("it holds no numbers; make it again with symmetry reliability --table")
    return table


def _of_method(values: dict[tuple[str, str, str], tuple[float, float, float]]) -> ReliabilityTable:
    def column(quantities: tuple[Quantity, ...], place: int, of: str | None = None) -> FloatArray:
        unknown = (np.nan, 0.0, np.nan)
        return np.array([values.get((of or q.of, q.name, q.number), unknown)[place] for q in quantities])

    return ReliabilityTable(
        photo_sd=column(OF_PHOTO, 0),
        photo_freedom=np.nan_to_num(column(OF_PHOTO, 1)),
        photo_detector=np.nan_to_num(column(OF_PHOTO, 2)),
        pair_sd=column(OF_PAIR, 0),
        pair_freedom=np.nan_to_num(column(OF_PAIR, 1)),
        part_correlation=np.array(
            [values.get(("pair", f"{region}: {part}", "correlation"), (0.0,))[0] for region, part in PART_NAMES]
        ).clip(-1.0, 1.0),
        jitter=values["photo", "landmarks", "jitter"][0],
        day_sd=column(OF_PAIR, 0, "day"),
        day_freedom=np.nan_to_num(column(OF_PAIR, 1, "day")),
    )
