"""Films: frames in order and upright, and one clear line for whatever is none."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers.films import TURNED, moving_pattern, write_film, write_sound
from PIL import Image

from symmetry.errors import MissingExtraError, PhotoError
from symmetry.photos.film_names import film_of, frame_name, named_frame
from symmetry.photos.films import is_film, read_frames, read_info
from symmetry.photos.reading import read_photo

COUNT = 12
CODINGS = {
    "film.mp4": {"codec": "libx264"},
    "film.mov": {"codec": "libx265", "pixels": "yuv420p10le", "x265-params": "log-level=none"},
    "film.webm": {"codec": "libvpx-vp9"},
    "film.mkv": {"codec": "libx264"},
    "film.avi": {"codec": "mpeg4"},
}


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    return write_film(tmp_path_factory.mktemp("films") / "film.mp4", moving_pattern(COUNT))


@pytest.mark.parametrize("name", CODINGS)
def test_every_frame_comes_once_at_its_time(tmp_path, name):
    pictures = moving_pattern(COUNT)
    path = write_film(tmp_path / name, pictures, **CODINGS[name])
    assert is_film(path)
    frames = list(read_frames(path))
    np.testing.assert_allclose([frame.time for frame in frames], np.arange(COUNT) / 30, atol=1e-3)
    for frame, picture in zip(frames, pictures, strict=True):
        assert frame.pixels.shape == picture.shape
        assert np.abs(frame.pixels.astype(int) - picture).mean() < 8


def test_uneven_times_are_kept(tmp_path):
    times = [0.0, 0.033, 0.100, 0.240, 0.250, 0.900]
    path = write_film(tmp_path / "uneven.mp4", moving_pattern(len(times)), times=times)
    np.testing.assert_allclose([frame.time for frame in read_frames(path)], times, atol=2e-3)


def test_a_part_of_the_film_and_fewer_frames(film):
    assert [round(frame.time, 2) for frame in read_frames(film, start=0.1, end=0.21)] == [0.1, 0.13, 0.17, 0.2]
    assert [round(frame.time, 2) for frame in read_frames(film, most_rate=10)] == [0.0, 0.1, 0.2, 0.3]


def test_a_long_film_is_searched_from_near_the_start(tmp_path):
    path = write_film(tmp_path / "long.mp4", moving_pattern(150), rate=30, g="15")
    (frame,) = read_frames(path, start=4.0, end=4.01)
    assert frame.time == pytest.approx(4.0, abs=1e-3)
    assert np.abs(frame.pixels.astype(int) - moving_pattern(150)[120]).mean() < 8


def test_frames_are_turned_upright(film, tmp_path):
    data = bytearray(film.read_bytes())
    matrix = data.index(b"tkhd") + 44
    data[matrix : matrix + 36] = TURNED
    turned = tmp_path / "turned.mp4"
    turned.write_bytes(data)
    upright, lying = next(read_frames(turned)).pixels, next(read_frames(film)).pixels
    np.testing.assert_array_equal(upright, np.rot90(lying, -1))


def test_an_animated_picture_is_a_film_and_a_still_one_is_not(tmp_path):
    pictures = [Image.fromarray(picture) for picture in moving_pattern(3)]
    pictures[0].save(tmp_path / "moves.webp", save_all=True, append_images=pictures[1:], duration=40, lossless=True)
    pictures[0].save(tmp_path / "still.webp", lossless=True)
    assert is_film(tmp_path / "moves.webp")
    assert not is_film(tmp_path / "still.webp")
    assert [frame.time for frame in read_frames(tmp_path / "moves.webp")] == pytest.approx([0.0, 0.04, 0.08])


def test_a_frame_is_a_photo_with_the_time_and_nothing_else(film):
    photo = read_photo(frame_name(film, 0.2))
    assert np.abs(photo.pixels.astype(int) - moving_pattern(COUNT)[6]).mean() < 8
    assert photo.captured is not None
    assert photo.captured.isoformat() == "2026-04-06T09:30:00+00:00"
    with pytest.raises(PhotoError, match=r"over before 9 s"):
        read_photo(f"{film}#t=9")
    with pytest.raises(PhotoError, match=r"name a moment of it, such as film\.mp4#t=1\.5"):
        read_photo(film)


def test_names_of_frames(tmp_path):
    assert named_frame("a/b.mp4#t=1.5") == (Path("a/b.mp4"), 1.5)
    assert named_frame("a/b.mp4") is None
    assert film_of("x.mp4#t=0.033") == "x.mp4"
    assert film_of("x.jpg") is None
    odd = tmp_path / "odd.png#t=1"
    odd.touch()
    assert named_frame(odd) is None


def with_stretched_header(data: bytes) -> bytes:
    """A film whose table says that each frame lasts a thousand hours."""
    place = data.index(b"mdhd") + 4
    return data[: place + 12] + struct.pack(">I", 1) + data[place + 16 :]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda data: b"", "the file is empty"),
        (lambda data: data[: len(data) // 2], "damaged or cut short"),
        (lambda data: data[:40] + bytes(range(256)) * 9, "damaged or cut short"),
        (lambda data: data.replace(b"avc1", b"encv"), "encrypted"),
        (lambda data: data.replace(b"avc1", b"zzzz"), "cannot be decoded"),
        (with_stretched_header, "holds no frame"),
    ],
    ids=["empty", "cut", "noise", "encrypted", "unknown", "lying"],
)
def test_one_clear_line_for_a_film_that_cannot_be_read(film, tmp_path, make, words):
    path = tmp_path / "bad.mp4"
    path.write_bytes(make(film.read_bytes()))
    with pytest.raises(PhotoError, match=words) as error:
        list(read_frames(path))
    assert "\n" not in str(error.value)


def test_a_film_that_does_not_end_is_given_up(tmp_path):
    path = write_film(tmp_path / "endless.mp4", moving_pattern(4), times=[0.0, 900.0, 1700.0, 2600.0])
    frames = read_frames(path)
    assert [round(next(frames).time) for _ in range(3)] == [0, 900, 1700]
    with pytest.raises(PhotoError, match="longer than 30 minutes"):
        next(frames)


def test_one_clear_line_for_sound_alone(tmp_path):
    with pytest.raises(PhotoError, match="sound alone"):
        read_info(write_sound(tmp_path / "sound.mp4"))


def test_damage_in_the_middle_loses_only_some_frames(tmp_path):
    whole = write_film(tmp_path / "whole.mp4", moving_pattern(60), g="10").read_bytes()
    damaged = tmp_path / "damaged.mp4"
    start = whole.index(b"mdat") + len(whole) // 3
    damaged.write_bytes(whole[:start] + b"\xff" * 400 + whole[start + 400 :])
    frames = list(read_frames(damaged))
    assert 20 < len(frames) <= 60


def test_a_text_that_names_files_is_no_film(tmp_path):
    path = tmp_path / "list.mp4"
    path.write_bytes(b"#EXTM3U\nfile:///etc/hostname\n")
    assert not is_film(path)
    with pytest.raises(PhotoError, match="of a kind that cannot be read"):
        list(read_frames(path))


def test_without_pyav_films_name_the_extra(film, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingExtraError, match=r'pip install "facial-symmetry\[films\]"'):
        read_info(film)
