"""How many examples the property tests try: a third of the full number, the same every time.

`make test-thorough` sets SYMMETRY_EXAMPLES to 1: it tries them all, and other ones each time.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings

SHARE = float(os.environ.get("SYMMETRY_EXAMPLES", "0.33"))
FEWEST = 5
FULL = 100
"""Of a test that does not say how many it wants."""


def examples(number: int, **other: Any) -> settings:
    """Settings for a test whose full number of examples is given."""
    return settings(max_examples=scaled(number), **other)


def load() -> None:
    """Make this the rule for tests that do not say otherwise. Examples are not timed: machines are noisy."""
    settings.register_profile(
        "scaled",
        max_examples=scaled(FULL),
        deadline=None,
        derandomize=SHARE < 1,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("scaled")


def scaled(number: int) -> int:
    """Return the share of a full number of examples that is tried."""
    return min(number, max(FEWEST, round(number * SHARE)))
