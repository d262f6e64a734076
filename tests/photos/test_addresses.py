"""Photos at addresses: read as files are, and what is wrong is said in one sentence."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.faces import SAMPLES

import symmetry
from symmetry.errors import PhotoError
from symmetry.photos.addresses import is_address

fsspec = pytest.importorskip("fsspec")


@pytest.fixture
def memory():
    files = fsspec.filesystem("memory")
    files.pipe("/clinic/even.jpg", (SAMPLES / "even.jpg").read_bytes())
    files.pipe("/clinic/empty.jpg", b"")
    yield files
    files.rm("/clinic", recursive=True)


def test_photo_at_an_address_is_the_photo(memory):
    photo = symmetry.read_photo("memory://clinic/even.jpg")
    on_disk = symmetry.read_photo(SAMPLES / "even.jpg")
    assert photo.name == "memory://clinic/even.jpg"
    assert photo.sha256 == on_disk.sha256
    assert np.array_equal(photo.pixels, on_disk.pixels)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("memory://clinic/none.jpg", "no such file"),
        ("memory://clinic/empty.jpg", "empty"),
        ("nothing://clinic/a.jpg", "cannot be read"),
    ],
)
def test_what_is_wrong_is_said(memory, address, words):
    with pytest.raises(PhotoError, match=words):
        symmetry.read_photo(address)


def test_paths_are_no_addresses():
    assert not any(map(is_address, ("a.jpg", "/a/b.jpg", "C:\\a.jpg", "C:/a.jpg", "film.mp4#t=1")))
    assert is_address("s3://bucket/a.jpg")
