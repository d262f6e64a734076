"""The report about a series of photos that are files."""

from __future__ import annotations

from datetime import datetime

from symmetry.measure.analysis import turned_back
from symmetry.measure.face import FaceAnalysis
from symmetry.output.report.content import Pictures, Report
from symmetry.photos.reading import Photo, read_photo
from symmetry.series import Series


def report_of_photos(series: Series, *, title: str, made: datetime, mirrored: bool = False) -> Report:
    """Put together what a report about photos shows.

    Parameters
    ----------
    series : Series
        Of photos that are still where they were: two of them are read again.
    title : str
    made : datetime
        Aware.
    mirrored : bool
        The photos show the face as a mirror does.

    Raises
    ------
    PhotoError
        If a photo cannot be read any more.
    """

    def shown(face: FaceAnalysis) -> Photo:
        photo = read_photo(face.photo.name)
        return turned_back(photo) if mirrored else photo

    return Report(title=title, made=made, series=series, pictures=Pictures.of(series.change, shown))
