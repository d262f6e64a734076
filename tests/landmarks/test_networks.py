"""The engines: which one runs, what results say of it, and that the networks are the files they should be."""

from __future__ import annotations

import hashlib
import json
import zipfile
from importlib.metadata import version
from importlib.util import find_spec

import numpy as np
import pytest
from helpers.faces import ROOT
from helpers.processes import run

from symmetry.cli.options import engine_option
from symmetry.errors import EngineError
from symmetry.landmarks import networks
from symmetry.landmarks.networks.litert_engine import MODELS, LiteRTEngine
from symmetry.landmarks.networks.mediapipe_engine import MediaPipeEngine


@pytest.fixture(autouse=True)
def _usual_engine_afterwards(monkeypatch):
    monkeypatch.delenv(networks.VARIABLE, raising=False)
    yield
    networks.use_engine(None)


def without(module, monkeypatch):
    """Let a module be missing."""
    monkeypatch.setattr(networks, "find_spec", lambda name: None if name == module else find_spec(name))


def test_litert_runs_unless_something_else_is_asked_for():
    assert networks.engine_in_use() == "litert"


def test_environment_chooses_where_nothing_else_does(monkeypatch):
    monkeypatch.setattr(networks, "find_spec", lambda name: "installed")
    monkeypatch.setenv(networks.VARIABLE, "mediapipe")
    assert networks.engine_in_use() == "mediapipe"
    networks.use_engine("litert")
    assert networks.engine_in_use() == "litert"
    networks.use_engine(None)
    assert networks.engine_in_use() == "mediapipe"


def test_empty_variable_is_none(monkeypatch):
    monkeypatch.setenv(networks.VARIABLE, "")
    assert networks.engine_in_use() == "litert"


def test_unknown_engine_is_an_error_that_names_those_there_are(monkeypatch):
    with pytest.raises(EngineError, match=r"^there is no engine 'onnx'; use litert or mediapipe$"):
        networks.use_engine("onnx")
    monkeypatch.setenv(networks.VARIABLE, "onnx")
    with pytest.raises(EngineError, match=r"^SYMMETRY_ENGINE: there is no engine 'onnx'"):
        networks.engine_in_use()


def test_engine_that_is_not_installed_is_an_error_that_says_so(monkeypatch):
    without("mediapipe", monkeypatch)
    with pytest.raises(EngineError, match=r"^the engine mediapipe is not installed here; use litert, or see docs"):
        networks.use_engine("mediapipe")
    assert networks.engine_in_use() == "litert"  # and the choice is as it was


def test_command_offers_the_engines_that_there_are():
    def command():
        """Take the option."""

    (option,) = engine_option(command).__click_params__
    assert list(option.type.choices) == list(networks.ENGINES)


def test_label_names_model_engine_and_version():
    assert networks.engine_label() == f"MediaPipe face mesh e06a804e, litert {version('ai-edge-litert')}"


def test_files_are_those_whose_hashes_the_package_names():
    kept = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in MODELS.iterdir()}
    assert {name: kept[name] for name in kept if name not in ("LICENSE", "NOTICE")} == networks.SHA256
    assert "Apache License" in (MODELS / "LICENSE").read_text()
    notice = (MODELS / "NOTICE").read_text()
    assert all(name in notice for name in networks.SHA256)


def test_networks_hold_only_operations_that_litert_has():
    for name in ("mesh_trunk.tflite", "mesh_heads.tflite"):
        assert b"Landmarks2TransformMatrix" not in (MODELS / name).read_bytes()
        assert b"TransformTensorBilinear" not in (MODELS / name).read_bytes()


def test_no_network_is_read_before_a_photo_is(tmp_path):
    code = "import sys, symmetry.landmarks.networks; print('ai_edge_litert' in sys.modules, 'cv2' in sys.modules)"
    assert run(code).split() == ["False", "False"]


def test_crop_without_a_face_has_no_landmarks_and_little_presence():
    noise = np.random.default_rng(0).integers(0, 256, (192, 192, 3), dtype=np.uint8)
    engine = LiteRTEngine()
    assert engine.mesh_pass(noise) is None
    assert engine.presence(noise) < 0.5


@pytest.mark.skipif(find_spec("mediapipe") is None, reason="needs MediaPipe: make mediapipe")
def test_the_tool_makes_the_same_networks_from_mediapipe_again(tmp_path):
    folder = next(path for path in map(ROOT.__class__, find_spec("mediapipe").submodule_search_locations)).parent
    code = f"import sys; sys.argv = ['cut', {str(folder)!r}, '--into', {str(tmp_path)!r}]; import runpy; "
    run(code + f"runpy.run_path({str(ROOT / 'tools' / 'cut_networks.py')!r}, run_name='__main__')")
    made = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in tmp_path.iterdir()}
    assert made == networks.SHA256


def test_the_tool_refuses_another_wheel(tmp_path):
    import runpy

    tool = runpy.run_path(str(ROOT / "tools" / "cut_networks.py"))
    wheel = tmp_path / "mediapipe-0.10.22.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in tool["SOURCES"]:
            archive.writestr(name, b"another network")
    with pytest.raises(SystemExit, match="is not the file of MediaPipe"):
        tool["read_sources"](wheel)


def test_boxes_are_written_as_they_are_read():
    assert set(json.loads((MODELS / "boxes.json").read_text())) == {"lips", "right_eye", "left_eye"}


def test_both_engines_do_what_an_engine_does():
    for engine in (LiteRTEngine, MediaPipeEngine):
        assert {"mesh_pass", "spot_faces"} <= set(dir(engine))
