"""Plots of a study for papers and notebooks, each drawn on Matplotlib Axes that are passed in.

What an Axes holds lies inside its box, save its title and the labels of its axes: a figure made with
`layout="constrained"` leaves room for those. Text is as large as the width of the Axes asks for, 7 points at 85 mm.
Nothing here touches pyplot's global state.
"""

from symmetry.output.plots.bland_altman import draw_bland_altman
from symmetry.output.plots.courses import draw_spaghetti
from symmetry.output.plots.forest import draw_forest
from symmetry.output.plots.page import draw_cohort
from symmetry.output.plots.responders import draw_responder_curve, draw_responders
from symmetry.output.plots.waterfall import draw_waterfall

__all__ = [
    "draw_bland_altman",
    "draw_cohort",
    "draw_forest",
    "draw_responder_curve",
    "draw_responders",
    "draw_spaghetti",
    "draw_waterfall",
]
