"""Sample images: the faces that they show, and the table of their true asymmetry."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.ExifTags import IFD, Base

from symmetry.synthetic.asymmetry import Asymmetry
from symmetry.synthetic.looks import LOOKS
from symmetry.synthetic.scene import Scene, draw_face

COLUMNS = ("photo", "captured", "region", "side", "quantity", "value", "unit")
# Region and quantity of each feature in the table; + is upward for `vertical`, away from the midline for `outward`.
_PLACES = {
    "brow": ("brows", "vertical"),
    "eye": ("eyes", "vertical"),
    "upper_lid": ("upper_lids", "vertical"),
    "lower_lid": ("lower_lids", "vertical"),
    "mouth": ("mouth", "vertical"),
    "jaw": ("jawline", "outward"),
}
_QUALITY = 92
_NOISE = 1.2
_SERIES_SEED = 2026
_SERIES_DAYS = (0, 6, 13, 18, 24, 31, 36, 42)
_SERIES_START = datetime.fromisoformat("2026-04-06T08:10:00+02:00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One sample photo: its path in the folder, the time in its metadata, and what is drawn."""

    photo: str
    captured: datetime
    look: str
    asymmetry: Asymmetry
    scene: Scene


def samples() -> list[Sample]:
    """All sample photos, in the order of the table."""
    return [*_singles(), *_series()]


def _singles() -> list[Sample]:
    uneven = Asymmetry(mouth_subject_right=-4.0, jaw_subject_left=4.0, brow_subject_right=-3.0, eye_subject_left=-2.5)
    first, last = (datetime.fromisoformat(f"{day}:00+02:00") for day in ("2026-04-06T09:30", "2026-05-18T09:42"))
    before = Scene(roll=1.6, yaw=0.7, pitch=-0.5, offset=(6.0, -74.0), light_azimuth=7.0, noise=_NOISE, seed=2)
    after = replace(
        before, roll=-1.1, yaw=-0.5, pitch=0.4, offset=(-9.0, -82.0), light_azimuth=-5.0, light_strength=1.03, seed=3
    )
    even = Scene(noise=_NOISE, seed=1, background=(0.72, 0.71, 0.68))
    return [
        Sample(photo="even.jpg", captured=first, look="slate", asymmetry=Asymmetry(), scene=even),
        Sample(photo="before.jpg", captured=first, look="hazel", asymmetry=uneven, scene=before),
        Sample(photo="after.jpg", captured=last, look="hazel", asymmetry=uneven.scaled(0.5), scene=after),
    ]


def _series() -> list[Sample]:
    rng = np.random.default_rng(_SERIES_SEED)

    def about(middle: float, spread: float) -> float:
        return round(middle + float(rng.uniform(-spread, spread)), 2)

    shown = []
    for number, day in enumerate(_SERIES_DAYS):
        left_over = round(5.0 - 4.0 * day / _SERIES_DAYS[-1], 2)
        scene = Scene(
            width=720,
            height=960,
            pixels_per_mm=about(2.75, 0.05),
            yaw=about(0.0, 1.4),
            pitch=about(0.0, 1.4),
            roll=about(0.0, 2.8),
            offset=(about(0.0, 12.0), about(-64.0, 8.0)),
            light_azimuth=about(0.0, 9.0),
            light_elevation=about(28.0, 4.0),
            light_strength=about(1.0, 0.05),
            background=(0.74, 0.70, 0.65),
            noise=_NOISE,
            seed=100 + number,
        )
        asymmetry = Asymmetry(
            mouth_subject_left=-left_over, jaw_subject_right=left_over, brow_subject_left=2.5, eye_subject_right=-2.0
        )
        captured = _SERIES_START + timedelta(days=day, minutes=int(rng.integers(0, 45)))
        photo = f"series/{captured:%Y-%m-%d}.jpg"
        shown.append(Sample(photo=photo, captured=captured, look="amber", asymmetry=asymmetry, scene=scene))
    return shown


def truth_rows(sample: Sample) -> list[dict[str, str]]:
    """Rows of the truth table of one sample, one per quantity."""
    head = {"yaw": sample.scene.yaw, "pitch": sample.scene.pitch, "roll": sample.scene.roll}
    quantities = [(*_PLACES[feature], side, value, "mm") for feature, side, value in sample.asymmetry.items()]
    quantities += [("head", quantity, "", value, "degrees") for quantity, value in head.items()]
    quantities.append(("image", "scale", "", sample.scene.pixels_per_mm, "pixels_per_mm"))
    return [
        {
            "photo": sample.photo,
            "captured": sample.captured.isoformat(),
            "region": region,
            "side": side,
            "quantity": quantity,
            "value": f"{value + 0.0:g}",
            "unit": unit,
        }
        for region, quantity, side, value, unit in quantities
    ]


def write_samples(folder: Path | str) -> list[Path]:
    """Draw all sample photos and write them with their truth table; existing files are replaced.

    The same library versions write the same bytes.

    Parameters
    ----------
    folder : path
        Where to write; made if missing.

    Returns
    -------
    list of Path
        The photos and ``truth.csv``.
    """
    folder = Path(folder)
    written = []
    table = io.StringIO()
    rows = csv.DictWriter(table, COLUMNS, lineterminator="\n")
    rows.writeheader()
    for sample in samples():
        path = folder / sample.photo
        path.parent.mkdir(parents=True, exist_ok=True)
        image = draw_face(asymmetry=sample.asymmetry, scene=sample.scene, look=LOOKS[sample.look])
        Image.fromarray(image).save(path, format="JPEG", quality=_QUALITY, exif=_exif(sample))
        written.append(path)
        rows.writerows(truth_rows(sample))
    path = folder / "truth.csv"
    path.write_text(table.getvalue(), encoding="utf-8", newline="")
    return [*written, path]


def _exif(sample: Sample) -> Image.Exif:
    exif = Image.Exif()
    exif[Base.Make] = "Drawn"
    exif[Base.Model] = "symmetry synthetic"
    exif[Base.Software] = "symmetry.synthetic"
    exif[Base.ImageDescription] = "Drawn by a program; no person is shown"
    exif[Base.Orientation] = 1
    taken = f"{sample.captured:%Y:%m:%d %H:%M:%S}"
    offset = sample.captured.isoformat()[-6:]
    exif[Base.DateTime] = taken
    exif[IFD.Exif] = {Base.DateTimeOriginal: taken, Base.OffsetTimeOriginal: offset}
    return exif
