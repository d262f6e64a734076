"""Faces to be drawn, and what is written on a drawing: what the tests of figures share."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import combinations

import cv2
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from symmetry.landmarks.mesh import CHIN, REFERENCE, REGIONS
from symmetry.landmarks.scale import Scale
from symmetry.measure.analysis import analyze, measure_landmarks
from symmetry.measure.change import Change
from symmetry.measure.comparison import compare
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.quality.flags import Flag
from symmetry.output.figures import draw_change, draw_composites, draw_face
from symmetry.photos.reading import photo_from_array
from symmetry.synthetic import Asymmetry, Scene
from symmetry.synthetic import draw_face as paint_face

SCENE = Scene(width=480, height=560, pixels_per_mm=2.0, offset=(0.0, -30.0))
BEFORE = Asymmetry(mouth_subject_right=-4.0, eye_subject_left=-2.5)
AFTER = Asymmetry(eye_subject_left=-2.5)
ROLL = 25.0
PAPER = (600, 500)  # rows and columns of the photos of faces that are made up of landmarks
DENSITY = 2.0

LEFT_MOUTH, LEFT_EYES, LEFT_JAW = (REGIONS[name] for name in ("mouth", "eyes", "jawline"))
Move = tuple[NDArray[np.intp], float, float]


def face_of_landmarks(
    *moves: Move, scale: str = "ipd=63", grey: int = 128, roll: float = 0.0, centre: tuple[float, float] = (250, 260)
) -> FaceAnalysis:
    """A face whose landmarks are the reference's, some moved by millimetres outward and up."""
    shape = REFERENCE.copy()
    for landmarks, right, up in moves:
        shape[landmarks, :2] += [right, up]
    turn = np.deg2rad(roll)
    turned = shape[:, :2] @ [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
    points = np.column_stack([turned, shape[:, 2]]) * [DENSITY, -DENSITY, -DENSITY] + [*centre, 0.0]
    photo = photo_from_array(np.full((*PAPER, 3), grey, dtype=np.uint8))
    return measure_landmarks(photo, points, scale=Scale.parse(scale))


def uneven(**options: object) -> FaceAnalysis:
    """The left mouth higher by about 3 mm, the left eye lower, the left jaw further out."""
    moves = ((LEFT_MOUTH, 0.0, 3.0), (LEFT_EYES, 0.0, -2.0), (LEFT_JAW, 4.0, 0.0), (np.array([CHIN]), -2.0, 0.0))
    return face_of_landmarks(*moves, **options)  # type: ignore[arg-type]


@lru_cache
def figures() -> tuple[FaceAnalysis, Figure, Figure, Figure]:
    """A face and all its pictures, only to be looked at."""
    face = uneven()
    return face, draw_face(face), draw_composites(face), draw_change(compare(face, face_of_landmarks()))


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def below(figure: Figure, title: str, count: int = 3) -> list[str]:
    """The lines that follow a label's title."""
    written = texts(figure)
    start = written.index(title) + 1
    return written[start : start + count]


def boxes(figure: Figure) -> list[tuple[str, Bbox]]:
    renderer = FigureCanvasAgg(figure).get_renderer()
    return [(text.get_text(), text.get_window_extent(renderer)) for text in figure.axes[0].texts if text.get_text()]


def assert_all_texts_apart_and_inside(figure: Figure) -> None:
    placed = boxes(figure)
    page = figure.axes[0].get_window_extent()
    assert len(placed) > 5
    for text, box in placed:
        assert page.x0 <= box.x0 < box.x1 <= page.x1, f"'{text}' leaves the page"
        assert page.y0 <= box.y0 < box.y1 <= page.y1, f"'{text}' leaves the page"
    for (one, first), (other, second) in combinations(placed, 2):
        width = min(first.x1, second.x1) - max(first.x0, second.x0)
        height = min(first.y1, second.y1) - max(first.y0, second.y0)
        assert width <= 0 or height <= 0, f"'{one}' lies over '{other}'"


def with_errors(face: FaceAnalysis) -> FaceAnalysis:
    regions = {
        name: replace(
            score,
            asymmetry=12.3,
            lateral=-11.11,
            vertical=-11.11,
            asymmetry_error=10.44,
            lateral_error=10.22,
            vertical_error=10.55,
        )
        for name, score in face.regions.items()
    }
    warning = Flag(name="head_turned", severity="warn", advice="The head is turned; " + "look into the lens. " * 12)
    return replace(face, regions=regions, flags=(warning,))


def unmeasured(face: FaceAnalysis) -> FaceAnalysis:
    nan = float("nan")
    regions = {name: replace(score, asymmetry=nan, lateral=nan, vertical=nan) for name, score in face.regions.items()}
    measures = {name: replace(measure, difference=nan) for name, measure in face.measures.items()}
    return replace(face, regions=regions, measures=measures)


@lru_cache
def painted() -> NDArray[np.uint8]:
    image = paint_face(asymmetry=BEFORE, scene=SCENE)
    image.flags.writeable = False
    return image


@lru_cache
def found_face() -> FaceAnalysis:
    """The painted face."""
    return analyze(painted())


@lru_cache
def rolled_face() -> FaceAnalysis:
    """The same picture, turned and on a larger ground."""
    height, width = painted().shape[:2]
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), ROLL, 1.0)
    turn[:, 2] += 100
    turned = cv2.warpAffine(painted(), turn, (width + 200, height + 200), flags=cv2.INTER_CUBIC)
    return analyze(np.asarray(turned, dtype=np.uint8))


@lru_cache
def found_change() -> Change:
    """The painted face, and the same with its mouth even."""
    return compare(found_face(), paint_face(asymmetry=AFTER, scene=SCENE))
