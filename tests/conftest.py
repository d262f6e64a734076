"""Settings and fixtures of all tests."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.faces import drawn
from hypothesis import HealthCheck, settings
from numpy.typing import NDArray

# Machines are noisy: how long an example takes is no flag.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture
def uneven_photo() -> NDArray[np.uint8]:
    """A drawn face whose right mouth corner and left brow hang."""
    return drawn(mouth_subject_right=-4.0, brow_subject_left=-3.0)
