"""Figures of results: one face, two faces compared, a series, the two halves of a face doubled, an audit.

The public names are listed in `__init__.pyi`; each is imported when it is first used. Figures are plain
`matplotlib.figure.Figure` objects, for notebooks and servers alike: pyplot's global state is never touched.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
