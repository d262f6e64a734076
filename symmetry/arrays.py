"""Array types that are used everywhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
"""Array of double precision numbers."""
IntArray = NDArray[np.int64]
"""Array of whole numbers."""
BoolArray = NDArray[np.bool_]
"""Array of truth values, such as a mask."""
