"""The skin of a photo, and of photos before and after, from photos or from measured faces."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from symmetry.errors import NothingFitError, PhotoError
from symmetry.files import write_whole
from symmetry.measure.analysis import ImageLike, measure_photo, stopping
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.options import Measuring
from symmetry.measure.quality.flags import Flag
from symmetry.measure.quality.pair import check_pair
from symmetry.measure.sessions import RepeatPhotos
from symmetry.registration import register
from symmetry.skin.analysis import SkinAnalysis, measure_skin
from symmetry.skin.change import SkinChange, compare_surveys
from symmetry.skin.errors import COLUMNS, SkinReliability
from symmetry.skin.repeats import skin_reliability
from symmetry.tabular.text import to_csv

Given = ImageLike | FaceAnalysis


def analyze_skin(image: Given, *, mirrored: bool = False, reliability: SkinReliability | None = None) -> SkinAnalysis:
    """Measure the skin of the largest face in a photo, left against right.

    Parameters
    ----------
    image : path, ndarray, Photo or FaceAnalysis
        A photo's file, RGB pixels (h, w, 3) uint8, a photo read before, or a face that was measured.
    mirrored : bool
        The photo is mirrored, as many front cameras save it: swap the sides back. A measured face is as it was.
    reliability : SkinReliability, optional
        Table behind the errors, from `read_skin_reliability`; the shipped one by default.

    Returns
    -------
    SkinAnalysis

    Raises
    ------
    PhotoError
        If the file is no photo that can be read, or the face was measured without its skin and has no pixels any more.
    NoFaceError
        If no face is found.

    Examples
    --------
    >>> skin = symmetry.analyze_skin("me.jpg")  # doctest: +SKIP
    >>> cheek = skin.zones["cheek"]["redness"]  # doctest: +SKIP
    >>> cheek.difference, cheek.difference_error  # a*, + if the subject's left is redder  # doctest: +SKIP
    """
    return _skin_of(_measured(image, mirrored), reliability)


def compare_skin(
    before: Given | Sequence[Given],
    after: Given | Sequence[Given],
    *,
    mirrored: bool = False,
    reliability: SkinReliability | None = None,
) -> SkinChange:
    """Compare how even the skin of one person is from left to right, before and after.

    Parameters
    ----------
    before, after : path, ndarray, Photo or FaceAnalysis, or a list of them
        Several photos of an unchanged face on one side make the error smaller.
    mirrored : bool
        The photos are mirrored.
    reliability : SkinReliability, optional
        Table behind the errors; the shipped one by default.

    Returns
    -------
    SkinChange

    Raises
    ------
    PhotoError, NoFaceError
        As for `analyze_skin`.
    """
    befores, afters = ([_measured(one, mirrored) for one in _listed(given)] for given in (before, after))
    if not befores or not afters:
        raise ValueError("give at least one photo before and one after")
    flags = (*(flag for face in (*befores, *afters) for flag in face.flags), *_between(befores[0], afters[0]))
    surveys = [[_skin_of(face, reliability).survey for face in faces] for faces in (befores, afters)]
    return compare_surveys(*surveys, reliability=reliability, stopped=stopping(flags))


def compare_measured_skin(
    befores: Sequence[FaceAnalysis], afters: Sequence[FaceAnalysis], found: Sequence[Flag]
) -> SkinChange | None:
    """Compare the skin of faces, given what was found in and between their photos; None unless all have it."""
    surveys = [[face.skin.survey for face in faces if face.skin] for faces in (befores, afters)]
    if [len(one) for one in surveys] != [len(befores), len(afters)]:
        return None
    return compare_surveys(*surveys, stopped=stopping(tuple(found)))


def write_skin_reliability(repeats: RepeatPhotos, path: Path) -> None:
    """Write the errors of skin that repeated photos show, for `read_skin_reliability`; the photos must have their skin.

    Raises
    ------
    NothingFitError
        If no group has two photos whose skin was measured.
    OutputError
        If the file cannot be written.
    """
    surveys = [[face.skin.survey for face in group if face.skin] for group in repeats.groups.values()]
    if not any(len(group) > 1 for group in surveys):
        raise NothingFitError("no group has two photos whose skin was measured")
    write_whole(path, to_csv(skin_reliability(surveys).rows(), COLUMNS).encode())


def _between(before: FaceAnalysis, after: FaceAnalysis) -> tuple[Flag, ...]:
    one, other = before.portrait, after.portrait
    if one is None or other is None or one.standard is None or other.standard is None:
        return ()
    return check_pair(one, other, register(one.standard, other.standard))


def _listed(given: Given | Sequence[Given]) -> list[Any]:
    return list(given) if isinstance(given, (list, tuple)) else [given]


def _measured(image: Given, mirrored: bool) -> FaceAnalysis:
    if isinstance(image, FaceAnalysis):
        return image
    return measure_photo(image, Measuring(mirrored=mirrored, landmarks_only=True, skin=True))


def _skin_of(face: FaceAnalysis, reliability: SkinReliability | None) -> SkinAnalysis:
    if face.skin is not None and reliability is None:
        return face.skin
    if face.photo.pixels.size == 0:
        raise PhotoError("its pixels are gone, and its skin was not measured; measure it again with skin=True")
    return measure_skin(face.photo, face.landmarks, reliability=reliability, stopped=stopping(face.flags))
