"""Files, functions and signatures stay short enough to be read at once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.faces import ROOT

PACKAGE = ROOT / "symmetry"
FILES = sorted(PACKAGE.rglob("*.py"))
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
MOST_LINES, MOST_LINES_OF_FUNCTION, MOST_PARAMETERS = 400, 60, 6


def too_long(code: str) -> Iterator[str]:
    """Names of functions over a limit, and why. `self`, `cls` and `**options` do not count as parameters."""
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, FUNCTION):
            continue
        lines = node.end_lineno - node.lineno + 1
        names = [each.arg for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
        parameters = len([name for name in names if name not in ("self", "cls")])
        if lines > MOST_LINES_OF_FUNCTION:
            yield f"{node.name}: {lines} lines"
        if parameters > MOST_PARAMETERS:
            yield f"{node.name}: {parameters} parameters"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(Path(file).relative_to(PACKAGE)))
def test_file_and_its_functions_are_short_enough_to_be_read(file):
    code = file.read_text(encoding="utf-8")
    assert len(code.splitlines()) <= MOST_LINES
    assert list(too_long(code)) == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("def f():\n" + "    pass\n" * 59, []),
        ("def f():\n" + "    pass\n" * 60, ["f: 61 lines"]),
        ("class A:\n    def f(self, a, b, c, *, d, e, f, **rest): ...", []),
        ("class A:\n    def f(self, a, b, c, *, d, e, f, g): ...", ["f: 7 parameters"]),
    ],
)
def test_limits_are_seen(code, found):
    # What the test above rests on.
    assert list(too_long(code)) == found
