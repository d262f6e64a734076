"""The same command as `symmetry`, from a clone: `python cli.py score PHOTO`."""

from symmetry.cli import main

if __name__ == "__main__":
    main(prog_name="symmetry")
