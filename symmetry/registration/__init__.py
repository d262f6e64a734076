"""Dense registration: the image refines what the landmarks start."""

from symmetry.registration.register import GRID, ON_FACE, SEEN, Matches, Registration, register
from symmetry.registration.standard_face import StandardFace, standard_face_from, standardize

__all__ = [
    "GRID",
    "ON_FACE",
    "SEEN",
    "Matches",
    "Registration",
    "StandardFace",
    "register",
    "standard_face_from",
    "standardize",
]
