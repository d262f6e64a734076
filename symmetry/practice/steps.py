"""Steps of a protocol, read from what people type and from files."""

from __future__ import annotations

import csv
import difflib
import io
import json
import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from symmetry.errors import InvalidRecordError, TableError
from symmetry.practice.records import Side, Step
from symmetry.tabular.given import decoded, table_text

_SIDE_OF: Final[dict[str, Side]] = {
    "both": "both",
    "both sides": "both",
    **dict.fromkeys(("right", "right side", "subject_right"), "subject_right"),
    **dict.fromkeys(("left", "left side", "subject_left"), "subject_left"),
}
_DURATION: Final = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(minutes?|mins?|m|seconds?|secs?|s|hours?|hrs?|h)\.?", re.IGNORECASE
)
_MINUTES_OF: Final = {"s": 1 / 60, "m": 1.0, "h": 60.0}
"""By the first letter of a unit."""
_UNIT: Final = r"(?:mins?|minut\w*|secs?|seconds?|hrs?|hours?)"
_FEW: Final = (
    r"(?:an?|half|quarter|one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty|forty|sixty|ninety|"
    r"few|some|several|couple)"
)
_NEARLY: Final = "|".join(
    (
        rf"\d\s{{0,9}}-?\s{{0,9}}(?:{_UNIT}|[msh]|mn|second\w*|seg(?:und\w*)?|sek(?:und\w*)?|std|stunden?|['’′\"″])(?!\w)",
        rf"(?<!\w){_UNIT}[.:=\s]{{0,9}}\d",
        rf"(?<!\w){_FEW}(?:[\s-]{{1,9}}(?:an?|of)){{0,2}}[\s-]{{1,9}}(?:{_UNIT}|h)(?!\w)",
        # Whatever stands before it, a number in another language perhaps; "second" may be the next after the first.
        r"(?<!\w)(?:mins?|minutes?|secs?|seconds|hrs?|hours?)\W*$",
    )
)
_LIKE_A_DURATION: Final = re.compile(rf"{_NEARLY}|^[-+−±~≈]\s*\d|^[\d.,/½¼¾]+$", re.IGNORECASE)
_ENDS_LIKE_A_DURATION: Final = re.compile(rf"(?:{_NEARLY})\W*$", re.IGNORECASE)
_CLOCK: Final = re.compile(r"[^:]*\d:\d")
_COMMA: Final = re.compile(r",(?!\d)|(?<!\d),")
"""Between parts; one between digits is that of 0,5."""
_KEYS: Final = ("name", "zones", "side", "minutes", "product")
_OF_PROTOCOL: Final = ("protocol", "since", "times_per_week", "step", "note")
"""Columns that `symmetry protocol show` writes beside those of a step."""
_LARGEST: Final = 1_000_000


class StepsFile(NamedTuple):
    """What a file of steps holds: the plan of the protocol too, if it came from one, and whether it had a note."""

    steps: list[Step]
    times_per_week: float | None = None
    has_note: bool = False


def side_of(word: str) -> Side:
    """Give the side that a word stands for: "left", "right" and "both" are the client's own."""
    side = _SIDE_OF.get(word.strip().casefold())
    if side is None:
        raise InvalidRecordError(f'"{word}" is not a side; write left, right or both')
    return side


def parse_step(text: str) -> Step:
    """Read a step as a person types it: "jawline: chin, jawline, 3 min, left, with rose oil".

    Parameters
    ----------
    text : str
        The name; after a colon, in any order and separated by commas, zones, a duration ("2 min", "30 s", "1.5 h"), a
        side ("left", "right", "both") and a product ("with ...").

    Raises
    ------
    ValueError
        If there is no name, if there are two durations, sides or products, or if something looks like a duration but
        is not understood or is part of the name.
    """
    name, _, rest = text.partition(":")
    if not name.strip():
        raise ValueError(f"the step '{text}' has no name; write 'NAME: zone, zone, 2 min'")
    if _CLOCK.match(text):
        raise ValueError(
            f"the step '{text}' has a colon between digits; write 'NAME: 1.5 min', with one blank behind it"
        )
    found: dict[str, Any] = {}
    zones: list[str] = []

    def take(key: str, value: Any) -> None:
        if key in found:
            raise ValueError(f"the step '{text}' has two of its {key}; make it two steps")
        found[key] = value

    for part in (part.strip() for part in _COMMA.split(rest)):
        if match := _DURATION.fullmatch(part):
            take("minutes", float(match[1].replace(",", ".")) * _MINUTES_OF[match[2][0].lower()])
        elif part.casefold() in _SIDE_OF:
            take("side", _SIDE_OF[part.casefold()])
        elif match := re.fullmatch(r"with(?:\s+(.+))?", part, re.IGNORECASE | re.DOTALL):
            if match[1] is None:
                raise ValueError(f"the step '{text}' does not say with what; write 'with PRODUCT'")
            take("product", match[1])
        elif _LIKE_A_DURATION.search(part):
            raise ValueError(
                f"'{part}' in the step '{text}' looks like a duration but is not understood; write it as 3 min, 30 s "
                "or 1.5 h, with a comma between it and the rest"
            )
        elif part:
            zones.append(part)
    if "minutes" not in found:
        _check_name(name, text)
    return Step(name=name.strip(), zones=tuple(zones), **found)


