"""Tables that people made: one reader for what Excel, LibreOffice and editors save."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from symmetry.cohort.files import read_table, tables_below
from symmetry.errors import InvalidRecordError, TableError
from symmetry.practice.steps import read_steps
from symmetry.tabular.given import MAX_COLUMNS, table_text

ROWS = [["name", "zones", "minutes"], ["Wärmen", "Kinn", "1.5"], ["Öl, halten", "jawline; chin", "2"]]
SHEET = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}'
    "</sheetData></worksheet>"
)

_MANIFEST = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'


def xlsx(rows: list[list[str]], extra: str = "") -> bytes:
    """The smallest workbook that holds these rows."""
    cells = "".join(
        f'<row r="{r}">'
        + "".join(
            f'<c r="{chr(64 + c)}{r}"><v>{cell}</v></c>'
            if cell.replace(".", "").isdigit()
            else f'<c r="{chr(64 + c)}{r}" t="inlineStr"><is><t>{cell}</t></is></c>'
            for c, cell in enumerate(row, 1)
        )
        + "</row>"
        for r, row in enumerate(rows, 1)
    )
    space, office = "http://schemas.openxmlformats.org", "officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{space}/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{space}/package/2006/relationships"><Relationship Id="r" '
        f'Type="{space}/{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{space}/spreadsheetml/2006/main" xmlns:r="{space}/{office}"><sheets>'
        '<sheet name="empty" sheetId="1" r:id="r1"/><sheet name="steps" sheetId="2" r:id="r2"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{space}/package/2006/relationships">'
        + "".join(
            f'<Relationship Id="r{n}" Type="{space}/{office}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in (1, 2)
        )
        + "</Relationships>",
        "xl/worksheets/sheet1.xml": SHEET.format(""),
        "xl/worksheets/sheet2.xml": SHEET.format(cells + extra),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


def ods(rows: list[list[str]]) -> bytes:
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="a">{cells}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", f"<manifest:manifest {_MANIFEST}/>")
        archive.writestr("content.xml", content)
    return stream.getvalue()


def lines(separator: str) -> str:
    return "\r\n".join(separator.join(f'"{cell}"' for cell in row) for row in ROWS)


FORMS = {
    "utf8.csv": lines(",").encode(),
    "bom.csv": lines(";").encode("utf-8-sig"),
    "windows.csv": lines(";").encode("cp1252"),
    "utf16.csv": lines("\t").encode("utf-16"),
    "utf16 without mark.csv": lines(";").encode("utf-16-le"),
    "tabs.tsv": lines("\t").encode(),
    "sep.csv": b"sep=;\r\n" + lines(";").encode(),
    "book.xlsx": xlsx(ROWS),
    "book.ods": ods(ROWS),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_steps_and_the_same_table(form, tmp_path):
    path = tmp_path / form
    path.write_bytes(FORMS[form])
    steps = read_steps(path).steps
    assert [(step.name, step.zones, step.minutes) for step in steps] == [
        ("Wärmen", ("Kinn",), 1.5),
        ("Öl, halten", ("jawline", "chin"), 2.0),
    ]
    table = read_table(path)
    assert table["name"].tolist() == ["Wärmen", "Öl, halten"]
    assert pd.to_numeric(table["minutes"]).tolist() == [1.5, 2.0]


def test_commas_for_decimals_between_semicolons(tmp_path):
    path = tmp_path / "steps.csv"
    path.write_bytes("Name;Minutes\nWärmen;1,5\n".encode("cp1252"))
    assert read_steps(path).steps[0].minutes == 1.5


def test_a_folder_of_spreadsheets_alone_is_read_and_locks_are_passed_over(tmp_path):
    (tmp_path / "study.xlsx").write_bytes(FORMS["book.xlsx"])
    (tmp_path / "~$study.xlsx").write_bytes(b"x")
    assert tables_below([tmp_path]) == [tmp_path / "study.xlsx"]
    (tmp_path / "study.csv").write_bytes(FORMS["utf8.csv"])
    assert tables_below([tmp_path]) == [tmp_path / "study.csv"]


@pytest.mark.parametrize(
    ("data", "suffix", "words"),
    [
        (b"\xff\xd8\xff\xe0\0\x10JFIF", ".csv", "not text"),
        (b"PK\3\4 broken", ".xlsx", "damaged"),
        (b"\xd0\xcf\x11\xe0 broken", ".xls", "damaged"),
        (b"no book", ".ods", "damaged"),
        ((",".join(f"c{i}" for i in range(MAX_COLUMNS + 5)) + "\n").encode(), ".csv", "columns"),
        (b"a,b\n" * 6_000_000, ".csv", "larger"),
        (b" " * 60_000_000, ".csv", "larger"),
        (xlsx(ROWS, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), ".xlsx", "larger"),
        (xlsx(ROWS, '<row r="4">' + " " * 250_000_000 + "</row>"), ".xlsx", "larger"),
    ],
    ids=["picture", "xlsx", "xls", "ods", "columns", "cells", "bytes", "far apart", "bomb"],
)
def test_what_is_no_table_or_too_large_is_refused_quickly(data, suffix, words):
    before = time.process_time()
    with pytest.raises(TableError, match=words):
        table_text(data, suffix)
    assert time.process_time() - before < 5


def test_thousands_of_empty_columns_cost_nothing(tmp_path):
    path = tmp_path / "study.csv"
    path.write_text("person,region,change," + "," * 20_000 + "\nanna,mouth,1," + "," * 20_000 + "\n", encoding="utf-8")
    before = time.process_time()
    table = read_table(path)
    assert time.process_time() - before < 2
    assert table.loc[0, ["person", "region", "change"]].tolist() == ["anna", "mouth", 1]


def test_a_loop_of_links_is_named(tmp_path: Path):
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    assert tables_below([tmp_path / "loop.csv"]) == [tmp_path / "loop.csv"]
    for read, error in ((read_table, TableError), (read_steps, InvalidRecordError)):
        with pytest.raises(error, match="cannot be read"):
            read(tmp_path / "loop.csv")
