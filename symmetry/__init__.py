"""Facial symmetry in photos: how even a face is, where, by how much, and whether it has changed.

The public names are listed in `__init__.pyi`; each is imported when it is first used, so that `symmetry --help` need
not wait for the networks.
"""

import lazy_loader

from symmetry.version import __version__

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
__all__ += ["__version__"]
