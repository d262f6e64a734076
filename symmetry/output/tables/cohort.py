"""Tables of a study over many people: the answer, who responded, how the groups did, who is missing."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from symmetry.cohort.responders import ANY_REGION
from symmetry.cohort.wording import expected, reasons_line
from symmetry.measure.words import percent, unit_sign
from symmetry.output.tables.layout import (
    UNKNOWN,
    VERDICT_STYLES,
    FittedTable,
    interval,
    notes,
    probability,
    region_title,
    signed,
)
from symmetry.tabular.text import printable

if TYPE_CHECKING:
    import pandas as pd

    from symmetry.cohort.cohort import Cohort

Cell = Callable[[Any], "Text | str"]
"""Makes a cell of a row of a frame."""

_LONGEST: Final = 24
"""Characters of a group's name."""
_REASON_WIDTH: Final = 30


def cohort_tables(cohort: Cohort) -> Group:
    """Tell the answer, who responded, how the groups did, who is missing, and what treatments and ratings say.

    Parameters
    ----------
    cohort : Cohort
    """
    tables = [_responders(cohort), _means(cohort)]
    if len(cohort.contrasts):
        tables.append(_contrasts(cohort))
    tables += _missing(cohort)
    tables += [
        make(cohort)
        for make, frame in ((_dose, cohort.dose), (_ratings, cohort.ratings), (_mixed, cohort.mixed))
        if len(frame)
    ]
    return Group(*_header(cohort), *tables, *_notes(cohort))


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
    first: str,
    frame: pd.DataFrame,
    columns: Sequence[tuple[str, Cell, bool]],
    by: Sequence[str],
    *,
    always: bool = False,
) -> FittedTable:
    """Make a table with a line a row, and the name of a region above its rows where it has several.

    Parameters
    ----------
    first : str
        What stands above the names.
    frame : DataFrame
        With the column `region`.
    columns : sequence of (str, callable, bool)
        Header, what makes a cell of a row, whether it is text.
    by : sequence of str
        Columns that tell the rows of a region apart; named where there are several of them.
    always : bool
        Name them even where there is but one.
    """
    keys = [name for name in by if always or frame[name].nunique() > 1]
    # Rows of a region stand together, in the order in which the regions come.
    rows = [row for _, block in frame.groupby("region", sort=False, observed=True) for row in block.itertuples()]
    above = [bool(keys) and (i == 0 or rows[i - 1].region != row.region) for i, row in enumerate(rows)]
    table = FittedTable(first, [_title(row, keys, head) for row, head in zip(rows, above, strict=True)])
    for header, cell, is_text in columns:
        cells = [Text("\n" if head else "").append(cell(row)) for row, head in zip(rows, above, strict=True)]
        table.add(header, cells, left=is_text)
    return table


def _title(row: Any, keys: Sequence[str], head: bool) -> Text:
    name = Text(ANY_REGION, style="italic") if row.region == ANY_REGION else region_title(row.region)
    if not keys:
        return name
    own = Text(f"  {', '.join(_short(_of_term(str(getattr(row, key)))) for key in keys)}")
    return Text("\n").join([name, own]) if head else own


def _responders(cohort: Cohort) -> FittedTable:
    columns: list[tuple[str, Cell, bool]] = [
        ("improved\nat all", lambda row: _share(row.naive_improved, row.measured, row.naive_share), False),
        ("noise alone\n[95 %]", _naive_noise, False),
        ("beyond their own\ndetectable change", _improved, False),
        ("noise\nalone", lambda row: _number_of(row.by_noise, row.measured), False),
        ("less even\nbeyond it", lambda row: f"{row.worse:.0f}", False),
        ("improved,\nof everyone", lambda row: _percent(row.share_itt), False),
    ]
    return _table("people\n", cohort.responders, columns, ("group",))


def _means(cohort: Cohort) -> FittedTable:
    columns: list[tuple[str, Cell, bool]] = [
        ("verdict\n", _verdict, True),
        ("people\n", lambda row: f"{row.measured:.0f}", False),
        (f"change, {cohort.unit}\n[95 %]", lambda row: _sized(row, row.change), False),
        (_p_header(cohort), _p(cohort), False),
        ("p Wil-\ncoxon", lambda row: probability(row.p_wilcoxon), False),
        ("effect\n[95 %]", _effect, False),
        ("before,\nafter", lambda row: f"{_plain(row.before)}, {_plain(row.after)}", False),
    ]
    return _table("mean\nchange", cohort.means, columns, ("group",))


def _contrasts(cohort: Cohort) -> FittedTable:
    columns: list[tuple[str, Cell, bool]] = [
        ("verdict\n", _verdict, True),
        (f"difference, {cohort.unit}\n[95 %]", lambda row: _sized(row, row.difference), False),
        (_p_header(cohort), _p(cohort), False),
        ("effect\n[95 %]", _effect, False),
        ("more responders\n% [95 %]", _more_responders, False),
        (_p_header(cohort), _p(cohort, "p_share"), False),
    ]
    return _table(f"less\n{_short(str(cohort.control))}", cohort.contrasts, columns, ("group",))


