"""Expressions compared like with like."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.command_line import run, saved
from helpers.faces import drawn
from helpers.portraits import LONDON, needs_faces

import symmetry
from symmetry.measure.reliability_table import OF_PAIR
from symmetry.measure.uncertainty import warning_factor


@pytest.fixture(scope="module")
def face():
    return symmetry.analyze(drawn())


def test_a_face_at_rest_stays_as_it_is(face):
    assert symmetry.as_expression(face, "rest") is face


def test_a_posed_face_is_less_sure_and_moves_no_number(face):
    posed = symmetry.as_expression(face, "small smile")
    assert posed.regions["mouth"].lateral == pytest.approx(face.regions["mouth"].lateral)
    factor = warning_factor(posed.flags, OF_PAIR)
    np.testing.assert_allclose(factor[[quantity.region == "mouth" for quantity in OF_PAIR]], 1.9)
    np.testing.assert_allclose(factor[[quantity.region == "eyes" for quantity in OF_PAIR]], 1.0)


def test_what_a_face_does_not_show_is_said(face):
    names = {flag.name for flag in symmetry.as_expression(face, "big smile").flags}
    assert {"posed", "expression_missing"} <= names
    closed = symmetry.as_expression(face, "eyes closed gently")
    assert "expression_missing" in {flag.name for flag in closed.flags}
    assert np.isnan(closed.measures["mrd1"].difference)
    with pytest.raises(ValueError, match="'grin' is no expression; use rest, brows up"):
        symmetry.as_expression(face, "grin")


@needs_faces
def test_smiles_are_compared_with_smiles():
    smile = LONDON / "008_smiling.jpg"
    if not smile.exists():
        pytest.skip("no smiling photo")
    face = symmetry.analyze(smile)
    assert "smiling" in {flag.name for flag in face.flags}
    change = symmetry.compare(face, face, expression="big smile")
    names = {flag.name for flag in change.flags}
    assert "posed" in names
    assert not names & {"smiling", "mouth_open", "expression_differs", "expression_missing"}
    at_rest = symmetry.compare(face, face)
    assert change.regions["mouth"].error > 1.6 * at_rest.regions["mouth"].error


def test_commands_know_expressions(tmp_path):
    photo = saved(drawn(), tmp_path / "a.png")
    done = run("compare", photo, photo, "--expression", "grin")
    assert done.exit_code == 2
    assert "'grin' is no expression" in done.stderr
    left_out = run("series", photo, "--expression", "big smile", "--no-cache")
    assert left_out.exit_code == 1
    assert "does not seem to show this: big smile" in left_out.output
