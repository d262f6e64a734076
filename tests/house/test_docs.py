"""The documentation is true: its links lead somewhere, its commands and Python run, and nothing public is missing."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from helpers.faces import ROOT, SAMPLES

import symmetry
from symmetry.cli import main
from symmetry.measure.measures import DEFINITIONS

PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), SAMPLES / "README.md"], key=lambda page: page.relative_to(ROOT)
)
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> list[str]:
    return [content for kind, content in FENCE.findall(text_of(page)) if kind == language]


def anchors(page: Path) -> set[str]:
    """Anchors of a page's headings, as GitHub and MkDocs make them."""
    prose = FENCE.sub("", text_of(page))
    headings = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    return {re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", heading.lower())).strip("-") for heading in headings}


# Links


@each_page
def test_links_lead_somewhere(page):
    for link in LINK.findall(FENCE.sub("", text_of(page))):
        if re.match(r"https?://", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


def test_site_is_built_without_a_warning(tmp_path):
    pytest.importorskip("mkdocs")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for page in (tmp_path / "site").rglob("*.html"):
        loaded = re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="(https?:[^"]+)"', page.read_text(encoding="utf-8"))
        assert loaded == [], page.name


# Names


def test_every_public_name_is_in_the_reference():
    reference = "\n".join(text_of(page) for page in (ROOT / "docs" / "api").glob("*.md"))
    described = set(re.findall(r"^::: symmetry\.(\w+)$", reference, re.MULTILINE)) | {"__version__"}
    assert described == set(symmetry.__all__)


def commands(group: click.Command = main, *above: str) -> Iterator[tuple[str, ...]]:
    if not isinstance(group, click.Group):
        yield above
        return
    context = click.Context(group)
    for name in group.list_commands(context):
        below = group.get_command(context, name)
        assert below is not None
        yield from commands(below, *above, name)


@pytest.mark.parametrize("name", list(commands()), ids=" ".join)
def test_a_guide_shows_every_command(name):
    shown = [tuple(words[1 : len(name) + 1]) for _, words in lines_of_commands()]
    assert name in shown


def test_measures_are_described_as_they_are_defined():
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| [^|]+ \| ([^|]+) \|$", text_of(ROOT / "docs/measures.md"), re.MULTILINE)
    described = dict(rows)
    for measure in DEFINITIONS:
        noticed = described[measure.title]
        if measure.noticed is None:
            assert noticed.startswith("no study")
        else:
            least, most = (f"{value:g}" for value in (measure.noticed.least, measure.noticed.most))
            assert re.match(rf"{least} to {most}\b|{least} mm$" if least != most else rf"{least} mm$", noticed)


# Commands


def lines_of_commands() -> list[tuple[str, list[str]]]:
    """Every line of a shell block that calls `symmetry`: its page, its words."""
    return [
        (str(page.relative_to(ROOT)), shlex.split(line, comments=True))
        for page in PAGES
        for block in blocks(page, "sh")
        for line in block.splitlines()
        if line.startswith("symmetry ")
    ]


def called(words: list[str]) -> tuple[click.Command, list[str]]:
    """Find the command that the words call, and what is left of them for it."""
    command: click.Command = main
    while isinstance(command, click.Group):
        below = command.get_command(click.Context(command), words[0])
        assert below is not None, words
        command, words = below, words[1:]
    return command, words


@pytest.mark.parametrize(
    ("page", "words"), lines_of_commands(), ids=lambda value: value if isinstance(value, str) else " ".join(value)
)
def test_command_line_is_understood(page, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    command, rest = called(words[1:])
    command.make_context(str(command.name), rest)  # as click does; a file that is missing is found later
