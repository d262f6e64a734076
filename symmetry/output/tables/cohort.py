"""Tables of a cohort: the answer, responders, mean changes, contrasts, missing data, dose-response, ratings."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from symmetry.cohort.responders import ANY_REGION
from symmetry.cohort.wording import expected, reasons_line
from symmetry.measure.words import percent, unit_sign
from symmetry.output.tables.grid import UNKNOWN, FittedTable, notes
from symmetry.output.tables.layout import VERDICT_STYLES, interval, number, region_title, signed
from symmetry.output.words import probability
from symmetry.tabular.text import printable

if TYPE_CHECKING:
    import pandas as pd

    from symmetry.cohort.cohort import Cohort

Columns = Sequence[tuple[str, Callable[[Any], "Text | str"]]]
"""Header of each column, and what makes its cell of a row of a frame."""

_LEFT: Final = ("verdict\n", "unit\n", "why\n")
"""Columns of text, aligned to the left."""
_LONGEST: Final = 24
"""Characters of a group's name."""
_REASON_WIDTH: Final = 30


def cohort_tables(cohort: Cohort) -> Group:
    """Answer and tables of a cohort; those without rows are left out."""
    first = (_responders(cohort), _means(cohort), *([_contrasts(cohort)] if len(cohort.contrasts) else []))
    rest = ((_dose, cohort.dose), (_ratings, cohort.ratings), (_mixed, cohort.mixed))
    others = (make(cohort) for make, frame in rest if len(frame))
    return Group(*_header(cohort), *first, *_missing(cohort), *others, *_notes(cohort))


def _header(cohort: Cohort) -> list[RenderableType]:
    people = cohort.study.people
    sizes = people["group"].value_counts()
    told = [
        f"{group}{' (control)' if group == cohort.control else ''} {sizes.get(group, 0)}" for group in cohort.groups
    ]
    counted = f"{len(people)} {'person' if len(people) == 1 else 'people'}"
    counted += f": {', '.join(told)}" if len(told) > 1 else ""
    first, *others = (printable(line) for line in cohort.sentences)
    return [
        Text(printable(counted)),
        Text(first, style="bold"),
        *(Padding(Text(line), (0, 0, 0, 2)) for line in others),
    ]


def _table(
    first: str, frame: pd.DataFrame, columns: Columns, by: Sequence[str] = ("group",), *, always: bool = False
) -> FittedTable:
    """Make a table with one line for each row, and the name of a region above its rows if it has several.

    Rows are named by the columns `by`, if these differ or `always`; `first` is the header of the names.
    """
    keys = [name for name in by if always or frame[name].nunique() > 1]
    rows = [row for _, block in frame.groupby("region", sort=False, observed=True) for row in block.itertuples()]
    above = [bool(keys) and (i == 0 or rows[i - 1].region != row.region) for i, row in enumerate(rows)]
    table = FittedTable(first, [_title(row, keys, head) for row, head in zip(rows, above, strict=True)])
    for header, cell in columns:
        cells = [Text("\n" if head else "").append(cell(row)) for row, head in zip(rows, above, strict=True)]
        table.add(header, cells, left=header in _LEFT)
    return table


def _title(row: Any, keys: Sequence[str], head: bool) -> Text:
    name = Text(ANY_REGION, style="italic") if row.region == ANY_REGION else region_title(row.region)
    if not keys:
        return name
    own = Text(f"  {', '.join(_short(_of_term(str(getattr(row, key)))) for key in keys)}")
    return Text("\n").join([name, own]) if head else own


def _responders(cohort: Cohort) -> FittedTable:
    columns: Columns = [
        ("improved\nat all", lambda row: _share(row.naive_improved, row.measured, row.naive_share)),
        ("noise alone\n[95 %]", _naive_noise),
        ("beyond their own\ndetectable change", _improved),
        ("noise\nalone", lambda row: _number_of(row.by_noise, row.measured)),
        ("less even\nbeyond it", lambda row: f"{row.worse:.0f}"),
        ("improved,\nof everyone", lambda row: _percent(row.share_itt)),
    ]
    return _table("people\n", cohort.responders, columns)


