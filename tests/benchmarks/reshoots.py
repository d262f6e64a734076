"""Compare all pairs of one person's selfies, in which nothing changed but the photography.

    python tests/benchmarks/reshoots.py [--faces DIR]

DIR holds `reshoots/`, eight photos (a_*, b_*) that are no part of the project. Each of the 28 pairs gives nine verdicts
on regions: at most 5 % of those judged should be wrong, and at most 20 % of all not comparable.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import symmetry
from symmetry.measure.verdicts import IMPROVED, NOT_COMPARABLE, WORSE

RESHOOTS = Path(__file__).resolve().parents[3] / "shared" / "faces"
MOST_FALSE, MOST_NOT_COMPARABLE = 0.05, 0.20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=Path, default=RESHOOTS)
    photos = sorted((parser.parse_args().faces / "reshoots").glob("*.jpg"))
    faces = [symmetry.analyze(photo) for photo in photos]
    verdicts: dict[str, Counter[str]] = defaultdict(Counter)
    reasons: Counter[str] = Counter()
    for (one, before), (other, after) in combinations(zip(photos, faces, strict=True), 2):
        for name, region in symmetry.compare(before, after, same_day=True).regions.items():
            verdicts[name][region.verdict] += 1
            if region.verdict == NOT_COMPARABLE:
                reasons[f"{name}: {region.reason}"] += 1
            elif region.verdict in (IMPROVED, WORSE):
                size = f"{region.evenness:+.2f} ± {region.evenness_error:.2f}"
                print(f"{one.stem} to {other.stem}: {name} ({region.part}) {region.verdict}, {size} {region.unit}")
    total = sum(verdicts.values(), Counter[str]())
    for name, found in verdicts.items():
        print(f"{name:12} {', '.join(f'{count} {verdict}' for verdict, count in found.most_common())}")
    print(f"not comparable: {', '.join(f'{count} {reason}' for reason, count in reasons.most_common())}")
    judged = total.total() - total[NOT_COMPARABLE]
    if judged:
        print(f"{(total[IMPROVED] + total[WORSE]) / judged:.3f} of {judged} judged false (at most {MOST_FALSE:.0%})")
        print(f"{total[NOT_COMPARABLE] / total.total():.3f} not comparable (at most {MOST_NOT_COMPARABLE:.0%})")


if __name__ == "__main__":
    main()
