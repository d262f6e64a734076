"""Power of the verdicts: `python tests/benchmarks/power.py [--faces FOLDER] [--misses]`. Not a test: it takes minutes.

In the second of two photos of an all but unchanged face one spot of one side is moved by 2 mm, up or down, out or in,
and the two are compared. Of the part of the region that this moves most the left-right difference A without it is known
from the two photos, and D, what it adds: where |A + D| is more than |A| the right verdict is "worse", else "improved".
Where the two differ by less than half of |D| neither is plain, and the case is counted apart.

Prints of each spot and region: cases, right, wrong direction, missed (no detectable change), not comparable with the
reasons, and the share that is right, of all plain cases and of those that were comparable; and how often a verdict of
change is given where nothing was moved.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from symmetry import analyze, compare
from symmetry.errors import SymmetryError
from symmetry.landmarks.frame import across_jawline, asymmetry_field, made_even
from symmetry.landmarks.mesh import PARTS
from symmetry.measure.audit import OWN_SIDES, SITES, OwnSide, Site, moved_photo
from symmetry.measure.change import Change
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, NOT_COMPARABLE, WORSE

MOVED_MM = 2.0
PLAIN = 0.5
"""Share of |D| by which |A + D| and |A| must differ."""
WANTED = {"mouth": 0.85, "brows": 0.85, "eyes": 0.85, "jawline": 0.70}
RESHOOTS = (("a_1", "a_4"), ("a_2", "a_4"), ("b_30cm", "b_45cm"), ("b_45cm", "b_60cm"))

Photos = tuple[Path, Path]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One movement and the verdict on it."""

    pair: str
    site: str
    region: str
    side: OwnSide
    millimetres: float
    part: str
    judged_by: str | None
    first: float
    before: float
    after: float
    truth: str | None
    verdict: str
    reason: str | None
    change: float
    error: float

    @property
    def outcome(self) -> str:
        if self.verdict == NOT_COMPARABLE:
            return "not comparable"
        if self.truth is None:
            return "not plain"
        if self.verdict == NO_CHANGE:
            return "missed"
        return "right" if self.verdict == self.truth else "wrong"


def photo_pairs(faces: Path) -> list[Photos]:
    """Pairs of photos between which next to nothing changed."""
    listing = faces / "london" / "near_null.txt"
    people = listing.read_text().split() if listing.exists() else []
    pairs = [tuple(faces / "london" / f"{one}_{look}.jpg" for look in ("neutral", "smiling")) for one in people]
    pairs += [tuple(faces / "reshoots" / f"{name}.jpg" for name in names) for names in RESHOOTS]
    return [(before, after) for before, after in pairs if before.exists() and after.exists()]


def true_verdict(unmoved: Change, after: FaceAnalysis, site: Site, side: OwnSide, mm: float) -> dict[str, Any]:
    """Part that a movement moves most, the verdict due, and the size of the part's left-right difference: in the first
    photo, in the second, and in that once it is moved."""
    away = np.linalg.norm((after.landmarks - after.landmarks[site.landmark_of(side)])[:, :2], axis=1)
    share = np.exp(-((away * after.mm_per_pixel) ** 2) / (2 * site.spread_mm**2))
    moved = np.column_stack([share[:, None] * (mm * site.toward(after, side)), np.zeros(len(share))])
    placed = made_even(unmoved.after.frame.place(unmoved.after.points))
    added = across_jawline(asymmetry_field(moved), placed)
    parts = PARTS[site.region]
    part = max(parts, key=lambda name: float(np.linalg.norm(added[parts[name]].mean(axis=0))))
    fields = np.stack([unmoved.before.difference[parts[part]], unmoved.after.difference[parts[part]]])
    known = np.isfinite(fields).all(axis=(0, 2))
    more = added[parts[part]].mean(axis=0)
    first, there = fields[:, known].mean(axis=1) if known.any() else np.full((2, 2), np.nan)
    start, before, now = (float(np.linalg.norm(vector)) for vector in (first, there, there + more))
    plain = abs(now - before) >= PLAIN * np.linalg.norm(more)  # not if they are not known
    truth = (WORSE if now > before else IMPROVED) if plain else None
    return {"part": part, "truth": truth, "first": start, "before": before, "after": now}


