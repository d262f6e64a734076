"""Drawn faces of exactly known asymmetry, to test the tool and to show what it does.

>>> from symmetry.synthetic import Asymmetry, Scene, draw_face
>>> image = draw_face(asymmetry=Asymmetry(mouth_subject_right=-4.0), scene=Scene(roll=3.0))
>>> image.shape
(1200, 900, 3)

No person is shown. ``python -m symmetry.synthetic FOLDER`` writes the sample images.
"""

from symmetry.synthetic.asymmetry import Asymmetry
from symmetry.synthetic.looks import LOOKS, Look
from symmetry.synthetic.samples import write_samples
from symmetry.synthetic.scene import Scene, draw_face
from symmetry.synthetic.truth import NamedPoint, named_points

__all__ = ["LOOKS", "Asymmetry", "Look", "NamedPoint", "Scene", "draw_face", "named_points", "write_samples"]
