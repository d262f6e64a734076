"""Drawn faces of exactly known asymmetry, to test the tool and to show what it does.

>>> from symmetry.synthetic import Asymmetry, Scene, draw_face
>>> image = draw_face(asymmetry=Asymmetry(mouth_subject_right=-4.0), scene=Scene(roll=3.0))
>>> image.shape
(1200, 900, 3)

No person is shown. ``python -m symmetry.synthetic FOLDER`` writes the sample images.

The public names are listed in `__init__.pyi`; each is imported when it is first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
