"""Write figures to files, atomically and reproducibly."""

from __future__ import annotations

import io
import os
import threading
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure
from PIL.PngImagePlugin import PngInfo

from symmetry.errors import OutputError
from symmetry.files import FIGURE_SUFFIXES, MARK, write_whole

_MARKED: Final = PngInfo()
_MARKED.add(b"syMm", MARK)  # a chunk of our own, which viewers pass over
# In place of Matplotlib's name and the time, which it writes by default.
_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "png": {"pil_kwargs": {"pnginfo": _MARKED}},
    "jpg": {"pil_kwargs": {"quality": 92, "subsampling": 0, "comment": MARK}},
    "pdf": {"metadata": {"Creator": None, "Producer": None, "CreationDate": None}},
    "svg": {"metadata": {"Creator": None, "Date": None, "Format": None, "Type": None}},
}
_FORMATS: Final = {suffix: suffix[1:].replace("jpeg", "jpg") for suffix in FIGURE_SUFFIXES}
_STYLE: Final[dict[Any, Any]] = {
    "savefig.bbox": None,  # "tight", the default of notebooks, would change the size
    "savefig.facecolor": "auto",
    "savefig.transparent": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "symmetry",
    "pdf.compression": 6,
}
_one_at_a_time = threading.Lock()
"""Matplotlib's settings are shared by all threads."""


def save_figure(figure: Figure, path: str | os.PathLike[str], *, width: int = 1200) -> Path:
    """Write a figure to a file in the format of its suffix.

    The file is written atomically, says that it is no photo, holds no date, and is identical for identical figures.

    Parameters
    ----------
    figure : Figure
    path : path
        Ends in .png, .jpg, .jpeg, .pdf or .svg. An existing file is replaced.
    width : int
        Width in pixels; in PDF and SVG it sets only the resolution of embedded pictures.

    Returns
    -------
    Path

    Raises
    ------
    OutputError
        If the suffix is unknown, the folder does not exist, or the file cannot be written.
    """
    target = Path(path)
    kind = _FORMATS.get(target.suffix.lower())
    if kind is None:
        raise OutputError(f"'{target.suffix}' is no kind of picture that can be written; use {', '.join(_FORMATS)}")
    data = _rendered(figure, kind, width)
    write_whole(target, data)
    return target


def _rendered(figure: Figure, kind: str, width: int) -> bytes:
    stream = io.BytesIO()
    # Slightly more, so that rounding does not cost the last column.
    dots_per_inch = (width + 1e-6) / figure.get_size_inches()[0]
    with _one_at_a_time, mpl.rc_context(_STYLE):
        figure.savefig(stream, format=kind, dpi=dots_per_inch, **_OPTIONS[kind])
    return stream.getvalue()
