"""What a film shows, in words for people who are not doctors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from symmetry.measure.motion.movements import Blink, Movement, Synkinesis
from symmetry.measure.motion.sites import TITLES

_NAMES = {"subject_right": "right", "subject_left": "left"}
_WAYS = ((1, "up", "down"), (0, "outward", "inward"))


def answer(movements: Sequence[Movement], blinks: Sequence[Blink], seconds: float) -> list[str]:
    """Say how evenly a face moves; the answer first."""
    if not movements:
        return [f"The face keeps still for {seconds:.1f} s: nothing moves by more than its error."]
    told = [movement_words(one) for one in movements]
    for one in movements:
        told += [synkinesis_words(one.expression, found) for found in one.synkinesis]
    if blinks:
        whole = sum(all(blink.complete) for blink in blinks)
        times = "once" if len(blinks) == 1 else f"{len(blinks)} times"
        told.append(f"The eyes blink {times}, closing fully {whole} of {len(blinks)}.")
    return told


def movement_words(one: Movement) -> str:
    """Say how both sides move in an expression: which moves less, by how much, and which is later."""
    main, title = one.main, TITLES[one.site]
    right, left = main.subject_right, main.subject_left
    start = f"{one.expression.capitalize()} at {one.peak:.1f} s: the {title} moves "
    far = [_mm(side.excursion, side.excursion_error) for side in (left, right)]
    sides = f"{far[0]} on the left, {far[1]} on the right"
    if not np.isfinite(main.difference_error):
        return f"{start}{sides}; how sure that is cannot be told, for the face hardly rests."
    if abs(main.difference) <= main.difference_error:
        how = "; no difference of the sides is sure"
    else:
        less = "right" if main.difference > 0 else "left"
        share = f", {main.ratio:.0f} ± {main.ratio_error:.0f} % as far" if np.isfinite(main.ratio) else ""
        how = f"; the {less} moves less{share}"
    late = ""
    if np.isfinite(main.lag) and abs(main.lag) > main.lag_error:
        late = f", and the {'left' if main.lag > 0 else 'right'} is {abs(main.lag):.0f} ± {main.lag_error:.0f} ms later"
    return f"{start}{sides}{how}{late}."


def synkinesis_words(expression: str, found: Synkinesis) -> str:
    """Say what moves along on one side."""
    axis, plus, minus = max(_WAYS, key=lambda way: abs((found.outward, found.up)[way[0]]))
    way = plus if (found.outward, found.up)[axis] > 0 else minus
    return (
        f"Along with it ({expression}) the {_NAMES[found.side]} {TITLES[found.site]} moves, "
        f"{_mm(found.size, found.error)} farther {way} than the other side's."
    )


def _mm(value: float, error: float) -> str:
    return f"{value:.1f} ± {error:.1f} mm" if np.isfinite(error) else f"{value:.1f} mm"
