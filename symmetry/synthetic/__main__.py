"""Write the sample images: ``python -m symmetry.synthetic FOLDER``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from symmetry.synthetic.samples import write_samples


def main(arguments: list[str] | None = None) -> int:
    """Write the samples to the folder named on the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m symmetry.synthetic",
        description="Draw the sample images: faces with an exactly known asymmetry. Existing files are replaced.",
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where to write; made if missing")
    folder: Path = parser.parse_args(arguments).folder
    try:
        written = write_samples(folder)
    except OSError as problem:
        print(f"{folder}: cannot write the samples: {problem.strerror or problem}", file=sys.stderr)
        return 1
    print(f"{len(written)} files written to {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
