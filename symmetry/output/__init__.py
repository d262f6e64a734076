"""Results as data for other programs: JSON objects and tidy CSV rows."""

from symmetry.output.change import CHANGE_COLUMNS, change_rows, change_to_dict, failed_change_to_dict
from symmetry.output.face import SCORE_COLUMNS, face_to_dict, failure_to_dict, score_rows
from symmetry.output.quality import CHECK_COLUMNS, check_rows, check_to_dict
from symmetry.output.reliability import RELIABILITY_COLUMNS, agreement_rows, reliability_to_dict
from symmetry.output.text import printable, to_csv, to_json

__all__ = [
    "CHANGE_COLUMNS",
    "CHECK_COLUMNS",
    "RELIABILITY_COLUMNS",
    "SCORE_COLUMNS",
    "agreement_rows",
    "change_rows",
    "change_to_dict",
    "check_rows",
    "check_to_dict",
    "face_to_dict",
    "failed_change_to_dict",
    "failure_to_dict",
    "printable",
    "reliability_to_dict",
    "score_rows",
    "to_csv",
    "to_json",
]
