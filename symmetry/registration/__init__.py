"""Dense registration: the image refines what the landmarks begin."""

from symmetry.registration.register import GRID, ON_FACE, SEEN, Matches, Registration, register
from symmetry.registration.standard_face import StandardFace, standardize

__all__ = ["GRID", "ON_FACE", "SEEN", "Matches", "Registration", "StandardFace", "register", "standardize"]
