"""Plots of a study for papers and notebooks, each drawn on Matplotlib Axes that are passed in.

The public names are listed in `__init__.pyi`; each is imported when it is first used. Everything a plot draws stays
inside the box of its Axes, except the title and the labels of the axes: a figure made with `layout="constrained"`
leaves room for those. The size of the text follows the width of the Axes, 7 points at 85 mm. pyplot's global state is
never touched.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
