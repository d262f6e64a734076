"""Show that a change of the code leaves every result as it was.

    python tools/results_snapshot.py write before/ --code CHECKOUT_BEFORE
    python tools/results_snapshot.py write after/
    python tools/results_snapshot.py compare before/ after/ --renamed CHANGELOG.md

`write` keeps the JSON of `score`, `compare`, `series`, `reliability`, `cohort` and `plan` on the sample images, on a
drawn study and, where `../shared/faces` is there, on photos of people. `compare` prints each value that differs, to the
last digit, and exits with 1 if there is one. It first renames what the changelog lists under *Renamed*. Of texts that
are listed there as worded anew, and of messages, it compares the numbers alone.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONDON = ("001", "004", "024", "042", "068", "115")
TABLES = (
    "Commands and files:",
    "Keys of JSON and columns of CSV and parquet:",
    "Texts in results, worded anew around the same numbers:",
)
GONE = "(not there)"


# Writing


def commands(faces: bool) -> dict[str, list[str]]:
    """Arguments of each snapshot, by the name of its file; paths as `inputs` lays them out."""
    samples = [f"sample_images/{name}.jpg" for name in ("before", "after", "even")]
    found = {
        "score": ["score", *samples],
        "score_landmarks": ["score", *samples, "--landmarks-only", "--mirrored", "--scale", "ipd=62"],
        "compare": ["compare", *samples[:2]],
        "compare_landmarks": ["compare", *samples[:2], "--landmarks-only", "--scale", "none"],
        "compare_rejected": ["compare", *samples[:2], "--mirrored-after"],
        "series": ["series", "sample_images/series", "--no-cache"],
        "series_treatment": ["series", "sample_images/series", "--no-cache", "--treatment-start", "2026-04-20"],
        "series_photos": ["series", "sample_images", "-r", "--no-cache", "--pool", "photo", "--landmarks-only"],
        "reliability": ["reliability", "sample_images/series", "--group-by", "folder", "--table", "table.csv"],
        "cohort": ["cohort", "study.csv", "--control", "placebo", "--mdc", "0.8"],
        "cohort_sessions": ["cohort", "sessions.csv", "--control", "placebo", "--sessions", "4", "--mixed"],
        "cohort_compare": ["cohort", "compare.json"],
        "cohort_series": ["cohort", "series.json", "series_treatment.json"],
        "plan": ["plan", "--change", "0.5", "--photos", "1", "--photos", "3"],
        "plan_groups": ["plan", "--change", "0.6", "--region", "eyes", "--groups", "2", "--comparisons", "4"],
    }
    if not faces:
        return found
    people = [[f"faces/london/{one}_{face}.jpg" for face in ("neutral", "smiling")] for one in LONDON]
    reshoots = [f"faces/reshoots/a_{number}.jpg" for number in range(1, 5)]
    near = [f"faces/reshoots/b_{distance}cm.jpg" for distance in (15, 30, 45, 60)]
    found["score_faces"] = ["score", *(photo for person in people for photo in person), *near]
    for one, pair in zip(LONDON, people, strict=True):
        found[f"compare_{one}"] = ["compare", *pair]
    found["compare_reshoots"] = ["compare", "--before", *reshoots[:2], "--after", *reshoots[2:]]
    found["series_reshoots"] = ["series", *reshoots, people[0][0], "--no-cache", "--pool", "photo"]
    found["reliability_faces"] = ["reliability", *reshoots, *near, "--group-by", "prefix"]
    found["cohort_faces"] = ["cohort", *(f"compare_{one}.json" for one in LONDON)]
    return found


def study_rows(sessions: int) -> Iterator[str]:
    """Rows of a drawn study, the same at every call: changes, or values in so many sessions."""
    yield "person,region,group,day,value,error" if sessions else "person,region,group,before,after"
    drawn = random.Random(7)  # noqa: S311
    for person in range(30):
        group, effect = ("treated", 0.6) if person % 2 else ("placebo", 0.1)
        for region in ("mouth", "eyes", "brows"):
            before = drawn.uniform(1.5, 4.0)
            after = before - drawn.gauss(effect, 0.4)
            if not sessions:
                yield f"p{person:02},{region},{group},{before:.3f},{after:.3f}"
            for week in range(sessions):
                if drawn.random() > 0.08:
                    value = before + (after - before) * week / (sessions - 1) + drawn.gauss(0, 0.2)
                    yield f"p{person:02},{region},{group},2026-03-{1 + 7 * week:02},{abs(value):.3f},0.4"


def inputs(folder: Path, faces: Path) -> None:
    """Lay out what the commands read, so that their results hold the same paths on every machine."""
    (folder / "sample_images").symlink_to(ROOT / "sample_images")
    if faces.is_dir():
        (folder / "faces").symlink_to(faces.resolve())
    for name, sessions in (("study", 0), ("sessions", 4)):
        (folder / f"{name}.csv").write_text("\n".join(study_rows(sessions)) + "\n", encoding="utf-8")


def write(folder: Path, code: Path, faces: Path, python: str, renames: Renames) -> None:
    """Run the code of a checkout and keep what it writes in a folder, a file per command."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(code), "PYTHONHASHSEED": "0", "COLUMNS": "120", "TZ": "UTC"}
    environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as laid:

        def run(*arguments: str) -> subprocess.CompletedProcess[str]:
            command = [python, str(code / "cli.py"), *arguments]
            return subprocess.run(command, cwd=laid, env=environment, capture_output=True, text=True, check=False)  # noqa: S603

        inputs(Path(laid), faces)
        for name, arguments in commands(faces.is_dir()).items():
            helped = run(arguments[0], "--help").stdout
            file = f"{name}.json"
            done = run(*(word if word in helped else renames.older(word) for word in arguments), "-o", file)
            if not Path(laid, file).exists():
                raise SystemExit(f"{name} wrote nothing:\n{done.stderr}")
            kept = {"exit": done.returncode, "messages": done.stderr.splitlines(), "result": read(Path(laid, file))}
            if "--table" in arguments:
                kept["table"] = rows_of(Path(laid, "table.csv"))
            (folder / file).write_text(json.dumps(kept, indent=1), encoding="utf-8")
            print(name, flush=True)


