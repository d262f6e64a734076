"""Copies of one shot and photos taken anew: heavy re-saving hides no copy, half a degree makes another photo."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import numpy as np
import pillow_heif
import pytest
from helpers.faces import ROOT, drawn
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from symmetry.measure.analysis import analyze
from symmetry.measure.choosing import MIRRORED, choose_photos
from symmetry.measure.copies import copied_from, copy_words, find_copies, same_shot
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.options import Measuring
from symmetry.photos.reading import photo_from_bytes

REAL = ROOT.parent / "shared" / "faces"
needs_photos = pytest.mark.skipif(not REAL.is_dir(), reason="the photos lie beside the project")


def measured(data: bytes, name: str = "photo.jpg") -> FaceAnalysis:
    return analyze(photo_from_bytes(data, name), landmarks_only=True).without_pixels(comparable=True)


def encoded(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    stream = io.BytesIO()
    if kind == "HEIC":
        pillow_heif.from_pillow(picture).save(stream, quality=50)
    else:
        picture.save(stream, kind, **options)
    return stream.getvalue()


def reduced(picture: Image.Image, longest: int) -> Image.Image:
    share = longest / max(picture.size)
    return picture.resize([round(share * side) for side in picture.size])


def cropped(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    return picture.crop((width // 9, height // 12, width - width // 11, height - height // 20))


COPIES = {
    "q95": lambda picture: encoded(picture, quality=95),
    "q30": lambda picture: encoded(picture, quality=30),
    "960 px, q30": lambda picture: encoded(reduced(picture, min(960, max(picture.size) - 1)), quality=30),
    "crop": lambda picture: encoded(cropped(picture), quality=85),
    "HEIC": lambda picture: encoded(picture, "HEIC"),
    "PNG": lambda picture: encoded(picture, "PNG"),
    "filter": lambda picture: encoded(ImageEnhance.Color(ImageEnhance.Contrast(picture).enhance(1.15)).enhance(1.3)),
    "smoothed": lambda picture: encoded(picture.filter(ImageFilter.GaussianBlur(1.2)), quality=85),
    "grey": lambda picture: encoded(picture.convert("L"), quality=80),
}


@cache
def drawn_face(yaw: float = 0.0, pitch: float = 0.0, mouth: float = -3.0) -> Image.Image:
    return Image.fromarray(drawn(mouth_subject_right=mouth, yaw=yaw, pitch=pitch)).resize((960, 1120))


@cache
def face(yaw: float = 0.0, pitch: float = 0.0, mouth: float = -3.0) -> FaceAnalysis:
    return measured(encoded(drawn_face(yaw, pitch, mouth), "PNG"), f"{yaw} {pitch} {mouth}.png")


@pytest.mark.parametrize("way", COPIES)
def test_a_drawn_face_saved_anew_is_found(way):
    copy = measured(COPIES[way](drawn_face()), way)
    assert same_shot(face(), copy)
    assert same_shot(copy, face())
    assert find_copies([face(1.5, 1.5), face(), copy]).keys() <= {1, 2}
    assert len(find_copies([face(1.5, 1.5), face(), copy])) == 1


@pytest.mark.parametrize("other", [(1.0, 0.0, -3.0), (0.0, 1.0, -3.0), (0.7, 0.7, -3.0), (0.0, 0.0, -1.0)])
def test_a_head_that_turned_or_a_mouth_that_moved_is_another_photo(other):
    assert not same_shot(face(), face(*other))
    assert find_copies([face(), face(*other)]) == {}


def test_all_copies_of_a_shot_name_the_one_that_counts():
    small = measured(encoded(reduced(drawn_face(), 700)), "small.jpg")
    cut = measured(encoded(cropped(drawn_face())), "cut.jpg")
    found = find_copies([small, face(), cut, face()])
    assert {place: copy.original for place, copy in found.items()} == {0: 1, 2: 1, 3: 1}
    assert [copy.same_file for copy in found.values()] == [False, False, True]
    assert copy_words(found[0], "a.jpg") == "the same shot as a.jpg, saved anew"
    assert copy_words(found[3], "a.jpg") == "the same picture as a.jpg"
    assert {copy.original for copy in find_copies([small, face(), cut], first=[2]).values()} == {2}
    # The time of the shot is worth more than its pixels.
    dated = replace(small, photo=replace(small.photo, captured=datetime(2026, 4, 6), captured_source="exif:DateTime"))
    assert find_copies([face(), dated])[0].original == 1
    assert copied_from(small, [face(2.0, 0.0), face()]) == 1
    assert copied_from(small, [face(2.0, 0.0)]) is copied_from(small, []) is None


def test_times_that_differ_raise_the_bar():
    blurred = measured(encoded(reduced(drawn_face(), 420), quality=20))

    def at(one: FaceAnalysis, second: int) -> FaceAnalysis:
        when = datetime(2026, 4, 6) + timedelta(seconds=second)
        return replace(one, photo=replace(one.photo, captured=when, captured_source="exif:DateTimeOriginal"))

    assert same_shot(at(face(), 0), at(measured(encoded(drawn_face(), quality=90)), 5))
    assert same_shot(at(face(), 0), at(blurred, 0)) >= same_shot(at(face(), 0), at(blurred, 5))


def test_the_same_file_turned_back_is_no_copy():
    picture = encoded(drawn_face(), "PNG")
    both = [analyze(photo_from_bytes(picture), mirrored=mirrored, landmarks_only=True) for mirrored in (False, True)]
    assert both[0].photo.sha256 == both[1].photo.sha256
    assert find_copies(both) == {}


def shots(*turns: float) -> list[FaceAnalysis]:
    return [
        analyze(photo_from_bytes(encoded(drawn_face(turn, turn), "PNG"), f"{turn}.png"), landmarks_only=True)
        for turn in turns
    ]


def flipped(turn: float) -> FaceAnalysis:
    data = encoded(ImageOps.mirror(drawn_face(turn, turn)), "PNG")
    return analyze(photo_from_bytes(data, f"mirrored {turn}.png"), landmarks_only=True)


def test_one_mirrored_photo_is_left_out_or_turned_back_on_either_side():
    one, other = shots(0.0, 1.5)
    odd = flipped(-1.5)
    for befores, afters in (([one, odd], [other]), ([odd, one], [other]), ([one], [other, odd])):
        chosen = choose_photos(befores, afters, Measuring(landmarks_only=True))
        assert chosen.left_out == {odd.photo.name: MIRRORED}
        assert len(chosen.befores) == len(chosen.afters) == 1
        chosen = choose_photos(befores, afters, Measuring(landmarks_only=True), turn_back=True)
        assert (chosen.left_out, chosen.turned_back) == ({}, (odd.photo.name,))
        (back,) = [face for face in (*chosen.befores, *chosen.afters) if face.photo.name == odd.photo.name]
        (plain,) = shots(-1.5)
        assert np.abs(back.landmarks - plain.landmarks).max() < 0.02 * plain.interpupillary


def test_a_side_that_is_mirrored_as_a_whole_stays_unless_it_is_to_be_turned_back():
    one, other = shots(0.0, 1.5)
    assert choose_photos([one, other], [flipped(-1.5)], Measuring()).left_out == {}
    options = Measuring(landmarks_only=True)
    assert choose_photos([one], [flipped(1.5)], options, turn_back=True).turned_back == ("mirrored 1.5.png",)
    assert choose_photos([one, other], [flipped(-1.5)], options, turn_back=True).turned_back == ("mirrored -1.5.png",)


@needs_photos
@pytest.mark.slow
def test_two_photos_of_a_real_face_are_never_copies_and_its_copies_always_are():
    people = (REAL / "london" / "near_null.txt").read_text(encoding="utf-8").split()
    shots = {
        one: [(REAL / "london" / f"{one}_{kind}.jpg").read_bytes() for kind in ("neutral", "smiling")] for one in people
    }
    faces = {one: [measured(data) for data in both] for one, both in shots.items()}
    assert not any(same_shot(*both) for both in faces.values())
    for group in ("a_", "b_"):
        selfies = [measured(file.read_bytes()) for file in sorted((REAL / "reshoots").glob(f"{group}*.jpg"))]
        assert find_copies(selfies) == {}
    for one in people[:4]:
        picture = Image.open(io.BytesIO(shots[one][0])).convert("RGB")
        missed = [way for way, save in COPIES.items() if not find_copies([faces[one][0], measured(save(picture))])]
        assert missed == []