def _means(cohort: Cohort) -> FittedTable:
    columns: Columns = [
        ("verdict\n", _verdict),
        ("people\n", lambda row: f"{row.measured:.0f}"),
        (f"change, {cohort.unit}\n[95 %]", lambda row: _sized(row, row.change)),
        _p(cohort),
        ("p Wil-\ncoxon", lambda row: probability(row.p_wilcoxon)),
        ("effect\n[95 %]", _estimate("effect")),
        ("before,\nafter", lambda row: f"{number(row.before)}, {number(row.after)}"),
    ]
    return _table("mean\nchange", cohort.means, columns)


def _contrasts(cohort: Cohort) -> FittedTable:
    columns: Columns = [
        ("verdict\n", _verdict),
        (f"difference, {cohort.unit}\n[95 %]", lambda row: _sized(row, row.difference)),
        _p(cohort),
        ("effect\n[95 %]", _estimate("effect")),
        ("more responders\n% [95 %]", _more_responders),
        _p(cohort, "p_share"),
    ]
    return _table(f"less\n{_short(str(cohort.control))}", cohort.contrasts, columns)


def _missing(cohort: Cohort) -> list[FittedTable]:
    """Sessions of each group; and for each region, why people could not be compared, if any."""
    tables = []
    people = cohort.study.people
    sessions = people.assign(missing=(people["planned"] - people["sessions"]).clip(lower=0))
    sums = sessions.groupby("group", observed=True)[["planned", "sessions", "missing"]].sum(min_count=1)
    if sums["sessions"].notna().any():
        table = FittedTable("group\n", [_short(group) for group in cohort.groups])
        table.add("people\n", [f"{(people['group'] == group).sum()}" for group in cohort.groups])
        for name, header in (("planned", "planned"), ("sessions", "had"), ("missing", "missing")):
            table.add(f"sessions\n{header}", [_whole(sums.loc[group, name]) for group in cohort.groups])
        tables.append(table)
    partly = cohort.missing.loc[cohort.missing["not_comparable"] > 0]
    if len(partly):
        columns: Columns = [
            ("not\ncomparable", lambda row: f"{row.not_comparable:.0f} of {row.people:.0f}"),
            ("why\n", lambda row: "\n".join(textwrap.wrap(printable(reasons_line(row.reasons)), _REASON_WIDTH))),
        ]
        tables.append(_table("missing\n", partly, columns, always=len(cohort.groups) > 1))
    return tables


def _dose(cohort: Cohort) -> FittedTable:
    columns: Columns = [
        ("slope\n[95 %]", _estimate("slope", prefix="")),
        ("unit\n", lambda row: row.unit),
        _p(cohort),
        ("tau\n", lambda row: signed(row.tau)),
        ("people\n", lambda row: f"{row.people:.0f}"),
    ]
    return _table("change\nby dose", cohort.dose, columns, ("dose", "group"))


def _ratings(cohort: Cohort) -> FittedTable:
    columns: Columns = [
        ("rank correlation\n[95 %]", _estimate("rho", prefix="")),
        _p(cohort),
        ("kappa\n[95 %]", _estimate("kappa")),
        ("better by\nboth", lambda row: _whole(row.both)),
        ("only\nrated", lambda row: _whole(row.only_rated)),
        ("only\nmeasured", lambda row: _whole(row.only_measured)),
        ("\nneither", lambda row: _whole(row.neither)),
    ]
    return _table("rated and\nmeasured", cohort.ratings, columns)


def _mixed(cohort: Cohort) -> FittedTable:
    columns: Columns = [
        ("estimate\n[95 %]", _estimate("estimate", prefix="")),
        ("unit\n", lambda row: row.unit),
        _p(cohort),
        ("people,\nsessions", lambda row: f"{row.people:.0f}, {row.sessions:.0f}"),
    ]
    return _table("mixed model,\nslope", cohort.mixed, columns, ("term",))


