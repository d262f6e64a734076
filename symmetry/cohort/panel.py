"""A study as arrays, the form in which the statistics take it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.cohort.study import Study
from symmetry.measure.verdicts import IMPROVED, NOT_COMPARABLE

_CHANGES: Final = ("change", "mdc", "before", "after")
_OF_PEOPLE: Final = ("minutes", "adherence", "rating")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Panel:
    """Changes of n people in k regions; NaN where unknown."""

    units: dict[str, str]  # of each region, in the order of the columns
    group: NDArray[np.object_]  # (n,)
    change: FloatArray  # (n, k), negative = more even
    mdc: FloatArray  # (n, k), minimal detectable change of each person
    before: FloatArray  # (n, k), how uneven, 0 = even
    after: FloatArray  # (n, k)
    responder: FloatArray  # (n, k), 1 where improved beyond the own minimal detectable change, else 0
    minutes: FloatArray  # (n,), of treatment
    adherence: FloatArray  # (n,), share of the planned treatments
    rating: FloatArray  # (n,), change as the person rates it, positive = more even

    @classmethod
    def of(cls, study: Study, *, higher_is_better: bool = True) -> Panel:
        """Arrange a study by person and region; ratings are negated where lower ones are better."""
        people, regions = study.people, study.regions
        units = study.changes.drop_duplicates("region").set_index("region")["unit"]
        index = pd.MultiIndex.from_product([people["person"], regions])
        table = study.changes.set_index(["person", "region"]).reindex(index)
        shape = (len(people), len(regions))
        verdict = table["verdict"].to_numpy().reshape(shape)
        of_people = {name: people[name].to_numpy(dtype=np.float64) for name in _OF_PEOPLE}
        if not higher_is_better:
            of_people["rating"] = -of_people["rating"]
        return cls(
            units={name: str(units[name]) for name in regions},
            group=people["group"].to_numpy(dtype=object),
            responder=np.where(verdict == NOT_COMPARABLE, np.nan, (verdict == IMPROVED).astype(np.float64)),
            **{name: table[name].to_numpy(dtype=np.float64).reshape(shape) for name in _CHANGES},
            **of_people,
        )

    def labels(self, group: str) -> dict[str, Any]:
        """Columns that tell the rows of a table apart, one row for each region."""
        return {"region": list(self.units), "unit": list(self.units.values()), "group": group}

    def of_groups(self, *names: str) -> Panel:
        """Keep the people of some groups, in their order."""
        own = np.isin(self.group, names)
        kept: dict[str, Any] = {
            field.name: getattr(self, field.name)[own] for field in fields(self) if field.name != "units"
        }
        return replace(self, **kept)
