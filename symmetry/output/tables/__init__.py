"""Results as tables for people at a terminal."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symmetry.output.tables.change import change_tables
    from symmetry.output.tables.face import face_tables, overview_table
    from symmetry.output.tables.grid import render
    from symmetry.output.tables.quality import check_tables
    from symmetry.output.tables.reliability import reliability_tables
    from symmetry.output.tables.series import series_tables

_HOME = {
    "change": ("change_tables",),
    "face": (
        "face_tables",
        "overview_table",
    ),
    "grid": ("render",),
    "quality": ("check_tables",),
    "reliability": ("reliability_tables",),
    "series": ("series_tables",),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "change_tables",
    "check_tables",
    "face_tables",
    "overview_table",
    "reliability_tables",
    "render",
    "series_tables",
]


def __getattr__(name: str) -> Any:
    """Load what is asked for when it is first used, so that lists of clients need not wait for faces."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'symmetry.output.tables' has no attribute '{name}'")
    return getattr(importlib.import_module(f"symmetry.output.tables.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return __all__
