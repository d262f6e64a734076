"""The pictures that people see: one face measured, two faces compared, a series of them, both halves doubled.

Nothing here touches pyplot's global state: figures are plain `matplotlib.figure.Figure` objects, for notebooks and
servers alike.
"""

from symmetry.output.figures.audit import draw_audit
from symmetry.output.figures.change import draw_change
from symmetry.output.figures.composites import draw_composites, make_composites
from symmetry.output.figures.face import draw_face
from symmetry.output.figures.levelling import LevelledFace, level_face
from symmetry.output.figures.saving import save_figure
from symmetry.output.figures.series import draw_series

__all__ = [
    "LevelledFace",
    "draw_audit",
    "draw_change",
    "draw_composites",
    "draw_face",
    "draw_series",
    "level_face",
    "make_composites",
    "save_figure",
]
