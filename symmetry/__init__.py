"""How even is a face in a photo, where, by how much, and has it changed?"""

from symmetry.version import __version__

__all__ = ["__version__"]
