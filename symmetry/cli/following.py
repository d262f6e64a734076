"""What `series` and `report` share: photos of one person, measured and followed over time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from symmetry import measure, series, tabular
from symmetry.cli.messages import complain, errors_in_one_line, say, stoppable
from symmetry.cli.running import Run, run_through
from symmetry.errors import NothingFitError
from symmetry.output import tables
from symmetry.photos.capture_time import SOURCE_WORDS

if TYPE_CHECKING:
    from symmetry.cli.output import Output
    from symmetry.measure import Failure
    from symmetry.series import DatedFace, LeftOut, Series

_WORTH_A_WORD = 30
"""Photos from which on matching them takes more than a second or two."""


def run_dated(
    results: Iterator[DatedFace | LeftOut | Failure], total: int, *, output: Output | None
) -> Run[DatedFace | LeftOut]:
    """Measure photos, and say whose time is not the one that they tell.

    A table that is printed names the photos that were left out, so they are not complained of before.
    """

    def with_notes() -> Iterator[DatedFace | LeftOut]:
        for result in results:
            one = series.left_out_for(result) if isinstance(result, measure.Failure) else result
            yield one
            if isinstance(one, series.DatedFace) and one.note:
                complain(one.face.photo.name, f"{one.note}; {SOURCE_WORDS.get(one.source, one.source)} counts")

    return run_through(
        with_notes(),
        total,
        failure=lambda one: (one.photo, one.advice) if isinstance(one, series.LeftOut) else None,
        aloud=not _names_them(output),
    )


def follow(
    photos: list[DatedFace | LeftOut], analyze: Callable[[], Series], *, about: object, output: Output | None
) -> Series:
    """Analyse a series, and say which photos do not count and what is odd about its beginning.

    If no photo is fit, the reason is left in the output too, for programs that read only that.
    """
    dated = [one for one in photos if isinstance(one, series.DatedFace)]
    if len(dated) >= _WORTH_A_WORD:
        say(f"matching {len(dated)} photos")
    with errors_in_one_line(about), stoppable():
        try:
            found = analyze()
        except NothingFitError as error:
            if output is not None:
                reason = str(error)
                names = [one.face.photo.name if isinstance(one, series.DatedFace) else one.photo for one in photos]
                output.deliver(lambda: tabular.failed_series(names, reason), tabular.SERIES)
            if _names_them(output):  # there is no table
                for one in photos:
                    if isinstance(one, series.LeftOut):
                        complain(one.photo, one.advice)
            if not dated:  # the reason of each has been said
                raise SystemExit(1) from None
            raise
    for one in () if _names_them(output) else found.left_out:
        if one not in photos:
            complain(one.photo, f"left out ({one.reason}): {one.advice}")
    for photo in found.turned_back:
        complain(photo, "it seems to be mirrored, unlike the other photos; turned back")
    phases = {session.phase for session in found.sessions}
    if found.treatment_start is not None and len(phases) == 1:
        where = "before the first" if phases == {"treatment"} else "after the last"
        say(f"symmetry: the treatment starts {where} session ({found.treatment_start}); check the year and the day")
    return found


def _names_them(output: Output | None) -> bool:
    """Whether the photos that were left out stand in a table that is printed."""
    return output is not None and output.shown


def deliver_series(found: Series, output: Output, *, details: bool) -> None:
    """Print or write a series; if it is written, its answer is said."""
    output.deliver(found.to_dict, tabular.SERIES, lambda: tables.series_tables(found, details=details))
    if output.file is not None:
        say(found.answer)