def read(file: Path) -> object:
    """Read a file of JSON."""
    return json.loads(file.read_text(encoding="utf-8"))


def rows_of(table: Path) -> list[dict[str, str]]:
    """Read the rows of a CSV file, each number as its digits."""
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# Comparing


@dataclass
class Renames:
    """Old names and the new ones: of keys, values and options; and keys whose text is worded anew."""

    keys: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    worded: set[str] = field(default_factory=lambda: {"messages"})

    def older(self, option: str) -> str:
        """Return what an option was called before, or the option itself."""
        return next((old for old, new in self.options.items() if new == option), option)

    def renamed(self, value: object) -> object:
        """Give a result of before the names of after."""
        if isinstance(value, dict):
            return {self.keys.get(key, key): self.renamed(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.renamed(one) for one in value]
        return self.values.get(value, value) if isinstance(value, str) else value

    def numbers(self, value: object) -> object:
        """Leave only the numbers of texts that are worded anew."""
        if isinstance(value, dict):
            return {key: digits(one) if key in self.worded else self.numbers(one) for key, one in value.items()}
        return [self.numbers(one) for one in value] if isinstance(value, list) else value


def digits(text: object) -> list[object]:
    """List the numbers in a text, or in each of several."""
    return [digits(one) for one in text] if isinstance(text, list) else re.findall(r"\d+(?:\.\d+)?", str(text))


def renames_of(changelog: Path) -> Renames:
    """Read the tables of commands and keys under *Renamed*: names in backticks, as many on the left as on the right."""
    text = changelog.read_text(encoding="utf-8").partition("### Renamed")[2]
    options, keys, texts = (text.partition(title)[2].partition("\n\n| old")[2].partition("\n\n")[0] for title in TABLES)
    found = Renames()
    for old, new in rows(options):
        found.options |= {
            one.split()[-1]: other.split()[-1] for one, other in zip(named(old), named(new), strict=False)
        }
    for old, new in rows(keys):
        kind = found.values if " as a " in old else found.keys
        kind |= dict(zip(named(old.partition(" as a ")[0]), named(new), strict=True))
    found.worded |= {name for key, _ in rows(texts) for name in named(key)}
    return found


def rows(table: str) -> list[tuple[str, str]]:
    """Rows of two cells."""
    return re.findall(r"^\| (.+) \| (.+) \|$", table, re.MULTILINE)


def named(cell: str) -> list[str]:
    """List what stands in backticks."""
    return re.findall("`([^`]+)`", cell)


def differences(before: object, after: object, path: str = "") -> Iterator[str]:
    """Every place where two results differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from differences(before.get(key, GONE), after.get(key, GONE), f"{path}.{key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, pair in enumerate(zip(before, after, strict=True)):
            yield from differences(*pair, f"{path}[{number}]")
    elif json.dumps(before) != json.dumps(after):
        yield f"{path}: {json.dumps(before)} -> {json.dumps(after)}"


def compare(before: Path, after: Path, renames: Renames) -> int:
    """Print what differs between two folders of snapshots, and count it."""
    count = 0
    for name in sorted({file.name for folder in (before, after) for file in folder.glob("*.json")}):
        if not all((folder / name).exists() for folder in (before, after)):
            print(f"{name}: in one folder only")
            count += 1
            continue
        old, new = renames.numbers(renames.renamed(read(before / name))), renames.numbers(read(after / name))
        for line in differences(old, new):
            print(name.removesuffix(".json") + line)
            count += 1
    return count


def main() -> None:
    """Write or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    actions = parser.add_subparsers(dest="action", required=True)
    writing = actions.add_parser("write", help="run the commands and keep their JSON")
    writing.add_argument("folder", type=Path)
    writing.add_argument("--code", type=Path, default=ROOT, help="checkout to run")
    writing.add_argument("--faces", type=Path, default=ROOT.parent / "shared" / "faces", help="photos of people")
    writing.add_argument("--python", default=sys.executable)
    comparing = actions.add_parser("compare", help="print what differs")
    comparing.add_argument("before", type=Path)
    comparing.add_argument("after", type=Path)
    for action in (writing, comparing):
        action.add_argument("--renamed", type=Path, default=ROOT / "CHANGELOG.md", help="changelog with the new names")
    given = parser.parse_args()
    renames = renames_of(given.renamed)
    if given.action == "write":
        write(given.folder.resolve(), given.code.resolve(), given.faces, given.python, renames)
        return
    count = compare(given.before, given.after, renames)
    print(f"{count} differences")
    raise SystemExit(1 if count else 0)


if __name__ == "__main__":
    main()
