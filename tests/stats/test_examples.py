"""Examples in the docstrings of the statistics and of the cohort give what they show."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import symmetry.cohort
import symmetry.stats

MODULES = [
    module.name
    for package in (symmetry.stats, symmetry.cohort)
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_show(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
