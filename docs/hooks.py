"""What MkDocs does besides rendering `docs/`: it brings in pages from the rest of the repository and from the commands.

- Pages that live elsewhere (README, CHANGELOG, ...) become pages of the site; links between them and `docs/` hold in
  both places.
- Every command gets a page made of its own help, so the reference cannot say anything else than `--help` does.
"""

from __future__ import annotations

import inspect
import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symmetry.cli import main

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
PAGES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "sample_images/README.md": "sample-images.md",
}
"""Pages that live outside `docs/`, and where the site has them."""
FOLDERS = {"notebooks": "guides/notebooks.md", "docs": "index.md"}
"""Pages that stand for folders that are linked to."""
CARRIED = ("notebooks/*.ipynb", "notebooks/images/*", "sample_images/truth.csv", "LICENSE", "CITATION.cff")
"""Files outside `docs/` that pages link to; the site has them under the same path."""
_FROM_ELSEWHERE = re.compile(r'<(?:script|link|img)[^>]+(?:src|href)="(https?:[^"]+)"')
_LINK = re.compile(r"(\]\()([^)\s#]+)((?:#[^)\s]*)?\))")


def on_config(config: MkDocsConfig) -> None:
    """List a page for each command in the navigation, where mkdocs.yml has `Commands`."""
    for entry in config.nav or []:
        if "Commands" in entry:
            entry["Commands"] = ["commands/index.md", *(f"commands/{name}.md" for name in _commands())]


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Add what is not in `docs/`."""
    from mkdocs.structure.files import File

    for source, page in PAGES.items():
        if (ROOT / source).is_file():
            files.append(File.generated(config, page, abs_src_path=str(ROOT / source)))
    for pattern in CARRIED:
        for path in ROOT.glob(pattern):
            files.append(File.generated(config, path.relative_to(ROOT).as_posix(), abs_src_path=str(path)))
    files.append(File.generated(config, "commands/index.md", content=list_of_commands()))
    for name, command in _commands().items():
        files.append(File.generated(config, f"commands/{name}.md", content=page_of_command(name, command)))


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turn links that hold in the repository into links that hold on the site."""
    here = page.file.src_uri
    home = {site: source for source, site in PAGES.items()}.get(here, f"docs/{here}")

    def turned(found: re.Match[str]) -> str:
        target = found[2]
        if re.match(r"[a-z]+:", target):
            return found[0]
        place = posixpath.normpath(posixpath.join(posixpath.dirname(home), target))
        site = {**PAGES, **FOLDERS}.get(place, place.removeprefix("docs/"))
        return f"{found[1]}{posixpath.relpath(site, posixpath.dirname(here) or '.')}{found[3]}"

    return _LINK.sub(turned, markdown)


def on_post_page(output: str, *, page: Page, config: MkDocsConfig) -> None:
    """Stop where a page would load something from elsewhere: who reads it is nobody else's business."""
    from mkdocs.exceptions import PluginError

    if loaded := _FROM_ELSEWHERE.findall(output):
        raise PluginError(f"{page.file.src_uri} loads from elsewhere: {', '.join(loaded)}")


def _context() -> click.Context:
    return click.Context(main, info_name="symmetry", **main.context_settings)


def _commands() -> dict[str, click.Command]:
    """List the commands in the order of `symmetry --help`."""
    context = _context()
    return {name: command for name in main.list_commands(context) if (command := main.get_command(context, name))}


def list_of_commands() -> str:
    """Write the page that leads to the pages of the commands."""
    rows = [f"| [`symmetry {name}`]({name}.md) | {_summary(command)} |" for name, command in _commands().items()]
    head = ["# Commands", "", inspect.cleandoc(main.help or ""), "", "| command | what it does |", "| --- | --- |"]
    return "\n".join([*head, *rows])


def page_of_command(name: str, command: click.Command) -> str:
    """Write the page of one command and of all commands under it, from what `--help` says."""
    context = click.Context(command, info_name=name, parent=_context())
    return "\n".join(_described(context, depth=1))


def _described(context: click.Context, *, depth: int) -> list[str]:
    command = context.command
    text, examples = _help_of(command)
    lines = ["#" * depth + f" {context.command_path}", "", text, ""]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            if below := command.get_command(context, name):
                lines += _described(click.Context(below, info_name=name, parent=context), depth=depth + 1)
        return lines
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    lines += ["```text", usage, "```", ""]
    if examples:
        lines += ["```sh", *examples, "```", ""]
    records = [parameter.get_help_record(context) for parameter in command.get_params(context)]
    rows = [f"| {_cell(names)} | {_cell(said)} |" for names, said in filter(None, records) if said]
    return [*lines, "| option | meaning |", "| --- | --- |", *rows, ""]


def _help_of(command: click.Command) -> tuple[str, list[str]]:
    """Part a command's help into its text and its examples."""
    text, _, examples = inspect.cleandoc(command.help or "").partition("\b\n")
    return text.strip(), [line.strip() for line in examples.splitlines()[1:] if line.strip()]


def _summary(command: click.Command) -> str:
    """Give the first sentence of a command's help."""
    return _cell(_help_of(command)[0].split("\n\n")[0])


def _cell(value: Any) -> str:
    """Write a text so that it fits into a cell of a table."""
    return re.sub(r"([|\[\]<])", r"\\\1", " ".join(str(value).split()))