def try_pair(photos: Photos, sites: Sequence[Site] = SITES) -> tuple[Change, list[Case]]:
    """Compare two photos as they are, and with every spot of the second moved."""
    before, after = (analyze(photo) for photo in photos)
    unmoved = compare(before, after)
    name = " ".join(photo.stem for photo in photos)
    cases = []
    for site in sites:
        for side in OWN_SIDES:
            for mm in (MOVED_MM, -MOVED_MM):
                due = true_verdict(unmoved, after, site, side, mm)
                try:
                    found = compare(before, moved_photo(after, site, side, mm)).regions[site.region]
                except SymmetryError as error:
                    print(f"{name}, {site.name}: {error}")
                    continue
                cases.append(
                    Case(
                        pair=name,
                        site=site.name,
                        region=site.region,
                        side=side,
                        millimetres=mm,
                        **due,
                        verdict=found.verdict,
                        reason=found.reason,
                        judged_by=found.part,
                        change=found.evenness,
                        error=found.evenness_error,
                    )
                )
    return unmoved, cases


def row(name: str, cases: Sequence[Case]) -> str:
    """One line of the table."""
    count = Counter(case.outcome for case in cases)
    reasons = Counter(case.reason for case in cases if case.outcome == "not comparable")
    compared = count["right"] + count["wrong"] + count["missed"]
    plain = compared + count["not comparable"]
    return (
        f"{name:20} {len(cases):5} {count['not plain']:9} {count['right']:6} {count['wrong']:6} {count['missed']:7}"
        f" {count['not comparable']:8} {share(count['right'], plain):>8} {share(count['right'], compared):>10}"
        f"  {', '.join(f'{reason} {times}' for reason, times in reasons.most_common())}"
    ).rstrip()


def share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "–"


def names_of(cases: Iterable[Case], what: str) -> Iterator[str]:
    return iter(dict.fromkeys(getattr(case, what) for case in cases))


def report(unmoved: Sequence[tuple[str, Change]], cases: Sequence[Case], *, misses: bool = False) -> None:
    """Print the tables, and what was missed in the regions that fall short."""
    head = f"{'':20} cases not plain  right  wrong  missed not comp  of all  of compared"
    for what in ("site", "region"):
        print(f"\nmoved by {MOVED_MM:g} mm, by {what}\n{head}")
        for name in names_of(cases, what):
            print(row(name, [case for case in cases if getattr(case, what) == name]))
    false = [
        f"{pair}: {region.region} {region.verdict}"
        for pair, change in unmoved
        for region in change.regions.values()
        if region.verdict in (IMPROVED, WORSE)
    ]
    judged = sum(region.verdict != NOT_COMPARABLE for _, change in unmoved for region in change.regions.values())
    print(f"\nnothing moved: {len(false)} false changes in {judged} verdicts on {len(unmoved)} pairs")
    print("\n".join(f"  {line}" for line in false))
    for region, least in WANTED.items():
        own = [case for case in cases if case.region == region and case.outcome != "not plain"]
        right = sum(case.outcome == "right" for case in own)
        if own and (misses or right < least * len(own)):
            print(f"\n{region}: {right / len(own):.2f} right, wanted {least:.2f}; not right:")
            for case in own:
                if case.outcome != "right":
                    print(
                        f"  {case.pair:24} {case.site:20} {case.side:14} {case.millimetres:+.0f} mm: {case.outcome:14}"
                        f" {case.reason or ''} {case.part} |A| {case.before:.2f} (first photo {case.first:.2f})"
                        f" -> {case.after:.2f},"
                        f" found {case.change:+.2f} ± {case.error:.2f} at the {case.judged_by}"
                    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=Path, default=Path(__file__).parents[3] / "shared" / "faces")
    parser.add_argument("--misses", action="store_true", help="list what was not right in all main regions")
    arguments = parser.parse_args()
    pairs = photo_pairs(arguments.faces)
    if not pairs:
        print(f"skipped: no pairs of photos in {arguments.faces}; name their folder with --faces")
        return
    unmoved, cases = [], []
    for photos in pairs:
        change, found = try_pair(photos)
        unmoved.append((" ".join(photo.stem for photo in photos), change))
        cases += found
    report(unmoved, cases, misses=arguments.misses)


if __name__ == "__main__":
    main()
