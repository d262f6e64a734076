"""Results as data for other programs: JSON, CSV, parquet and DataFrames, written and read back.

This room knows no result class: it works on the JSON objects that their `to_dict` returns.
"""

from symmetry.tabular.audit import AUDIT_COLUMNS, AUDITS, audit_rows, failed_audit
from symmetry.tabular.change import CHANGE_COLUMNS, CHANGES, change_rows, failed_change
from symmetry.tabular.face import (
    FACE_TABLES,
    MEASURE_COLUMNS,
    MEASURES,
    SCORE_COLUMNS,
    SCORES,
    measure_rows,
    score_rows,
)
from symmetry.tabular.frames import frame_of, to_frame
from symmetry.tabular.layout import Layout
from symmetry.tabular.parquet import to_parquet
from symmetry.tabular.quality import CHECK_COLUMNS, CHECKS, check_object, check_rows
from symmetry.tabular.reliability import RELIABILITY, RELIABILITY_COLUMNS, reliability_rows
from symmetry.tabular.series import SERIES, SERIES_COLUMNS, SERIES_TABLES, failed_series, series_rows
from symmetry.tabular.text import printable, to_csv, to_json

__all__ = [
    "AUDITS",
    "AUDIT_COLUMNS",
    "CHANGES",
    "CHANGE_COLUMNS",
    "CHECKS",
    "CHECK_COLUMNS",
    "FACE_TABLES",
    "MEASURES",
    "MEASURE_COLUMNS",
    "RELIABILITY",
    "RELIABILITY_COLUMNS",
    "SCORES",
    "SCORE_COLUMNS",
    "SERIES",
    "SERIES_COLUMNS",
    "SERIES_TABLES",
    "Layout",
    "audit_rows",
    "change_rows",
    "check_object",
    "check_rows",
    "failed_audit",
    "failed_change",
    "failed_series",
    "frame_of",
    "measure_rows",
    "printable",
    "reliability_rows",
    "score_rows",
    "series_rows",
    "to_csv",
    "to_frame",
    "to_json",
    "to_parquet",
]