def _notes(cohort: Cohort) -> list[RenderableType]:
    lines = [
        "Improved at all: any change toward more even. Noise alone: how many would show one if nobody had changed.",
        "Beyond their own detectable change: more even by more than the person's own photos differ; of those who could "
        "be compared, with the 95 % interval. Of everyone: the others count as not improved (intention to treat).",
    ]
    if len(cohort.regions) > 1:
        lines.append("Any region: the detectable change is corrected for the number of regions.")
        holm = "corrected for the number of regions (Holm), not for several groups or doses"
        lines.append(f"p: {holm if cohort.holm else 'of each region by itself'}; a verdict takes p < 0.05.")
    lines.append("Mean change: - is more even. Effect: mean over the SD of the changes (Hedges' g).")
    if len(cohort.contrasts):
        lines.append(f"Less {_short(str(cohort.control))}: difference of the groups' mean changes; - is more even.")
    if len(cohort.dose):
        lines.append("Change by dose: - means more even with more treatment; it does not say why.")
    if len(cohort.ratings):
        lines.append("Rated and measured: kappa 0 is the agreement of chance, 1 full agreement.")
    return notes(*(printable(line) for line in lines), f"{UNKNOWN} means not known: too few people, or not measured.")


def _p(cohort: Cohort, name: str = "p") -> tuple[str, Callable[[Any], str]]:
    """Column of p, corrected if the cohort is."""
    column = f"{name}_holm" if cohort.holm else name
    header = "p\nHolm" if cohort.holm and len(cohort.regions) > 1 else "p\n"
    return header, lambda row: probability(getattr(row, column))


def _verdict(row: Any) -> Text:
    return Text(row.verdict, style=VERDICT_STYLES[row.verdict])


def _sized(row: Any, value: float) -> str:
    return f"{interval(value, row.low, row.high, apart=' ')}{'°' if unit_sign(row.unit) == '°' else ''}"


def _estimate(name: str, prefix: str | None = None) -> Callable[[Any], str]:
    """Cells of an estimate and its interval, whose columns are named as by `Estimate.columns`."""
    prefix = f"{name}_" if prefix is None else prefix
    columns = attrgetter(name, f"{prefix}low", f"{prefix}high")
    return lambda row: interval(*columns(row), apart=" ")


def _improved(row: Any) -> str:
    share = _share(row.improved, row.measured, row.share)
    return f"{share} [{percent(row.share_low)}, {percent(row.share_high)}]" if row.measured else share


def _naive_noise(row: Any) -> str:
    if not row.measured:
        return UNKNOWN
    low, high = (expected(share, row.measured) for share in (row.naive_by_noise_low, row.naive_by_noise_high))
    return f"{expected(row.naive_by_noise, row.measured)} [{low}, {high}]"


def _more_responders(row: Any) -> str:
    if not math.isfinite(row.share_difference):
        return UNKNOWN
    shares = (row.share_difference, row.share_low, row.share_high)
    value, low, high = (f"{round(100 * share) + 0:+d}" if round(100 * share) else "0" for share in shares)
    return f"{value} [{low}, {high}]"


def _share(count: float, of: float, share: float) -> str:
    return f"{count:.0f} of {of:.0f}, {percent(share)} %" if of else UNKNOWN


def _number_of(share: float, people: float) -> str:
    return expected(share, people) if people else UNKNOWN


def _percent(share: float) -> str:
    return f"{percent(share)} %" if math.isfinite(share) else UNKNOWN


def _whole(value: float) -> str:
    return f"{value:.0f}" if math.isfinite(value) else UNKNOWN


def _of_term(name: str) -> str:
    """Leave out what the header says of all terms of the mixed model."""
    return name.removeprefix("slope: ").removeprefix("slope difference: ")


def _short(name: str) -> str:
    shown = printable(name)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
