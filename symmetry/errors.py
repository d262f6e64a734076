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
    """A reliability table or a table of results, cannot be read, or there is none of that name."""


class PracticeError(SymmetryError):
    """Something about the store of clients, sessions and treatments is not as it should be."""


class InvalidRecordError(PracticeError, ValueError):
    """A name, a time or a number cannot be kept as it was given."""


class UnknownIdError(PracticeError, LookupError):
    """Nothing has the id, the number or the name that was asked for."""


class TakenIdError(PracticeError):
    """Something else has this id or name already, or what was to be removed is still in use."""


class NoPracticeError(PracticeError):
    """There is no practice in the folder."""


class PracticeNotReadyError(PracticeError):
    """A practice must be opened for writing once, to bring it up to date, before it can be read quickly."""


class NewerPracticeError(PracticeError):
    """A practice was written by a newer version of this program."""


class PracticeBusyError(PracticeError):
    """Another program has been writing to the practice for too long."""


class DamagedPracticeError(PracticeError):
    """Files of a practice are missing or not what they were."""


class BackupError(PracticeError):
    """A file is no backup that can be restored."""


class NothingFitError(SymmetryError):
    """No photo of a series is fit to be measured."""


class PlanError(SymmetryError, ValueError):
    """A study cannot be simulated or planned as asked."""


class MissingExtraError(SymmetryError, ImportError):
    """Something was asked for that needs a library which is installed only on request."""
