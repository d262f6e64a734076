"""Names, ids, notes and numbers as people type them: checked, tidied, and matched with what they may have meant.

What cannot be kept raises `InvalidRecordError`, which says why.
"""

from __future__ import annotations

import json
import locale
import math
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Final, cast

from symmetry.errors import InvalidRecordError, TakenIdError, UnknownIdError
from symmetry.practice.records import IDENTITIES, SIDES, Identity, Side

LONGEST_NAME: Final = 200
LONGEST_ID: Final = 64
_LONGEST_SLUG: Final = 40
_LONGEST_NOTE: Final = 100_000
_NO_PARTS = str.maketrans({"æ": "ae", "ð": "d", "ø": "o", "þ": "th", "đ": "d", "ħ": "h", "ı": "i", "ł": "l", "œ": "oe"})
"""Latin letters that are not a plain letter with an accent."""


def one_line(text: str, what: str, *, longest: int = LONGEST_NAME) -> str:
    """Tidy a name: single blanks instead of white space, canonical Unicode, no control characters."""
    # Control characters would steer a terminal; marks for the direction of text stay.
    shown = "".join(char for char in text if char.isspace() or unicodedata.category(char) != "Cc")
    folded = _text(" ".join(shown.split()), what)
    if len(folded) > longest:
        raise InvalidRecordError(f"{what} has more than {longest} characters; shorten it")
    return folded


def name(text: str, what: str) -> str:
    """Tidy a name, see `one_line`, that must be visible."""
    kept = one_line(text, what)
    if not any(unicodedata.category(char)[0] in "LMNPS" for char in kept):
        raise InvalidRecordError(f"{what} is empty; give one")
    return kept


def note(text: str) -> str:
    """Tidy a note; its line breaks stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    shown = "".join(char for char in lines if char in "\n\t" or unicodedata.category(char) != "Cc")
    kept = _text(shown.strip(), "the note")
    if len(kept) > _LONGEST_NOTE:
        raise InvalidRecordError(f"the note has more than {_LONGEST_NOTE} characters; shorten it")
    return kept


def fold(text: str) -> str:
    """Fold a name or an id, so that those that differ in case only become the same."""
    same = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(same.split())


def without_accents(text: str) -> str:
    """Fold a name further: base letters alone, so that "kovacs" is found in "Kovács"."""
    plain = unicodedata.normalize("NFKD", fold(text)).translate(_NO_PARTS)
    return "".join(char for char in plain if not unicodedata.combining(char))


def fitting(asked: str, known: Sequence[tuple[str, str]]) -> list[int]:
    """Find whom a text means.

    Parameters
    ----------
    asked : str
    known : sequence of (str, str)
        Id and name of each.

    Returns
    -------
    list of int
        Places of those whose whole name it is; else of those of whose name or id it is a part, in any order of words.
    """
    whole = [i for i, (_, name) in enumerate(known) if fold(name) == fold(asked)]
    parts = without_accents(asked).split()
    if whole or not parts:
        return whole
    plain = [(without_accents(own_id), without_accents(name)) for own_id, name in known]
    same = [i for i, texts in enumerate(plain) if " ".join(parts) in texts]
    return same or [i for i, texts in enumerate(plain) if all(any(part in text for text in texts) for part in parts)]


def new_uid() -> str:
    """Draw the name of a client's folder."""
    return secrets.token_hex(16)


def given_id(text: str) -> str:
    """Tidy an id that a person chose: lower case."""
    kept = fold(text)
    if not re.fullmatch(r"[^\W_][\w.-]*", kept) or len(kept) > LONGEST_ID:
        raise InvalidRecordError(
            f'an id has letters, digits, "-", "_" and "." only, begins with a letter or digit and has at most '
            f"{LONGEST_ID} characters; choose another"
        )
    return kept