def _missing(cohort: Cohort) -> list[FittedTable]:
    """Give a line a group of its sessions, and where some people could not be compared a line a region with why."""
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
        columns: list[tuple[str, Cell, bool]] = [
            ("not\ncomparable", lambda row: f"{row.not_comparable:.0f} of {row.people:.0f}", False),
            ("why\n", lambda row: "\n".join(textwrap.wrap(printable(reasons_line(row.reasons)), _REASON_WIDTH)), True),
        ]
        tables.append(_table("missing\n", partly, columns, ("group",), always=len(cohort.groups) > 1))
    return tables


def _dose(cohort: Cohort) -> FittedTable:
    columns: list[tuple[str, Cell, bool]] = [
        ("slope\n[95 %]", lambda row: interval(row.slope, row.low, row.high, apart=" "), False),
        ("unit\n", lambda row: row.unit, True),
        (_p_header(cohort), _p(cohort), False),
        ("tau\n", lambda row: signed(row.tau), False),
        ("people\n", lambda row: f"{row.people:.0f}", False),
    ]
    return _table("change\nby dose", cohort.dose, columns, ("dose", "group"))


def _ratings(cohort: Cohort) -> FittedTable:
    columns: list[tuple[str, Cell, bool]] = [
        ("rank correlation\n[95 %]", lambda row: interval(row.rho, row.low, row.high, apart=" "), False),
        (_p_header(cohort), _p(cohort), False),
        ("kappa\n[95 %]", lambda row: interval(row.kappa, row.kappa_low, row.kappa_high, apart=" "), False),
        ("better by\nboth", lambda row: _whole(row.both), False),
        ("only\nrated", lambda row: _whole(row.only_rated), False),
        ("only\nmeasured", lambda row: _whole(row.only_measured), False),
        ("\nneither", lambda row: _whole(row.neither), False),
    ]
    return _table("rated and\nmeasured", cohort.ratings, columns, ("group",))


def _mixed(cohort: Cohort) -> FittedTable:
    columns: list[tuple[str, Cell, bool]] = [
        ("estimate\n[95 %]", lambda row: interval(row.estimate, row.low, row.high, apart=" "), False),
        ("unit\n", lambda row: row.unit, True),
        (_p_header(cohort), _p(cohort), False),
        ("people,\nsittings", lambda row: f"{row.people:.0f}, {row.sessions:.0f}", False),
    ]
    return _table("mixed model,\nslope", cohort.mixed, columns, ("term",))


def _notes(cohort: Cohort) -> list[RenderableType]:
    lines = [
        "Improved at all: any change toward more even. Noise alone: how many would show one if nobody had changed.",
        "Beyond their own detectable change: more even by more than the person's own photos stray; of the people who "
        "could be compared, with the 95 % interval. Of everyone: who could not be compared counts as not improved.",
    ]
    if len(cohort.regions) > 1:
        lines.append("Any region: the detectable change is widened, as several looks find more by chance.")
        allowed = (
            "allows for having looked at several regions (Holm), not for several groups or doses"
            if cohort.holm
            else "of each region by itself"
        )
        lines.append(f"p: {allowed}; a verdict takes p < 0.05.")
    lines.append("Mean change: - is more even. Effect: mean over the spread of the changes (Hedges' g).")
    if len(cohort.contrasts):
        lines.append(f"Less {_short(str(cohort.control))}: difference of the groups' mean changes; - is more even.")
    if len(cohort.dose):
        lines.append("Change by dose: - means more even with more treatment; it does not say why.")
    if len(cohort.ratings):
        lines.append("Rated and measured: kappa 0 is the agreement of chance, 1 full agreement.")
    return notes(*(printable(line) for line in lines), f"{UNKNOWN} means not known: too few people, or not measured.")


def _corrected(cohort: Cohort) -> bool:
    return cohort.holm and len(cohort.regions) > 1


def _p_header(cohort: Cohort) -> str:
    return "p\nHolm" if _corrected(cohort) else "p\n"


def _p(cohort: Cohort, name: str = "p") -> Cell:
    """Make cells of the p that `_p_header` names."""
    column = f"{name}_holm" if cohort.holm else name
    return lambda row: probability(getattr(row, column))


def _verdict(row: Any) -> Text:
    return Text(row.verdict, style=VERDICT_STYLES[row.verdict])


def _sized(row: Any, value: float) -> str:
    return f"{interval(value, row.low, row.high, apart=' ')}{'°' if unit_sign(row.unit) == '°' else ''}"


def _effect(row: Any) -> str:
    return interval(row.effect, row.effect_low, row.effect_high, apart=" ")


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


def _plain(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else UNKNOWN


def _whole(value: float) -> str:
    return f"{value:.0f}" if math.isfinite(value) else UNKNOWN


def _of_term(name: str) -> str:
    """Leave away what the header says of all terms of the mixed model."""
    return name.removeprefix("slope: ").removeprefix("slope difference: ")


def _short(name: str) -> str:
    shown = printable(name)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
