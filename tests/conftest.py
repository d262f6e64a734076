"""Settings and fixtures of all tests."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import examples
from helpers.faces import drawn
from numpy.typing import NDArray

examples.load()


@pytest.fixture
def uneven_photo() -> NDArray[np.uint8]:
    """A drawn face whose right mouth corner and left brow hang."""
    return drawn(mouth_subject_right=-4.0, brow_subject_left=-3.0)
