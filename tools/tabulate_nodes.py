"""Write down which triangle of the mesh each node of the standard face lies in: `symmetry/registration/nodes.npy`.

    python tools/tabulate_nodes.py

SciPy's Delaunay finds the triangles. Done once and for all, so that no photo waits for it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.spatial import Delaunay

from symmetry.registration.standard_face import ANCHORS, LANDMARK_PIXELS, NODES

TABLE = Path(__file__).parents[1] / "symmetry" / "registration" / "nodes.npy"


def main() -> None:
    """Write the corners, shape (104, 88, 3), of the triangle around each node."""
    triangles = Delaunay(np.vstack([LANDMARK_PIXELS, ANCHORS]))
    np.save(TABLE, triangles.simplices[triangles.find_simplex(NODES)].astype(np.int16))


if __name__ == "__main__":
    main()
