"""Writing figures to files: whole or not at all, and byte for byte the same each time."""

from __future__ import annotations

import io
import os
import threading
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure

from symmetry.errors import OutputError
from symmetry.files import FIGURE_SUFFIXES, write_whole

# Without what matplotlib would write of itself and of the clock.
_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "png": {"metadata": {"Software": None}},
    "jpg": {"pil_kwargs": {"quality": 92, "subsampling": 0}},
    "pdf": {"metadata": {"Creator": None, "Producer": None, "CreationDate": None}},
    "svg": {"metadata": {"Creator": None, "Date": None, "Format": None, "Type": None}},
}
_FORMATS: Final = {suffix: suffix[1:].replace("jpeg", "jpg") for suffix in FIGURE_SUFFIXES}
_STYLE: Final[dict[Any, Any]] = {
    "savefig.bbox": None,  # a notebook's "tight" would change the size
    "savefig.facecolor": "auto",
    "savefig.transparent": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "symmetry",
    "pdf.compression": 6,
}
_one_at_a_time = threading.Lock()
"""Matplotlib's settings are shared by all threads."""


def save_figure(figure: Figure, path: str | os.PathLike[str], *, width: int = 1200) -> Path:
    """Write a figure to a file, its format told by the suffix.

    The file appears whole or not at all, holds neither date nor program names, and is the same for the same figure.

    Parameters
    ----------
    figure : Figure
    path : path
        Ends in .png, .jpg, .jpeg, .pdf or .svg. A file of that name is replaced.
    width : int
        Pixels; of PDF and SVG only the pictures inside them depend on it.

    Returns
    -------
    Path

    Raises
    ------
    OutputError
        If the suffix is another, the folder does not exist, or the file cannot be written.
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
    # A little more than asked for: rounding must not cost the last column.
    dots_per_inch = (width + 1e-6) / figure.get_size_inches()[0]
    with _one_at_a_time, mpl.rc_context(_STYLE):
        figure.savefig(stream, format=kind, dpi=dots_per_inch, **_OPTIONS[kind])
    return stream.getvalue()
