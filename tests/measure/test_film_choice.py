"""Which frames of a film are measured, and how much they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.command_line import run
from helpers.faces import drawn
from helpers.films import moving_pattern, write_film

import symmetry
from symmetry.errors import NoFaceError
from symmetry.measure.copies import find_copies
from symmetry.measure.film_choice import choose_frames, expand_films
from symmetry.measure.pooling import WITHIN_FILM, effective_photos, share_a_film


def shown(place: int) -> np.ndarray:
    """A film that begins turned, then looks straight, smiles in between, and ends on a wall."""
    if place < 4:
        return drawn(yaw=9.0)
    if place in (6, 7):
        return drawn(mouth_subject_left=5.0, mouth_subject_right=5.0)
    if place < 14:
        return drawn(yaw=(place % 3) * 0.5)
    return np.full((560, 480, 3), 130, np.uint8)


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return write_film(tmp_path_factory.mktemp("choice") / "me.mp4", map(shown, range(16)), rate=10, crf="18")


@pytest.fixture(scope="module")
def choice(film):
    return choose_frames(film)


def test_frames_look_straight_are_relaxed_and_spread(choice):
    assert 2 <= len(choice.frames) <= 5
    for frame in choice.frames:
        assert 0.35 < frame.time < 1.4
        assert round(10 * frame.time) not in (6, 7)
        assert abs(frame.pose.yaw) < 4
    assert max(f.time for f in choice.frames) - min(f.time for f in choice.frames) > 0.3


def test_it_says_what_was_passed_over(choice):
    assert choice.looked_at + choice.passed_over.get("the same picture", 0) == 16
    assert choice.passed_over["head turned"] >= 1
    assert choice.passed_over["no face"] == 1
    assert "passed over: " in choice.words


def test_a_still_film_counts_once(tmp_path):
    picture = drawn()
    found = choose_frames(write_film(tmp_path / "still.mp4", [picture] * 8, rate=10, crf="18"))
    assert len(found.frames) == 1
    assert found.passed_over == {"the same picture": 7}


def test_a_film_without_a_face(tmp_path):
    path = write_film(tmp_path / "wall.mp4", moving_pattern(3), rate=10)
    with pytest.raises(NoFaceError, match="3 frames"):
        choose_frames(path)
    assert [str(one) for one in expand_films([path])] == [f"{path}#t=0.000"]


def test_frames_of_one_film_say_less_than_photos(choice):
    faces = [symmetry.analyze(frame.name) for frame in choice.frames[:2]]
    free = [replace(face, photo=replace(face.photo, name=f"{i}.jpg")) for i, face in enumerate(faces)]
    assert effective_photos(free) == pytest.approx(2.0)
    assert effective_photos(free[:1]) == effective_photos(faces[:1]) == pytest.approx(1.0)
    assert effective_photos(faces) == pytest.approx(1 / (1 - WITHIN_FILM / 2))
    assert effective_photos(faces) < effective_photos([faces[0], free[1]])
    assert share_a_film(faces)
    assert not share_a_film([faces[0], free[1]])
    assert find_copies(faces) == {}


def test_films_stand_wherever_photos_do(film, choice, tmp_path):
    checked = run("check", film)
    assert choice.words in checked.stderr
    compared = symmetry.compare(str(film), str(film))
    assert len(compared.befores) == len(choice.frames)
    followed = symmetry.analyze_series([film, film])
    assert [session.day.isoformat() for session in followed.sessions] == ["2026-04-06"]


def test_a_client_gets_frames_and_no_film(film, choice, tmp_path):
    folder = tmp_path / "practice"
    for words in (("client", "add", "Anna"), ("session", "add", "anna", film)):
        done = run(*words, "--practice", folder)
        assert done.exit_code == 0, done.output
    assert f"{len(choice.frames)} photos, 2026-04-06" in done.stdout
    kept = [path for path in folder.rglob("*") if path.is_file()]
    assert sum(path.suffix == ".png" for path in kept) == len(choice.frames)
    assert not any(b"ftyp" in path.read_bytes()[:64] for path in kept)
