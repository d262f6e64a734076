"""Whose face a new photo shows: compared with all that was accepted of a client, the first sitting above all."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final, Literal

import numpy as np

from symmetry.errors import SymmetryError
from symmetry.measure.batch import measure_once
from symmetry.measure.copies import copied_from
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.face_cache import FaceCache
from symmetry.measure.options import Measuring
from symmetry.measure.quality import Portrait
from symmetry.measure.quality.identity import check_identity
from symmetry.measure.sessions import unfit
from symmetry.practice.records import Client, StoredSession
from symmetry.practice.store import Practice
from symmetry.registration import register

_MOST: Final = 6
"""Later sittings that are asked if a photo is unlike the first one; each takes a tenth of a second."""
_MIRRORED: Final = "this face, or the one {}, seems to be mirrored; see --mirrored"
_STRANGER: Final = "this seems to be someone else than {}, or one of the two is mirrored; check whose photo it is"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """What speaks against keeping something."""

    kind: Literal["person", "unfit", "date"]
    about: str  # the photo, or the session
    why: str


@dataclass(frozen=True, slots=True)
class _Sitting:
    where: str
    portrait: Portrait


@dataclass(slots=True)
class KnownFaces:
    """A client's faces: those that are kept, and new ones that were looked at."""

    client: Client
    faces: list[tuple[FaceAnalysis, str]] = field(default_factory=list)  # and where each is
    sittings: list[_Sitting] = field(default_factory=list)  # one accepted face of each, the first one first
    seen: set[str] = field(default_factory=set)  # hashes of the photos that are kept, as far as they were looked at

    @classmethod
    def of(cls, practice: Practice, client: Client) -> KnownFaces:
        """Find a client's faces; one that was never measured, or by an older version, is measured now."""
        known = cls(client)
        for session in sorted(practice.sessions(client.id), key=lambda each: each.number):
            known.add_session(practice, session)
        return known

    def add_session(self, practice: Practice, session: StoredSession) -> None:
        """Add the faces of a session that is kept."""
        cache = FaceCache(practice.results_folder(self.client.id))
        where = f"in session {session.number} of {self.client.id}"
        portrait = None
        for photo in session.photos:
            self.seen.add(photo.sha256)
            read = partial(practice.read_photo, photo)
            try:
                face = measure_once(cache, photo.sha256, read, Measuring(mirrored=photo.mirrored), name=photo.name)
            except SymmetryError:  # lost or spoilt: that is said where it is measured
                continue
            face = face.without_pixels(comparable=True)
            self.faces.append((face, where))
            if portrait is None and photo.identity != "doubted" and unfit(face) is None:
                portrait = face.portrait
        if portrait is not None:
            self.sittings.append(_Sitting(where, portrait))

    def added_since(self, practice: Practice) -> KnownFaces:
        """Give the faces that were kept since these were looked at."""
        since = KnownFaces(self.client)
        for session in practice.sessions(self.client.id):
            new = tuple(photo for photo in session.photos if photo.sha256 not in self.seen)
            since.add_session(practice, replace(session, photos=new))
        return since

    def copy_of(self, face: FaceAnalysis) -> str | None:
        """Say where the shot is of which a photo is a copy, saved anew."""
        copied = copied_from(face, [known for known, _ in self.faces])
        return None if copied is None else f"the same shot as one {self.faces[copied][1]}, saved anew"

    def doubt(self, face: FaceAnalysis, about: str) -> Doubt | None:
        """Say what speaks against keeping a new photo, and add it to the known faces.

        A photo is the client's if it is like the first sitting, or like most of the later ones: a face may change in
        years. A photo that cannot be measured is worth nothing.
        """
        self.faces.append((face, f"in {about}"))
        if (flag := unfit(face)) is not None:
            return Doubt(kind="unfit", about=about, why=flag.advice)
        if face.portrait is None:
            return None
        if not self.sittings:
            self.sittings.append(_Sitting(f"in {about}", face.portrait))
            return None
        why = _against(self.sittings[0], face.portrait)
        if why is None:
            return None
        later = self.sittings[1:]
        asked = [later[i] for i in sorted({*np.linspace(0, len(later) - 1, min(_MOST, len(later))).astype(int)})]
        alike = sum(_against(sitting, face.portrait) is None for sitting in asked)
        return None if alike > len(asked) / 2 else Doubt(kind="person", about=about, why=why)


def _against(sitting: _Sitting, portrait: Portrait) -> str | None:
    """Say if a face seems to be another one than that of a sitting, or mirrored: photos get mixed up."""
    registration = register(sitting.portrait.standard, portrait.standard)
    found = {flag.name for flag in check_identity(sitting.portrait, portrait, registration)}
    if "one_mirrored" in found:
        return _MIRRORED.format(sitting.where)
    return _STRANGER.format(sitting.where) if "different_person" in found else None
