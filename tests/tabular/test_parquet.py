"""Parquet files need an extra, and say so where it is missing."""

from __future__ import annotations

import sys

import pytest
from helpers.made_results import face

import symmetry
from symmetry.cohort.files import read_table
from symmetry.errors import MissingExtraError
from symmetry.tabular import to_parquet
from symmetry.tabular.face import FACE_TABLES

EXTRA = r"pip install .*\[parquet\]"


def test_without_pyarrow_the_extra_is_named(tmp_path, monkeypatch):
    layout = FACE_TABLES["regions"]
    file = tmp_path / "scores.parquet"
    file.write_bytes(to_parquet(layout.rows([face().to_dict()]), layout))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    for use in (
        lambda: to_parquet([], layout),
        lambda: symmetry.read_results(file),
        lambda: read_table(file),
    ):
        with pytest.raises(MissingExtraError, match=EXTRA):
            use()
