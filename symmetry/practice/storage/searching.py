"""The proof that a client was forgotten: a search of every byte of the practice for what was theirs."""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from symmetry.practice.names import fold
from symmetry.practice.storage.folders import files_below

SHORTEST: Final = 6
"""Bytes that a text must have to be searched for everywhere. Ten gigabytes of random bytes, as in photos, contain five
given ones with a chance of 1 %, and four given ones about twice."""
_BEGIN: Final = 8
_HEADER: Final = b"SQLite format 3"
_CHUNK: Final = 1 << 22
_ENCODINGS: Final = ("utf-8", "utf-16-le", "utf-16-be")
_KINDS: Final = bytes(1 if chr(byte) in "0123456789abcdef" else 2 if byte == 0 else 0 for byte in range(256))
_RUN, _WIDE_RUN = b"\1" * 32, b"\1\2" * 31 + b"\1"
_HEX: Final = re.compile(rb"[0-9a-f]{32,}")
_HEX_WIDE: Final = re.compile(rb"[0-9a-f](?:\0[0-9a-f]){31,}")


@dataclass(frozen=True, slots=True)
class Traces:
    """Texts to search for."""

    names: tuple[str, ...]  # name and id
    notes: tuple[str, ...]
    hashes: frozenset[str]  # in hexadecimal: of photos and their sources, and the uid

    @property
    def texts(self) -> tuple[str, ...]:
        """Names and notes, each once."""
        return tuple(dict.fromkeys((*self.names, *self.notes)))

    @property
    def too_short(self) -> tuple[str, ...]:
        """Texts that other files contain by chance."""
        return tuple(text for text in self.texts if len(text.encode()) < SHORTEST)

    @property
    def specific(self) -> tuple[str, ...]:
        """The other texts."""
        return tuple(text for text in self.texts if len(text.encode()) >= SHORTEST)


@dataclass(frozen=True, slots=True)
class Search:
    """Number of files and bytes searched, and the texts and hashes found, by file."""

    files: int
    size: int
    found: dict[Path, frozenset[str]]


def search_files(folder: Path, traces: Traces) -> Search:
    """Search the names and all bytes of all files below a folder for texts and hashes.

    Texts are searched for in UTF-8 and UTF-16, with composed and decomposed accents, and as JSON escapes them.
    """
    patterns = [(text, pattern) for text in traces.specific for pattern in _patterns(text)]
    overlap = max([256, *(len(pattern) for _, pattern in patterns)])
    # One search for the beginnings of all: as fast for fifty notes as for one.
    begins = re.compile(b"|".join(sorted({re.escape(pattern[:_BEGIN]) for _, pattern in patterns})) or b"(?!)")
    files, size, found = 0, 0, {}
    for path in files_below(folder):
        files += 1
        size += path.stat().st_size
        seen = _in_hex(str(path.relative_to(folder)).encode(), traces.hashes)
        for chunk in _chunks(path, overlap):
            if begins.search(chunk):
                seen |= {text for text, pattern in patterns if text not in seen and pattern in chunk}
            seen |= _in_hex(chunk, traces.hashes)
        if seen:
            found[path] = frozenset(seen)
    return Search(files=files, size=size, found=found)


def search_rows(database: sqlite3.Connection, traces: Traces) -> Iterator[tuple[str, str, int, str]]:
    """Search the cells of all tables for texts and hashes, without regard to case; short names as whole words.

    Yields
    ------
    (str, str, int, str)
        Table, column, rowid and the text or hash.
    """
    words = {}
    for text in (*traces.names, *traces.specific):
        # The journal holds texts as JSON has them.
        pattern = "|".join(
            sorted({re.escape(way) for way in (fold(text), fold(json.dumps(text, ensure_ascii=False)[1:-1]))})
        )
        words[text] = re.compile(pattern if text in traces.specific else rf"(?<![\w-])(?:{pattern})(?![\w-])")
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    for (table,) in tables:
        quoted = str(table).replace('"', '""')
        cells = database.execute(f'SELECT rowid, * FROM "{quoted}"')  # noqa: S608 -- a name from the database itself
        columns = [str(column[0]) for column in cells.description][1:]
        for rowid, *values in cells:
            for column, value in zip(columns, values, strict=True):
                if isinstance(value, str):
                    folded = fold(value)
                    yield from ((table, column, rowid, text) for text in words if words[text].search(folded))
                    for each in _in_hex(value.encode(), traces.hashes) if len(value) >= len(_RUN) else ():
                        yield table, column, rowid, each


def in_the_makeup(database: sqlite3.Connection, traces: Traces) -> set[str]:
    """Give the texts that any practice's database contains, in its header or the names of its tables and columns."""
    schema = database.execute("SELECT name, tbl_name, sql FROM sqlite_master").fetchall()
    own = b"\0".join([_HEADER, *(str(cell).encode() for row in schema for cell in row)])
    return {text for text in traces.specific if any(pattern in own for pattern in _patterns(text))}


def _patterns(text: str) -> set[bytes]:
    ways = {unicodedata.normalize(form, text) for form in ("NFC", "NFD")}
    ways |= {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
    return {way.encode(encoding) for way in ways for encoding in _ENCODINGS}


def _in_hex(data: bytes, hashes: Collection[str]) -> set[str]:
    """Search runs of hexadecimal digits for hashes: as fast for a thousand hashes as for one."""
    kinds = data.translate(_KINDS)  # photos have no such run; this finds out ten times faster than an expression
    runs: list[bytes] = _HEX.findall(data) if _RUN in kinds else []
    if _WIDE_RUN in kinds:
        runs += [run[::2] for run in _HEX_WIDE.findall(data)]
    seen = set()
    for run in runs:
        text = run.decode()
        for length in (32, 64):
            seen |= {text[at : at + length] for at in range(len(text) - length + 1)} & set(hashes)
    return seen


def _chunks(path: Path, overlap: int) -> Iterator[bytes]:
    """Read a file in chunks, each beginning with the end of the one before."""
    with path.open("rb") as file:
        before = b""
        while read := file.read(_CHUNK):
            yield before + read
            before = (before + read)[-overlap:]
