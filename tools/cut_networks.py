"""Make the networks that ship with the package from those of MediaPipe's wheel.

    pip download --no-deps mediapipe==0.10.21
    python tools/cut_networks.py mediapipe-0.10.21-*.whl

The face mesh holds eleven operations that only MediaPipe has. They stand between two parts of built-in operations, so
the mesh is cut into these parts, trunk and heads, and `symmetry.landmarks.networks.attention` does what stands between.
The weights stay as they are, and so do both face finders. The same wheel always gives the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import flatbuffers
from ai_edge_litert import schema_py_generated as schema
from flatbuffers import flexbuffers

MODELS = Path(__file__).parents[1] / "symmetry" / "landmarks" / "networks" / "models"

MESH = "mediapipe/modules/face_landmark/face_landmark_with_attention.tflite"
NEAR = "mediapipe/modules/face_detection/face_detection_short_range.tflite"
FAR = "mediapipe/modules/face_detection/face_detection_full_range_sparse.tflite"
SOURCES = {
    MESH: "e06a804e0144f9929eda782122916b35d60c697c3c9344013ca2bbe76a6ce2b4",
    NEAR: "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
    FAR: "2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1",
}
"""SHA-256 of the files in the wheel of MediaPipe 0.10.21."""

# Tensors at the cuts, by their numbers in MediaPipe's file.
IMAGE = 0
TRUNK_GIVES = (35, 191, 193, 195, 719, 710)
"""Features; the coarse landmarks from which lips, right and left eye are boxed; mesh; presence."""
HEADS_TAKE = (199, 200, 201)
HEADS_GIVE = (697, 700, 703, 704, 707)
BOXES = {"lips": 192, "right_eye": 193, "left_eye": 194}
"""Operations `Landmarks2TransformMatrix`, by their place in MediaPipe's file."""


def read_sources(path: Path) -> dict[str, bytes]:
    """Read the three networks from a wheel, or from a folder that holds an installed mediapipe; check their hashes."""
    if path.is_dir():
        found = {name: (path / name).read_bytes() for name in SOURCES}
    else:
        with zipfile.ZipFile(path) as wheel:
            found = {name: wheel.read(name) for name in SOURCES}
    for name, data in found.items():
        if hashlib.sha256(data).hexdigest() != SOURCES[name]:
            raise SystemExit(f"{name} is not the file of MediaPipe 0.10.21")
    return found


def part_of(data: bytes, takes: Iterable[int], gives: Iterable[int]) -> bytes:
    """Cut the part of a network out that computes some tensors from others."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(data, 0))
    graph = model.subgraphs[0]
    graph.operators = [graph.operators[place] for place in _needed(graph, set(takes), gives)]
    custom = [op for op in graph.operators if model.operatorCodes[op.opcodeIndex].customCode]
    if custom:
        raise SystemExit("a part would hold operations that only MediaPipe has")

    used = {int(t) for op in graph.operators for t in (*op.inputs, *op.outputs) if t >= 0} | {*takes, *gives}
    number = {old: new for new, old in enumerate(sorted(used))} | {-1: -1}
    graph.tensors = [graph.tensors[old] for old in sorted(used)]
    for op in graph.operators:
        op.inputs = [number[int(t)] for t in op.inputs]
        op.outputs = [number[int(t)] for t in op.outputs]
    graph.inputs, graph.outputs = ([number[t] for t in ends] for ends in (takes, gives))

    buffers = sorted({0} | {tensor.buffer for tensor in graph.tensors})
    model.buffers = [model.buffers[old] for old in buffers]
    for tensor in graph.tensors:
        tensor.buffer = buffers.index(tensor.buffer)
    codes = sorted({op.opcodeIndex for op in graph.operators})
    model.operatorCodes = [model.operatorCodes[old] for old in codes]
    for op in graph.operators:
        op.opcodeIndex = codes.index(op.opcodeIndex)
    model.metadata = model.metadataBuffer = model.signatureDefs = None
    builder = flatbuffers.Builder(len(data))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _needed(graph: Any, given: set[int], wanted: Iterable[int]) -> list[int]:
    """Places of the operations between some tensors and others."""
    maker = {int(tensor): place for place, op in enumerate(graph.operators) for tensor in op.outputs}
    needed: set[int] = set()
    open_ends = list(wanted)
    while open_ends:
        tensor = open_ends.pop()
        place = maker.get(tensor)
        if tensor in given or place is None or place in needed:
            continue
        needed.add(place)
        open_ends += [int(t) for t in graph.operators[place].inputs if t >= 0]
    return sorted(needed)


def boxes_of(data: bytes) -> dict[str, dict[str, Any]]:
    """Read how the mesh boxes lips and eyes from the options of its own operations."""
    operators = schema.ModelT.InitFromObj(schema.Model.GetRootAs(data, 0)).subgraphs[0].operators
    boxes = {}
    for name, place in BOXES.items():
        options = flexbuffers.Loads(bytes(operators[place].customOptions))
        if options["target_rotation_radians"] != 0 or options["scale_x"] != options["scale_y"]:
            raise SystemExit(f"the box of {name} is not as expected")
        boxes[name] = {
            "level": [options["left_rotation_idx"], options["right_rotation_idx"]],
            "scale": options["scale_x"],
            "side": options["output_width"],
            "around": options["subset_idxs"],
        }
    return boxes


def main() -> None:
    """Write the networks and print their hashes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, help="the wheel of MediaPipe 0.10.21, or the folder it is installed in")
    parser.add_argument("--into", type=Path, default=MODELS, help="folder of the networks [default: the package's]")
    chosen = parser.parse_args()
    sources = read_sources(chosen.source)
    mesh = sources[MESH]
    made = {
        "mesh_trunk.tflite": part_of(mesh, [IMAGE], TRUNK_GIVES),
        "mesh_heads.tflite": part_of(mesh, HEADS_TAKE, HEADS_GIVE),
        "finder_near.tflite": sources[NEAR],
        "finder_far.tflite": sources[FAR],
        "boxes.json": (json.dumps(boxes_of(mesh), sort_keys=True) + "\n").encode(),
    }
    chosen.into.mkdir(parents=True, exist_ok=True)
    for name, data in made.items():
        (chosen.into / name).write_bytes(data)
        print(hashlib.sha256(data).hexdigest(), name)


if __name__ == "__main__":
    main()
