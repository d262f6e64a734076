"""How tests call the commands and read what they print."""

from __future__ import annotations

import csv
import io
import json
import re
from functools import lru_cache
from pathlib import Path

import numpy as np
from click.testing import CliRunner, Result
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from helpers.faces import ROOT, SAMPLES
from symmetry.cli import main

BEFORE, AFTER, EVEN = (str(SAMPLES / f"{name}.jpg") for name in ("before", "after", "even"))


def manual() -> str:
    """What people are told: the README and the pages behind it."""
    return "\n\n".join(
        page.read_text(encoding="utf-8") for page in (ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md")))
    )


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


def rows_of(result: Result) -> dict[str, dict[str, str]]:
    """Rows of a CSV about one face or one pair, by what they are about."""
    rows = csv.DictReader(io.StringIO(result.stdout))
    return {row.get("region") or row["name"]: row for row in rows}


def cells_of(result: Result, region: str, table: int = 0) -> list[str]:
    """Cells of a region's line in the first, or a later, table that has one, right of its name."""
    lines = [line for line in result.stdout.splitlines() if line.startswith(f" {region} ")]
    return re.split(r"  +", lines[table].strip())[1:]


def saved(pixels: NDArray[np.uint8], path: Path) -> Path:
    """A drawn face as a file."""
    Image.fromarray(pixels).save(path)
    return path


def with_strokes(path: Path, *, subject_left_up: int = 0) -> Path:
    """A drawn face with strokes on both cheeks, all leaning one way, so that the sides are not mirror images.

    Those on its left can be moved up by some pixels.
    """
    places = np.random.default_rng(3)
    with Image.open(BEFORE) as clear:
        face = clear.convert("RGB")
    brush = ImageDraw.Draw(face)
    for left, up in ((260, 0), (515, subject_left_up)):
        for x, y in places.uniform((left, 575), (left + 130, 740), (40, 2)):
            brush.line((x - 12, y - up + 12, x + 12, y - up - 12), fill=(70, 50, 45), width=5)
    face.save(path)
    return path


@lru_cache
def scored_samples() -> list[dict]:
    """What `score` says of two drawn photos, as JSON."""
    return json.loads(run("score", BEFORE, EVEN, "--format", "json").stdout)


@lru_cache
def compared_samples() -> dict:
    """What `compare` says of two drawn photos, as JSON."""
    return json.loads(run("compare", BEFORE, AFTER, "-f", "json").stdout)