def _check_name(name: str, text: str) -> None:
    """Refuse the name of a step without minutes that seems to end in a duration."""
    for part in _COMMA.split(name):
        if _ENDS_LIKE_A_DURATION.search(part):
            raise ValueError(
                f"the step '{text}' has its duration in its name; put a colon behind the name: 'NAME: 3 min'"
            )


def read_steps(file: Path) -> StepsFile:
    """Read steps from a table with the columns name, zones, side, minutes, product, or from .json with such objects.

    Tables are .csv, .xlsx or .ods; "; " separates the zones. What `symmetry protocol show` writes can be read again,
    with the plan.

    Raises
    ------
    InvalidRecordError
        If it cannot be read, or has a column or key that no step has.
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no such name"
        raise InvalidRecordError(f"it cannot be read ({why}); check the name and the folder") from None
    if len(data) > _LARGEST:
        raise InvalidRecordError("it is too large for a protocol; give a .csv, .xlsx, .ods or .json file of steps")
    try:
        json_file = file.suffix.lower() == ".json"
        listed, about = _from_json(decoded(data)) if json_file else _from_csv(*table_text(data, file.suffix))
    except TableError as error:
        raise InvalidRecordError(str(error)) from None
    steps = []
    for number, entry in enumerate(listed, 1):
        try:
            steps.append(_step(entry))
        except InvalidRecordError as error:
            raise InvalidRecordError(f"step {number}: {error}") from None
    if not steps:
        raise InvalidRecordError(f"it lists no steps; each has {', '.join(_KEYS)}, and only the name must be there")
    plan = _number(about.get("times_per_week"), "times_per_week")
    return StepsFile(steps=steps, times_per_week=plan, has_note=bool(about.get("note")))


def _from_json(text: str) -> tuple[list[Mapping[str, Any]], Mapping[str, Any]]:
    """Give the steps, and what is known of the protocol."""
    try:
        listed = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidRecordError("it is not JSON; check it, or give a .csv file") from None
    about: Mapping[str, Any] = {}
    if isinstance(listed, dict):
        about, listed = listed, listed.get("steps")
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise InvalidRecordError('it must be a list of objects such as {"name": "hold", "minutes": 1}')
    for entry in listed:
        _check_known(entry, _KEYS, "key")
    return listed, about


def _from_csv(text: str, separator: str) -> tuple[list[Mapping[str, Any]], Mapping[str, Any]]:
    """Give the steps, and what is known of the protocol."""
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        reader.fieldnames = columns = [name.strip().casefold() for name in reader.fieldnames or ()]
        entries = [entry for entry in reader if any(entry.values())]
    except csv.Error as error:
        raise InvalidRecordError(f"it is not CSV ({error}); check it, or give a .json file") from None
    # A spreadsheet may leave empty columns at the end.
    _check_known((column for column in columns if column), (*_KEYS, *_OF_PROTOCOL), "column")
    if "name" not in columns:
        raise InvalidRecordError(f"it has no column called name; a file of steps has {', '.join(_KEYS)}")
    for number, entry in enumerate(entries, 1):
        # None is the key of cells beyond the last column.
        if entry.get("") or any(entry.get(None) or ()):
            raise InvalidRecordError(
                f"step {number}: it has a cell without a column; put quotes around a text with commas in it"
            )
    if len(_in_column(entries, "protocol")) > 1:
        raise InvalidRecordError("it lists the steps of several protocols; keep those of one")
    plans = _in_column(entries, "times_per_week")
    if len(plans) > 1:
        raise InvalidRecordError("its times_per_week are not the same in all rows; a protocol has one plan")
    steps: list[Mapping[str, Any]] = [
        # This program put the apostrophe there that keeps a spreadsheet from running a text.
        {key: re.sub(r"^'(?=[=+\-@])", "", entry.get(key) or "") for key in _KEYS}
        for entry in entries
    ]
    return steps, {"times_per_week": "".join(plans), "note": _in_column(entries, "note")}


def _in_column(entries: Iterable[Mapping[str, Any]], column: str) -> set[str]:
    """Give the different texts of a column."""
    return {text.strip() for entry in entries if (text := entry.get(column) or "").strip()}


def _check_known(names: Iterable[str], known: tuple[str, ...], what: str) -> None:
    """Refuse a column or key that no step has: its contents would be lost silently."""
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name.strip().casefold(), known, n=1)
            meant = f"did you mean {near[0]}?" if near else f"a step has {', '.join(_KEYS)}"
            raise InvalidRecordError(f'it has a {what} "{name}" that no step has; {meant}')


def _step(entry: Mapping[str, Any]) -> Step:
    zones, minutes = entry.get("zones") or (), entry.get("minutes")
    if isinstance(zones, str):
        zones = [zone.strip() for zone in zones.split(";") if zone.strip()]
    if not isinstance(zones, (list, tuple)) or not all(isinstance(zone, str) for zone in zones):
        raise InvalidRecordError("its zones are not a list of names; write them as one")
    texts = {key: entry.get(key) or "" for key in ("name", "side", "product")}
    if not all(isinstance(text, str) for text in texts.values()):
        raise InvalidRecordError("its name, side and product must be texts")
    return Step(
        name=texts["name"],
        zones=tuple(zones),
        side=side_of(texts["side"] or "both"),
        minutes=_number(minutes, "minutes"),
        product=texts["product"],
    )


def _number(value: object, what: str) -> float | None:
    if value is None or value == "":
        return None
    try:
        number = float(value.replace(",", ".")) if isinstance(value, str) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise InvalidRecordError(f'its {what} "{value}" must be a number such as 2.5')
    return number
