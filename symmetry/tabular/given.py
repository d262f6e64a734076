"""Tables that people made: CSV as spreadsheets save it, and spreadsheets themselves, as one text of rows."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from symmetry.errors import TableError

SPREADSHEETS: Final = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
MAX_BYTES: Final = 50_000_000
MAX_COLUMNS: Final = 2_000
MAX_CELLS: Final = 5_000_000

_SEPARATORS: Final = (",", ";", "\t")
_NOT_A_TABLE: Final = re.compile(r"[\0-\x08\x0e-\x1f]")
_CELL: Final = re.compile(rb'<c [^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_TOO_LARGE: Final = "it is larger than any table of a study; leave out what is not needed"


class TableText(NamedTuple):
    """A table as text.

    Attributes
    ----------
    text : str
        Rows of cells, the first with the names of the columns.
    separator : str
        Between the cells.
    """

    text: str
    separator: str


def table_text(data: bytes, suffix: str) -> TableText:
    """Read a table that a person made.

    Parameters
    ----------
    data : bytes
        CSV separated by commas, semicolons or tabs, in UTF-8, UTF-16 or as Windows writes it, or a spreadsheet, of
        which the first sheet with anything in it is taken.
    suffix : str
        Of the file's name; a spreadsheet is known by it.

    Raises
    ------
    TableError
        If it is no table, or has more bytes, columns or cells than a table of a study.
    """
    if len(data) > MAX_BYTES:
        raise TableError(_TOO_LARGE)
    if suffix.lower() in SPREADSHEETS:
        return TableText(_of_spreadsheet(data), ",")
    text = decoded(data)
    if text.lower().startswith("sep="):  # some spreadsheets start a file with it
        text = text.partition("\n")[2]
    head = text.lstrip("\r\n").partition("\n")[0]
    separator = max(_SEPARATORS, key=head.count)
    if head.count(separator) >= MAX_COLUMNS and len(head.rstrip(f"{separator}\r\n ").split(separator)) <= MAX_COLUMNS:
        text, head = _without_empty_columns(text, separator), ""
    if head.count(separator) >= MAX_COLUMNS:
        raise TableError(f"it has more than {MAX_COLUMNS} columns; leave out what is not needed")
    if text.count(separator) + text.count("\n") > MAX_CELLS:
        raise TableError(_TOO_LARGE)
    return TableText(text, separator)


def decoded(data: bytes) -> str:
    """Decode text in UTF-8 or UTF-16, or as Windows writes it.

    Raises
    ------
    TableError
        If it is not text.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        coding = "utf-16"
    elif data[1:2] == b"\0" and data[3:4] == b"\0":
        coding = "utf-16-le"
    else:
        coding = "utf-8-sig"
    try:
        text = data.decode(coding)
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")  # as spreadsheets on Windows write
    if _NOT_A_TABLE.search(text[:4096]):
        raise TableError("it is not text; save it as CSV in UTF-8, or as .xlsx or .ods")
    return text


def _without_empty_columns(text: str, separator: str) -> str:
    """Drop the separators at the end of lines, where a spreadsheet left thousands of empty columns."""
    return re.sub(rf"{re.escape(separator)}+(?=\r?$)", "", text, flags=re.MULTILINE)


def _of_spreadsheet(data: bytes) -> str:
    from python_calamine import CalamineError, CalamineWorkbook  # few tables need it

    _check_archive(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        rows: list[list[Any]] = next(
            (found for name in book.sheet_names if (found := book.get_sheet_by_name(name).to_python())), []
        )
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError):
        raise TableError("it is damaged or locked by a password; save it anew, or as CSV in UTF-8") from None
    if rows and (len(rows[0]) > MAX_COLUMNS or len(rows) * len(rows[0]) > MAX_CELLS):
        raise TableError(_TOO_LARGE)
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([_cell(cell) for cell in row] for row in rows)
    return stream.getvalue()


def _check_archive(data: bytes) -> None:
    """Refuse a spreadsheet that unpacks to far more than it is, or whose cells lie far apart."""
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > 4 * MAX_BYTES:
                raise TableError(_TOO_LARGE)
            for part in parts:
                if re.fullmatch(r"xl/worksheets/[^/]+\.xml", part.filename):
                    cells = _CELL.findall(archive.read(part))
                    last_row = max((int(row) for _, row in cells), default=0)
                    last_column = max((_number_of(column) for column, _ in cells), default=0)
                    if last_column > MAX_COLUMNS or last_row * last_column > MAX_CELLS:
                        raise TableError(_TOO_LARGE)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        raise TableError("it is damaged or locked by a password; save it anew, or as CSV in UTF-8") from None


def _number_of(column: bytes) -> int:
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and (value.hour, value.minute, value.second) == (0, 0, 0):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
