"""The tool that compares results of two commits sees what it must, and forgives only what the changelog lists."""

from __future__ import annotations

import json
import runpy

import pytest
from helpers.faces import ROOT

TOOL = runpy.run_path(str(ROOT / "tools" / "results_snapshot.py"))
RENAMES = TOOL["renames_of"](ROOT / "CHANGELOG.md")
BEFORE = {
    "messages": ["read 8 photos"],
    "result": {"sittings": [{"of": "sitting", "value": 0.1}], "answer": "No change by 2.0 mm can be told."},
}
AFTER = {
    "messages": ["8 photos read"],
    "result": {"sessions": [{"of": "session", "value": 0.1}], "answer": "No detectable change: 2.0 mm."},
}


def differences(tmp_path, after) -> int:
    for name, content in (("before", BEFORE), ("after", after)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "series.json").write_text(json.dumps(content), encoding="utf-8")
    return TOOL["compare"](tmp_path / "before", tmp_path / "after", RENAMES)


def test_renames_come_from_the_changelog():
    assert RENAMES.keys["looks"] == "comparisons"
    assert RENAMES.values["wobble"] == "jitter"
    assert RENAMES.values["one sitting"] == "one session"
    assert RENAMES.older("--comparisons") == "--looks"
    assert RENAMES.older("--mdc") == "--mdc"
    assert RENAMES.worded == {"messages", "answer", "sources"}
    assert "face" not in RENAMES.keys  # modules are no keys


def test_new_names_and_words_are_no_difference(tmp_path):
    assert differences(tmp_path, AFTER) == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0.1", "0.10000000000000002"),
        ("2.0 mm", "2.1 mm"),
        ("8 photos", "7 photos"),
        ('"session"', '"day"'),
        ('"sessions"', '"days"'),
    ],
)
def test_any_other_difference_is_seen(tmp_path, capsys, old, new):
    changed = json.dumps(AFTER).replace(old, new)
    assert changed != json.dumps(AFTER)
    assert differences(tmp_path, json.loads(changed)) > 0
    assert capsys.readouterr().out.startswith("series.")


def test_file_that_is_missing_is_a_difference(tmp_path):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "plan.json").write_text("{}", encoding="utf-8")
    assert TOOL["compare"](tmp_path, tmp_path / "new", RENAMES) == 1
