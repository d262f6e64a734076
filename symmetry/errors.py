"""What can go wrong, by name. Every message says what is wrong and what to do next, without the file's name."""

from __future__ import annotations


class SymmetryError(Exception):
    """Root of every error that this package raises on purpose."""


class PhotoError(SymmetryError):
    """A file is no photo that can be read."""


class NoFaceError(SymmetryError):
    """No face was found in a photo."""


class SeveralFacesError(SymmetryError):
    """A photo shows more than one face where only one is allowed."""


class ScaleError(SymmetryError):
    """Millimetres cannot be had from this photo in the way asked for."""


class InvalidPointsError(SymmetryError, ValueError):
    """An array of landmarks has the wrong shape or holds values that are not finite."""


class OutputError(SymmetryError):
    """A result cannot be written."""


class TableError(SymmetryError):
    """A table of repeatability cannot be read."""
