"""Results as tables for people at a terminal."""

from symmetry.tables.change import change_tables
from symmetry.tables.face import face_tables, overview_table
from symmetry.tables.layout import render
from symmetry.tables.quality import check_tables
from symmetry.tables.reliability import reliability_tables

__all__ = ["change_tables", "check_tables", "face_tables", "overview_table", "reliability_tables", "render"]
