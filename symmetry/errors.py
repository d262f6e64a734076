"""Errors of this package. Messages say what is wrong and what to do, without the name of the file."""

from __future__ import annotations


class SymmetryError(Exception):
    """Base class of all errors that this package raises on purpose."""


class PhotoError(SymmetryError):
    """A file cannot be read as a photo."""


class NoFaceError(SymmetryError):
    """No face was found in a photo."""


class SeveralFacesError(SymmetryError):
    """A photo shows more than one face where only one is allowed."""


class EngineError(SymmetryError):
    """An engine that finds landmarks does not exist or is not installed."""


class WorkersError(SymmetryError):
    """The processes or machines that measure photos do not work."""


class ScaleError(SymmetryError):
    """Millimetres cannot be derived from a photo in the way that was asked for."""


class InvalidPointsError(SymmetryError, ValueError):
    """An array of points has the wrong shape or is not finite."""


class OutputError(SymmetryError):
    """A result cannot be written."""


class TableError(SymmetryError):
    """A reliability table or a table of results cannot be read, or does not exist."""


class PracticeError(SymmetryError):
    """Base class of errors about a practice, its clients, sessions and treatments."""


class InvalidRecordError(PracticeError, ValueError):
    """A name, a time or a number cannot be stored as given."""


class UnknownIdError(PracticeError, LookupError):
    """Nothing has the id, number or name that was asked for."""


class AmbiguousNameError(UnknownIdError):
    """Several clients fit the name that was asked for.

    Parameters
    ----------
    message : str
    ids : tuple of str
        Ids of those who fit.
    """

    def __init__(self, message: str, ids: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.ids = ids


class TakenIdError(PracticeError):
    """An id or name is taken, or what was to be removed is still in use."""


class NoPracticeError(PracticeError):
    """There is no practice in the folder."""


class PracticeNotReadyError(PracticeError):
    """A practice must be opened for writing once, to update it, before it can be read."""


class NewerPracticeError(PracticeError):
    """A practice was written by a newer version of this program."""


class PracticeBusyError(PracticeError):
    """Another program has been writing to the practice for too long."""


class DamagedPracticeError(PracticeError):
    """Files of a practice are missing or have changed."""


class BackupError(PracticeError):
    """A file cannot be restored as a backup."""


class FullerBackupError(PracticeError):
    """A backup would be replaced that has more clients or photos."""


class NothingFitError(SymmetryError):
    """There are too few photos that can be used."""


class PlanError(SymmetryError, ValueError):
    """A study cannot be simulated or planned as asked for."""


class MissingExtraError(SymmetryError, ImportError):
    """A feature needs an optional library that is not installed."""
