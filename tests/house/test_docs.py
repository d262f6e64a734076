"""The documentation is true: its links lead somewhere, its commands and Python run, and nothing public is missing."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from helpers.faces import ROOT, SAMPLES
from helpers.made_results import series
from PIL import Image

import symmetry
from symmetry.cli import main
from symmetry.cohort import simulate_study
from symmetry.measure.measures import DEFINITIONS
from symmetry.synthetic import LOOKS, draw_face
from symmetry.synthetic.samples import samples
from symmetry.tabular import SERIES, to_csv

PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), SAMPLES / "README.md"], key=lambda page: page.relative_to(ROOT)
)
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> list[str]:
    return [content.replace("\\\n", " ") for kind, content in FENCE.findall(text_of(page)) if kind == language]


def anchors(page: Path) -> set[str]:
    """Anchors of a page's headings, as GitHub and MkDocs make them."""
    prose = FENCE.sub("", text_of(page))
    headings = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    return {re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", heading.lower())).strip("-") for heading in headings}


PYTHON = [page for page in PAGES if page.name != "CONTRIBUTING.md" and blocks(page, "python")]


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


@each_page
def test_files_that_are_named_are_there(page):
    named = re.findall(r"`((?:symmetry|tests|docs|notebooks|sample_images)/[^`\s]*)`", text_of(page))
    assert [name for name in named if not (ROOT / name).exists()] == []


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


# Examples run


@pytest.fixture(scope="module")
def example(tmp_path_factory) -> Path:
    """A folder with the files that the examples name."""
    folder = tmp_path_factory.mktemp("example")
    shutil.copytree(SAMPLES, folder / "sample_images")
    shutil.copytree(SAMPLES / "series", folder / "selfies")
    for name, sample in {"me": "before", "monday": "before", "friday": "after"}.items():
        shutil.copy(SAMPLES / f"{sample}.jpg", folder / f"{name}.jpg")
    for inside in ("old", "session", "people", "results"):
        (folder / inside).mkdir()
    selfie = next(sample for sample in samples() if sample.photo.startswith("series/"))
    again = replace(selfie.scene, roll=-selfie.scene.roll, seed=selfie.scene.seed + 1000)  # of the same person
    pixels = draw_face(asymmetry=selfie.asymmetry, scene=again, look=LOOKS[selfie.look])
    Image.fromarray(pixels).save(folder / "old" / "a.jpg", quality=95)
    for number, photo in enumerate(sorted((SAMPLES / "series").glob("*.jpg"))[:2], 1):
        shutil.copy(photo, folder / f"mon{number}.jpg")
        with Image.open(photo) as picture:  # without its time: photos of a folder are then one session
            picture.save(folder / "session" / photo.name, exif=b"", quality=95)
    study = simulate_study(people=12, effect=0.5, seed=1)
    study.changes.rename(columns={"group": "treatment"}).to_csv(folder / "study.csv", index=False)
    (folder / "groups.csv").write_text("person,group\nanna,treated\nbela,placebo\n")
    (folder / "steps.csv").write_text("name,zones,side,minutes,product\nhold,jawline,both,1,\n")
    data = series().to_dict()
    for name in ("anna.json", "bela.json", "people/anna.json", "people/bela.json", "results/anna.json"):
        (folder / name).write_text(json.dumps(data))
    for name in ("anna.csv", "series.csv"):
        (folder / name).write_text(to_csv(SERIES.rows(data), SERIES.columns))
    return folder


@pytest.mark.slow
def test_command_lines_marked_so_run(example, monkeypatch):
    marked = re.compile(r"^<!-- run -->\n```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    lines = [
        line
        for page in (ROOT / "README.md", ROOT / "docs/guides/clients.md")
        for block in marked.findall(text_of(page))
        for line in block.replace("\\\n", " ").splitlines()
        if line.startswith("symmetry ")
    ]
    assert len(lines) > 40
    monkeypatch.chdir(example)
    monkeypatch.setenv("SYMMETRY_PRACTICE", str(example / "practice"))
    monkeypatch.setenv("SYMMETRY_CACHE", str(example / "cache"))
    done: set[str] = set()
    for line in lines:
        words = shlex.split(line, comments=True)[1:]
        if any(parameter.name == "yes" for parameter in called(words)[0].params):
            words.append("--yes")
        if " ".join(words) not in done:
            result = CliRunner().invoke(main, words)
            assert result.exit_code == 0, f"{line}\n{result.stderr}"
        done.add(" ".join(words))


@pytest.mark.slow
@pytest.mark.parametrize("page", PYTHON, ids=lambda page: str(page.relative_to(ROOT)))
def test_python_of_a_page_runs(page, example, monkeypatch):
    monkeypatch.chdir(example)
    code = "\n".join(blocks(page, "python"))
    exec(compile(code, str(page), "exec"), {"symmetry": symmetry})  # noqa: S102
