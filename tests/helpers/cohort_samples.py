"""Tables of made-up people for the tests of words, tables and commands about cohorts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

MDC = 0.5


def people_with(changes: Mapping[str, Sequence[float | None]], *, group: str, region: str = "mouth") -> pd.DataFrame:
    """Rows of people of a group: each has a change in a region and can detect 0.5 mm; None is not comparable."""
    return pd.DataFrame(
        [
            {
                "person": f"{name}{i}",
                "group": group,
                "region": region,
                "before": None if change is None else 3.0,
                "after": None if change is None else 3.0 + change,
                "mdc": MDC,
                "reason": "pose_differs" if change is None else "",
            }
            for name, each in changes.items()
            for i, change in enumerate(each)
        ]
    )


BETTER = people_with({"t": [-1.0, -0.9, -1.1, -1.2, -0.8, -1.0, -0.2, 0.1, None, -1.3]}, group="ritual")
SAME = people_with({"c": [0.1, -0.1, 0.2, -0.2, 0.3, -0.3, 0.1, -0.1, 0.7, None]}, group="placebo")


def study_table(*, regions: Sequence[str] = ("mouth",)) -> pd.DataFrame:
    """Ten people of a ritual, seven of whom changed beyond 0.5 mm, and ten of a placebo, of whom one got worse."""
    both = pd.concat([BETTER, SAME], ignore_index=True)
    return pd.concat([both.assign(region=region) for region in regions], ignore_index=True)
