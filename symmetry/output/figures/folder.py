"""A folder with the figures of many photos."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from symmetry.files import check_target, make_folder
from symmetry.measure.face import FaceAnalysis
from symmetry.output.figures.composites import draw_composites
from symmetry.output.figures.face import draw_face
from symmetry.output.figures.saving import save_figure
from symmetry.output.figures.skin import draw_skin


class FigureFolder:
    """A folder into which figures of each photo are drawn: the asymmetry, the two mirrored halves, and the skin.

    Parameters
    ----------
    folder : Path
        Made if there is none.
    photos : iterable of Path
        Files that must not be written over.

    Attributes
    ----------
    written : int
        Figures in it so far.

    Raises
    ------
    OutputError
        If the folder cannot be made.
    """

    def __init__(self, folder: Path, *, photos: Iterable[Path] = ()) -> None:
        make_folder(folder)
        self.folder = folder
        self.written = 0
        self._photos = list(photos)
        self._taken: set[str] = set()

    def draw(self, face: FaceAnalysis) -> None:
        """Draw the figures of a face that has its pixels, each under a name of its own.

        Raises
        ------
        OutputError
            If one cannot be written.
        """
        stem = self._free_name(Path(face.photo.name))
        of_skin = [] if face.skin is None else [(draw_skin, "skin")]
        for draw, kind in ((draw_face, "symmetry"), (draw_composites, "halves"), *of_skin):
            target = self.folder / f"{stem}-{kind}.png"
            check_target(target, inputs=self._photos)
            save_figure(draw(face), target)
            self.written += 1

    def _free_name(self, photo: Path) -> str:
        """Name the figures after the photo, with its folder's name before it where another photo has that name."""
        names = [photo.stem, f"{photo.resolve().parent.name}-{photo.stem}"]
        names += [f"{names[1]}-{photo.suffix[1:]}", *(f"{names[1]}-{number}" for number in range(2, 100_000))]
        name = next(name for name in names if name.casefold() not in self._taken)
        self._taken.add(name.casefold())
        return name
