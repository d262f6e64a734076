"""Cards as HTML: a title, an answer, a drawing with the main numbers, then the rest.

Styles are inline because some viewers drop style sheets, and every background is white because some notebooks are dark.
Without any styles a card still reads as a heading, a picture and plain tables.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from symmetry.measure.quality.flags import Flag
from symmetry.measure.verdicts import IMPROVED, NOT_COMPARABLE, WORSE, Verdict
from symmetry.output.colours import FLAG_SIGNS, INK, PAPER, QUIET, RULE, VERDICT_COLOURS
from symmetry.output.words import doubts
from symmetry.tabular.text import printable

FONT: Final = "system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif"
_MOST_FLAGS: Final = 3
_LONGEST_NAME: Final = 60
_PLACED: Final = "border:none;text-align:left;vertical-align:top;font-size:inherit"
_GROUND: Final = f"background:{PAPER};color:{INK}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table."""

    text: str
    below: tuple[str, ...] = ()  # smaller lines below the text
    verdict: Verdict | None = None  # verdict whose mark and colour the cell has
    swatch: str | None = None  # colour of a square before the text
    strong: bool = False
    across: int = 1  # number of columns


def shown_name(name: str) -> str:
    """Make a name printable, and leave out the middle of a very long one."""
    name = printable(name)
    half = _LONGEST_NAME // 2
    return name if len(name) <= _LONGEST_NAME else f"{name[:half]}…{name[-half + 1 :]}"


def flag_lines(flags: Iterable[Flag], names: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """List what casts doubt on the numbers as (sign, colour, words); parameters as for `doubts`."""
    lines = [(*FLAG_SIGNS[severity], text) for text, severity in doubts(flags, names).items()]
    more = len(lines) - _MOST_FLAGS
    return lines if more <= 0 else [*lines[:_MOST_FLAGS], ("", QUIET, f"and {more} more")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card."""

    title: str
    about: str
    # drawing, and its description for readers who cannot see it
    svg: str
    described: str
    width: float  # width of the drawing in pixels
    beside: bool  # place the drawing beside the table instead of above it
    head: Sequence[str]  # headings of the columns
    # rows of the main regions, and small ones of the others
    rows: Sequence[Sequence[Cell]]
    lesser: Sequence[Sequence[Cell]]
    answer: Sequence[str] = ()  # sentences below the title, the first in bold
    doubts: Sequence[tuple[str, str, str]] = ()  # as given by `flag_lines`
    notes: Sequence[str] = ()  # explanations of the numbers

    def html(self) -> str:
        """Put the card together."""
        table, image = _table(self.head, self.rows, self.lesser), self._image()
        about = f" · {_text(self.about)}" if self.about else ""
        parts = [
            f'<div><b style="font-size:16px;font-weight:600">{_text(self.title)}</b>'
            f'<span style="color:{QUIET}">{about}</span></div>'
        ]
        if self.answer:
            first, others = _text(self.answer[0]), _text(" ".join(self.answer[1:]))
            parts.append(f'<div style="font-size:14px;margin-top:4px"><b>{first}</b> {others}</div>')
        if self.beside:
            parts.append(
                f'<div style="display:flex;flex-wrap:wrap;gap:8px 20px;align-items:flex-start;margin-top:8px">'
                f'<div style="flex:none">{image}</div><div style="flex:1 1 330px;min-width:0">{table}</div></div>'
            )
        else:
            parts.append(f'<div style="margin-top:10px">{image}</div>{table}')
        parts += [
            f'<div style="font-size:12px;margin-top:6px"><b style="color:{colour}">{sign}</b> {_text(words)}</div>'
            for sign, colour, words in self.doubts
        ]
        if self.notes:
            notes = _text(" ".join(self.notes))
            parts.append(f'<div style="font-size:11.5px;color:{QUIET};margin-top:8px">{notes}</div>')
        return (
            f'<div style="box-sizing:border-box;max-width:780px;padding:12px 16px;background:{PAPER};color:{INK};'
            f"color-scheme:light;overflow-x:auto;border:1px solid {RULE};border-radius:6px;"
            f'font-family:{FONT};font-size:13px;line-height:1.4">{"".join(parts)}</div>'
        )

    def _image(self) -> str:
        data = b64encode(self.svg.encode()).decode()
        return (
            f'<img src="data:image/svg+xml;base64,{data}" width="{self.width:g}" alt="{_text(self.described)}" '
            f'style="display:block;max-width:100%;height:auto;margin:0;background:{PAPER}"/>'
        )


def _text(text: str) -> str:
    """Escape text for HTML, and keep numbers together with their errors and units."""
    text = escape(text)
    for part in (" ± ", " % IPD", " mm"):
        text = text.replace(part, part.replace(" ", "\u00a0"))
    return text


def _table(head: Sequence[str], rows: Sequence[Sequence[Cell]], lesser: Sequence[Sequence[Cell]]) -> str:
    titles = "".join(
        f'<th align="left" style="{_PLACED};padding:5px 12px 5px 0;font-size:12px;font-weight:400;color:{QUIET};'
        f'white-space:nowrap">{_text(title)}</th>'
        for title in head
    )
    lines = "".join(_row(row, size=13, gap=5, rule=True) for row in rows) + "".join(
        _row(row, size=12, gap=2, rule=i == 0) for i, row in enumerate(lesser)
    )
    return (
        '<table style="border-collapse:collapse;border:none;table-layout:auto;width:100%;margin:0">'
        f'<tr style="{_GROUND}">{titles}</tr>{lines}</table>'
    )


def _row(cells: Sequence[Cell], *, size: int, gap: int, rule: bool) -> str:
    line = f";border-top:1px solid {RULE}" if rule else ""
    space = f"padding:{gap}px 12px {gap}px 0"
    told = "".join(
        f'<td align="left" colspan="{cell.across}" style="{_PLACED};{space}{"" if i else ";white-space:nowrap"}">'
        f"{_cell(cell)}</td>"
        for i, cell in enumerate(cells)
    )
    return f'<tr style="{_GROUND};font-size:{size}px{line}">{told}</tr>'


def _cell(cell: Cell) -> str:
    text = _text(cell.text)
    if cell.verdict is not None:
        weight = "600" if cell.strong else "400"
        style = f"color:{VERDICT_COLOURS[cell.verdict]};font-weight:{weight};white-space:nowrap"
        text = f'<span style="{style}">{_mark(cell.verdict)} {text}</span>'
    elif cell.strong:
        text = f"<b>{text}</b>"
    if cell.swatch is not None:
        square = "display:inline-block;width:10px;height:10px;margin-right:6px"
        text = f'<span style="{square};background:{cell.swatch};border:1px solid {QUIET}"></span>{text}'
    small = f'<span style="font-size:12px;color:{QUIET}">'
    return text + "".join(f"<br/>{small}{_text(line)}</span>" for line in cell.below if line)


def _mark(verdict: Verdict) -> str:
    return "●" if verdict in (IMPROVED, WORSE) else "–" if verdict == NOT_COMPARABLE else "○"