def slug(text: str) -> str:
    """Make an id from the letters and digits of a name: Latin ones without accents, else those of its own script.

    Empty if it has no letters.
    """
    for plain, letter in ((without_accents(text), "a-z"), (fold(text), r"^\W\d_")):
        words = re.findall(rf"[{letter}0-9]+" if letter == "a-z" else r"[^\W_]+", re.sub(r"['’`]", "", plain))
        made = "-".join(words)[:_LONGEST_SLUG].rstrip("-")
        if re.search(f"[{letter}]", made):
            return made
    return ""


def free_id(text: str, *, count: int, is_taken: Callable[[str], bool]) -> str:
    """Make an id of a name that no client has yet; `count` is how many clients there are."""
    stem = slug(text)
    number = 1 if stem else count + 1
    made = stem or f"client-{number}"
    while is_taken(made):
        number += 1
        made = f"{stem or 'client'}-{number}"
    return made


def in_use(what: str, uses: int, by: tuple[str, str]) -> TakenIdError:
    """Make the error for removing something that is used, by how many of what (one, several)."""
    return TakenIdError(f'"{what}" is used in {uses} {by[uses > 1]} and cannot be removed before')


def unknown(what: str, asked: str, known: Iterable[str], *, see: str) -> UnknownIdError:
    """Make the error for a name or id that is not among the known; `see` is the command that lists those."""
    import difflib  # only mistakes need it

    by_folded = {fold(each): each for each in known}
    near = [by_folded[each] for each in difflib.get_close_matches(fold(asked), by_folded, n=3, cutoff=0.55)]
    # People type part of a long name more often than they misspell it.
    near += [own for folded, own in by_folded.items() if fold(asked) and fold(asked) in folded and own not in near]
    meant = f"did you mean {' or '.join(near[:3])}?" if near else f"{see} shows them all"
    return UnknownIdError(f'there is no {what} "{one_line(asked, what, longest=10_000)}"; {meant}')


def words(texts: Sequence[str], what: str) -> tuple[str, ...]:
    """Tidy a list of names and remove repeated ones."""
    if isinstance(texts, str):
        raise InvalidRecordError(f"{what} are a list of names, not one text")
    return tuple(dict.fromkeys(name(text, what) for text in texts))


def list_to_text(texts: Sequence[str]) -> str:
    """Write a list of names as JSON, for one column."""
    return json.dumps(list(texts), ensure_ascii=False)


def list_from_text(text: str) -> tuple[str, ...]:
    """Read a list of names that `list_to_text` wrote."""
    return tuple(str(each) for each in json.loads(text))


def order(text: str) -> tuple[str, str]:
    """Give the key by which a name is sorted: as this machine's language does, else by letters without accents."""
    folded = fold(text)
    language = locale.setlocale(locale.LC_COLLATE)
    if language.partition(".")[0] not in ("C", "POSIX"):
        return locale.strxfrm(folded.replace("\0", "")), folded
    plain = unicodedata.normalize("NFKD", folded).translate(_NO_PARTS)
    return "".join(char for char in plain if not unicodedata.combining(char)), folded


def identity(text: str) -> Identity:
    """Check that a text says how sure a photo's subject is."""
    if text not in IDENTITIES:
        raise InvalidRecordError(f'"{text}" does not say whose photo it is; choose one of {", ".join(IDENTITIES[1:])}')
    return cast(Identity, text)


def side(text: str) -> Side:
    """Check that a text names a side."""
    if text not in SIDES:
        raise InvalidRecordError(f'"{text}" is not a side; choose one of {", ".join(SIDES)}')
    return cast(Side, text)


def amount(value: float | None, what: str, *, most: float) -> float | None:
    """Check that a number, if there is one, is above 0 and at most `most`."""
    if value is None:
        return None
    if not math.isfinite(value) or not 0 < value <= most:
        raise InvalidRecordError(f"{what} must be above 0 and at most {most:g}, not {value:g}")
    return float(value)


def asked(text: str, what: str) -> str:
    """Fold a name or an id that is looked up.

    Raises
    ------
    InvalidRecordError
        If it is not text.
    """
    return fold(_text(text, f"the name of the {what}"))


def _text(text: str, what: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidRecordError(f"{what} has characters that are not text; type it again") from None
    return unicodedata.normalize("NFC", text)
