"""What the quality gate finds: `python tests/benchmarks/quality.py [--faces FOLDER] [--people N] [--misses]`.

Photos of people (N of them, spread over the set) and drawn faces are spoilt in known ways, and each must be found under
its right name. Not a test: it takes minutes.

Beards, glasses, hands, masks, a lamp from one side and little light on dark and light skin are drawn over them, each
in 20 ways; what is found must be right and stop no more than it should.

Prints of each kind of spoilt photo: cases, flagged with a right name at any severity, at warn or reject; their totals;
and the false alarms, that is any warn or reject, on the neutral photos of all people and on the sample images.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from helpers import covering, spoiling
from helpers.portraits import HARDLY_SMILING, LONDON, portrait_of
from helpers.spoiling import BLACK, BLUE, LEFT_EYE, RIGHT_EYE, WHITE, Picture, millimetre

from symmetry import analyze, read_photo
from symmetry.errors import NoFaceError
from symmetry.landmarks.mesh import REGIONS
from symmetry.measure.quality import Portrait
from symmetry.measure.quality.flags import Flag, rejecting
from symmetry.synthetic import Asymmetry, Scene, draw_face
from symmetry.synthetic.looks import LOOKS

ROOT = Path(__file__).parents[2]
WANTED_SHARE, MOST_FALSE = 0.95, 0.05
NO_FACE = "no face"
"""Stands for `NoFaceError` among the names that are right."""
TIMES = 20
"""How often each cover is drawn."""
OTHER_FACES = 6
"""How many cases there are of what is no face."""


@dataclass(frozen=True, kw_only=True)
class Face:
    """A good photo of a face."""

    name: str
    portrait: Portrait
    smiling: Picture | None
    another: Portrait | None = None


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A way to spoil a photo, and the names under which it may be found; None where it does not apply to a face."""

    name: str
    right: tuple[str, ...]
    spoil: Callable[[Face], Picture | None]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One spoilt photo and what was found."""

    kind: str
    face: str
    flags: tuple[Flag, ...]
    right: tuple[Flag, ...]
    no_face: bool

    @property
    def flagged(self) -> bool:
        return self.no_face or bool(self.right)

    @property
    def gravely(self) -> bool:
        return self.no_face or any(flag.severity != "info" for flag in self.right)


def _of_pixels(change: Callable[[Picture, float], Picture]) -> Callable[[Face], Picture]:
    """Change the pixels of a face of so many pixels a millimetre."""
    return lambda face: change(face.portrait.photo.pixels, millimetre(face.portrait))


def _of_portrait(change: Callable[..., Picture], *args: object, **options: object) -> Callable[[Face], Picture]:
    return lambda face: change(face.portrait, *args, **options)


def _lit_from(side: str, ratio: float) -> Callable[[Face], Picture]:
    def spoil(face: Face) -> Picture:
        pixels, mm = face.portrait.photo.pixels, millimetre(face.portrait)
        middle = float(face.portrait.landmarks[4, 0])
        if side == "right":
            return spoiling.lit_from_side(pixels, ratio, middle=middle, mm=mm)
        mirrored = spoiling.in_mirror(pixels)
        spoilt = spoiling.lit_from_side(mirrored, ratio, middle=pixels.shape[1] - 1 - middle, mm=mm)
        return spoiling.in_mirror(spoilt)

    return spoil


def _second_face(face: Face) -> Picture | None:
    return None if face.another is None else spoiling.with_another(face.portrait, face.another, 0.8)


def _small(between_eyes: float) -> Callable[[Face], Picture]:
    return lambda face: spoiling.resized(face.portrait.photo.pixels, between_eyes / face.portrait.interpupillary)


def _kinds() -> Iterator[Kind]:
    yield from (
        Kind(name=name, right=(right,), spoil=_of_pixels(change))
        for name, right, change in (
            ("blur 2 mm", "blurred", lambda picture, mm: spoiling.blurred(picture, 2 * mm)),
            ("blur 3 mm", "blurred", lambda picture, mm: spoiling.blurred(picture, 3 * mm)),
            ("shaken across 10 mm", "blurred", lambda picture, mm: spoiling.shaken(picture, round(10 * mm))),
            ("shaken down 10 mm", "blurred", lambda picture, mm: spoiling.shaken(picture, round(10 * mm), down=True)),
            ("dark", "too_dark", lambda picture, mm: spoiling.grainy(spoiling.lit(picture, 0.03), 2)),
            ("over-exposed", "too_bright", lambda picture, mm: spoiling.lit(picture, 6.0)),
            ("noise 35", "noisy", lambda picture, mm: spoiling.grainy(picture, 35)),
            ("JPEG quality 8", "compressed", lambda picture, mm: spoiling.saved(picture, 8)),
            ("JPEG quality 15", "compressed", lambda picture, mm: spoiling.saved(picture, 15)),
        )
    )
    for side in ("left", "right"):
        yield Kind(name=f"light from the {side}", right=("side_light",), spoil=_lit_from(side, 20.0))
    for side in ("chin", "forehead", "left", "right"):
        for share in (10, 20, 30):
            spoil = _of_portrait(spoiling.cut_off, side, share / 100)
            yield Kind(name=f"{side} cut off by {share} %", right=("face_cut",), spoil=spoil)
    for name, colour in (("blue", BLUE), ("white", WHITE), ("black", BLACK)):
        right = ("face_covered", "not_a_face", NO_FACE)
        yield Kind(name=f"{name} mask", right=right, spoil=_of_portrait(spoiling.masked, colour))
    yield Kind(name="scarf", right=("face_covered", "not_a_face", NO_FACE), spoil=_of_portrait(spoiling.in_scarf))
    for part, over, towards in (("cheek", 205, -20), ("mouth", 17, -60), ("one eye", 159, -30), ("chin", 152, -75)):
        spoil = _of_portrait(spoiling.behind_hand, over, towards)
        yield Kind(name=f"hand over {part}", right=("face_covered",), spoil=spoil)
    for name, cover in (
        ("dark glasses", spoiling.in_dark_glasses),
        ("hair over one eye", spoiling.behind_hair),
        ("microphone", spoiling.behind_microphone),
    ):
        yield Kind(name=name, right=("face_covered",), spoil=_of_portrait(cover))
    for pixels in (50, 25):
        yield Kind(name=f"{pixels} pixels between the eyes", right=("face_small",), spoil=_small(pixels))
    for yaw in (-25, -15, -8, 8, 15, 25):
        yield Kind(name=f"yaw {yaw:+}", right=("head_turned",), spoil=_of_portrait(spoiling.turned, yaw=yaw))
    yield Kind(name="pitch +20", right=("head_raised",), spoil=_of_portrait(spoiling.turned, pitch=20))
    yield Kind(name="pitch -20", right=("head_lowered",), spoil=_of_portrait(spoiling.turned, pitch=-20))
    yield Kind(name="roll 40", right=("head_tilted",), spoil=_of_portrait(spoiling.tilted, 40))
    for name, eyes, by in (
        ("eyes closed", (RIGHT_EYE, LEFT_EYE), 1.0),
        ("right eye closed", (RIGHT_EYE,), 1.0),
        ("left eye closed", (LEFT_EYE,), 1.0),
        ("eyes half closed", (RIGHT_EYE, LEFT_EYE), 0.5),
    ):
        yield Kind(name=name, right=("eyes_closed",), spoil=_of_portrait(spoiling.lids_closed, *eyes, by=by))
    yield Kind(name="smile", right=("smiling",), spoil=lambda face: face.smiling)
    for gap in (6, 12):
        spoil = _of_portrait(spoiling.with_open_mouth, gap)
        yield Kind(name=f"mouth open by {gap} mm", right=("mouth_open",), spoil=spoil)
    yield Kind(
        name="brows raised by 7 mm", right=("brows_raised",), spoil=_of_portrait(spoiling.with_raised_brows, 7.0)
    )
    yield Kind(name="second face", right=("several_faces",), spoil=_second_face)
    yield Kind(name="from 15 cm", right=("phone_too_near",), spoil=_of_portrait(spoiling.from_near, 15.0))


KINDS = tuple(_kinds())
NON_FACES = {"checkerboard": spoiling.checkerboard, "pattern": spoiling.pattern, "cartoon": spoiling.cartoon}


def london_faces(folder: Path, count: int) -> Iterator[Face]:
    """Give some people, spread over the set, their photos cut to the head and shoulders."""
    people = sorted(path.name[:3] for path in (folder / "london").glob("*_neutral.jpg"))
    if not people:
        return
    chosen = [people[i] for i in np.unique(np.linspace(0, len(people) - 1, count).round().astype(int))]
    portraits = {
        person: _head(portrait_of(read_photo(folder / "london" / f"{person}_neutral.jpg").pixels)) for person in chosen
    }
    for i, person in enumerate(chosen):
        smiling = read_photo(folder / "london" / f"{person}_smiling.jpg").pixels
        yield Face(
            name=person,
            portrait=portraits[person],
            smiling=None if person in HARDLY_SMILING else smiling,
            another=portraits[chosen[i - 1]],
        )


def _head(portrait: Portrait) -> Portrait:
    x, y = portrait.landmarks[4, :2]
    across, up, down = np.array([2.4, 2.9, 2.4]) * portrait.interpupillary
    first = np.maximum([y - up, x - across], 0).astype(int)
    cut = portrait.photo.pixels[first[0] : int(y + down), first[1] : int(x + across)]
    return portrait_of(np.ascontiguousarray(cut))


def drawn_faces() -> Iterator[Face]:
    """Give two drawn people."""
    scene = Scene(width=720, height=840, pixels_per_mm=3.0, offset=(0.0, -45.0))
    smile = Asymmetry(mouth_subject_left=5.0, mouth_subject_right=5.0)
    portraits = {name: portrait_of(draw_face(scene=scene, look=LOOKS[name])) for name in ("hazel", "amber")}
    for name, another in (("hazel", "amber"), ("amber", "hazel")):
        smiling = draw_face(scene=scene, look=LOOKS[name], asymmetry=smile)
        yield Face(name=name, portrait=portraits[name], smiling=smiling, another=portraits[another])


def try_picture(kind: str, face: str, picture: Picture, right: tuple[str, ...]) -> Case:
    """Look at one spoilt photo."""
    try:
        flags = analyze(picture, landmarks_only=True).flags
    except NoFaceError:
        return Case(kind=kind, face=face, flags=(), right=(), no_face=NO_FACE in right)
    found = tuple(flag for flag in flags if flag.name in right)
    return Case(kind=kind, face=face, flags=flags, right=found, no_face=False)


def try_kinds(faces: list[Face], wanted: Callable[[str], bool]) -> list[Case]:
    """Spoil faces in all the ways that are wanted."""
    cases = []
    for kind in KINDS:
        for face in faces if wanted(kind.name) else ():
            picture = kind.spoil(face)
            if picture is not None:
                cases.append(try_picture(kind.name, face.name, picture, kind.right))
    for name, make in NON_FACES.items():
        if wanted(name):
            cases += [try_picture(name, str(seed), make(seed), ("not_a_face", NO_FACE)) for seed in range(OTHER_FACES)]
    return cases


def _named(flags: tuple[Flag, ...]) -> set[str]:
    """Names of what was found at warn or reject."""
    return {flag.name for flag in flags if flag.severity != "info"}


def _stopped(flags: tuple[Flag, ...]) -> set[str]:
    return {name for name in REGIONS if rejecting(flags, name)}


def _is_beard(flags: tuple[Flag, ...]) -> bool:
    return "beard" in _named(flags) and "face_covered" not in _named(flags) and _stopped(flags) <= {"jawline"}


def _is_glasses(flags: tuple[Flag, ...]) -> bool:
    return "glasses" in _named(flags) and not _stopped(flags)


def _is_covered_mouth(flags: tuple[Flag, ...]) -> bool:
    return {"mouth", "lower_face"} <= _stopped(flags) and not rejecting(flags, "brows")


def _is_side_light(flags: tuple[Flag, ...]) -> bool:
    return "side_light" in _named(flags) and not _stopped(flags)


def _is_light_enough(flags: tuple[Flag, ...]) -> bool:
    return not {"too_dark", "noisy"} & _named(flags)


def _quarter_of_light(albedo: float) -> Callable[[Portrait, int], Picture]:
    def spoil(portrait: Portrait, seed: int) -> Picture:
        return covering.in_light(covering.in_skin(portrait, albedo), 0.25, noise=0.05, seed=seed)

    return spoil


COVERS: dict[str, tuple[Callable[[Portrait, int], Picture], Callable[[tuple[Flag, ...]], bool]]] = {
    "full beard": (covering.bearded, _is_beard),
    "thick glasses": (covering.in_glasses, _is_glasses),
    "thin glasses": (lambda portrait, seed: covering.in_glasses(portrait, seed, heavy=False), _is_glasses),
    "hand over the mouth": (covering.behind_hand_on_mouth, _is_covered_mouth),
    "mask of some cloth": (covering.masked_somehow, _is_covered_mouth),
    "lamp from one side": (covering.side_lit, _is_side_light),
    "a quarter of the light": (_quarter_of_light(1.0), _is_light_enough),
    "the same, darker skin": (_quarter_of_light(0.4), _is_light_enough),
}


def try_covers(faces: list[Face], wanted: Callable[[str], bool], *, misses: bool) -> None:
    """Draw each cover so many times over the faces in turn, and print how often what was found was right."""
    shares = []
    for name, (draw, fits) in COVERS.items():
        if not wanted(name):
            continue
        right = 0
        for seed in range(TIMES):
            face = faces[seed % len(faces)]
            picture = draw(face.portrait, 100 + seed)
            try:
                flags = analyze(picture, landmarks_only=True).flags
            except NoFaceError:
                right += fits is _is_covered_mouth
                continue
            right += fits(flags)
            if misses and not fits(flags):
                told = ", ".join(f"{flag.name} {flag.severity} {flag.value}" for flag in flags) or "nothing"
                print(f"    {name}, {face.name}, {100 + seed}: {told}")
        shares.append(right / TIMES)
        print(f"{name:30} {TIMES:6} {right:8} right{'' if right == TIMES else '   <'}")
    if shares:
        print(f"{np.mean(shares):.3f} of {len(shares)} kinds drawn {TIMES} times are right (at least {WANTED_SHARE})")


def try_selfie(folder: Path) -> list[Case]:
    """Look at the one photo of the reshoots that is really taken from very near."""
    path = folder / "reshoots" / "b_15cm.jpg"
    right = ("phone_too_near",)
    return [try_picture("from 15 cm", path.stem, read_photo(path).pixels, right)] if path.exists() else []


def false_alarms(photos: list[Path]) -> dict[str, list[Flag]]:
    """Give the graver flags in good photos, by photo."""
    found = {}
    for path in photos:
        flags = analyze(path, landmarks_only=True).flags
        found[path.stem] = [flag for flag in flags if flag.severity != "info"]
    return found


def report(cases: list[Case], alarms: dict[str, list[Flag]], *, misses: bool) -> None:
    print(f"{'kind':30} {'cases':>6} {'flagged':>8} {'gravely':>8}")
    for kind in dict.fromkeys(case.kind for case in cases):
        own = [case for case in cases if case.kind == kind]
        flagged, gravely = sum(case.flagged for case in own), sum(case.gravely for case in own)
        print(f"{kind:30} {len(own):6} {flagged:8} {gravely:8}{'' if flagged == len(own) else '   <'}")
        for case in own if misses else ():
            if not case.flagged:
                told = ", ".join(f"{flag.name} {flag.severity} {flag.value}" for flag in case.flags) or "nothing"
                print(f"    {case.face}: {told}")
    if cases:
        shares = [np.mean([getattr(case, how) for case in cases]) for how in ("flagged", "gravely")]
        print(
            f"{len({case.kind for case in cases})} kinds, {len(cases)} cases: {shares[0]:.3f} flagged with a right name"
        )
        print(f"  (at least {WANTED_SHARE}), {shares[1]:.3f} at warn or reject")
    wrong = {name: found for name, found in alarms.items() if found}
    print(f"{len(wrong)} false alarms on {len(alarms)} good photos (at most {MOST_FALSE:.0%})")
    for name, found in wrong.items():
        print(f"  {name}: {', '.join(f'{flag.name} {flag.severity} {flag.value}' for flag in found)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=Path, default=LONDON.parent)
    parser.add_argument("--people", type=int, default=6)
    parser.add_argument("--kinds", default="", help="only kinds whose name holds this")
    parser.add_argument("--misses", action="store_true", help="list what was found where the right name was not")
    arguments = parser.parse_args()
    faces = [*london_faces(arguments.faces, arguments.people), *drawn_faces()]
    if len(faces) == len(list(drawn_faces())):
        print(f"no photos in {arguments.faces}; only drawn faces are tried, name their folder with --faces")
    cases = try_kinds(faces, lambda name: arguments.kinds in name)
    if arguments.kinds in "from 15 cm":
        cases += try_selfie(arguments.faces)
    try_covers(faces, lambda name: arguments.kinds in name, misses=arguments.misses)
    neutral = sorted((arguments.faces / "london").glob("*_neutral.jpg"))
    samples = sorted((ROOT / "sample_images").rglob("*.jpg"))
    report(cases, false_alarms([*neutral, *samples]), misses=arguments.misses)


if __name__ == "__main__":
    main()
