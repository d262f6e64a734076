"""Photos at addresses, such as s3://clinic/anna.jpg, read by whatever fsspec knows."""

from __future__ import annotations

import re
from typing import Final

from symmetry.errors import MissingExtraError, PhotoError

_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


def is_address(name: str) -> bool:
    """Whether a name is the address of a photo elsewhere, and not a path."""
    return _ADDRESS.match(name) is not None


def read_address(address: str, most: int) -> bytes:
    """Read the bytes at an address, at most so many.

    Raises
    ------
    PhotoError
        If there is nothing, or it cannot be read.
    MissingExtraError
        If fsspec, or what it needs for such an address, is not installed.
    """
    try:
        import fsspec

        with fsspec.open(address, "rb") as file:
            data = bytes(file.read(most))
    except ImportError as error:
        raise MissingExtraError(
            f'addresses need fsspec and what it uses for them: pip install "facial-symmetry[remote]" ({error})'
        ) from error
    except FileNotFoundError:
        raise PhotoError("there is no such file; check the address") from None
    except Exception as error:  # each kind of address has errors of its own
        raise PhotoError(f"it cannot be read ({type(error).__name__}: {error})") from error
    if not data:
        raise PhotoError("the file is empty; copy it again from the phone or camera")
    return data
